/* The imports that wasi-libc would make, bound to definitions here (wasm-ld matches them by name), so that
   what the libc itself does never leaves the guest. Files are another matter: files.c. */
#include "holm.h"

#define WASI(name) __imported_wasi_snapshot_preview1_##name
enum { BADF = 8, SPIPE = 70 };

/* Both clocks stand still within a turn; the host sets them with its event. */
int32_t WASI(clock_time_get)(int32_t id, int64_t precision, int32_t out)
{
    *(uint64_t *)out = id == 0 ? (uint64_t)(holm_wall_ms * 1e3) * 1000 : (uint64_t)(holm_mono_us * 1e3);
    return 0;
}

/* QuickJS prints only when it gives up; nobody reads it. */
int32_t WASI(fd_write)(int32_t fd, int32_t vectors, int32_t count, int32_t out)
{
    const uint32_t *vector = (const uint32_t *)vectors;
    uint32_t total = 0;
    for (int32_t i = 0; i < count; i++)
        total += vector[2 * i + 1];
    *(uint32_t *)out = total;
    return 0;
}

int32_t WASI(fd_close)(int32_t fd) { return BADF; }
int32_t WASI(fd_seek)(int32_t fd, int64_t offset, int32_t whence, int32_t out) { return SPIPE; }
int32_t WASI(fd_fdstat_get)(int32_t fd, int32_t out) { return BADF; }
_Noreturn void WASI(proc_exit)(int32_t code) { __builtin_trap(); }
