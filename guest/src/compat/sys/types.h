/* A header that zlib-ng includes and the vendored wasi-libc lacks. */
#include <stddef.h>
#include <stdint.h>
typedef int64_t off_t;
