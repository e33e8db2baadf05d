/* Boot and turns: the exports that the host calls, and who inside takes each kind of event. */
#include <stdlib.h>
#include <string.h>
#include "holm.h"

/* JavaScript's share of the stack. The host gives wasm four times as much (research: no recursion then traps). */
#define JS_STACK_BYTES (2 * 1024 * 1024)
/* Heap that is free at the start of every invocation, so that an ordinary one need not grow memory. */
#define HEAP_SLACK_BYTES (768 * 1024)
#define EVENT_KINDS 16

JSRuntime *holm_runtime;
JSContext *holm_context;
double holm_wall_ms, holm_mono_us;
bool holm_frozen = true;

static uint8_t inbox[HOLM_INBOX_BYTES];
static JSValue handlers[EVENT_KINDS];
static JSValue turn_end = JS_UNDEFINED, on_rejection = JS_UNDEFINED;

EXPORT("holm_abi_version") int32_t holm_abi_version(void) { return HOLM_ABI_VERSION; }
EXPORT("holm_inbox") uint8_t *holm_inbox(void) { return inbox; }
EXPORT("holm_alloc") void *holm_alloc(size_t len) { return malloc(len); }
EXPORT("holm_settle") void holm_settle(void) { holm_engine_settle(holm_runtime); }

/* Says Threw with the message and the stack of what was thrown. The built-ins report errors of user code
   themselves; this is for what goes past them: an error in the built-ins, or no memory left to report. */
static void report_exception(JSContext *ctx)
{
    JSValue error = JS_GetException(ctx);
    const char *message = JS_ToCString(ctx, error);
    if (!message)
        JS_FreeValue(ctx, JS_GetException(ctx));
    const char *stack = NULL;
    if (JS_IsObject(error)) {
        JSValue value = JS_GetPropertyStr(ctx, error, "stack");
        if (JS_IsString(value))
            stack = JS_ToCString(ctx, value);
        JS_FreeValue(ctx, value);
    }
    const char *texts[3] = { JS_IsNull(error) ? "RangeError" : "Error", message ? message : "out of memory", NULL };
    if (JS_IsNull(error))
        texts[1] = "out of memory";
    texts[2] = stack ? stack : texts[1];
    extern void native_threw(const char *name, const char *message, const char *report);
    native_threw(texts[0], texts[1], texts[2]);
    if (message)
        JS_FreeCString(ctx, message);
    if (stack)
        JS_FreeCString(ctx, stack);
    JS_FreeValue(ctx, error);
}

/* Runs jobs until there are none. False after an error that nobody could catch. */
static bool drain(void)
{
    JSContext *ctx;
    for (;;) {
        int ran = JS_ExecutePendingJob(holm_runtime, &ctx);
        if (ran == 0)
            return true;
        if (ran < 0) {
            report_exception(ctx);
            return false;
        }
    }
}

static NATIVE(js_drain_jobs)
{
    return JS_NewBool(ctx, drain());
}

static bool settle_turn(void)
{
    if (!drain())
        return false;
    while (!JS_IsUndefined(turn_end)) {
        JSValue result = JS_Call(holm_context, turn_end, JS_UNDEFINED, 0, NULL);
        if (JS_IsException(result)) {
            report_exception(holm_context);
            return false;
        }
        JS_FreeValue(holm_context, result);
        if (!JS_IsJobPending(holm_runtime))
            break;
        if (!drain())
            return false;
    }
    return true;
}

/* A first event carries the seed as its first field of 32 bytes; it is taken before any JavaScript runs. */
static void take_seed(uint32_t kind, const uint8_t *at, const uint8_t *end)
{
    if (kind != HOLM_EVENT_KIND_LOAD && kind != HOLM_EVENT_KIND_REQUEST && kind != HOLM_EVENT_KIND_SCHEDULED)
        return;
    holm_frozen = false;
    if (kind == HOLM_EVENT_KIND_LOAD) {
        uint32_t mode = 0;
        if (end - at >= 5)
            memcpy(&mode, at + 1, 4);
        holm_frozen = mode == HOLM_LOAD_MODE_IMAGE;
        at += 5;
    }
    uint32_t len = 0;
    if (end - at >= 5 + 32 && at[0] == HOLM_TAG_BYTES) {
        memcpy(&len, at + 1, 4);
        if (len == 32)
            random_seed(at + 5);
    }
}

EXPORT("holm_turn") int32_t holm_turn(const uint8_t *event, size_t len)
{
    JSContext *ctx = holm_context;
    const uint8_t *at = event + HOLM_EVENT_HEADER_BYTES, *end = event + len;
    uint32_t kind, op;
    if (len < HOLM_EVENT_HEADER_BYTES)
        return 1;
    JS_UpdateStackTop(holm_runtime);
    memcpy(&kind, event, 4);
    memcpy(&op, event + 4, 4);
    memcpy(&holm_wall_ms, event + 8, 8);
    memcpy(&holm_mono_us, event + 16, 8);
    if (kind >= EVENT_KINDS || JS_IsUndefined(handlers[kind]))
        return 1;
    take_seed(kind, at, end);

    enum { ON_STACK = 16 };
    JSValue few[ON_STACK], *args = few;
    size_t count = 0, capacity = ON_STACK;
    bool failed = false;
    args[count++] = JS_NewUint32(ctx, op);
    while (at < end && !failed) {
        if (count == capacity) {
            JSValue *more = malloc(2 * capacity * sizeof *more);
            if (!more) {
                failed = true;
                break;
            }
            memcpy(more, args, count * sizeof *more);
            if (args != few)
                free(args);
            args = more;
            capacity *= 2;
        }
        args[count] = field_take(ctx, &at, end);
        if (JS_IsException(args[count]))
            failed = true;
        else
            count++;
    }
    if (event != inbox)
        free((void *)event);
    JSValue result = failed ? JS_EXCEPTION : JS_Call(ctx, handlers[kind], JS_UNDEFINED, (int)count, (JSValueConst *)args);
    while (count)
        JS_FreeValue(ctx, args[--count]);
    if (args != few)
        free(args);
    if (JS_IsException(result))
        report_exception(ctx);
    JS_FreeValue(ctx, result);
    settle_turn();
    return 0;
}

static NATIVE(js_on)
{
    uint32_t kind;
    if (JS_ToUint32(ctx, &kind, argv[0]))
        return JS_EXCEPTION;
    if (kind >= EVENT_KINDS)
        return JS_ThrowRangeError(ctx, "no event kind %u", kind);
    JS_FreeValue(ctx, handlers[kind]);
    handlers[kind] = JS_DupValue(ctx, argv[1]);
    return JS_UNDEFINED;
}

static NATIVE(js_on_turn_end)
{
    JS_FreeValue(ctx, turn_end);
    turn_end = JS_IsNull(argv[0]) ? JS_UNDEFINED : JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static NATIVE(js_on_rejection)
{
    JS_FreeValue(ctx, on_rejection);
    on_rejection = JS_DupValue(ctx, argv[0]);
    return JS_UNDEFINED;
}

static void track_rejection(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque)
{
    if (JS_IsUndefined(on_rejection))
        return;
    JSValueConst args[3] = { promise, reason, handled ? JS_TRUE : JS_FALSE };
    JS_FreeValue(ctx, JS_Call(ctx, on_rejection, JS_UNDEFINED, 3, args));
}

static NATIVE(js_wall_ms) { return JS_NewFloat64(ctx, holm_wall_ms); }
static NATIVE(js_mono_us) { return JS_NewFloat64(ctx, holm_mono_us); }
static NATIVE(js_frozen) { return JS_NewBool(ctx, holm_frozen); }
static NATIVE(js_gc) { JS_RunGC(holm_runtime); return JS_UNDEFINED; }
/* Nothing in JavaScript can catch a trap; the host knows by the effect before it that it is meant. */
static NATIVE(js_halt) { __builtin_trap(); }
static NATIVE(js_memory_used)
{
    JSMemoryUsage usage;
    JS_ComputeMemoryUsage(holm_runtime, &usage);
    return JS_NewFloat64(ctx, (double)usage.malloc_size);
}

static const JSCFunctionListEntry engine_functions[] = {
    JS_CFUNC_DEF("on", 2, js_on),
    JS_CFUNC_DEF("onTurnEnd", 1, js_on_turn_end),
    JS_CFUNC_DEF("onRejection", 1, js_on_rejection),
    JS_CFUNC_DEF("drainJobs", 0, js_drain_jobs),
    JS_CFUNC_DEF("wallMs", 0, js_wall_ms),
    JS_CFUNC_DEF("monoUs", 0, js_mono_us),
    JS_CFUNC_DEF("frozen", 0, js_frozen),
    JS_CFUNC_DEF("gc", 0, js_gc),
    JS_CFUNC_DEF("halt", 0, js_halt),
    JS_CFUNC_DEF("memoryUsed", 0, js_memory_used),
};

/* Evaluates the built-ins: `source` is the body of a function whose parameter is the native object. */
static int evaluate_builtins(JSContext *ctx, const char *source, size_t len)
{
    static const char head[] = "(function(__native){", tail[] = "\n})";
    char *wrapped = malloc(sizeof head + len + sizeof tail);
    if (!wrapped)
        return 1;
    memcpy(wrapped, head, sizeof head - 1);
    memcpy(wrapped + sizeof head - 1, source, len);
    memcpy(wrapped + sizeof head - 1 + len, tail, sizeof tail);
    JSValue run = JS_Eval(ctx, wrapped, sizeof head - 1 + len + sizeof tail - 1, "holm:builtins", JS_EVAL_TYPE_GLOBAL);
    free(wrapped);
    if (JS_IsException(run)) {
        report_exception(ctx);
        return 1;
    }
    JSValue native = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, native, engine_functions, COUNT(engine_functions));
    native_install(ctx, native);
    text_install(ctx, native);
    encodings_install(ctx, native);
    modules_install(ctx, native);
    inspect_install(ctx, native);
    random_install(ctx, native);
    files_install(ctx, native);
    contexts_install(ctx, native);
    codecs_install(ctx, native);
    promises_install(ctx, native);
    clone_install(ctx, native);
    headers_install(ctx, native);
    JSValue result = JS_Call(ctx, run, JS_UNDEFINED, 1, (JSValueConst *)&native);
    int failed = JS_IsException(result);
    if (failed)
        report_exception(ctx);
    JS_FreeValue(ctx, result);
    JS_FreeValue(ctx, native);
    JS_FreeValue(ctx, run);
    return failed || !drain();
}

EXPORT("holm_boot") int32_t holm_boot(const char *source, size_t len, double wall_ms)
{
    holm_wall_ms = wall_ms;
    for (int i = 0; i < EVENT_KINDS; i++)
        handlers[i] = JS_UNDEFINED;
    holm_runtime = JS_NewRuntime();
    if (!holm_runtime)
        return 1;
    JS_SetMaxStackSize(holm_runtime, JS_STACK_BYTES);
    JS_SetHostPromiseRejectionTracker(holm_runtime, track_rejection, NULL);
    holm_context = JS_NewContext(holm_runtime);
    if (!holm_context)
        return 1;
    JS_UpdateStackTop(holm_runtime);
    static const uint8_t no_seed[32] = { 1 };
    random_seed(no_seed);
    int failed = evaluate_builtins(holm_context, source, len);
    free((void *)source); /* holm_alloc gave it */
    holm_engine_settle(holm_runtime);
    free(malloc(HEAP_SLACK_BYTES));
    return failed;
}
