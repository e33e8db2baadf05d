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
    if (JS_IsException(list) || !it || JS_IsUndefined(it->obj))
        return list;
    JSMapState *map = JS_VALUE_GET_OBJ(it->obj)->u.map_state;
    struct list_head *at = it->cur_record ? it->cur_record->link.next : map->records.next;
    uint32_t n = 0;
    for (; at != &map->records; at = at->next) {
        JSMapRecord *record = list_entry(at, JSMapRecord, link);
        if (record->empty)
            continue;
        if (it->kind != JS_ITERATOR_KIND_VALUE || id == JS_CLASS_SET_ITERATOR)
            JS_DefinePropertyValueUint32(ctx, list, n++, js_dup(record->key), JS_PROP_C_W_E);
        if (it->kind != JS_ITERATOR_KIND_KEY && id == JS_CLASS_MAP_ITERATOR)
            JS_DefinePropertyValueUint32(ctx, list, n++, js_dup(record->value), JS_PROP_C_W_E);
    }
    return list;
}
