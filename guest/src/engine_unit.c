/* quickjs.c as one unit, with its check for stack overflow kept, and the few accessors that need its insides.

   Under __wasi__ QuickJS-ng sets stack_limit = 0 ("no limit"), which makes JS_SetMaxStackSize do nothing. What
   does need __wasi__ (no threads, malloc_usable_size) is in cutils.h and is read before it is undefined. */
#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "cutils.h"
#undef __wasi__
#define __STDC_NO_ATOMICS__ 1

/* The check compares the shadow stack's pointer, but a C function whose locals all live in wasm locals has no
   shadow frame, and its recursion (JSON.parse, JSON.stringify, flat, the parser) would pass the check unseen
   until wasm's own stack is used up. So every function that asks for the stack pointer gets a frame. */
static inline __attribute__((always_inline)) uintptr_t stack_mark(void)
{
    char pad[STACK_PAD];
    __asm__ volatile("" : : "r"(pad) : "memory");
    return (uintptr_t)pad;
}
#define __builtin_frame_address(n) stack_mark()

#include "quickjs.c"
#include "holm.h"

void holm_engine_seed(JSContext *ctx, uint64_t seed)
{
    ctx->random_state = seed ? seed : 1; /* xorshift must not start at zero */
}

JSValue holm_engine_iterator_entries(JSContext *ctx, JSValueConst value)
{
    JSClassID id = JS_GetClassID(value);
    if (id != JS_CLASS_MAP_ITERATOR && id != JS_CLASS_SET_ITERATOR)
        return JS_UNDEFINED;
    JSMapIteratorData *it = JS_VALUE_GET_OBJ(value)->u.map_iterator_data;
    JSValue list = JS_NewArray(ctx);
    if (JS_IsException(list))
        return list;
    bool pairs = it && it->kind == JS_ITERATOR_KIND_KEY_AND_VALUE;
    JS_DefinePropertyValueUint32(ctx, list, 0, JS_NewBool(ctx, pairs), JS_PROP_C_W_E);
    if (!it || JS_IsUndefined(it->obj))
        return list;
    JSMapState *map = JS_VALUE_GET_OBJ(it->obj)->u.map_state;
    struct list_head *at = it->cur_record ? it->cur_record->link.next : map->records.next;
    uint32_t n = 1;
    for (; at != &map->records; at = at->next) {
        JSMapRecord *record = list_entry(at, JSMapRecord, link);
        if (record->empty)
            continue;
        if (it->kind != JS_ITERATOR_KIND_VALUE || id == JS_CLASS_SET_ITERATOR)
            JS_DefinePropertyValueUint32(ctx, list, n++, js_dup(record->key), JS_PROP_C_W_E);
        if (id == JS_CLASS_MAP_ITERATOR ? it->kind != JS_ITERATOR_KIND_KEY : pairs)
            JS_DefinePropertyValueUint32(ctx, list, n++, js_dup(id == JS_CLASS_MAP_ITERATOR ? record->value : record->key), JS_PROP_C_W_E);
    }
    return list;
}

/* Loads, links and evaluates a module at once, as `require` needs it: [state, namespace or error, promise].
   State 0: it waits for something (top-level await), or is being evaluated already (a cycle). */
JSValue holm_engine_require(JSContext *ctx, const char *path)
{
    JSModuleDef *m = js_host_resolve_imported_module(ctx, "", path, JS_UNDEFINED);
    if (!m)
        return JS_EXCEPTION;
    if (js_resolve_module(ctx, m) < 0) {
        js_free_modules(ctx, JS_FREE_MODULE_NOT_RESOLVED);
        return JS_EXCEPTION;
    }
    JSValue list = JS_NewArray(ctx);
    if (JS_IsException(list))
        return list;
    int32_t state = JS_PROMISE_PENDING;
    JSValue value = JS_UNDEFINED, promise = JS_UNDEFINED;
    if (m->status != JS_MODULE_STATUS_EVALUATING) {
        promise = JS_EvalFunction(ctx, JS_NewModuleValue(ctx, m));
        if (!JS_IsException(promise)) {
            state = JS_PromiseState(ctx, promise);
            if (state == JS_PROMISE_FULFILLED)
                value = JS_GetModuleNamespace(ctx, m);
            else if (state == JS_PROMISE_REJECTED)
                value = JS_PromiseResult(ctx, promise);
        }
        if (JS_IsException(promise) || JS_IsException(value)) {
            JS_FreeValue(ctx, promise);
            JS_FreeValue(ctx, list);
            return JS_EXCEPTION;
        }
    }
    JS_DefinePropertyValueUint32(ctx, list, 0, JS_NewInt32(ctx, state), JS_PROP_C_W_E);
    JS_DefinePropertyValueUint32(ctx, list, 1, value, JS_PROP_C_W_E);
    JS_DefinePropertyValueUint32(ctx, list, 2, promise, JS_PROP_C_W_E);
    return list;
}

/* Does something with each evaluated module whose name begins so; -1 with an exception. */
int holm_engine_each_module(JSContext *ctx, const char *beginning, int (*work)(JSContext *ctx, JSModuleDef *module))
{
    struct list_head *at;
    list_for_each(at, &ctx->loaded_modules) {
        JSModuleDef *module = list_entry(at, JSModuleDef, link);
        if (module->status != JS_MODULE_STATUS_EVALUATED || module->eval_has_exception)
            continue;
        const char *name = JS_AtomToCString(ctx, module->module_name);
        if (!name)
            return -1;
        bool fits = !strncmp(name, beginning, strlen(beginning));
        JS_FreeCString(ctx, name);
        if (fits && work(ctx, module) < 0)
            return -1;
    }
    return 0;
}

/* Memory from which the blocks of an invocation come first: enough for an ordinary request. */
#define RESERVE_BYTES (64 * 1024)
#define RESERVE_LEFT_BYTES (32 * 1024)
#define FIRST_ARENA_BYTES 512
#define PAGE_BYTES 4096

/* What has been settled; kept off the list that the collector walks. */
static struct list_head settled = LIST_HEAD_INIT(settled);

/* Marks the blocks of an arena as settled, whatever is in them: what is not counted does not look at its count. An arena
   that nothing was taken from since the last time, which is most of them where a function's image is made after the
   engine's, is left alone: each page that is written to is compared for the image. */
static void settle_arena(JSArena *arena)
{
    if (arena->settled)
        return;
    arena->settled = 1;
    unsigned int block_size = arena_block_sizes[arena->block_size_idx];
    uint8_t free_block[JS_ARENA_SIZE / 16] = { 0 };
    for (unsigned int i = arena->first_free_block; i != JS_ARENA_FREE_NIL;) {
        free_block[i] = 1;
        i = ((JSMallocBlockHeader *)arena_get_block(arena, i, block_size))->u.free_next;
    }
    for (unsigned int i = 0; i < arena->n_blocks; i++) {
        if (!free_block[i])
            ((JSMallocBlockHeader *)arena_get_block(arena, i, block_size))->ref_count |= JS_REF_SETTLED;
    }
}

/* Before an image is taken, so that a request writes to few of its pages (a hello request to 12 instead of 60).
   What is there now is neither counted nor collected from now on: it lives as long as the instance, and so does
   what it refers to. And every small block comes from a new arena in one piece of memory, the smallest sizes
   first, instead of from holes all over the heap; those holes are not used again. */
void holm_engine_settle(JSRuntime *rt)
{
    JSArenaState *s = &rt->arena_state;
    JS_RunGC(rt);
    s->reserve = (uint8_t *)(((uintptr_t)s->reserve + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1));
    if (s->reserve_end - s->reserve < RESERVE_LEFT_BYTES) {
        s->reserve = s->reserve_end = NULL;
        uint8_t *memory = malloc(RESERVE_BYTES + PAGE_BYTES);
        if (memory) {
            s->reserve = (uint8_t *)(((uintptr_t)memory + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1));
            s->reserve_end = s->reserve + RESERVE_BYTES;
            memset(s->reserve, 0, RESERVE_BYTES);
        }
    }
    struct list_head *at, *next;
    list_for_each_safe(at, next, &rt->gc_obj_list) {
        JS_REF_COUNT(list_entry(at, JSGCObjectHeader, link)) |= JS_REF_SETTLED;
        list_del(at);
        list_add_tail(at, &settled);
    }
    for (int i = 0; i < JS_ARENA_BLOCK_SIZE_COUNT; i++) {
        list_for_each(at, &s->arena_list[i])
            settle_arena(list_entry(at, JSArena, link));
        while (!list_empty(&s->free_arena_list[i])) {
            struct list_head *arena = s->free_arena_list[i].next;
            list_del(arena);
            init_list_head(arena); /* it may be taken off the list once more, when it is empty */
        }
        s->next_bytes[i] = FIRST_ARENA_BYTES;
        arena_new(rt, i); /* without memory for it now, it is made when it is needed */
    }
}

#include "strings.c"
#include "clone.c"
#include "source_map.c"
JSValue holm_engine_async_frame(JSContext *ctx) { return js_dup(holm_async_frame); }

void holm_engine_set_async_frame(JSContext *ctx, JSValueConst frame)
{
    JSValue before = holm_async_frame;
    holm_async_frame = js_dup(frame);
    JS_FreeValue(ctx, before);
}

void holm_engine_set_global(JSContext *ctx, JSValueConst global)
{
    JS_DefinePropertyValueStr(ctx, ctx->global_obj, "globalThis", js_dup(global), JS_PROP_C_W_E & ~JS_PROP_ENUMERABLE);
    JSValue before = ctx->global_obj;
    ctx->global_obj = js_dup(global);
    JS_FreeValue(ctx, before);
}

int holm_engine_own_jobs(JSContext *ctx)
{
    ctx->own_jobs = js_malloc(ctx, sizeof(*ctx->own_jobs));
    if (!ctx->own_jobs)
        return -1;
    init_list_head(ctx->own_jobs);
    holm_own_jobs = true;
    return 0;
}

int holm_engine_run_own_job(JSContext *ctx)
{
    JSContext *of;
    return ctx->own_jobs ? holm_execute_job(ctx->rt, ctx->own_jobs, &of) : 0;
}

void holm_engine_drop_own_jobs(JSContext *ctx)
{
    if (!ctx->own_jobs)
        return;
    while (!list_empty(ctx->own_jobs)) {
        JSJobEntry *e = list_entry(ctx->own_jobs->next, JSJobEntry, link);
        list_del(&e->link);
        for (int i = 0; i < e->argc; i++)
            JS_FreeValue(ctx, e->argv[i]);
        js_free(ctx, e);
        JS_FreeContext(ctx);
    }
}
