#!/bin/sh
# Builds the shared library. Only this script knows how. The Makefile calls it, and so does setup.py of the Python package,
# which must work without make.
#
# usage: capi/build.sh OUTPUT [MAP [TAGS]]     OUTPUT as seen from the root of the tree, MAP a file of capi/
#
# GO is the Go command, CC the C compiler, CGO_CFLAGS more flags for it. STRIP is for Go's linker; if it is empty, debug
# information stays. If CC compiles for musl, so is the library.
set -eu
output=$1 map=${2:-libtempfile.map} tags=osusergo,tempfile_library${3:+,$3}
cd "$(dirname "$0")/.."
major=$(sed -n 's/^#define TEMPFILE_VERSION "\([0-9]*\)\..*/\1/p' capi/types.h)

# Knowledge of Go's inside (RUNTIME.md) was tested with these versions, and holds for all of the same minor version. With
# another one the build leaves out the parts that can be spared. make test-go-versions reads this line.
tested='1.26.8 1.27.4'
version=$("${GO:-go}" env GOVERSION | sed 's/.*go\([0-9]*\.[0-9]*\).*/\1/')
case " $tested" in
*" $version."*) ;;
*)
    [ -n "${TEMPFILE_UNTESTED_GO-}" ] || {
        echo "Go $version was not tested with libtempfile (those are: $tested);" \
            "TEMPFILE_UNTESTED_GO=1 builds with it all the same" >&2
        exit 1
    }
    tags=$tags,tempfile_untested_go
    ;;
esac

# asyncpreemptoff: Go does not handle SIGURG here, so it may not send it to its threads. gcshrinkstackoff: a stack that was
# grown for a host's signal handlers must stay large. containermaxprocs, updatemaxprocs: the runtime would keep two
# descriptors of the cgroup's files open to follow its share of processors; a host that closes unknown descriptors would give
# their numbers to its own files. osusergo, above: Go reads the user's home without the C library, which may load modules for
# it.
godebug='-X runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1,containermaxprocs=0,updatemaxprocs=0'
# checklinkname: see runtime_scavenger.go and runtime_netpoll.go.
wraps=$(sed -n 's/^[a-z].*[ *]__real_\([a-z_]*\)(.*;$/,--wrap=\1/p' capi/base.h | tr -d '\n')
link="-Wl,-z,relro,-z,now$wraps -Wl,-soname,libtempfile.so.$major -Wl,--build-id=sha1"
# The linker's wrapper is found by PATH, and finds the map by a variable. So no flag contains a path, in which an apostrophe
# or a comma would break the flag. A flag contains the checksum of both files, because Go's build cache would not notice a
# change.
wrapper="-X main.linker=$(cat capi/link.sh "capi/$map" | cksum | cut -d ' ' -f 1)"
export PATH="$PWD/capi:$PATH" TEMPFILE_MAP="$map"

# C is compiled with the hardening that the compiler knows. A caller's own flags come last, so they win. With sanitizers or
# another level of _FORTIFY_SOURCE in them, ours is left out: sanitizers would see less, and two levels collide.
given=$("${GO:-go}" env CGO_CFLAGS) hardened=
for flag in -fstack-protector-strong -fcf-protection -mbranch-protection=standard; do
    echo 'int none;' | ${CC:-gcc} -Werror $flag -x c -c - -o /dev/null 2>/dev/null && hardened="$hardened $flag"
done
case "$given" in
*-fsanitize* | *_FORTIFY_SOURCE*) ;;
*) hardened="$hardened -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2" ;;
esac

# Without CGO_ENABLED, Go turns cgo off if it finds no compiler, and then reports another error.
CGO_ENABLED=1 CGO_CFLAGS="-g -O2$hardened $given" "${GO:-go}" build -buildmode=c-shared -trimpath -buildvcs=false \
    -tags="$tags" -o "$output" \
    -ldflags="-buildid= -extld=link.sh ${STRIP--s -w} -checklinkname=0 $godebug $wrapper -extldflags \"$link\"" ./capi
rm -f "${output%.*}.h" # Go's own header; the library has include/tempfile.h
fix=
echo '#include <features.h>' | ${CC:-gcc} -E -dM - | grep -q __GLIBC__ || fix=-fix
GOOS= GOARCH= CGO_ENABLED=0 "${GO:-go}" run ./capi/internal/elf $fix "$output" || { rm -f "$output"; exit 1; }
