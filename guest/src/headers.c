/* Names and values of headers, which a program hands in by dozens: checked and normalised here instead of by regular
   expressions. What they are good for is in web/fetch/headers.ts. */
#include <string.h>
#include "holm.h"

/* Characters of a token (RFC 9110), each as it is in lower case; 0 for all others. */
static uint8_t lower_token[256];

static void fill_token_table(void)
{
    for (const char *at = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"; *at; at++)
        lower_token[(uint8_t)*at] = *at;
    for (int c = 'A'; c <= 'Z'; c++)
        lower_token[c] = c - 'A' + 'a';
}

/* The name in lower case, or null for what is no token. */
static NATIVE(js_header_name)
{
    JSValue keep, result = JS_NULL;
    size_t count, valid = 0, kept = 0;
    bool wide;
    const uint8_t *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
    for (; !wide && valid < count && lower_token[units[valid]]; valid++)
        kept += lower_token[units[valid]] == units[valid];
    if (count && valid == count) {
        if (kept == count)
            return keep;
        uint8_t *to = holm_engine_new_string(ctx, count, false, &result);
        for (size_t i = 0; to && i < count; i++)
            to[i] = lower_token[units[i]];
    }
    JS_FreeValue(ctx, keep);
    return result;
}

static inline bool is_blank(uint16_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The value without whitespace around it, or null when it has NUL, line breaks or characters above U+00FF. */
static NATIVE(js_header_value)
{
    JSValue keep, result = JS_NULL;
    size_t count, start = 0;
    bool wide;
    const void *units = holm_engine_units(ctx, argv[0], &keep, &count, &wide);
    if (!units)
        return JS_EXCEPTION;
#define UNIT(i) (wide ? ((const uint16_t *)units)[i] : ((const uint8_t *)units)[i])
    size_t end = count;
    while (start < end && is_blank(UNIT(start)))
        start++;
    while (end > start && is_blank(UNIT(end - 1)))
        end--;
    size_t valid = start;
    for (uint16_t c; valid < end && (c = UNIT(valid), c && c != '\n' && c != '\r' && c <= 0xff); valid++)
        ;
    if (valid == end) {
        if (end - start == count)
            return keep;
        uint8_t *to = holm_engine_new_string(ctx, end - start, false, &result);
        for (size_t i = start; to && i < end; i++)
            *to++ = (uint8_t)UNIT(i);
    }
#undef UNIT
    JS_FreeValue(ctx, keep);
    return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("headerName", 1, js_header_name),
    JS_CFUNC_DEF("headerValue", 1, js_header_value),
};

void headers_install(JSContext *ctx, JSValue target)
{
    fill_token_table();
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
