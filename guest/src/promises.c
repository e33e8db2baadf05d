/* Promises under observation: one function of the built-ins hears of each that is made, of each reaction before and
   after it runs, and of each that is settled. Without one nothing is called, so that promises cost what they did. */
#include "holm.h"

static JSValue listener = JS_UNDEFINED;

static void on_promise(JSContext *ctx, JSPromiseHookType type, JSValueConst promise, JSValueConst parent, void *opaque)
{
    (void)opaque;
    /* It may take itself away while it runs. */
    JSValue call = JS_DupValue(ctx, listener);
    JSValue kind = JS_NewInt32(ctx, type);
    JSValueConst args[3] = { kind, promise, parent };
    JSValue result = JS_Call(ctx, call, JS_UNDEFINED, 3, args);
    /* The listener catches what its own listeners throw. What is left is the end of the program or of its memory,
       which shows again at the next call. */
    if (JS_IsException(result))
        JS_FreeValue(ctx, JS_GetException(ctx));
    JS_FreeValue(ctx, result);
    JS_FreeValue(ctx, call);
}

static NATIVE(js_observe_promises)
{
    JSValue before = listener;
    listener = JS_DupValue(ctx, argv[0]);
    JS_SetPromiseHook(holm_runtime, JS_IsFunction(ctx, listener) ? on_promise : NULL, NULL);
    JS_FreeValue(ctx, before);
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("observePromises", 1, js_observe_promises),
};

void promises_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
