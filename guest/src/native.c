/* Effects and pure calls: the two ways out of the guest that JavaScript built-ins have. */
#include <stdlib.h>
#include <string.h>
#include "holm.h"

IMPORT(HOLM_IMPORT_MODULE, "effect") extern int32_t host_effect(const uint8_t *effect, size_t len);
IMPORT(HOLM_IMPORT_MODULE, "pure") extern int32_t host_pure(uint32_t function, const uint8_t *fields, size_t len);
IMPORT(HOLM_IMPORT_MODULE, "take") extern void host_take(uint8_t *answer);

/* One buffer for all calls: it is empty between them, and given back when one call made it large. */
static Buffer scratch;
#define SCRATCH_KEEP_BYTES (16 * 1024)

static void scratch_release(void)
{
    scratch.len = 0;
    scratch.failed = false;
    if (scratch.capacity > SCRATCH_KEEP_BYTES)
        buffer_free(&scratch);
}

static NATIVE(js_effect)
{
    uint32_t header[2];
    if (JS_ToUint32(ctx, &header[0], argv[0]) || JS_ToUint32(ctx, &header[1], argv[1]))
        return JS_EXCEPTION;
    scratch.len = 0;
    buffer_put(&scratch, header, sizeof header);
    for (int i = 2; i < argc; i++) {
        if (field_put(ctx, &scratch, argv[i])) {
            scratch_release();
            return JS_EXCEPTION;
        }
    }
    int32_t result = host_effect(scratch.data, scratch.len);
    scratch_release();
    return JS_NewInt32(ctx, result);
}

static NATIVE(js_pure)
{
    uint32_t function;
    if (JS_ToUint32(ctx, &function, argv[0]))
        return JS_EXCEPTION;
    scratch.len = 0;
    for (int i = 1; i < argc; i++) {
        if (field_put(ctx, &scratch, argv[i])) {
            scratch_release();
            return JS_EXCEPTION;
        }
    }
    int32_t len = host_pure(function, scratch.data, scratch.len);
    scratch_release();
    if (len < 0)
        return JS_ThrowRangeError(ctx, "the host refused a pure call (%d)", len);
    uint8_t *answer = malloc(len ? len : 1);
    if (!answer)
        return JS_ThrowOutOfMemory(ctx);
    host_take(answer);
    JSValue list = JS_NewArray(ctx);
    const uint8_t *at = answer, *end = answer + len;
    for (uint32_t i = 0; at < end && !JS_IsException(list); i++) {
        JSValue value = field_take(ctx, &at, end);
        if (JS_IsException(value) || JS_SetPropertyUint32(ctx, list, i, value) < 0) {
            JS_FreeValue(ctx, list);
            list = JS_EXCEPTION;
        }
    }
    free(answer);
    return list;
}

/* Threw, from C: with no JavaScript value left to encode, and without allocating when memory is used up. */
void native_threw(const char *name, const char *message, const char *report)
{
    static uint8_t fixed[8 + 3 * 5 + 600];
    const char *texts[3] = { name, message, report };
    uint32_t header[2] = { HOLM_EFFECT_KIND_THREW, 0 };
    uint8_t *at = fixed;
    memcpy(at, header, sizeof header);
    at += sizeof header;
    for (int i = 0; i < 3; i++) {
        uint32_t len = (uint32_t)strlen(texts[i]);
        if (len > 200)
            len = 200;
        while (len && (texts[i][len] & 0xc0) == 0x80) /* not in the middle of a character */
            len--;
        *at++ = HOLM_TAG_STR;
        memcpy(at, &len, 4);
        memcpy(at + 4, texts[i], len);
        at += 4 + len;
    }
    host_effect(fixed, at - fixed);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("effect", 2, js_effect),
    JS_CFUNC_DEF("pure", 1, js_pure),
};

void native_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
