/* Text and bytes: UTF-8 both ways as the Encoding standard wants it. Written for a megabyte of text: ASCII, which most
   of it is, goes by words. Other encodings are in encodings.c. */
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

/* A word of eight characters is ASCII when it has none of these bits. */
#define NOT_ASCII_8 0x8080808080808080u
#define NOT_ASCII_16 0xff80ff80ff80ff80u

static inline uint64_t word_at(const void *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* How many ASCII characters text begins with, up to the last whole word of it. */
static size_t ascii_words(const uint8_t *text, size_t len)
{
    size_t i = 0;
    while (i + 32 <= len && !((word_at(text + i) | word_at(text + i + 8) | word_at(text + i + 16) | word_at(text + i + 24)) & NOT_ASCII_8))
        i += 32;
    while (i + 8 <= len && !(word_at(text + i) & NOT_ASCII_8))
        i += 8;
    return i;
}

static uint8_t *put_utf8(uint8_t *at, uint32_t c)
{
    if (c < 0x80) {
        *at++ = c;
    } else if (c < 0x800) {
        *at++ = 0xc0 | c >> 6;
        *at++ = 0x80 | (c & 0x3f);
    } else if (c < 0x10000) {
        *at++ = 0xe0 | c >> 12;
        *at++ = 0x80 | (c >> 6 & 0x3f);
        *at++ = 0x80 | (c & 0x3f);
    } else {
        *at++ = 0xf0 | c >> 18;
        *at++ = 0x80 | (c >> 12 & 0x3f);
        *at++ = 0x80 | (c >> 6 & 0x3f);
        *at++ = 0x80 | (c & 0x3f);
    }
    return at;
}

/* The character at `i`, and `*took` units of it; a lone surrogate is U+FFFD. */
static inline uint32_t character_at(const uint16_t *units, size_t count, size_t i, size_t *took)
{
    uint32_t c = units[i];
    *took = 1;
    if ((c & 0xf800) != 0xd800)
        return c;
    if (c > 0xdbff || i + 1 == count || (units[i + 1] & 0xfc00) != 0xdc00)
        return 0xfffd;
    *took = 2;
    return 0x10000 + ((c - 0xd800) << 10) + (units[i + 1] - 0xdc00);
}

static inline size_t length_of_character(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/* Characters that are looked at one by one before the next try by words: text that is not ASCII seldom gets back to it
   at once. */
#define SINGLY 16

static size_t utf8_length(const void *units, size_t count, bool wide)
{
    size_t len = 0;
    if (!wide) {
        const uint8_t *text = units;
        size_t i = ascii_words(text, count);
        for (len = count; i < count; i++)
            len += text[i] >> 7;
        return len;
    }
    const uint16_t *text = units;
    uint16_t before = 0;
    for (size_t i = 0; i < count;) {
        for (; i + 4 <= count && !(word_at(text + i) & NOT_ASCII_16); i += 4)
            len += 4;
        for (int n = SINGLY; n && i < count; n--, i++) {
            uint16_t c = text[i];
            len += 1 + (c >= 0x80) + (c >= 0x800);
            /* Two units with four bytes, instead of two with three each. */
            if ((c & 0xfc00) == 0xdc00 && (before & 0xfc00) == 0xd800)
                len -= 2;
            before = c;
        }
    }
    return len;
}

/* Write what fits of a text as UTF-8, in whole characters: `*read` units of it. The bytes that were written. */
static size_t write_narrow(const uint8_t *text, size_t count, uint8_t *into, size_t room, size_t *read)
{
    uint8_t *at = into, *end = into + room;
    size_t i = 0;
    while (i < count) {
        size_t left = count - i, space = end - at;
        size_t run = ascii_words(text + i, left < space ? left : space);
        if (run)
            memcpy(at, text + i, run);
        at += run;
        i += run;
        for (int n = SINGLY; n && i < count; n--) {
            if ((size_t)(end - at) < length_of_character(text[i]))
                goto full;
            at = put_utf8(at, text[i++]);
        }
    }
full:
    *read = i;
    return at - into;
}

static size_t write_wide(const uint16_t *text, size_t count, uint8_t *into, size_t room, size_t *read)
{
    uint8_t *at = into, *end = into + room;
    size_t i = 0, took;
    while (i < count) {
        for (; i + 4 <= count && end - at >= 4; i += 4, at += 4) {
            uint64_t word = word_at(text + i);
            if (word & NOT_ASCII_16)
                break;
            uint32_t four = (word & 0x7f) | (word >> 8 & 0x7f00) | (word >> 16 & 0x7f0000) | (word >> 24 & 0x7f000000);
            memcpy(at, &four, 4);
        }
        for (int n = SINGLY; n && i < count; n--) {
            uint32_t c = character_at(text, count, i, &took);
            if ((size_t)(end - at) < length_of_character(c))
                goto full;
            at = put_utf8(at, c);
            i += took;
        }
    }
full:
    *read = i;
    return at - into;
}

static size_t utf8_write(const void *units, size_t count, bool wide, uint8_t *into, size_t room, size_t *read)
{
    return (wide ? write_wide(units, count, into, room, read) : write_narrow(units, count, into, room, read));
}

static NATIVE(js_utf8_encode)
{
    JSValue keep, result = JS_EXCEPTION;
    size_t count, read;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    size_t len = utf8_length(units, count, wide);
    uint8_t *data = js_malloc(ctx, len ? len : 1);
    if (data) {
        if (!wide && len == count)
            memcpy(data, units, len);
        else
            utf8_write(units, count, wide, data, len, &read);
        result = holm_engine_buffer_of(ctx, data, len);
    }
    JS_FreeValue(ctx, keep);
    return result;
}

static NATIVE(js_utf8_length)
{
    JSValue keep;
    size_t count;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    JSValue result = JS_NewInt64(ctx, utf8_length(units, count, wide));
    JS_FreeValue(ctx, keep);
    return result;
}

static NATIVE(js_utf8_encode_into)
{
    JSValue keep;
    size_t count, room, read;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    uint8_t *into = bytes_of(ctx, argv[1], &room);
    if (!into) {
        JS_FreeValue(ctx, keep);
        return JS_EXCEPTION;
    }
    size_t written = utf8_write(units, count, wide, into, room, &read);
    JS_FreeValue(ctx, keep);
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

/* What a text in UTF-8 is as a string: so many units, of 16 bits when `wide`; `wrong_at` is where it is not valid, or its
   length. */
typedef struct { size_t units, wrong_at; bool wide; } Shape;

static Shape shape_of(const uint8_t *data, size_t len)
{
    Shape shape = { .wrong_at = len };
    const uint8_t *at = data, *end = data + len;
    size_t wrong;
    while (at < end) {
        size_t run = ascii_words(at, end - at);
        at += run;
        shape.units += run;
        for (int n = SINGLY; n && at < end; n--) {
            uint8_t lead = *at;
            size_t bytes = sequence(at, end, &wrong);
            shape.wide |= lead >= 0xc4 || !bytes;
            shape.units += bytes == 4 ? 2 : 1;
            if (!bytes && shape.wrong_at == len)
                shape.wrong_at = at - data;
            at += bytes ? bytes : wrong;
        }
    }
    return shape;
}

static void utf8_read(const uint8_t *data, size_t len, uint16_t *units)
{
    const uint8_t *at = data, *end = data + len;
    size_t wrong;
    while (at < end) {
        for (; end - at >= 8 && !(word_at(at) & NOT_ASCII_8); at += 8)
            for (int i = 0; i < 8; i++)
                *units++ = at[i];
        for (int n = SINGLY; n && at < end; n--) {
            size_t bytes = sequence(at, end, &wrong);
            uint32_t c = bytes ? *at : 0xfffd;
            if (bytes == 2)
                c = (c & 0x1f) << 6 | (at[1] & 0x3f);
            else if (bytes == 3)
                c = (c & 0xf) << 12 | (at[1] & 0x3f) << 6 | (at[2] & 0x3f);
            else if (bytes == 4)
                c = (c & 7) << 18 | (at[1] & 0x3f) << 12 | (at[2] & 0x3f) << 6 | (at[3] & 0x3f);
            if (c >= 0x10000) {
                *units++ = 0xd800 + ((c - 0x10000) >> 10);
                *units++ = 0xdc00 + (c & 0x3ff);
            } else {
                *units++ = c;
            }
            at += bytes ? bytes : wrong;
        }
    }
}

/* The same where every character has eight bits, so that none has more than two bytes. */
static void utf8_read_narrow(const uint8_t *data, size_t len, uint8_t *units)
{
    for (const uint8_t *at = data, *end = data + len; at < end; at++) {
        uint8_t c = *at;
        if (c & 0x80)
            c = (c & 3) << 6 | (*++at & 0x3f);
        *units++ = c;
    }
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
    Shape shape = shape_of(data, len);
    if (fatal && shape.wrong_at < len)
        return JS_ThrowTypeError(ctx, "the bytes are not valid UTF-8 (at offset %zu)", shape.wrong_at);
    JSValue text;
    void *units = holm_engine_new_string(ctx, shape.units, shape.wide, &text);
    if (!units)
        return JS_EXCEPTION;
    if (shape.wide)
        utf8_read(data, len, units);
    else if (shape.units == len)
        memcpy(units, data, len);
    else
        utf8_read_narrow(data, len, units);
    return text;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("utf8Encode", 1, js_utf8_encode),
    JS_CFUNC_DEF("utf8EncodeInto", 2, js_utf8_encode_into),
    JS_CFUNC_DEF("utf8Length", 1, js_utf8_length),
    JS_CFUNC_DEF("utf8Decode", 3, js_utf8_decode),
};

void text_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
