/* What a compressor or decompressor is to codecs.c: some memory, and what to do with it. One file per library
   (codec_zlib.c, codec_brotli.c); their state lies in the instance, so it is bounded, metered and replayed
   like everything else in it. */
#ifndef CODECS_H
#define CODECS_H

#include "holm.h"

/* Both ends of a step; what was used is taken off. */
typedef struct { const uint8_t *in; size_t in_len; uint8_t *out; size_t out_len; } Step;

typedef struct Codec Codec;
typedef struct {
    /* The library's code for how it went; *said is its words for it, or stays NULL. */
    int32_t (*step)(Codec *codec, uint32_t operation, Step *step, const char **said);
    /* Below 0 when it cannot. */
    int32_t (*set_dictionary)(Codec *codec, const uint8_t *dictionary, size_t len);
    int32_t (*set_level)(Codec *codec, int32_t level, int32_t strategy);
    int32_t (*reset)(Codec *codec);
    void (*free)(Codec *codec);
} CodecKind;
struct Codec { const CodecKind *kind; };

/* NULL when the parameters are refused or there is no memory. */
Codec *codec_deflate(int32_t level, int32_t window_bits, int32_t memory_level, int32_t strategy);
Codec *codec_inflate(int32_t window_bits);
/* `parameters`: pairs of a parameter's number and its value. */
Codec *codec_brotli_encoder(const uint32_t *parameters, size_t count);
Codec *codec_brotli_decoder(const uint32_t *parameters, size_t count);
uint32_t codec_crc32(uint32_t before, const uint8_t *data, size_t len);

#endif
