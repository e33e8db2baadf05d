#!/bin/bash
# Builds guest.wasm from the C sources that pinned crates carry: QuickJS-ng and wasi-libc (rquickjs-sys), zlib-ng
# (libz-sys), brotli (compu-brotli-sys).
#   usage: build.sh RQUICKJS_SYS_DIR LIBZ_SYS_DIR COMPU_BROTLI_SYS_DIR OUT.wasm    env: ZIG ("python3 -m ziglang", pinned 0.17.0)
# The same sources and the same compiler give the same bytes, wherever they lie.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
SOURCES=$(cd "$1" && pwd)
ZLIB=$(cd "$2/src/zlib-ng" && pwd)
BROTLI=$(cd "$3/brotli/c" && pwd)
OUT=$(realpath -m "$4")
ZIG=${ZIG:-python3 -m ziglang}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# A copy that is used by relative paths only, so that no path of this machine can reach the output.
mkdir "$WORK/qjs"
cp "$SOURCES"/quickjs/*.c "$SOURCES"/quickjs/*.h "$WORK/qjs/"
cp -r "$SOURCES"/vendor/wasi-libc "$WORK/libc"
cp -r "$ZLIB" "$WORK/zlib"
cp -r "$BROTLI" "$WORK/brotli"
cp -r "$HERE"/src/. "$WORK/"
patch -s -d "$WORK/qjs" -p1 < "$HERE/quickjs.patch"
# Every count of references goes through the two functions of the patch.
sed -i -E -e 's/^( *)JS_REF_COUNT\(([^()]+)\)\+\+;/\1js_ref_inc(\2);/; s/^( *)JS_REF_COUNT\(([^()]+)\)--;/\1js_ref_dec(\2);/; s/--JS_REF_COUNT\(([^()]+)\)/js_ref_dec(\1)/' "$WORK/qjs/quickjs.c"
if grep -nE '(\+\+|--)JS_REF_COUNT|JS_REF_COUNT\([^()]*\)(\+\+|--)' "$WORK/qjs/quickjs.c"; then echo "a count is written past js_ref_inc and js_ref_dec" >&2; exit 1; fi
cd "$WORK"
# zlib-ng under zlib's own names: its headers are templates for a prefix, which here is empty.
for header in zlib zconf; do sed 's/@ZLIB_SYMBOL_PREFIX@//g' "zlib/$header.h.in" > "zlib/$header.h"; done
cp zlib/zlib_name_mangling.h.empty zlib/zlib_name_mangling.h
ZLIB_UNITS="adler32 crc32 crc32_braid_comb deflate deflate_fast deflate_huff deflate_medium deflate_quick deflate_rle deflate_slow
  deflate_stored inflate inftrees insert_string insert_string_roll trees zutil arch/generic/adler32_c arch/generic/adler32_fold_c
  arch/generic/chunkset_c arch/generic/compare256_c arch/generic/crc32_braid_c arch/generic/crc32_chorba_c
  arch/generic/crc32_fold_c arch/generic/slide_hash_c"
# One code path for every machine, plain loads of 64 bits, and the tables of brotli made when they are first used.
COMPRESSION="-Izlib -Ibrotli/include -DZLIB_COMPAT -DWITH_ALL_FALLBACKS -DDISABLE_RUNTIME_CPU_DETECTION -DHAVE_BUILTIN_CTZ
  -DHAVE_BUILTIN_CTZLL -DNO_QUICK_STRATEGY -DBROTLI_STATIC_INIT=2"
# -nostdlib -nostdinc: wasi-libc's allocator, not zig's (which never coalesces).
# wasm32-wasi, not wasm32-freestanding, whose -ffreestanding makes the code 1.4 times slower.
# The stack is a little larger than JS_STACK_BYTES in engine.c: C code needs room behind the check.
$ZIG cc -target wasm32-wasi -nostdlib -nostdinc -O2 -DNDEBUG -D_GNU_SOURCE -DSTACK_PAD=256 -w \
  -isystem libc/include -Icompat -Iqjs $COMPRESSION \
  engine_unit.c engine.c fields.c native.c text.c encodings.c modules.c inspect.c random.c files.c contexts.c promises.c headers.c codecs.c codec_zlib.c codec_brotli.c libc_imports.c \
  qjs/libregexp.c qjs/libunicode.c qjs/dtoa.c $(printf 'zlib/%s.c ' $ZLIB_UNITS) \
  brotli/common/*.c brotli/dec/*.c brotli/enc/*.c libc/lib/libc.a \
  -Wl,--no-entry -Wl,-z,stack-size=2359296 -Wl,--export=__stack_pointer -Wl,--strip-all -o out.wasm
cp out.wasm "$OUT"
chmod 644 "$OUT"
