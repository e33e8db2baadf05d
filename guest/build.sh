#!/bin/bash
# Builds guest.wasm from the QuickJS-ng sources and the wasi-libc that the pinned crate rquickjs-sys carries.
#   usage: build.sh RQUICKJS_SYS_DIR OUT.wasm        env: ZIG ("python3 -m ziglang", pinned 0.17.0)
# The same sources and the same compiler give the same bytes, wherever they lie.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
SOURCES=$(cd "$1" && pwd)
OUT=$(realpath -m "$2")
ZIG=${ZIG:-python3 -m ziglang}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# A copy that is used by relative paths only, so that no path of this machine can reach the output.
mkdir "$WORK/qjs"
cp "$SOURCES"/quickjs/*.c "$SOURCES"/quickjs/*.h "$WORK/qjs/"
cp -r "$SOURCES"/vendor/wasi-libc "$WORK/libc"
cp -r "$HERE"/src/. "$WORK/"
patch -s -d "$WORK/qjs" -p1 < "$HERE/quickjs.patch"
# Every count of references goes through the two functions of the patch.
sed -i -E -e 's/^( *)JS_REF_COUNT\(([^()]+)\)\+\+;/\1js_ref_inc(\2);/; s/^( *)JS_REF_COUNT\(([^()]+)\)--;/\1js_ref_dec(\2);/; s/--JS_REF_COUNT\(([^()]+)\)/js_ref_dec(\1)/' "$WORK/qjs/quickjs.c"
if grep -nE '(\+\+|--)JS_REF_COUNT|JS_REF_COUNT\([^()]*\)(\+\+|--)' "$WORK/qjs/quickjs.c"; then echo "a count is written past js_ref_inc and js_ref_dec" >&2; exit 1; fi
cd "$WORK"
# -nostdlib -nostdinc: wasi-libc's allocator, not zig's (which never coalesces).
# wasm32-wasi, not wasm32-freestanding, whose -ffreestanding makes the code 1.4 times slower.
# The stack is a little larger than JS_STACK_BYTES in engine.c: C code needs room behind the check.
$ZIG cc -target wasm32-wasi -nostdlib -nostdinc -O2 -DNDEBUG -D_GNU_SOURCE -DSTACK_PAD=256 -w \
  -isystem libc/include -Icompat -Iqjs \
  engine_unit.c engine.c fields.c native.c text.c modules.c inspect.c random.c files.c contexts.c libc_imports.c \
  qjs/libregexp.c qjs/libunicode.c qjs/dtoa.c libc/lib/libc.a \
  -Wl,--no-entry -Wl,-z,stack-size=2359296 -Wl,--export=__stack_pointer -Wl,--strip-all -o out.wasm
cp out.wasm "$OUT"
chmod 644 "$OUT"
