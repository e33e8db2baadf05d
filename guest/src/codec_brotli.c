/* Brotli, by Google's library. Its tables are made at first use (BROTLI_STATIC_INIT in build.sh), in the
   memory of the instance that uses it. */
#include <stdlib.h>
#include <string.h>
#include <brotli/decode.h>
#include <brotli/encode.h>
#include "codecs.h"

/* The library leaves it to its host to call these once; calling them is what "lazy" means. */
extern void BrotliEncoderLazyStaticInitInner(void);
extern void BrotliDecoderLazyStaticInitInner(void);

typedef struct { uint32_t *values; size_t count; } Parameters;
/* A dictionary is kept for as long as the state that refers to it, and the parameters for a reset. */
typedef struct {
    Codec codec;
    Parameters parameters;
    uint8_t *dictionary;
    size_t dictionary_len;
    BrotliEncoderState *encoder;
    BrotliEncoderPreparedDictionary *prepared;
    BrotliDecoderState *decoder;
} Brotli;

static int32_t encoder_step(Codec *codec, uint32_t operation, Step *step, const char **said)
{
    Brotli *brotli = (Brotli *)codec;
    bool fine = BrotliEncoderCompressStream(brotli->encoder, (BrotliEncoderOperation)operation, &step->in_len, &step->in,
                                            &step->out_len, &step->out, NULL);
    return fine ? 0 : -1;
}

/* 1 done, 2 needs more input, 3 needs more room; below 0 the library's error. */
static int32_t decoder_step(Codec *codec, uint32_t operation, Step *step, const char **said)
{
    Brotli *brotli = (Brotli *)codec;
    BrotliDecoderResult result = BrotliDecoderDecompressStream(brotli->decoder, &step->in_len, &step->in, &step->out_len,
                                                               &step->out, NULL);
    if (result != BROTLI_DECODER_RESULT_ERROR)
        return result;
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(brotli->decoder);
    *said = BrotliDecoderErrorString(code);
    return code < 0 ? code : -1;
}

static int32_t attach(Brotli *brotli)
{
    if (!brotli->dictionary)
        return 0;
    if (brotli->decoder)
        return BrotliDecoderAttachDictionary(brotli->decoder, BROTLI_SHARED_DICTIONARY_RAW, brotli->dictionary_len,
                                             brotli->dictionary) ? 0 : -1;
    if (!brotli->prepared)
        brotli->prepared = BrotliEncoderPrepareDictionary(BROTLI_SHARED_DICTIONARY_RAW, brotli->dictionary_len,
                                                          brotli->dictionary, BROTLI_MAX_QUALITY, NULL, NULL, NULL);
    return brotli->prepared && BrotliEncoderAttachPreparedDictionary(brotli->encoder, brotli->prepared) ? 0 : -1;
}

static int32_t set_dictionary(Codec *codec, const uint8_t *dictionary, size_t len)
{
    Brotli *brotli = (Brotli *)codec;
    if (brotli->dictionary)
        return -1;
    brotli->dictionary = malloc(len ? len : 1);
    if (!brotli->dictionary)
        return -1;
    memcpy(brotli->dictionary, dictionary, len);
    brotli->dictionary_len = len;
    return attach(brotli);
}

static int32_t no_level(Codec *codec, int32_t level, int32_t strategy) { return 0; }

static int32_t encoder_start(Brotli *brotli)
{
    static bool is_ready;
    if (!is_ready)
        BrotliEncoderLazyStaticInitInner();
    is_ready = true;
    brotli->encoder = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    if (!brotli->encoder)
        return -1;
    const Parameters *parameters = &brotli->parameters;
    for (size_t i = 0; i + 1 < parameters->count; i += 2) {
        if (!BrotliEncoderSetParameter(brotli->encoder, (BrotliEncoderParameter)parameters->values[i], parameters->values[i + 1]))
            return -1;
    }
    return attach(brotli);
}

static int32_t decoder_start(Brotli *brotli)
{
    static bool is_ready;
    if (!is_ready)
        BrotliDecoderLazyStaticInitInner();
    is_ready = true;
    brotli->decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!brotli->decoder)
        return -1;
    const Parameters *parameters = &brotli->parameters;
    for (size_t i = 0; i + 1 < parameters->count; i += 2) {
        if (!BrotliDecoderSetParameter(brotli->decoder, (BrotliDecoderParameter)parameters->values[i], parameters->values[i + 1]))
            return -1;
    }
    return attach(brotli);
}

static int32_t encoder_again(Codec *codec)
{
    BrotliEncoderDestroyInstance(((Brotli *)codec)->encoder);
    return encoder_start((Brotli *)codec);
}

static int32_t decoder_again(Codec *codec)
{
    BrotliDecoderDestroyInstance(((Brotli *)codec)->decoder);
    return decoder_start((Brotli *)codec);
}

static void brotli_free(Codec *codec)
{
    Brotli *brotli = (Brotli *)codec;
    BrotliEncoderDestroyInstance(brotli->encoder);
    BrotliDecoderDestroyInstance(brotli->decoder);
    BrotliEncoderDestroyPreparedDictionary(brotli->prepared);
    free(brotli->dictionary);
    free(brotli->parameters.values);
    free(brotli);
}

static const CodecKind encoder_kind = { encoder_step, set_dictionary, no_level, encoder_again, brotli_free };
static const CodecKind decoder_kind = { decoder_step, set_dictionary, no_level, decoder_again, brotli_free };

static Codec *make(const CodecKind *kind, int32_t (*start)(Brotli *), const uint32_t *parameters, size_t count)
{
    Brotli *brotli = calloc(1, sizeof *brotli);
    if (!brotli)
        return NULL;
    brotli->codec.kind = kind;
    brotli->parameters.values = malloc(count ? count * sizeof *parameters : 1);
    if (brotli->parameters.values) {
        memcpy(brotli->parameters.values, parameters, count * sizeof *parameters);
        brotli->parameters.count = count;
        if (start(brotli) == 0)
            return &brotli->codec;
    }
    brotli_free(&brotli->codec);
    return NULL;
}

Codec *codec_brotli_encoder(const uint32_t *parameters, size_t count)
{
    return make(&encoder_kind, encoder_start, parameters, count);
}

Codec *codec_brotli_decoder(const uint32_t *parameters, size_t count)
{
    return make(&decoder_kind, decoder_start, parameters, count);
}
