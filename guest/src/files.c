/* Files: WASI preview 1, one thin function per call. Paths are relative to a descriptor; node:fs (TypeScript)
   finds the descriptor. Below 0: a negated WASI errno. */
#include <stdlib.h>
#include <string.h>
#include "holm.h"

#define WASI_CALL(name) IMPORT("wasi_snapshot_preview1", #name) extern int32_t wasi_##name
WASI_CALL(path_open)(int32_t dir, uint32_t lookup, const char *path, size_t len, uint32_t oflags, uint64_t rights,
                     uint64_t inheriting, uint32_t fdflags, int32_t *fd);
WASI_CALL(fd_close)(int32_t fd);
WASI_CALL(fd_read)(int32_t fd, const void *vectors, size_t count, size_t *n);
WASI_CALL(fd_pread)(int32_t fd, const void *vectors, size_t count, uint64_t offset, size_t *n);
WASI_CALL(fd_write)(int32_t fd, const void *vectors, size_t count, size_t *n);
WASI_CALL(fd_pwrite)(int32_t fd, const void *vectors, size_t count, uint64_t offset, size_t *n);
WASI_CALL(fd_sync)(int32_t fd);
WASI_CALL(fd_readdir)(int32_t fd, void *into, size_t len, uint64_t cookie, size_t *n);
WASI_CALL(fd_filestat_get)(int32_t fd, void *stat);
WASI_CALL(fd_filestat_set_size)(int32_t fd, uint64_t size);
WASI_CALL(fd_filestat_set_times)(int32_t fd, uint64_t atime, uint64_t mtime, uint32_t which);
WASI_CALL(path_filestat_get)(int32_t dir, uint32_t lookup, const char *path, size_t len, void *stat);
WASI_CALL(path_filestat_set_times)(int32_t dir, uint32_t lookup, const char *path, size_t len, uint64_t atime,
                                   uint64_t mtime, uint32_t which);
WASI_CALL(path_create_directory)(int32_t dir, const char *path, size_t len);
WASI_CALL(path_remove_directory)(int32_t dir, const char *path, size_t len);
WASI_CALL(path_unlink_file)(int32_t dir, const char *path, size_t len);
WASI_CALL(path_rename)(int32_t dir, const char *from, size_t from_len, int32_t to_dir, const char *to, size_t to_len);
WASI_CALL(path_link)(int32_t dir, uint32_t lookup, const char *from, size_t from_len, int32_t to_dir, const char *to,
                     size_t to_len);
WASI_CALL(path_symlink)(const char *target, size_t target_len, int32_t dir, const char *path, size_t len);
WASI_CALL(path_readlink)(int32_t dir, const char *path, size_t len, char *into, size_t room, size_t *n);

enum { LOOKUP_FOLLOW = 1, SET_ATIME = 1, SET_MTIME = 4 };
/* fd_datasync, read, seek, fdstat_set_flags, sync, tell, advise, … as wasi-libc asks for them. */
#define RIGHTS_READ ((1ull << 1) | (1ull << 2) | (1ull << 5) | (1ull << 14) | (1ull << 21))
#define RIGHTS_WRITE ((1ull << 0) | (1ull << 4) | (1ull << 6) | (1ull << 8) | (1ull << 22) | (1ull << 23))
#define RIGHTS_CREATE ((1ull << 10) | (1ull << 19))

typedef struct { void *data; size_t len; } Vector;
typedef struct { uint64_t device, inode; uint8_t type; uint64_t links, size, atime, mtime, ctime; } Stat;

static JSValue answer(JSContext *ctx, int32_t errno_or_zero, int64_t value)
{
    return JS_NewInt64(ctx, errno_or_zero ? -(int64_t)errno_or_zero : value);
}

static bool refuse_frozen(JSContext *ctx)
{
    if (!holm_frozen)
        return false;
    JS_ThrowTypeError(ctx, "files cannot be used while the function is being loaded; use them inside the handler");
    return true;
}

/* An argument as a path: a C string to be freed with JS_FreeCString. */
typedef struct { const char *text; size_t len; } Path;
static bool take_path(JSContext *ctx, JSValueConst value, Path *path)
{
    path->text = JS_ToCStringLen(ctx, &path->len, value);
    return path->text != NULL;
}
static int32_t take_int(JSContext *ctx, JSValueConst value)
{
    int32_t n = 0;
    JS_ToInt32(ctx, &n, value);
    return n;
}
static int64_t take_int64(JSContext *ctx, JSValueConst value)
{
    int64_t n = 0;
    JS_ToInt64(ctx, &n, value);
    return n;
}

/* Calls that take (dir, path) only, told apart by `magic`. */
enum { MKDIR, RMDIR, UNLINK };
static JSValue js_path_call(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int magic)
{
    Path path;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[1], &path))
        return JS_EXCEPTION;
    int32_t dir = take_int(ctx, argv[0]), result;
    if (magic == MKDIR)
        result = wasi_path_create_directory(dir, path.text, path.len);
    else if (magic == RMDIR)
        result = wasi_path_remove_directory(dir, path.text, path.len);
    else
        result = wasi_path_unlink_file(dir, path.text, path.len);
    JS_FreeCString(ctx, path.text);
    return answer(ctx, result, 0);
}

static NATIVE(js_open)
{
    Path path;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[1], &path))
        return JS_EXCEPTION;
    uint32_t oflags = take_int(ctx, argv[2]);
    uint64_t rights = RIGHTS_READ;
    if (JS_ToBool(ctx, argv[4]))
        rights |= RIGHTS_WRITE;
    if (oflags & 2)
        rights = (1ull << 14) | (1ull << 13) | (1ull << 18) | (1ull << 21);
    int32_t fd = -1;
    int32_t result = wasi_path_open(take_int(ctx, argv[0]), JS_ToBool(ctx, argv[5]) ? LOOKUP_FOLLOW : 0, path.text, path.len,
                                    oflags, rights, rights | RIGHTS_READ | RIGHTS_CREATE, take_int(ctx, argv[3]), &fd);
    JS_FreeCString(ctx, path.text);
    return answer(ctx, result, fd);
}

static NATIVE(js_close) { return refuse_frozen(ctx) ? JS_EXCEPTION : answer(ctx, wasi_fd_close(take_int(ctx, argv[0])), 0); }
static NATIVE(js_sync) { return refuse_frozen(ctx) ? JS_EXCEPTION : answer(ctx, wasi_fd_sync(take_int(ctx, argv[0])), 0); }

static JSValue js_transfer(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int writes)
{
    Vector vector;
    if (refuse_frozen(ctx))
        return JS_EXCEPTION;
    vector.data = bytes_of(ctx, argv[1], &vector.len);
    if (!vector.data)
        return JS_EXCEPTION;
    int32_t fd = take_int(ctx, argv[0]), result;
    size_t n = 0;
    bool positioned = JS_IsNumber(argv[2]);
    uint64_t offset = positioned ? (uint64_t)take_int64(ctx, argv[2]) : 0;
    if (writes)
        result = positioned ? wasi_fd_pwrite(fd, &vector, 1, offset, &n) : wasi_fd_write(fd, &vector, 1, &n);
    else
        result = positioned ? wasi_fd_pread(fd, &vector, 1, offset, &n) : wasi_fd_read(fd, &vector, 1, &n);
    return answer(ctx, result, n);
}

static JSValue stat_value(JSContext *ctx, int32_t result, const Stat *stat)
{
    if (result)
        return answer(ctx, result, 0);
    double values[8] = { stat->type, stat->size, stat->atime / 1e6, stat->mtime / 1e6, stat->ctime / 1e6,
                         stat->inode, stat->links, stat->device };
    JSValue list = JS_NewArray(ctx);
    for (uint32_t i = 0; i < COUNT(values); i++)
        JS_SetPropertyUint32(ctx, list, i, JS_NewFloat64(ctx, values[i]));
    return list;
}

static NATIVE(js_stat)
{
    Path path;
    Stat stat;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[1], &path))
        return JS_EXCEPTION;
    int32_t result = wasi_path_filestat_get(take_int(ctx, argv[0]), JS_ToBool(ctx, argv[2]) ? LOOKUP_FOLLOW : 0, path.text,
                                            path.len, &stat);
    JS_FreeCString(ctx, path.text);
    return stat_value(ctx, result, &stat);
}

static NATIVE(js_fstat)
{
    Stat stat;
    if (refuse_frozen(ctx))
        return JS_EXCEPTION;
    return stat_value(ctx, wasi_fd_filestat_get(take_int(ctx, argv[0]), &stat), &stat);
}

/* A directory entry on the wire: cookie of the next, inode, length of the name, type, then the name. */
typedef struct { uint64_t next, inode; uint32_t len; uint8_t type; } Entry;

static NATIVE(js_readdir)
{
    enum { ROOM = 16 * 1024 };
    if (refuse_frozen(ctx))
        return JS_EXCEPTION;
    int32_t fd = take_int(ctx, argv[0]);
    uint8_t *room = malloc(ROOM);
    if (!room)
        return JS_ThrowOutOfMemory(ctx);
    JSValue list = JS_NewArray(ctx);
    uint64_t cookie = 0;
    uint32_t count = 0;
    size_t n = ROOM;
    while (n == ROOM) {
        int32_t result = wasi_fd_readdir(fd, room, ROOM, cookie, &n);
        if (result) {
            JS_FreeValue(ctx, list);
            free(room);
            return answer(ctx, result, 0);
        }
        size_t at = 0;
        Entry entry;
        while (n - at >= 24) {
            memcpy(&entry, room + at, sizeof entry);
            if (n - at - 24 < entry.len)
                break; /* cut off: the next call gives it whole */
            const char *name = (const char *)room + at + 24;
            at += 24 + entry.len;
            cookie = entry.next;
            if ((entry.len == 1 && name[0] == '.') || (entry.len == 2 && !memcmp(name, "..", 2)))
                continue;
            JS_SetPropertyUint32(ctx, list, count++, JS_NewStringLen(ctx, name, entry.len));
            JS_SetPropertyUint32(ctx, list, count++, JS_NewInt32(ctx, entry.type));
        }
    }
    free(room);
    return list;
}

static JSValue js_two_paths(JSContext *ctx, JSValueConst self, int argc, JSValueConst *argv, int links)
{
    Path from, to;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[1], &from))
        return JS_EXCEPTION;
    if (!take_path(ctx, argv[3], &to)) {
        JS_FreeCString(ctx, from.text);
        return JS_EXCEPTION;
    }
    int32_t from_dir = take_int(ctx, argv[0]), to_dir = take_int(ctx, argv[2]);
    int32_t result = links ? wasi_path_link(from_dir, 0, from.text, from.len, to_dir, to.text, to.len)
                           : wasi_path_rename(from_dir, from.text, from.len, to_dir, to.text, to.len);
    JS_FreeCString(ctx, from.text);
    JS_FreeCString(ctx, to.text);
    return answer(ctx, result, 0);
}

static NATIVE(js_symlink)
{
    Path target, path;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[0], &target))
        return JS_EXCEPTION;
    if (!take_path(ctx, argv[2], &path)) {
        JS_FreeCString(ctx, target.text);
        return JS_EXCEPTION;
    }
    int32_t result = wasi_path_symlink(target.text, target.len, take_int(ctx, argv[1]), path.text, path.len);
    JS_FreeCString(ctx, target.text);
    JS_FreeCString(ctx, path.text);
    return answer(ctx, result, 0);
}

static NATIVE(js_readlink)
{
    Path path;
    char target[4096];
    size_t n = 0;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[1], &path))
        return JS_EXCEPTION;
    int32_t result = wasi_path_readlink(take_int(ctx, argv[0]), path.text, path.len, target, sizeof target, &n);
    JS_FreeCString(ctx, path.text);
    return result ? answer(ctx, result, 0) : JS_NewStringLen(ctx, target, n);
}

static NATIVE(js_truncate)
{
    if (refuse_frozen(ctx))
        return JS_EXCEPTION;
    return answer(ctx, wasi_fd_filestat_set_size(take_int(ctx, argv[0]), take_int64(ctx, argv[1])), 0);
}

static NATIVE(js_utimes)
{
    Path path;
    double atime = 0, mtime = 0;
    if (refuse_frozen(ctx) || !take_path(ctx, argv[1], &path))
        return JS_EXCEPTION;
    JS_ToFloat64(ctx, &atime, argv[2]);
    JS_ToFloat64(ctx, &mtime, argv[3]);
    int32_t result = wasi_path_filestat_set_times(take_int(ctx, argv[0]), JS_ToBool(ctx, argv[4]) ? LOOKUP_FOLLOW : 0, path.text,
                                                  path.len, (uint64_t)(atime * 1e6), (uint64_t)(mtime * 1e6), SET_ATIME | SET_MTIME);
    JS_FreeCString(ctx, path.text);
    return answer(ctx, result, 0);
}

static NATIVE(js_futimes)
{
    double atime = 0, mtime = 0;
    if (refuse_frozen(ctx))
        return JS_EXCEPTION;
    JS_ToFloat64(ctx, &atime, argv[1]);
    JS_ToFloat64(ctx, &mtime, argv[2]);
    return answer(ctx, wasi_fd_filestat_set_times(take_int(ctx, argv[0]), (uint64_t)(atime * 1e6), (uint64_t)(mtime * 1e6),
                                                  SET_ATIME | SET_MTIME), 0);
}

static const JSCFunctionListEntry functions[] = {
    JS_CFUNC_DEF("open", 6, js_open),
    JS_CFUNC_DEF("close", 1, js_close),
    JS_CFUNC_MAGIC_DEF("read", 3, js_transfer, 0),
    JS_CFUNC_MAGIC_DEF("write", 3, js_transfer, 1),
    JS_CFUNC_DEF("stat", 3, js_stat),
    JS_CFUNC_DEF("fstat", 1, js_fstat),
    JS_CFUNC_DEF("readdir", 1, js_readdir),
    JS_CFUNC_MAGIC_DEF("mkdir", 2, js_path_call, MKDIR),
    JS_CFUNC_MAGIC_DEF("rmdir", 2, js_path_call, RMDIR),
    JS_CFUNC_MAGIC_DEF("unlink", 2, js_path_call, UNLINK),
    JS_CFUNC_MAGIC_DEF("rename", 4, js_two_paths, 0),
    JS_CFUNC_MAGIC_DEF("link", 4, js_two_paths, 1),
    JS_CFUNC_DEF("symlink", 3, js_symlink),
    JS_CFUNC_DEF("readlink", 2, js_readlink),
    JS_CFUNC_DEF("truncate", 2, js_truncate),
    JS_CFUNC_DEF("utimes", 5, js_utimes),
    JS_CFUNC_DEF("futimes", 3, js_futimes),
    JS_CFUNC_DEF("sync", 1, js_sync),
};

void files_install(JSContext *ctx, JSValue target)
{
    JSValue files = JS_NewObject(ctx);
    JS_SetPropertyFunctionList(ctx, files, functions, COUNT(functions));
    JS_SetPropertyStr(ctx, target, "files", files);
}
