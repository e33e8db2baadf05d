/* Text and bytes: UTF-8 both ways as the Encoding standard wants it, and Latin-1. */
#include <stdlib.h>
#include <string.h>
#include "holm.h"

uint8_t *bytes_of(JSContext *ctx, JSValueConst value, size_t *len)
{
    static uint8_t none;
    *len = 0;
    if (JS_IsArrayBuffer(value)) {
        uint8_t *data = JS_GetArrayBuffer(ctx, len, value);
        if (!data && *len == 0) {
            if (JS_HasException(ctx)) {
                *len = 1; /* tells a failure from an empty buffer */
                return NULL;
            }
            return &none;
        }
        return data;
    }
    if (JS_GetTypedArrayType(value) < 0) {
        *len = 1;
        JS_ThrowTypeError(ctx, "expected an ArrayBuffer or a typed array");
        return NULL;
    }
    size_t offset = 0, length = 0, total = 0;
    JSValue buffer = JS_GetTypedArrayBuffer(ctx, value, &offset, &length, NULL);
    if (JS_IsException(buffer)) {
        *len = 1;
        return NULL;
    }
    uint8_t *data = JS_GetArrayBuffer(ctx, &total, buffer);
    JS_FreeValue(ctx, buffer); /* the view keeps it alive */
    if (!data) {
        if (JS_HasException(ctx))
            JS_FreeValue(ctx, JS_GetException(ctx));
        return &none;
    }
    *len = length;
    return data + offset;
}

static NATIVE(js_utf8_encode)
{
    size_t len;
    const char *text = JS_ToCStringLen(ctx, &len, argv[0]);
    if (!text)
        return JS_EXCEPTION;
    JSValue result = JS_NewArrayBufferCopy(ctx, (const uint8_t *)text, len);
    JS_FreeCString(ctx, text);
    if (!JS_IsException(result)) {
        size_t size;
        uint8_t *data = JS_GetArrayBuffer(ctx, &size, result);
        for (uint8_t *at = data, *end = data + size; size && (at = memchr(at, 0xed, end - at)) && end - at >= 3; at++)
            if (at[1] >= 0xa0)
                memcpy(at, "\xef\xbf\xbd", 3);
    }
    return result;
}

static NATIVE(js_utf8_encode_into)
{
    size_t units, room;
    const uint16_t *text = JS_ToCStringLenUTF16(ctx, &units, argv[0]);
    if (!text)
        return JS_EXCEPTION;
    uint8_t *into = bytes_of(ctx, argv[1], &room);
    if (!into) {
        JS_FreeCStringUTF16(ctx, text);
        return JS_EXCEPTION;
    }
    size_t read = 0, written = 0;
    while (read < units) {
        uint32_t c = text[read];
        size_t took = 1;
        if (c >= 0xd800 && c <= 0xdbff && read + 1 < units && text[read + 1] >= 0xdc00 && text[read + 1] <= 0xdfff) {
            c = 0x10000 + ((c - 0xd800) << 10) + (text[read + 1] - 0xdc00);
            took = 2;
        } else if (c >= 0xd800 && c <= 0xdfff) {
            c = 0xfffd;
        }
        uint8_t out[4];
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (room - written < n)
            break;
        if (n == 1) {
            out[0] = c;
        } else {
            static const uint8_t lead[5] = { 0, 0, 0xc0, 0xe0, 0xf0 };
            for (size_t i = n; i-- > 1; c >>= 6)
                out[i] = 0x80 | (c & 0x3f);
            out[0] = lead[n] | c;
        }
        memcpy(into + written, out, n);
        written += n;
        read += took;
    }
    JS_FreeCStringUTF16(ctx, text);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt64(ctx, read));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt64(ctx, written));
    return pair;
}

/* Length of the valid sequence at `at`, or 0; `*wrong` is then the length of what one U+FFFD stands for (the
   "maximal subpart" of the Encoding standard's decoder). */
static size_t sequence(const uint8_t *at, const uint8_t *end, size_t *wrong)
{
    uint8_t lead = *at, low = 0x80, high = 0xbf;
    size_t need = lead < 0x80 ? 0 : lead < 0xc2 ? 9 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 9;
    *wrong = 1;
    if (need == 0)
        return 1;
    if (need == 9)
        return 0;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    for (size_t i = 1; i <= need; i++) {
        if (at + i >= end || at[i] < low || at[i] > high) {
            *wrong = i;
            return 0;
        }
        low = 0x80;
        high = 0xbf;
    }
    return need + 1;
}

static bool is_ascii(const uint8_t *data, size_t len)
{
    size_t i = 0;
    for (uint64_t word; i + 8 <= len; i += 8) {
        memcpy(&word, data + i, 8);
        if (word & 0x8080808080808080u)
            return false;
    }
    for (; i < len; i++)
        if (data[i] & 0x80)
            return false;
    return true;
}

static NATIVE(js_utf8_decode)
{
    size_t len;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data)
        return JS_EXCEPTION;
    bool fatal = JS_ToBool(ctx, argv[1]), keep_bom = JS_ToBool(ctx, argv[2]);
    if (!keep_bom && len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
        data += 3;
        len -= 3;
    }
    if (is_ascii(data, len))
        return JS_NewStringLen(ctx, (const char *)data, len);
    const uint8_t *at = data, *end = data + len;
    size_t wrong;
    while (at < end) {
        size_t n = sequence(at, end, &wrong);
        if (!n)
            break;
        at += n;
    }
    if (at == end)
        return JS_NewStringLen(ctx, (const char *)data, len);
    if (fatal)
        return JS_ThrowTypeError(ctx, "the bytes are not valid UTF-8 (at offset %zu)", (size_t)(at - data));
    /* The repaired text is at most three times as long. */
    Buffer repaired = { 0 };
    buffer_put(&repaired, data, at - data);
    while (at < end) {
        size_t n = sequence(at, end, &wrong);
        if (n)
            buffer_put(&repaired, at, n);
        else
            buffer_put(&repaired, "\xef\xbf\xbd", 3);
        at += n ? n : wrong;
    }
    JSValue result = repaired.failed ? JS_ThrowOutOfMemory(ctx)
                                     : JS_NewStringLen(ctx, (const char *)repaired.data, repaired.len);
    buffer_free(&repaired);
    return result;
}

static NATIVE(js_latin1_encode)
{
    size_t units;
    const uint16_t *text = JS_ToCStringLenUTF16(ctx, &units, argv[0]);
    if (!text)
        return JS_EXCEPTION;
    uint8_t *data = malloc(units ? units : 1);
    JSValue result = JS_UNDEFINED;
    if (!data)
        result = JS_ThrowOutOfMemory(ctx);
    for (size_t i = 0; data && i < units; i++) {
        if (text[i] > 0xff) {
            result = JS_ThrowTypeError(ctx, "the string has a character above U+00FF (at index %zu)", i);
            break;
        }
        data[i] = text[i];
    }
    JS_FreeCStringUTF16(ctx, text);
    if (!JS_IsException(result))
        result = JS_NewArrayBufferCopy(ctx, data, units);
    free(data);
    return result;
}

static NATIVE(js_latin1_decode)
{
    size_t len;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data)
        return JS_EXCEPTION;
    if (is_ascii(data, len))
        return JS_NewStringLen(ctx, (const char *)data, len);
    uint16_t *units = malloc(len * sizeof *units);
    if (!units)
        return JS_ThrowOutOfMemory(ctx);
    for (size_t i = 0; i < len; i++)
        units[i] = data[i];
    JSValue result = JS_NewStringUTF16(ctx, units, len);
    free(units);
    return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("utf8Encode", 1, js_utf8_encode),
    JS_CFUNC_DEF("utf8EncodeInto", 2, js_utf8_encode_into),
    JS_CFUNC_DEF("utf8Decode", 3, js_utf8_decode),
    JS_CFUNC_DEF("latin1Encode", 1, js_latin1_encode),
    JS_CFUNC_DEF("latin1Decode", 1, js_latin1_decode),
};

void text_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
