/* Text that stands for bytes: Latin-1, UTF-16, base64 and hexadecimal, for atob, btoa and Buffer. UTF-8 is in text.c. */
#include <stdlib.h>
#include <string.h>
#include "holm.h"

/* Bytes of code units up to 255. Of others the lower half with `lossy`, an exception without. */
static NATIVE(js_latin1_encode)
{
    JSValue keep, result = JS_EXCEPTION;
    size_t count;
    bool wide, lossy = JS_ToBool(ctx, argv[1]);
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    uint8_t *data = js_malloc(ctx, count ? count : 1);
    if (data && !wide) {
        memcpy(data, units, count);
    } else if (data) {
        const uint16_t *text = units;
        uint16_t all = 0;
        for (size_t i = 0; i < count; i++) {
            all |= text[i];
            data[i] = (uint8_t)text[i];
        }
        if (all > 0xff && !lossy) {
            size_t i = 0;
            while (text[i] <= 0xff)
                i++;
            js_free(ctx, data);
            data = NULL;
            JS_ThrowTypeError(ctx, "the string has a character above U+00FF (at index %zu)", i);
        }
    }
    JS_FreeValue(ctx, keep);
    return data ? holm_engine_buffer_of(ctx, data, count) : JS_EXCEPTION;
}

/* A character for each byte; with `ascii` for its lower seven bits. */
static NATIVE(js_latin1_decode)
{
    size_t len;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data)
        return JS_EXCEPTION;
    bool ascii = JS_ToBool(ctx, argv[1]);
    JSValue text;
    uint8_t *units = holm_engine_new_string(ctx, len, false, &text);
    if (!units)
        return JS_EXCEPTION;
    memcpy(units, data, len);
    if (ascii)
        for (size_t i = 0; i < len; i++)
            units[i] &= 0x7f;
    return text;
}

/* Little-endian bytes of the code units. */
static NATIVE(js_utf16_encode)
{
    JSValue keep;
    size_t count;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    uint8_t *data = js_malloc(ctx, count ? count * 2 : 1);
    if (data && wide)
        memcpy(data, units, count * 2);
    else if (data)
        for (size_t i = 0; i < count; i++) {
            data[2 * i] = ((const uint8_t *)units)[i];
            data[2 * i + 1] = 0;
        }
    JS_FreeValue(ctx, keep);
    return data ? holm_engine_buffer_of(ctx, data, count * 2) : JS_EXCEPTION;
}

/* A string of little-endian code units; an odd byte at the end is left out. */
static NATIVE(js_utf16_decode)
{
    size_t len;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data)
        return JS_EXCEPTION;
    size_t count = len / 2;
    uint8_t high = 0;
    for (size_t i = 0; i < count; i++)
        high |= data[2 * i + 1];
    JSValue text;
    uint8_t *units = holm_engine_new_string(ctx, count, high != 0, &text);
    if (!units)
        return JS_EXCEPTION;
    if (high)
        memcpy(units, data, count * 2);
    else
        for (size_t i = 0; i < count; i++)
            units[i] = data[2 * i];
    return text;
}

/* Base64 goes by groups: three bytes to four digits by two looks into a table of pairs of digits, and back by one look
   for each digit into the table of its place. They are filled when the engine boots, and so lie in its image. */
enum { PLAIN, URL, ALPHABETS };
static uint16_t pairs[ALPHABETS][4096];
static uint32_t places[ALPHABETS + 1][4][256]; /* the last takes both alphabets */
#define BOTH ALPHABETS
#define NO_DIGIT 0xff000000u

static uint16_t bytes_as_hex[256];
static int8_t hex_digits[256]; /* -1: none */

static void fill_hex_tables(void)
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 256; i++)
        bytes_as_hex[i] = digits[i >> 4] | digits[i & 15] << 8;
    memset(hex_digits, -1, sizeof hex_digits);
    for (int i = 0; i < 22; i++)
        hex_digits[(uint8_t)"0123456789abcdefABCDEF"[i]] = i < 16 ? i : i - 6;
}

static void fill_base64_tables(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
    for (int alphabet = 0; alphabet < ALPHABETS; alphabet++)
        for (int pair = 0; pair < 4096; pair++) {
            int high = pair >> 6, low = pair & 63, skip = alphabet == URL ? 2 : 0;
            uint8_t first = digits[high < 62 ? high : high + skip], second = digits[low < 62 ? low : low + skip];
            pairs[alphabet][pair] = first | second << 8;
        }
    for (int table = 0; table <= BOTH; table++)
        for (int place = 0; place < 4; place++)
            for (int c = 0; c < 256; c++)
                places[table][place][c] = NO_DIGIT;
    for (int i = 0; i < 66; i++) {
        uint32_t value = i < 64 ? i : i - 2;
        for (int place = 0; place < 4; place++) {
            uint32_t at_place = value << (18 - 6 * place);
            uint32_t little_endian = (at_place >> 16) | (at_place & 0xff00) | (at_place & 0xff) << 16;
            places[BOTH][place][(uint8_t)digits[i]] = little_endian;
            if (i < 64)
                places[PLAIN][place][(uint8_t)digits[i]] = little_endian;
            if (i < 62 || i >= 64)
                places[URL][place][(uint8_t)digits[i]] = little_endian;
        }
    }
}

static size_t base64_length(size_t len, bool padded)
{
    return padded ? (len + 2) / 3 * 4 : len / 3 * 4 + (len % 3 ? len % 3 + 1 : 0);
}

static void base64_write(const uint8_t *data, size_t len, uint8_t *to, int alphabet, bool padded)
{
    const uint16_t *table = pairs[alphabet];
    size_t i = 0;
    for (; i + 3 <= len; i += 3, to += 4) {
        uint32_t group = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
        uint32_t four = table[group >> 12] | (uint32_t)table[group & 4095] << 16;
        memcpy(to, &four, 4);
    }
    if (i == len)
        return;
    uint32_t group = data[i] << 16 | (i + 1 < len ? data[i + 1] << 8 : 0);
    uint16_t first = table[group >> 12], second = table[group & 4095];
    *to++ = (uint8_t)first;
    *to++ = first >> 8;
    if (i + 1 < len)
        *to++ = (uint8_t)second;
    else if (padded)
        *to++ = '=';
    if (padded)
        *to = '=';
}

/* Whole groups of digits from `*at` on, as many as there are, to `to`, which needs a byte more room than they have. */
static uint8_t *base64_groups(const uint8_t *text, size_t len, size_t *at, uint8_t *to, int table)
{
    const uint32_t (*place)[256] = places[table];
    size_t i = *at;
    for (; i + 4 <= len; i += 4, to += 3) {
        uint32_t three = place[0][text[i]] | place[1][text[i + 1]] | place[2][text[i + 2]] | place[3][text[i + 3]];
        if (three & NO_DIGIT)
            break;
        memcpy(to, &three, 4);
    }
    *at = i;
    return to;
}

/* What the digits after the last whole group stand for; one alone is nothing. */
static uint8_t *base64_rest(uint32_t bits, int digits, uint8_t *to)
{
    if (digits == 2) {
        *to++ = bits >> 4;
    } else if (digits == 3) {
        *to++ = bits >> 10;
        *to++ = bits >> 2;
    }
    return to;
}

static inline int digit_of(uint8_t c, int table)
{
    uint32_t value = places[table][3][c];
    return value & NO_DIGIT ? -1 : (int)(value >> 16);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v');
}

/* The "forgiving-base64 decode" of the Infra standard; false when it fails. `to` has room for a byte more. */
static bool base64_forgiving(const uint8_t *text, size_t len, uint8_t *to, size_t *written)
{
    uint8_t *start = to;
    uint32_t bits = 0;
    int digits = 0, padding = 0;
    for (size_t i = 0; i < len;) {
        if (digits == 0 && !padding)
            to = base64_groups(text, len, &i, to, PLAIN);
        if (i == len)
            break;
        uint8_t c = text[i++];
        int digit = digit_of(c, PLAIN);
        if (is_space(c))
            continue;
        if (c == '=') {
            padding++;
            continue;
        }
        if (digit < 0 || padding)
            return false;
        bits = bits << 6 | digit;
        if (++digits == 4) {
            *to++ = bits >> 16;
            *to++ = bits >> 8;
            *to++ = bits;
            digits = 0;
            bits = 0;
        }
    }
    if (digits == 1 || (padding && (digits == 0 || digits + padding != 4)))
        return false;
    *written = base64_rest(bits, digits, to) - start;
    return true;
}

/* As Node decodes: either alphabet, what belongs to neither is passed over, and it ends at the first "=". */
static size_t base64_lenient(const uint8_t *text, size_t len, uint8_t *to)
{
    uint8_t *start = to;
    uint32_t bits = 0;
    int digits = 0;
    for (size_t i = 0; i < len;) {
        if (digits == 0)
            to = base64_groups(text, len, &i, to, BOTH);
        if (i == len || text[i] == '=')
            break;
        int digit = digit_of(text[i++], BOTH);
        if (digit < 0)
            continue;
        bits = bits << 6 | digit;
        if (++digits == 4) {
            *to++ = bits >> 16;
            *to++ = bits >> 8;
            *to++ = bits;
            digits = 0;
            bits = 0;
        }
    }
    return base64_rest(bits, digits, to) - start;
}

/* The text as bytes, those of other characters 0x80, which is a digit of nothing here. What `*copy` gets is to be freed
   after use. NULL with an exception. */
static const uint8_t *narrow(JSContext *ctx, const void *units, size_t count, bool wide, uint8_t **copy)
{
    *copy = NULL;
    if (!wide)
        return units;
    uint8_t *bytes = js_malloc(ctx, count ? count : 1);
    if (!bytes)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        uint16_t c = ((const uint16_t *)units)[i];
        bytes[i] = c < 0x80 ? c : 0x80;
    }
    return *copy = bytes;
}

/* The string, or null for what is no base64. */
static NATIVE(js_atob)
{
    JSValue keep, result = JS_EXCEPTION;
    size_t count, len;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    uint8_t *copy;
    const uint8_t *text = narrow(ctx, units, count, wide, &copy);
    /* A group is written as four bytes, of which the next group overwrites the last. */
    uint8_t *to = text ? holm_engine_new_string(ctx, count / 4 * 3 + 4, false, &result) : NULL;
    if (to && base64_forgiving(text, count, to, &len)) {
        holm_engine_shorten_string(result, len);
    } else if (to) {
        JS_FreeValue(ctx, result);
        result = JS_NULL;
    }
    js_free(ctx, copy);
    JS_FreeValue(ctx, keep);
    return result;
}

/* The string, or null for one with characters above U+00FF. */
static NATIVE(js_btoa)
{
    JSValue keep, result = JS_EXCEPTION;
    size_t count;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    uint8_t *copy = NULL;
    const uint8_t *bytes = units;
    if (wide) {
        bytes = copy = js_malloc(ctx, count ? count : 1);
        uint16_t all = 0;
        for (size_t i = 0; copy && i < count; i++) {
            all |= ((const uint16_t *)units)[i];
            copy[i] = (uint8_t)((const uint16_t *)units)[i];
        }
        if (all > 0xff) {
            bytes = NULL;
            result = JS_NULL;
        }
    }
    uint8_t *to = bytes ? holm_engine_new_string(ctx, base64_length(count, true), false, &result) : NULL;
    if (to)
        base64_write(bytes, count, to, PLAIN, true);
    js_free(ctx, copy);
    JS_FreeValue(ctx, keep);
    return result;
}

/* base64Encode(bytes, url): the URL alphabet goes without padding. */
static NATIVE(js_base64_encode)
{
    size_t len;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data)
        return JS_EXCEPTION;
    bool url = JS_ToBool(ctx, argv[1]);
    JSValue text;
    uint8_t *to = holm_engine_new_string(ctx, base64_length(len, !url), false, &text);
    if (to)
        base64_write(data, len, to, url ? URL : PLAIN, !url);
    return text;
}

typedef size_t Decode(const uint8_t *text, size_t len, uint8_t *to);

/* An ArrayBuffer of what `decode` makes of a text, `room` bytes at most. */
static JSValue decoded(JSContext *ctx, JSValueConst value, Decode *decode, size_t (*room)(size_t count))
{
    JSValue keep;
    size_t count, len = 0;
    bool wide;
    const void *units = holm_engine_units(ctx, value, &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    uint8_t *copy;
    const uint8_t *text = narrow(ctx, units, count, wide, &copy);
    uint8_t *data = text ? js_malloc(ctx, room(count)) : NULL;
    if (data)
        len = decode(text, count, data);
    js_free(ctx, copy);
    JS_FreeValue(ctx, keep);
    return data ? holm_engine_buffer_of(ctx, data, len) : JS_EXCEPTION;
}

static size_t base64_room(size_t count)
{
    return count / 4 * 3 + 4;
}

static NATIVE(js_base64_decode)
{
    return decoded(ctx, argv[0], base64_lenient, base64_room);
}

static NATIVE(js_hex_encode)
{
    size_t len;
    const uint8_t *data = bytes_of(ctx, argv[0], &len);
    if (!data)
        return JS_EXCEPTION;
    JSValue text;
    uint8_t *to = holm_engine_new_string(ctx, 2 * len, false, &text);
    for (size_t i = 0; to && i < len; i++)
        memcpy(to + 2 * i, &bytes_as_hex[data[i]], 2);
    return text;
}

/* As Node decodes: up to the first pair that is no byte. */
static size_t hex_read(const uint8_t *text, size_t len, uint8_t *to)
{
    size_t written = 0;
    for (; 2 * written + 2 <= len; written++) {
        int byte = hex_digits[text[2 * written]] * 16 | hex_digits[text[2 * written + 1]];
        if (byte < 0)
            break;
        to[written] = byte;
    }
    return written;
}

static size_t hex_room(size_t count)
{
    return count / 2 + 1;
}

static NATIVE(js_hex_decode)
{
    return decoded(ctx, argv[0], hex_read, hex_room);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("latin1Encode", 2, js_latin1_encode),
    JS_CFUNC_DEF("latin1Decode", 2, js_latin1_decode),
    JS_CFUNC_DEF("utf16Encode", 1, js_utf16_encode),
    JS_CFUNC_DEF("utf16Decode", 1, js_utf16_decode),
    JS_CFUNC_DEF("atob", 1, js_atob),
    JS_CFUNC_DEF("btoa", 1, js_btoa),
    JS_CFUNC_DEF("base64Encode", 2, js_base64_encode),
    JS_CFUNC_DEF("base64Decode", 1, js_base64_decode),
    JS_CFUNC_DEF("hexEncode", 1, js_hex_encode),
    JS_CFUNC_DEF("hexDecode", 1, js_hex_decode),
};

void encodings_install(JSContext *ctx, JSValue target)
{
    fill_base64_tables();
    fill_hex_tables();
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
