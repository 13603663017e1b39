#!/bin/sh
# The linker that build.sh gives to Go: the C compiler, after two things are done to the objects.
#
# Go's entry is taken out of the loader's hands, which would start Go at load: it is put into a section of its own, where
# runtime_start.c finds it. And Go's thread-local slot can be reached from C, for runtime_slot.c.
#
# Then C's variables are looked at. A restart of Go puts back all that is writable in the library, but for the section
# tempfile_kept; a variable of C's elsewhere would fall back to what it was at load, in the middle of a process's life.
set -eu
cc=${CC:-gcc}
objcopy=$($cc -print-prog-name=objcopy) nm=$($cc -print-prog-name=nm)

# What may be elsewhere: the variables of runtime/cgo, which are Go's own and begin anew with it.
expected='cgo_context_function cgo_symbolizer_function cgo_traceback_function pthread_g runtime_init_cond runtime_init_done
    runtime_init_mu setg_gcc x_cgo_inittls x_cgo_pthread_key_created x_crosscall2_ptr'

check() { # object
    # What a sanitizer's compiler adds, with a dot or two underlines, is written before the image is taken.
    $nm -f sysv "$1" | awk -F '|' -v expected="$expected" '
        BEGIN { split(expected, names, " "); for (i in names) known[names[i]] = 1 }
        { gsub(/[ \t]/, "") }
        $3 ~ /^[bBdDcCsSgG]$/ && $7 !~ /^(tempfile_kept|[.]data[.]rel[.]ro.*|[.](init|fini)_array.*)$/ && !($1 in known) && $1 !~ /^(__|[.])/ {
            print "capi/link.sh: the variable " $1 " is in " $7 ", where a restart of Go puts it back: TEMPFILE__KEPT is missing"
            bad = 1
        }
        END { exit bad }' >&2
}

library=
for argument; do
    case $argument in
    */go.o) library=yes
        $objcopy --rename-section .init_array=go_init --globalize-symbol=runtime.tlsg --globalize-symbol=runtime.tls_g "$argument" ;;
    *.o) check "$argument" ;;
    esac
done
# Go asks for other things too, to find out what the compiler knows.
if [ -n "$library" ]; then
    set -- "$@" -Xlinker "--version-script=$(dirname "$0")/$TEMPFILE_MAP"
fi
exec $cc "$@"
