/* What the parts of the C layer share. One file per concern: engine (boot and turns), fields (the layout of
   what crosses to the host), native (effects and pure calls), text, encodings, modules, inspect, random, files, contexts,
   codecs (compression), promises, headers. */
#ifndef HOLM_H
#define HOLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "quickjs.h"
#include "abi.h"

#define EXPORT(name) __attribute__((export_name(name), used, visibility("default")))
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A native function for the built-ins; the same shape as QuickJS' own. */
#define NATIVE(name) JSValue name(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv)

/* engine.c: the one runtime of this instance, its clocks (standing still within a turn), and whether a
   function image is being made. */
extern JSRuntime *holm_runtime;
extern JSContext *holm_context;
extern double holm_wall_ms, holm_mono_us;
extern bool holm_frozen;

/* fields.c */
typedef struct { uint8_t *data; size_t len, capacity; bool failed; } Buffer;
void buffer_put(Buffer *b, const void *data, size_t len);
void buffer_free(Buffer *b);
/* Appends a JavaScript value as a field; -1 with an exception. */
int field_put(JSContext *ctx, Buffer *b, JSValueConst value);
/* Reads the field at *at as a JavaScript value and moves *at behind it; JS_EXCEPTION when malformed. */
JSValue field_take(JSContext *ctx, const uint8_t **at, const uint8_t *end);

/* text.c: the bytes of an ArrayBuffer or a view of one; NULL with an exception for anything else. */
uint8_t *bytes_of(JSContext *ctx, JSValueConst value, size_t *len);

/* engine_unit.c */
void holm_engine_seed(JSContext *ctx, uint64_t seed);
JSValue holm_engine_iterator_entries(JSContext *ctx, JSValueConst value);
void holm_engine_settle(JSRuntime *rt);
JSValue holm_engine_require(JSContext *ctx, const char *path);
/* strings.c, part of it. */
const void *holm_engine_units(JSContext *ctx, JSValueConst value, JSValue *keep, size_t *count, bool *wide);
void *holm_engine_new_string(JSContext *ctx, size_t count, bool wide, JSValue *string);
void holm_engine_shorten_string(JSValue string, size_t count);
JSValue holm_engine_buffer_of(JSContext *ctx, uint8_t *data, size_t len);
int holm_engine_each_module(JSContext *ctx, const char *beginning, int (*work)(JSContext *ctx, JSModuleDef *module));
/* source_map.c, part of it: applies the map that a source ends in to what it was compiled to. */
void holm_engine_map_module(JSContext *ctx, JSModuleDef *module, const char *text, size_t len);
void holm_engine_map_function(JSContext *ctx, JSValueConst function, const char *text, size_t len);
/* The asynchronous context that promise reactions remember. */
JSValue holm_engine_async_frame(JSContext *ctx);
void holm_engine_set_async_frame(JSContext *ctx, JSValueConst frame);
/* `global` takes the place of a context's global object. */
void holm_engine_set_global(JSContext *ctx, JSValueConst global);
/* Gives a context a queue of jobs of its own; -1 without memory for it. */
int holm_engine_own_jobs(JSContext *ctx);
/* Runs one of the jobs of a context's own queue, as JS_ExecutePendingJob does; 0 when there is none, or no such queue. */
int holm_engine_run_own_job(JSContext *ctx);
/* Forgets what is in a context's own queue. */
void holm_engine_drop_own_jobs(JSContext *ctx);

/* Each adds its functions to the native object. */
void native_install(JSContext *ctx, JSValue target);
void text_install(JSContext *ctx, JSValue target);
void encodings_install(JSContext *ctx, JSValue target);
void modules_install(JSContext *ctx, JSValue target);
void inspect_install(JSContext *ctx, JSValue target);
void random_install(JSContext *ctx, JSValue target);
void files_install(JSContext *ctx, JSValue target);
void contexts_install(JSContext *ctx, JSValue target);
void codecs_install(JSContext *ctx, JSValue target);
void promises_install(JSContext *ctx, JSValue target);
void clone_install(JSContext *ctx, JSValue target);
void headers_install(JSContext *ctx, JSValue target);

/* random.c: starts the invocation's generators from 32 bytes. */
void random_seed(const uint8_t seed[32]);

#endif
