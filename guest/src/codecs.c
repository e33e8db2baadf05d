/* Compressors and decompressors for the built-ins: a handle that owns the library's state, and steps from one
   piece of memory to another. What the codes mean, and whose errors they become, is TypeScript's. */
#include "codecs.h"

static JSClassID codec_class;

static void finalize(JSRuntime *runtime, JSValueConst value)
{
    Codec *codec = JS_GetOpaque(value, codec_class);
    if (codec)
        codec->kind->free(codec);
}

static const JSClassDef codec_def = { "Codec", .finalizer = finalize };

/* Null for a codec that could not be made. */
static JSValue handle(JSContext *ctx, Codec *codec)
{
    if (!codec)
        return JS_NULL;
    JSValue value = JS_NewObjectClass(ctx, codec_class);
    if (JS_IsException(value))
        codec->kind->free(codec);
    else
        JS_SetOpaque(value, codec);
    return value;
}

static bool take_ints(JSContext *ctx, JSValueConst *argv, int count, int32_t *into)
{
    for (int i = 0; i < count; i++) {
        if (JS_ToInt32(ctx, &into[i], argv[i]))
            return false;
    }
    return true;
}

static NATIVE(js_deflate)
{
    int32_t options[4];
    if (!take_ints(ctx, argv, 4, options))
        return JS_EXCEPTION;
    return handle(ctx, codec_deflate(options[0], options[1], options[2], options[3]));
}

static NATIVE(js_inflate)
{
    int32_t window_bits;
    if (!take_ints(ctx, argv, 1, &window_bits))
        return JS_EXCEPTION;
    return handle(ctx, codec_inflate(window_bits));
}

static JSValue js_brotli(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int encodes)
{
    size_t len;
    const uint8_t *parameters = bytes_of(ctx, argv[0], &len);
    if (!parameters)
        return JS_EXCEPTION;
    size_t count = len / sizeof(uint32_t);
    const uint32_t *values = (const uint32_t *)parameters;
    return handle(ctx, encodes ? codec_brotli_encoder(values, count) : codec_brotli_decoder(values, count));
}

/* A part of a buffer: `first` is the index of the argument that is the buffer; its offset and length follow. */
static uint8_t *part_of(JSContext *ctx, JSValueConst *argv, int first, size_t *len)
{
    size_t whole;
    uint32_t range[2];
    uint8_t *data = bytes_of(ctx, argv[first], &whole);
    if (!data)
        return NULL;
    if (JS_ToUint32(ctx, &range[0], argv[first + 1]) || JS_ToUint32(ctx, &range[1], argv[first + 2]))
        return NULL;
    if (range[0] > whole || range[1] > whole - range[0]) {
        JS_ThrowRangeError(ctx, "a part of a buffer lies outside of it");
        return NULL;
    }
    *len = range[1];
    return data + range[0];
}

/* codecStep(codec, operation, in, offset, length, out, offset, length) */
static NATIVE(js_step)
{
    Codec *codec = JS_GetOpaque2(ctx, argv[0], codec_class);
    uint32_t operation;
    Step step;
    if (!codec || JS_ToUint32(ctx, &operation, argv[1]))
        return JS_EXCEPTION;
    step.in = part_of(ctx, argv, 2, &step.in_len);
    step.out = step.in ? part_of(ctx, argv, 5, &step.out_len) : NULL;
    if (!step.out)
        return JS_EXCEPTION;
    const char *said = NULL;
    int32_t code = codec->kind->step(codec, operation, &step, &said);
    JSValue list = JS_NewArray(ctx);
    if (JS_IsException(list))
        return list;
    JS_SetPropertyUint32(ctx, list, 0, JS_NewInt32(ctx, code));
    JS_SetPropertyUint32(ctx, list, 1, JS_NewUint32(ctx, (uint32_t)step.in_len));
    JS_SetPropertyUint32(ctx, list, 2, JS_NewUint32(ctx, (uint32_t)step.out_len));
    JS_SetPropertyUint32(ctx, list, 3, said ? JS_NewString(ctx, said) : JS_NULL);
    return list;
}

static NATIVE(js_set_dictionary)
{
    Codec *codec = JS_GetOpaque2(ctx, argv[0], codec_class);
    size_t len;
    const uint8_t *dictionary = codec ? bytes_of(ctx, argv[1], &len) : NULL;
    if (!dictionary)
        return JS_EXCEPTION;
    return JS_NewInt32(ctx, codec->kind->set_dictionary(codec, dictionary, len));
}

static NATIVE(js_set_level)
{
    Codec *codec = JS_GetOpaque2(ctx, argv[0], codec_class);
    int32_t values[2];
    if (!codec || !take_ints(ctx, argv + 1, 2, values))
        return JS_EXCEPTION;
    return JS_NewInt32(ctx, codec->kind->set_level(codec, values[0], values[1]));
}

static NATIVE(js_reset)
{
    Codec *codec = JS_GetOpaque2(ctx, argv[0], codec_class);
    return codec ? JS_NewInt32(ctx, codec->kind->reset(codec)) : JS_EXCEPTION;
}

static NATIVE(js_crc32)
{
    size_t len;
    uint32_t before;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data || JS_ToUint32(ctx, &before, argv[1]))
        return JS_EXCEPTION;
    return JS_NewUint32(ctx, codec_crc32(before, data, len));
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("deflate", 4, js_deflate),
    JS_CFUNC_DEF("inflate", 1, js_inflate),
    JS_CFUNC_MAGIC_DEF("brotliEncoder", 1, js_brotli, 1),
    JS_CFUNC_MAGIC_DEF("brotliDecoder", 1, js_brotli, 0),
    JS_CFUNC_DEF("step", 8, js_step),
    JS_CFUNC_DEF("setDictionary", 2, js_set_dictionary),
    JS_CFUNC_DEF("setLevel", 3, js_set_level),
    JS_CFUNC_DEF("reset", 1, js_reset),
    JS_CFUNC_DEF("crc32", 2, js_crc32),
};

void codecs_install(JSContext *ctx, JSValue target)
{
    JS_NewClassID(holm_runtime, &codec_class);
    JS_NewClass(holm_runtime, codec_class, &codec_def);
    JSValue codecs = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, codecs, functions, COUNT(functions));
    JS_SetPropertyStr(ctx, target, "codecs", codecs);
}
