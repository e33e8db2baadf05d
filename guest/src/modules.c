/* Modules: the engine's loader hooks, answered by the built-ins, which hold the program's module graph. */
#include <stdlib.h>
#include <string.h>
#include "holm.h"

static JSValue hooks = JS_UNDEFINED;

/* hooks[name](...args), arguments freed. */
static JSValue call_hook(JSContext *ctx, const char *name, int argc, JSValue *argv)
{
    JSValue function = JS_GetPropertyStr(ctx, hooks, name);
    JSValue result = JS_IsException(function) ? JS_EXCEPTION : JS_Call(ctx, function, hooks, argc, (JSValueConst *)argv);
    JS_FreeValue(ctx, function);
    for (int i = 0; i < argc; i++)
        JS_FreeValue(ctx, argv[i]);
    return result;
}

static char *normalize(JSContext *ctx, const char *base, const char *name, void *opaque)
{
    JSValue args[2] = { JS_NewString(ctx, base), JS_NewString(ctx, name) };
    JSValue path = call_hook(ctx, "resolve", 2, args);
    if (JS_IsException(path))
        return NULL;
    const char *text = JS_ToCString(ctx, path);
    char *copy = text ? js_strdup(ctx, text) : NULL;
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, path);
    return copy;
}

static JSValue module_name(JSContext *ctx, JSModuleDef *module)
{
    JSAtom atom = JS_GetModuleName(ctx, module);
    JSValue name = JS_AtomToString(ctx, atom);
    JS_FreeAtom(ctx, atom);
    return name;
}

/* Evaluates a module whose values the built-ins give: CommonJS, JSON, built-ins themselves. */
static int evaluate_synthetic(JSContext *ctx, JSModuleDef *module)
{
    JSValue name = module_name(ctx, module);
    JSValue values = call_hook(ctx, "values", 1, &name);
    if (JS_IsException(values))
        return -1;
    JSValue names = JS_GetModulePrivateValue(ctx, module);
    int64_t count = 0;
    int failed = JS_GetLength(ctx, names, &count) ? -1 : 0;
    for (int64_t i = 0; i < count && !failed; i++) {
        JSValue key = JS_GetPropertyInt64(ctx, names, i);
        const char *text = JS_ToCString(ctx, key);
        JSValue value = text ? JS_GetPropertyStr(ctx, values, text) : JS_EXCEPTION;
        if (JS_IsException(value) || JS_SetModuleExport(ctx, module, text, value) < 0)
            failed = -1;
        JS_FreeCString(ctx, text);
        JS_FreeValue(ctx, key);
    }
    JS_FreeValue(ctx, names);
    JS_FreeValue(ctx, values);
    return failed;
}

static JSModuleDef *new_synthetic(JSContext *ctx, const char *path, JSValueConst names)
{
    JSModuleDef *module = JS_NewCModule(ctx, path, evaluate_synthetic);
    int64_t count;
    if (!module || JS_GetLength(ctx, names, &count))
        return NULL;
    for (int64_t i = 0; i < count; i++) {
        JSValue key = JS_GetPropertyInt64(ctx, names, i);
        const char *text = JS_ToCString(ctx, key);
        int failed = !text || JS_AddModuleExport(ctx, module, text) < 0;
        JS_FreeCString(ctx, text);
        JS_FreeValue(ctx, key);
        if (failed)
            return NULL;
    }
    JS_SetModulePrivateValue(ctx, module, JS_DupValue(ctx, names));
    return module;
}

static JSModuleDef *compile(JSContext *ctx, const char *path, JSValueConst source)
{
    size_t len;
    const char *text = JS_ToCStringLen(ctx, &len, source);
    if (!text)
        return NULL;
    JSValue compiled = JS_Eval(ctx, text, len, path, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
    if (JS_IsException(compiled)) {
        JS_FreeCString(ctx, text);
        return NULL;
    }
    JSModuleDef *module = JS_VALUE_GET_PTR(compiled);
    holm_engine_map_module(ctx, module, text, len);
    JS_FreeCString(ctx, text);
    JS_FreeValue(ctx, compiled); /* the context's list of modules keeps it */
    JSValue args[2] = { JS_NewString(ctx, path), JS_GetImportMeta(ctx, module) };
    JSValue done = call_hook(ctx, "meta", 2, args);
    if (JS_IsException(done))
        return NULL;
    JS_FreeValue(ctx, done);
    return module;
}

static JSModuleDef *load(JSContext *ctx, const char *path, void *opaque)
{
    JSValue name = JS_NewString(ctx, path);
    JSValue loaded = call_hook(ctx, "load", 1, &name);
    if (JS_IsException(loaded))
        return NULL;
    JSModuleDef *module = JS_IsString(loaded) ? compile(ctx, path, loaded) : new_synthetic(ctx, path, loaded);
    JS_FreeValue(ctx, loaded);
    return module;
}

static NATIVE(js_module_hooks)
{
    JS_FreeValue(ctx, hooks);
    hooks = JS_DupValue(ctx, argv[0]);
    JS_SetModuleLoaderFunc(holm_runtime, normalize, load, NULL);
    return JS_UNDEFINED;
}

static NATIVE(js_import_module)
{
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path)
        return JS_EXCEPTION;
    JSValue promise = JS_LoadModule(ctx, "", path);
    JS_FreeCString(ctx, path);
    return promise;
}

static NATIVE(js_require_module)
{
    const char *path = JS_ToCString(ctx, argv[0]);
    if (!path)
        return JS_EXCEPTION;
    JSValue list = holm_engine_require(ctx, path);
    JS_FreeCString(ctx, path);
    return list;
}

/* What ES modules have imported of built-ins becomes what their exports are now. */
static NATIVE(js_sync_builtins)
{
    return holm_engine_each_module(ctx, "node:", evaluate_synthetic) < 0 ? JS_EXCEPTION : JS_UNDEFINED;
}

static NATIVE(js_evaluate)
{
    size_t len;
    const char *source = JS_ToCStringLen(ctx, &len, argv[0]), *file = JS_ToCString(ctx, argv[1]);
    JSValue result = source && file ? JS_Eval(ctx, source, len, file, JS_EVAL_TYPE_GLOBAL) : JS_EXCEPTION;
    JS_FreeCString(ctx, source);
    JS_FreeCString(ctx, file);
    return result;
}

static void put_text(Buffer *b, const char *text) { buffer_put(b, text, strlen(text)); }

/* The head of the function takes up two lines, of which the first is numbered -1 (0 would mean 1 to the engine),
   so that the source keeps its positions. */
static NATIVE(js_compile_function)
{
    size_t len;
    int64_t count;
    if (JS_GetLength(ctx, argv[2], &count))
        return JS_EXCEPTION;
    const char *source = JS_ToCStringLen(ctx, &len, argv[0]), *file = JS_ToCString(ctx, argv[1]);
    Buffer text = { 0 };
    put_text(&text, "(function (");
    for (int64_t i = 0; i < count; i++) {
        JSValue item = JS_GetPropertyInt64(ctx, argv[2], i);
        const char *name = JS_ToCString(ctx, item);
        if (i)
            put_text(&text, ", ");
        if (name)
            put_text(&text, name);
        JS_FreeCString(ctx, name);
        JS_FreeValue(ctx, item);
    }
    put_text(&text, ") {\n\n");
    if (source)
        buffer_put(&text, source, len);
    put_text(&text, "\n})");
    size_t total = text.len;
    buffer_put(&text, "", 1); /* the parser reads up to a NUL */
    JSEvalOptions options = {
        .version = JS_EVAL_OPTIONS_VERSION, .eval_flags = JS_EVAL_TYPE_GLOBAL, .filename = file, .line_num = -1,
    };
    JSValue result = JS_EXCEPTION;
    if (text.failed)
        JS_ThrowOutOfMemory(ctx);
    else if (source && file)
        result = JS_Eval2(ctx, (const char *)text.data, total, &options);
    buffer_free(&text);
    if (JS_IsFunction(ctx, result))
        holm_engine_map_function(ctx, result, source, len);
    JS_FreeCString(ctx, source);
    JS_FreeCString(ctx, file);
    return result;
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("moduleHooks", 1, js_module_hooks),
    JS_CFUNC_DEF("importModule", 1, js_import_module),
    JS_CFUNC_DEF("requireModule", 1, js_require_module),
    JS_CFUNC_DEF("syncBuiltins", 0, js_sync_builtins),
    JS_CFUNC_DEF("evaluate", 2, js_evaluate),
    JS_CFUNC_DEF("compileFunction", 3, js_compile_function),
};

void modules_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
