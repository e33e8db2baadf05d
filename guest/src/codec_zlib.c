/* Deflate in its three wrappings, by zlib-ng. */
#include <stdlib.h>
#include "codecs.h"
#include "zlib.h"

typedef struct { Codec codec; z_stream stream; } Zlib;

static void *allocate(void *opaque, unsigned int count, unsigned int size) { return calloc(count, size); }
static void release(void *opaque, void *block) { free(block); }

static int32_t moved(z_stream *stream, Step *step, int result, const char **said)
{
    step->in += step->in_len - stream->avail_in;
    step->in_len = stream->avail_in;
    step->out += step->out_len - stream->avail_out;
    step->out_len = stream->avail_out;
    if (result < 0 || result == Z_NEED_DICT)
        *said = stream->msg;
    return result;
}

static z_stream *prepare(Codec *codec, const Step *step)
{
    z_stream *stream = &((Zlib *)codec)->stream;
    stream->next_in = (void *)step->in;
    stream->avail_in = step->in_len;
    stream->next_out = step->out;
    stream->avail_out = step->out_len;
    stream->msg = NULL;
    return stream;
}

static int32_t deflate_step(Codec *codec, uint32_t flush, Step *step, const char **said)
{
    z_stream *stream = prepare(codec, step);
    return moved(stream, step, deflate(stream, (int)flush), said);
}

static int32_t inflate_step(Codec *codec, uint32_t flush, Step *step, const char **said)
{
    z_stream *stream = prepare(codec, step);
    return moved(stream, step, inflate(stream, (int)flush), said);
}

static int32_t deflate_dictionary(Codec *codec, const uint8_t *dictionary, size_t len)
{
    return deflateSetDictionary(&((Zlib *)codec)->stream, dictionary, len);
}

static int32_t inflate_dictionary(Codec *codec, const uint8_t *dictionary, size_t len)
{
    return inflateSetDictionary(&((Zlib *)codec)->stream, dictionary, len);
}

/* The caller has flushed, so nothing can come out here; the room is what the library insists on. */
static int32_t deflate_level(Codec *codec, int32_t level, int32_t strategy)
{
    uint8_t room[16];
    Step step = { room, 0, room, sizeof room };
    z_stream *stream = prepare(codec, &step);
    int result = deflateParams(stream, level, strategy);
    return stream->avail_out == sizeof room ? result : Z_STREAM_ERROR;
}

static int32_t no_level(Codec *codec, int32_t level, int32_t strategy) { return Z_OK; }
static int32_t deflate_again(Codec *codec) { return deflateReset(&((Zlib *)codec)->stream); }
static int32_t inflate_again(Codec *codec) { return inflateReset(&((Zlib *)codec)->stream); }

static void deflate_free(Codec *codec)
{
    deflateEnd(&((Zlib *)codec)->stream);
    free(codec);
}

static void inflate_free(Codec *codec)
{
    inflateEnd(&((Zlib *)codec)->stream);
    free(codec);
}

static const CodecKind deflate_kind = { deflate_step, deflate_dictionary, deflate_level, deflate_again, deflate_free };
static const CodecKind inflate_kind = { inflate_step, inflate_dictionary, no_level, inflate_again, inflate_free };

static Zlib *make(const CodecKind *kind)
{
    Zlib *zlib = calloc(1, sizeof *zlib);
    if (zlib) {
        zlib->codec.kind = kind;
        zlib->stream.zalloc = allocate;
        zlib->stream.zfree = release;
    }
    return zlib;
}

Codec *codec_deflate(int32_t level, int32_t window_bits, int32_t memory_level, int32_t strategy)
{
    Zlib *zlib = make(&deflate_kind);
    if (zlib && deflateInit2(&zlib->stream, level, Z_DEFLATED, window_bits, memory_level, strategy) != Z_OK) {
        free(zlib);
        return NULL;
    }
    return (Codec *)zlib;
}

Codec *codec_inflate(int32_t window_bits)
{
    Zlib *zlib = make(&inflate_kind);
    if (zlib && inflateInit2(&zlib->stream, window_bits) != Z_OK) {
        free(zlib);
        return NULL;
    }
    return (Codec *)zlib;
}

uint32_t codec_crc32(uint32_t before, const uint8_t *data, size_t len)
{
    return crc32(before, data, len);
}
