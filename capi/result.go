package main

/*
#include "fast.h"
#include <stdlib.h>
*/
import "C"

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"syscall"
	"unsafe"

	"libtempfile/core/engine"
	"libtempfile/core/text"
)

// integer is what exported functions return.
type integer interface{ ~int32 | ~int64 }

// fail sets the thread's detail from an error and gives the code to return; nil is 0.
func fail[T integer](function string, err error) T {
	if err == nil {
		return 0
	}
	var (
		place     *fs.PathError
		errno     syscall.Errno
		operation = "arguments"
		path      string
		reason    = err.Error()
	)
	switch {
	case errors.As(err, &place):
		operation, path, reason = place.Op, place.Path, place.Err.Error()
		var removal *engine.RemovalError
		if errors.As(err, &removal) && removal.Failed > 1 {
			reason = fmt.Sprintf("%s (and %d more entries)", reason, removal.Failed-1)
		}
	case errors.As(err, new(*engine.TempdirError)):
		operation = "gettempdir"
	}
	if !errors.As(err, &errno) {
		errno = syscall.EIO
	}
	return report[T](-int(errno), function, operation, path, reason, 0)
}

// failRead is fail for a read, whose buffer may be too small for a character and extra bytes.
func failRead[T integer](function string, err error, extra int) T {
	var short *text.ShortBuffer
	if errors.As(err, &short) {
		return tooSmall[T](function, short.Needed+extra)
	}
	return fail[T](function, err)
}

// misuse is fail for what the core never sees.
func misuse[T integer](function, reason string) T {
	return report[T](-int(syscall.EINVAL), function, "arguments", "", reason, 0)
}

// tooSmall says what size a buffer needs.
func tooSmall[T integer](function string, needed int) T {
	return report[T](-int(syscall.ERANGE), function, "arguments", "", fmt.Sprintf("the buffer needs %d bytes", needed), needed)
}

// report hands Go's strings to C as they are: a copy by C.CString would end the process where there is no memory for it.
func report[T integer](code int, function, operation, path, reason string, needed int) T {
	lend := func(text string) (*C.char, C.size_t) {
		return (*C.char)(unsafe.Pointer(unsafe.StringData(text))), C.size_t(len(text))
	}
	functionText, functionSize := lend(function)
	operationText, operationSize := lend(operation)
	pathText, pathSize := lend(path)
	reasonText, reasonSize := lend(reason)
	return T(C.tempfile__fail_sized(C.int(code), functionText, functionSize, operationText, operationSize, pathText, pathSize,
		reasonText, reasonSize, C.size_t(needed)))
}

// touch makes a fault in the caller's memory a panic, of which rescue makes -EFAULT. It is for exports that read or write as
// many bytes as the caller says, and for sizes that may be wrong: most calls are for less than a page. Elsewhere, and in C, such
// a fault is the host's, as without the library.
func touch(size C.size_t) {
	if size >= 4096 {
		debug.SetPanicOnFault(true)
	}
}

// rescue makes an error of a panic, which would otherwise end the host. Every export defers it. For C's own calls,
// which have no function's name, there is nobody to tell.
func rescue[T integer](function string, result *T) {
	if cause := recover(); cause != nil {
		*result = -T(syscall.ENOTRECOVERABLE)
		if function == "" {
			return
		}
		if cause == any(errNoMemory) {
			*result = report[T](-int(syscall.ENOMEM), function, "malloc", "", errNoMemory.Error(), 0)
			return
		}
		if fault, is := cause.(interface{ Addr() uintptr }); is { // of touch
			*result = report[T](-int(syscall.EFAULT), function, "memory", "",
				fmt.Sprintf("nothing that can be used is at %#x: the size or the address is wrong", fault.Addr()), 0)
			return
		}
		*result = report[T](-int(syscall.ENOTRECOVERABLE), function, "panic", "", fmt.Sprintf("%v\n%s", cause, debug.Stack()), 0)
	}
}

// putString puts a string and its NUL into a caller's buffer, whose size is known to do.
func putString(to *C.char, text string) {
	buffer := unsafe.Slice((*byte)(unsafe.Pointer(to)), len(text)+1)
	buffer[copy(buffer, text)] = 0
}

// checkBuffer makes sure, before anything is created, that a caller's buffer holds so many bytes. No buffer at all of
// size 0 asks for the size.
func checkBuffer[T integer](function string, buffer *C.char, size C.size_t, needed int) T {
	switch {
	case buffer == nil && size > 0:
		return misuse[T](function, "the buffer is NULL")
	case uint64(size) < uint64(needed):
		return tooSmall[T](function, needed)
	}
	return 0
}
