package main

/*
#include "internal.h"
#include <stdlib.h>
*/
import "C"

import (
	"unsafe"

	"libtempfile/core"
)

// host is the kernel with the environment of the C side, where a setenv of the host is seen.
type host struct{ core.Kernel }

func (host) Environment() core.Environment {
	var e C.struct_tempfile__environment
	C.tempfile__environment(&e)
	environment := core.Environment{
		TMPDIR: C.GoString(e.tmpdir), TEMP: C.GoString(e.temp), TMP: C.GoString(e.tmp), HOME: C.GoString(e.home),
	}
	if e.tempdir != nil {
		tempdir := directory(e.tempdir)
		environment.Tempdir = &tempdir
		C.free(unsafe.Pointer(e.tempdir))
	}
	return environment
}

// directory reads a directory's name. An empty one is the current directory, as in Python.
func directory(name *C.char) string {
	if text := C.GoString(name); text != "" {
		return text
	}
	return "."
}
