/* The invocation's randomness: ChaCha20 (RFC 8439) as a generator, keyed by the seed of its first event. No
   other source exists in the guest, so that a replay draws the same numbers. */
#include <string.h>
#include "holm.h"

static uint32_t key[8];
static uint64_t counter;
static uint8_t block[64];
static size_t used = sizeof block;

static inline uint32_t rotate(uint32_t v, int n) { return v << n | v >> (32 - n); }

static inline void quarter(uint32_t s[16], int a, int b, int c, int d)
{
    s[a] += s[b]; s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d]; s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b]; s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d]; s[b] = rotate(s[b] ^ s[c], 7);
}

static void next_block(void)
{
    uint32_t start[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
    memcpy(start + 4, key, sizeof key);
    start[12] = (uint32_t)counter;
    start[13] = (uint32_t)(counter >> 32);
    counter++;
    uint32_t s[16];
    memcpy(s, start, sizeof s);
    for (int i = 0; i < 10; i++) {
        quarter(s, 0, 4, 8, 12); quarter(s, 1, 5, 9, 13); quarter(s, 2, 6, 10, 14); quarter(s, 3, 7, 11, 15);
        quarter(s, 0, 5, 10, 15); quarter(s, 1, 6, 11, 12); quarter(s, 2, 7, 8, 13); quarter(s, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++)
        s[i] += start[i];
    memcpy(block, s, sizeof block);
    used = 0;
}

void random_seed(const uint8_t seed[32])
{
    memcpy(key, seed, sizeof key);
    counter = 0;
    /* Math.random has a generator of its own (xorshift64*, which does not hide its state): it starts from eight
       bytes of the stream that are given to nobody else. */
    next_block();
    uint64_t other;
    memcpy(&other, block, sizeof other);
    used = sizeof other;
    holm_engine_seed(holm_context, other);
}

static NATIVE(js_random)
{
    size_t len;
    if (holm_frozen)
        return JS_ThrowTypeError(ctx, "random bytes cannot be drawn while the function is being loaded: every request "
                                      "would share them; draw them inside the handler");
    uint8_t *into = bytes_of(ctx, argv[0], &len);
    if (!into && len)
        return JS_EXCEPTION;
    while (len) {
        if (used == sizeof block)
            next_block();
        size_t n = sizeof block - used < len ? sizeof block - used : len;
        memcpy(into, block + used, n);
        used += n;
        into += n;
        len -= n;
    }
    return JS_UNDEFINED;
}

static const JSCFunctionListEntry functions[] = { JS_CFUNC_DEF("random", 1, js_random) };

void random_install(JSContext *ctx, JSValue target)
{
    JS_SetPropertyFunctionList(ctx, target, functions, COUNT(functions));
}
