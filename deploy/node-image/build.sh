#!/bin/sh
# Builds the image that holm's docker backend runs functions in, from this machine's own node: no registry needed.
#
#   deploy/node-image/build.sh [IMAGE]          imports it as IMAGE (holm-node:local)
#   deploy/node-image/build.sh --tar FILE       writes the file system only
#
# NODE names another binary (`NODE=/opt/node/bin/node`), DOCKER another client. The result depends on node and its
# libraries alone: a second build is byte for byte the same.
set -eu

tar_file=
image=holm-node:local
case "${1-}" in
--tar) tar_file=${2:?"--tar needs the name of a file"} ;;
'') ;;
-*)
    echo "usage: $0 [IMAGE | --tar FILE]" >&2
    exit 2
    ;;
*) image=$1 ;;
esac
docker=${DOCKER:-docker}
node=$(readlink -f "${NODE:-$(command -v node)}")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
root=$work/root
mkdir -p "$root/usr/bin" "$root/etc" "$root/tmp" "$root/dev" "$root/proc" "$root/sys" "$root/holm" "$root/bundle" "$root/home"

cp "$node" "$root/usr/bin/node"
# Half of the binary's size on some builds; where there is no strip, it is only larger.
strip "$root/usr/bin/node" 2>/dev/null || true
# The loader, the libraries it names, and what node loads by name when it is asked to look somebody up.
for library in $(ldd "$node" | awk '/=> \//{print $3} /^[[:space:]]*\/lib/{print $1}' | sort -u); do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
printf 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/tmp:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files\n' >"$root/etc/nsswitch.conf"
printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"

# mktemp makes its folder 0700, which would be the root folder's mode: nobody could enter it.
find "$root" -type d -exec chmod 0755 {} +
find "$root" -type f -exec chmod 0644 {} +
chmod 0755 "$root/usr/bin/node"
find "$root" -name 'ld-linux*' -exec chmod 0755 {} +
chmod 1777 "$root/tmp"

tar --create --file "$work/root.tar" --directory "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
    --format=gnu .
if [ -n "$tar_file" ]; then
    mv "$work/root.tar" "$tar_file"
    exit 0
fi
"$docker" import --change 'ENV PATH=/usr/bin' "$work/root.tar" "$image" >/dev/null
echo "$image: $("$root/usr/bin/node" --version), $(du -m "$work/root.tar" | cut -f1) MB"
