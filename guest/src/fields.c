/* The layout of what crosses to the host and back: tagged fields, little-endian (host-api/src/fields.rs). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "holm.h"

static bool buffer_reserve(Buffer *b, size_t more)
{
    if (b->failed)
        return false;
    if (b->capacity - b->len >= more)
        return true;
    size_t capacity = b->capacity ? b->capacity : 256;
    while (capacity - b->len < more)
        capacity *= 2;
    uint8_t *data = realloc(b->data, capacity);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

void buffer_put(Buffer *b, const void *data, size_t len)
{
    if (len && buffer_reserve(b, len)) {
        memcpy(b->data + b->len, data, len);
        b->len += len;
    }
}

void buffer_free(Buffer *b)
{
    free(b->data);
    *b = (Buffer){ 0 };
}

static void put_sized(Buffer *b, uint8_t tag, const void *data, size_t len)
{
    uint32_t size = (uint32_t)len;
    buffer_put(b, &tag, 1);
    buffer_put(b, &size, 4);
    buffer_put(b, data, len);
}

/* QuickJS writes a lone surrogate as three bytes, ED A0..BF xx, which is not UTF-8. The replacement character
   has three bytes as well, so it is put in its place. */
static void replace_surrogates(uint8_t *text, size_t len)
{
    for (uint8_t *at = text, *end = text + len; (at = memchr(at, 0xed, end - at)) && end - at >= 3; at++)
        if (at[1] >= 0xa0)
            memcpy(at, "\xef\xbf\xbd", 3);
}

int field_put(JSContext *ctx, Buffer *b, JSValueConst value)
{
    if (JS_IsString(value)) {
        size_t len;
        const char *text = JS_ToCStringLen(ctx, &len, value);
        if (!text)
            return -1;
        put_sized(b, HOLM_TAG_STR, text, len);
        JS_FreeCString(ctx, text);
        if (!b->failed)
            replace_surrogates(b->data + b->len - len, len);
    } else if (JS_IsNumber(value)) {
        double number;
        if (JS_ToFloat64(ctx, &number, value))
            return -1;
        if (number >= 0 && number <= 4294967295.0 && number == floor(number) && !(number == 0 && signbit(number))) {
            uint8_t tag = HOLM_TAG_U32;
            uint32_t whole = (uint32_t)number;
            buffer_put(b, &tag, 1);
            buffer_put(b, &whole, 4);
        } else {
            uint8_t tag = HOLM_TAG_F64;
            buffer_put(b, &tag, 1);
            buffer_put(b, &number, 8);
        }
    } else if (JS_IsNull(value) || JS_IsUndefined(value)) {
        uint8_t tag = HOLM_TAG_NULL;
        buffer_put(b, &tag, 1);
    } else {
        size_t len;
        uint8_t *data = bytes_of(ctx, value, &len);
        if (!data && len)
            return -1;
        put_sized(b, HOLM_TAG_BYTES, data, len);
    }
    if (b->failed) {
        JS_ThrowOutOfMemory(ctx);
        return -1;
    }
    return 0;
}

JSValue field_take(JSContext *ctx, const uint8_t **at, const uint8_t *end)
{
    uint8_t tag = *(*at)++;
    size_t left = end - *at;
    uint32_t number = 0;
    double real;
    const char *data;
    if (tag != HOLM_TAG_NULL && left >= 4)
        memcpy(&number, *at, 4);
    switch (tag) {
    case HOLM_TAG_NULL:
        return JS_NULL;
    case HOLM_TAG_U32:
        if (left < 4)
            break;
        *at += 4;
        return JS_NewUint32(ctx, number);
    case HOLM_TAG_F64:
        if (left < 8)
            break;
        memcpy(&real, *at, 8);
        *at += 8;
        return JS_NewFloat64(ctx, real);
    case HOLM_TAG_STR:
    case HOLM_TAG_BYTES:
        if (left < 4 || left - 4 < number)
            break;
        data = (const char *)*at + 4;
        *at += 4 + number;
        return tag == HOLM_TAG_STR ? JS_NewStringLen(ctx, data, number)
                                   : JS_NewArrayBufferCopy(ctx, (const uint8_t *)data, number);
    }
    return JS_ThrowInternalError(ctx, "malformed field");
}
