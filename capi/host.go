package main

/*
#include "internal.h"
#include <stdlib.h>
#include <string.h>
*/
import "C"

import (
	"strings"
	"sync/atomic"
	"unsafe"

	"libtempfile/core"
)

// host is the kernel with the environment of the C side, where a setenv of the host is seen.
type host struct{ core.Kernel }

// snapshot is the environment as it was under a number.
type snapshot struct {
	number      C.uint64_t
	environment core.Environment
}

var last atomic.Pointer[snapshot]

func (host) Environment() core.Environment {
	number := C.tempfile__environment_number()
	if s := last.Load(); s != nil && s.number == number {
		return s.environment
	}
	// Should it change now, the values are newer than the number, and are read again the next time.
	s := &snapshot{number, readEnvironment()}
	last.Store(s)
	return s.environment
}

func readEnvironment() core.Environment {
	var e C.struct_tempfile__environment
	C.tempfile__environment(&e)
	environment := core.Environment{TMPDIR: text(e.tmpdir), TEMP: text(e.temp), TMP: text(e.tmp), HOME: text(e.home)}
	if e.tempdir != nil {
		tempdir := directory(e.tempdir)
		environment.Tempdir = &tempdir
		C.free(unsafe.Pointer(e.tempdir))
	}
	return environment
}

// text copies a C string; NULL is "". The length is the C library's to find: Go's own search reads past the end of a
// short block, in whole words, which memory checkers report to whoever debugs a program of theirs.
func text(c *C.char) string {
	if c == nil {
		return ""
	}
	return strings.Clone(unsafe.String((*byte)(unsafe.Pointer(c)), int(C.strlen(c))))
}

// directory reads a directory's name. An empty one is the current directory, as in Python.
func directory(name *C.char) string {
	if path := text(name); path != "" {
		return path
	}
	return "."
}
