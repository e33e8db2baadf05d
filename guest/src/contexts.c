/* Contexts of node:vm: global objects of their own inside this instance, and scripts that run in them. */
#include <string.h>
#include "holm.h"

static JSClassID context_class;

static void finalize(JSRuntime *runtime, JSValueConst value)
{
    JSContext *context = JS_GetOpaque(value, context_class);
    if (context)
        JS_FreeContext(context);
}

static const JSClassDef context_def = { "Context", .finalizer = finalize };

/* newContext(own jobs): [a handle, the new global object]. Jobs of its own run right after each script, and at no other time. */
static NATIVE(js_new_context)
{
    JSContext *made = JS_NewContext(holm_runtime);
    if (!made)
        return JS_ThrowOutOfMemory(ctx);
    if (JS_ToBool(ctx, argv[0]) && holm_engine_own_jobs(made)) {
        JS_FreeContext(made);
        return JS_ThrowOutOfMemory(ctx);
    }
    JSValue handle = JS_NewObjectClass(ctx, context_class), pair = JS_NewArray(ctx);
    if (JS_IsException(handle) || JS_IsException(pair)) {
        JS_FreeContext(made);
        JS_FreeValue(ctx, handle);
        JS_FreeValue(ctx, pair);
        return JS_EXCEPTION;
    }
    JS_SetOpaque(handle, made);
    JS_SetPropertyUint32(ctx, pair, 0, handle);
    JS_SetPropertyUint32(ctx, pair, 1, JS_GetGlobalObject(made));
    return pair;
}

static NATIVE(js_set_context_global)
{
    JSContext *context = JS_GetOpaque2(ctx, argv[0], context_class);
    if (!context)
        return JS_EXCEPTION;
    holm_engine_set_global(context, argv[1]);
    return JS_UNDEFINED;
}

/* A script's time, in polls: the engine polls after a fixed number of loops and calls, so that the same script ends at the
   same place wherever it runs. -1: there is no limit. */
static int64_t polls_left = -1;
static bool timed_out;

static int poll(JSRuntime *runtime, void *opaque)
{
    if (polls_left < 0)
        return 0;
    if (polls_left > 0)
        polls_left--;
    timed_out |= polls_left == 0;
    return polls_left == 0;
}

/* Jobs of the context's own queue, still within the script's time. False with an exception. */
static bool run_jobs(JSContext *context)
{
    for (;;) {
        int ran = holm_engine_run_own_job(context);
        if (ran == 0)
            return true;
        if (ran < 0)
            return false;
    }
}

/* runScript(handle or null for this context, source, file, line, compile only, limits): limits is [polls], which becomes -2
   when the time was up; without it there is no limit. */
static NATIVE(js_run_script)
{
    int64_t polls = -1;
    if (JS_IsArray(argv[5])) {
        JSValue first = JS_GetPropertyUint32(ctx, argv[5], 0);
        JS_ToInt64(ctx, &polls, first);
        JS_FreeValue(ctx, first);
    }
    JSContext *context = JS_IsNull(argv[0]) ? ctx : JS_GetOpaque2(ctx, argv[0], context_class);
    if (!context)
        return JS_EXCEPTION;
    int32_t line;
    if (JS_ToInt32(ctx, &line, argv[3]))
        return JS_EXCEPTION;
    bool compile_only = JS_ToBool(ctx, argv[4]);
    size_t len;
    const char *source = JS_ToCStringLen(ctx, &len, argv[1]), *file = JS_ToCString(ctx, argv[2]);
    JSValue result = JS_EXCEPTION;
    if (source && file) {
        JSEvalOptions options = {
            .version = JS_EVAL_OPTIONS_VERSION, .filename = file, .line_num = line,
            .eval_flags = JS_EVAL_TYPE_GLOBAL | (compile_only ? JS_EVAL_FLAG_COMPILE_ONLY : 0),
        };
        /* One script may run another: the shorter time holds, and what the inner one uses the outer one has used. */
        int64_t outer = polls_left, mine = polls;
        bool own = mine >= 0 && (outer < 0 || mine < outer);
        if (own) {
            polls_left = mine;
            JS_SetInterruptHandler(holm_runtime, poll, NULL);
        }
        result = JS_Eval2(context, source, len, &options);
        if (!compile_only && !JS_IsException(result) && !run_jobs(context)) {
            JS_FreeValue(ctx, result);
            result = JS_EXCEPTION;
            /* What jobs leave behind that had to be stopped would run into the next script. */
            holm_engine_drop_own_jobs(context);
        }
        if (own) {
            polls_left = outer < 0 ? -1 : outer - (mine - polls_left);
            if (outer < 0)
                JS_SetInterruptHandler(holm_runtime, NULL, NULL);
            if (timed_out) {
                timed_out = false;
                JS_FreeValue(ctx, JS_GetException(ctx));
                JS_SetPropertyUint32(ctx, argv[5], 0, JS_NewInt32(ctx, -2));
                JS_ThrowPlainError(ctx, "timed out");
            }
        }
        if (compile_only && !JS_IsException(result)) {
            JS_FreeValue(ctx, result);
            result = JS_UNDEFINED;
        }
    }
    JS_FreeCString(ctx, source);
    JS_FreeCString(ctx, file);
    return result;
}

static NATIVE(js_async_frame) { return holm_engine_async_frame(ctx); }

static NATIVE(js_set_async_frame)
{
    holm_engine_set_async_frame(ctx, argv[0]);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("newContext", 0, js_new_context),
    JS_CFUNC_DEF("setContextGlobal", 2, js_set_context_global),
    JS_CFUNC_DEF("runScript", 6, js_run_script),
    JS_CFUNC_DEF("asyncFrame", 0, js_async_frame),
    JS_CFUNC_DEF("setAsyncFrame", 1, js_set_async_frame),
};

void contexts_install(JSContext *ctx, JSValue target)
{
    JS_NewClassID(holm_runtime, &context_class);
    JS_NewClass(holm_runtime, context_class, &context_def);
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
