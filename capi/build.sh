#!/bin/sh
# Builds the shared library. The one place that knows how: the Makefile calls it, and so does the Python package's setup.py,
# which must do without make.
#
# usage: capi/build.sh OUTPUT [MAP [TAGS]]     OUTPUT as seen from the root of the tree, MAP a file of capi/
#
# GO is the command to use; STRIP is given to Go's linker, and empty keeps debug information.
set -eu
output=$1 map=${2:-libtempfile.map} tags=osusergo,tempfile_library${3:+,$3}
cd "$(dirname "$0")/.."
major=$(sed -n 's/^#define TEMPFILE_VERSION "\([0-9]*\)\..*/\1/p' capi/types.h)

# No SIGURG may go to threads whose SIGURG was given back to the host, and a stack that was grown for a host's signal
# handlers must stay so. The runtime would keep two descriptors open on the cgroup's files to follow its share of
# processors, and a host that closes what it does not know would give them to others. osusergo: the user's home is read
# without the C library, which may load modules for it.
godebug='-X runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1,containermaxprocs=0,updatemaxprocs=0'
# checklinkname: see scavenger.go and netpoll.go.
wraps=$(sed -n 's/^[a-z].*[ *]__real_\([a-z_]*\)(.*;$/,--wrap=\1/p' capi/runtime.h | tr -d '\n')
link="-Wl,-z,relro,-z,now$wraps -Wl,-soname,libtempfile.so.$major -Wl,--build-id=sha1 '-Wl,--version-script=$PWD/capi/$map'"
# The linker's wrapper is named with its sum, as Go's build cache would not see that it has changed.
wrapper="-X main.linker=$(cksum <capi/link.sh | cut -d ' ' -f 1)"

# Without CGO_ENABLED, Go turns cgo off where it finds no compiler and then says something else.
CGO_ENABLED=1 "${GO:-go}" build -buildmode=c-shared -trimpath -buildvcs=false -tags="$tags" \
    -ldflags="-buildid= '-extld=$PWD/capi/link.sh' ${STRIP--s -w} -checklinkname=0 $godebug $wrapper -extldflags \"$link\"" -o "$output" ./capi
rm -f "${output%.*}.h" # Go's own header; include/tempfile.h is the library's
GOOS= GOARCH= CGO_ENABLED=0 "${GO:-go}" run ./capi/internal/elf "$output" || { rm -f "$output"; exit 1; }
