#!/bin/sh
# Builds the shared library. The one place that knows how: the Makefile calls it, and so does the Python package's setup.py,
# which must do without make.
#
# usage: capi/build.sh OUTPUT [MAP [TAGS]]     OUTPUT as seen from the root of the tree, MAP a file of capi/
#
# GO is the command to use, CC the C compiler, CGO_CFLAGS flags for it besides those here; STRIP is given to Go's linker, and
# empty keeps debug information. With a CC for musl the library is one for musl.
set -eu
output=$1 map=${2:-libtempfile.map} tags=osusergo,tempfile_library${3:+,$3}
cd "$(dirname "$0")/.."
major=$(sed -n 's/^#define TEMPFILE_VERSION "\([0-9]*\)\..*/\1/p' capi/types.h)

# What capi knows of Go's inside (RUNTIME.md) was seen in these versions, and holds for all of the same minor version. Another
# one builds without what can be spared. make test-go-versions reads this line.
tested='1.26.8 1.27.4'
version=$("${GO:-go}" env GOVERSION | sed 's/.*go\([0-9]*\.[0-9]*\).*/\1/')
case " $tested" in
*" $version."*) ;;
*)
    [ -n "${TEMPFILE_UNTESTED_GO-}" ] || {
        echo "Go $version was not tested with libtempfile (those are: $tested); TEMPFILE_UNTESTED_GO=1 builds with it all the same" >&2
        exit 1
    }
    tags=$tags,tempfile_untested_go
    ;;
esac

# Go takes no SIGURG, so none may be sent to its threads; and a stack that was grown for a host's signal
# handlers must stay so. The runtime would keep two descriptors open on the cgroup's files to follow its share of
# processors, and a host that closes what it does not know would give them to others. osusergo: the user's home is read
# without the C library, which may load modules for it.
godebug='-X runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1,containermaxprocs=0,updatemaxprocs=0'
# checklinkname: see runtime_scavenger.go and runtime_netpoll.go.
wraps=$(sed -n 's/^[a-z].*[ *]__real_\([a-z_]*\)(.*;$/,--wrap=\1/p' capi/base.h | tr -d '\n')
link="-Wl,-z,relro,-z,now$wraps -Wl,-soname,libtempfile.so.$major -Wl,--build-id=sha1"
# The linker's wrapper is found by PATH, and finds the map itself: so no path is in a flag, where an apostrophe or a comma would
# break it. Both are named with their sum, as Go's build cache would not see that they have changed.
wrapper="-X main.linker=$(cat capi/link.sh "capi/$map" | cksum | cut -d ' ' -f 1)"
export PATH="$PWD/capi:$PATH" TEMPFILE_MAP="$map"

# C is hardened with what the compiler knows. A caller's own flags come last, so that they win; what asks for sanitizers or
# another level of _FORTIFY_SOURCE is not given ours, which the first would lose sight of and the second would collide with.
given=$("${GO:-go}" env CGO_CFLAGS) hardened=
for flag in -fstack-protector-strong -fcf-protection -mbranch-protection=standard; do
    echo 'int none;' | ${CC:-gcc} -Werror $flag -x c -c - -o /dev/null 2>/dev/null && hardened="$hardened $flag"
done
case "$given" in
*-fsanitize* | *_FORTIFY_SOURCE*) ;;
*) hardened="$hardened -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2" ;;
esac

# Without CGO_ENABLED, Go turns cgo off where it finds no compiler and then says something else.
CGO_ENABLED=1 CGO_CFLAGS="-g -O2$hardened $given" "${GO:-go}" build -buildmode=c-shared -trimpath -buildvcs=false -tags="$tags" \
    -ldflags="-buildid= -extld=link.sh ${STRIP--s -w} -checklinkname=0 $godebug $wrapper -extldflags \"$link\"" -o "$output" ./capi
rm -f "${output%.*}.h" # Go's own header; include/tempfile.h is the library's
fix=
echo '#include <features.h>' | ${CC:-gcc} -E -dM - | grep -q __GLIBC__ || fix=-fix
GOOS= GOARCH= CGO_ENABLED=0 "${GO:-go}" run ./capi/internal/elf $fix "$output" || { rm -f "$output"; exit 1; }
