package main

/*
#include "fast.h"
#include <stdlib.h>
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

func (host) Environment() system.Environment {
	number := C.tempfile__environment_number()
	if s := last.Load(); s != nil && s.number == number {
		return s.environment
	}
	// Should it change now, the values are newer than the number, and are read again the next time.
	s := &snapshot{number, readEnvironment()}
	last.Store(s)
	return s.environment
}

func readEnvironment() system.Environment {
	var e C.struct_tempfile__environment
	C.tempfile__environment(&e)
	value := func(c *C.char) string {
		text, _ := copyString(c) // a value that is too long is no directory, and passed over
		return text
	}
	environment := system.Environment{TMPDIR: value(e.tmpdir), TEMP: value(e.temp), TMP: value(e.tmp), HOME: value(e.home)}
	if e.tempdir != nil {
		tempdir := orHere(value(e.tempdir)) // tempfile_settempdir takes none that is too long
		environment.Tempdir = &tempdir
		C.free(unsafe.Pointer(e.tempdir))
	}
	return environment
}

// copyString copies a C string; NULL is "". false: it is longer than any path that the system takes, and was not copied, because
// Go ends the process where there is no memory. The length is the C library's to find: Go's own search reads past the end
// of a short block, in whole words, which memory checkers report to whoever debugs a program of theirs.
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
