/* Part of engine_unit.c: strings and buffers of the engine without a copy in between. QuickJS' own functions give text
   as UTF-8 or UTF-16 alone, byte by byte; a string lies in memory as Latin-1 or UTF-16, and so it is read and made here. */

/* The units of a string, 8 or 16 bits each. They stay where they are while `*keep` lives, which the caller frees. */
const void *holm_engine_units(JSContext *ctx, JSValueConst value, JSValue *keep, size_t *count, bool *wide)
{
    *keep = JS_ToString(ctx, value);
    if (JS_IsException(*keep))
        return NULL;
    JSString *text = JS_VALUE_GET_STRING(*keep);
    *count = text->len;
    *wide = text->is_wide_char;
    return strv(text);
}

/* A string of so many units for the caller to write, at once; NULL with an exception. */
void *holm_engine_new_string(JSContext *ctx, size_t count, bool wide, JSValue *string)
{
    *string = JS_EXCEPTION;
    if (count > JS_STRING_LEN_MAX) {
        JS_ThrowRangeError(ctx, "invalid string length");
        return NULL;
    }
    JSString *text = js_alloc_string(ctx, (int)count, wide);
    if (!text)
        return NULL;
    if (!wide)
        str8(text)[count] = 0;
    *string = JS_MKPTR(JS_TAG_STRING, text);
    return strv(text);
}

/* Fewer units than a new string was made for. Nobody else may have seen it. */
void holm_engine_shorten_string(JSValue string, size_t count)
{
    JSString *text = JS_VALUE_GET_STRING(string);
    text->len = count;
    if (!text->is_wide_char)
        str8(text)[count] = 0;
}

/* An ArrayBuffer around memory of js_malloc, which it owns from now on, also when it cannot be made. */
JSValue holm_engine_buffer_of(JSContext *ctx, uint8_t *data, size_t len)
{
    JSValue buffer = js_array_buffer_constructor3(ctx, JS_UNDEFINED, len, NULL, JS_CLASS_ARRAY_BUFFER, data,
                                                  js_array_buffer_realloc, NULL, false);
    if (JS_IsException(buffer))
        js_free(ctx, data);
    return buffer;
}
