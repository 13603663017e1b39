#!/bin/sh
# The linker that build.sh gives to Go: the C compiler, after two changes to the objects.
#
# The loader would start Go at load, by Go's entry in .init_array. So the entry is moved to a section of its own, in which
# runtime_start.c finds it. And Go's thread-local slot is made global, so that runtime_slot.c can reach it from C.
#
# Then the variables of C are checked. A restart of Go resets all writable memory of the library, except for the section
# tempfile_kept. A C variable in another section would fall back to its value at load, in the middle of the process's life.
set -eu
cc=${CC:-gcc}
objcopy=$($cc -print-prog-name=objcopy) nm=$($cc -print-prog-name=nm)

# Allowed elsewhere: the variables of runtime/cgo, which belong to Go and must begin anew with it.
expected='cgo_context_function cgo_symbolizer_function cgo_traceback_function pthread_g runtime_init_cond runtime_init_done
    runtime_init_mu setg_gcc x_cgo_inittls x_cgo_pthread_key_created x_crosscall2_ptr'

check() { # object
    # Names with a dot or two underlines come from sanitizers. They are written before the image is taken.
    $nm -f sysv "$1" | awk -F '|' -v expected="$expected" '
        BEGIN { split(expected, names, " "); for (i in names) known[names[i]] = 1 }
        { gsub(/[ \t]/, "") }
        $1 in known || $1 ~ /^(__|[.])/ || $7 ~ /^(tempfile_kept|[.]data[.]rel[.]ro.*|[.](init|fini)_array.*)$/ { next }
        $3 ~ /^[bBdDcCsSgG]$/ {
            print "capi/link.sh: the variable " $1 " is in " $7 ", which a restart of Go resets: TEMPFILE__KEPT is missing"
            bad = 1
        }
        END { exit bad }' >&2
}

library=
for argument; do
    case $argument in
    */go.o) library=yes
        $objcopy --rename-section .init_array=go_init --globalize-symbol=runtime.tlsg --globalize-symbol=runtime.tls_g \
            "$argument" ;;
    *.o) check "$argument" ;;
    esac
done
# Go also runs the linker to find out what the compiler can do.
if [ -n "$library" ]; then
    set -- "$@" -Xlinker "--version-script=$(dirname "$0")/$TEMPFILE_MAP"
fi
exec $cc "$@"
