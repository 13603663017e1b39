package main

/*
#include "fast.h"
#include <string.h>
*/
import "C"

import (
	"strings"
	"sync/atomic"
	"syscall"
	"unsafe"

	"libtempfile/core/engine"
	"libtempfile/core/system"
)

// host is the kernel with the environment of the C side, where a setenv of the host is seen.
type host struct{ system.Kernel }

// snapshot is the environment as it was under a number.
type snapshot struct {
	number      C.uint64_t
	environment system.Environment
}

var last atomic.Pointer[snapshot]

// Environment copies the calling thread's copy, unless it has the same number as the last one.
func (host) Environment() system.Environment {
	c := C.tempfile__environment()
	if c == nil {
		panic(errNoMemory)
	}
	if s := last.Load(); s != nil && s.number == c.number {
		return s.environment
	}
	s := &snapshot{c.number, readEnvironment(c)}
	last.Store(s)
	return s.environment
}

func readEnvironment(c *C.struct_tempfile__environment) system.Environment {
	// A value that is longer than any path is no directory, and is passed over.
	value := func(which int) string {
		if size := c.sizes[which]; size > 0 && size <= C.TEMPFILE_PATH_SIZE {
			return strings.Clone(unsafe.String((*byte)(unsafe.Pointer(c.values[which])), int(size)-1))
		}
		return ""
	}
	environment := system.Environment{
		TMPDIR: value(C.TEMPFILE__TMPDIR), TEMP: value(C.TEMPFILE__TEMP), TMP: value(C.TEMPFILE__TMP),
		HOME: value(C.TEMPFILE__HOME),
	}
	if c.values[C.TEMPFILE__SETTEMPDIR] != nil {
		tempdir := orHere(value(C.TEMPFILE__SETTEMPDIR)) // tempfile_settempdir takes none that is too long
		environment.Tempdir = &tempdir
	}
	return environment
}

// copyString copies a C string; NULL is "". false: the string is longer than any path that the system takes. It was not copied,
// because Go ends the process where there is no memory. The length is found by the C library: Go's own search reads past the
// end of a short block, in whole words, which a memory checker reports to a host that is being debugged.
func copyString(c *C.char) (copied string, short bool) {
	if c == nil {
		return "", true
	}
	size := C.strnlen(c, C.TEMPFILE_PATH_SIZE)
	if size == C.TEMPFILE_PATH_SIZE {
		return "", false
	}
	return strings.Clone(unsafe.String((*byte)(unsafe.Pointer(c)), int(size))), true
}

// tooLong is the error for a string that copyString did not copy.
func tooLong(what string) error {
	return &engine.BadArgument{Errno: syscall.ENAMETOOLONG, Reason: what + " is longer than any path that the system takes"}
}

// orHere is a directory's name. An empty one is the current directory, as in Python.
func orHere(path string) string {
	if path != "" {
		return path
	}
	return "."
}
