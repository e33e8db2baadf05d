/* Looking into values without running their code: for console and structuredClone. */
#include "holm.h"

static NATIVE(js_promise_state)
{
    if (!JS_IsPromise(argv[0]))
        return JS_ThrowTypeError(ctx, "not a promise");
    JSPromiseStateEnum state = JS_PromiseState(ctx, argv[0]);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, state == JS_PROMISE_PENDING ? 0 : state == JS_PROMISE_FULFILLED ? 1 : 2));
    JS_SetPropertyUint32(ctx, pair, 1, state == JS_PROMISE_PENDING ? JS_UNDEFINED : JS_PromiseResult(ctx, argv[0]));
    return pair;
}

static NATIVE(js_proxy_details)
{
    if (!JS_IsProxy(argv[0]))
        return JS_UNDEFINED;
    JSValue pair = JS_NewArray(ctx);
    JSValue target = JS_GetProxyTarget(ctx, argv[0]), handler = JS_GetProxyHandler(ctx, argv[0]);
    bool revoked = JS_IsException(target) || JS_IsException(handler);
    if (revoked)
        JS_FreeValue(ctx, JS_GetException(ctx));
    JS_SetPropertyUint32(ctx, pair, 0, JS_IsException(target) ? JS_NULL : target);
    JS_SetPropertyUint32(ctx, pair, 1, JS_IsException(handler) ? JS_NULL : handler);
    return pair;
}

static NATIVE(js_class_of)
{
    JSClassID id = JS_GetClassID(argv[0]);
    if (id == JS_INVALID_CLASS_ID)
        return JS_UNDEFINED;
    JSAtom name = JS_GetClassName(holm_runtime, id);
    JSValue text = JS_AtomToString(ctx, name);
    JS_FreeAtom(ctx, name);
    return text;
}

static NATIVE(js_iterator_entries)
{
    return holm_engine_iterator_entries(ctx, argv[0]);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("promiseState", 1, js_promise_state),
    JS_CFUNC_DEF("proxyDetails", 1, js_proxy_details),
    JS_CFUNC_DEF("classOf", 1, js_class_of),
    JS_CFUNC_DEF("iteratorEntries", 1, js_iterator_entries),
};

void inspect_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
