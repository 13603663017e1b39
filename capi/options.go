package main

/*
#include "fast.h"
*/
import "C"

import (
	"fmt"
	"syscall"
	"unsafe"

	"libtempfile/core/engine"
)

// knownOptions is the size of the options that are brought over below: struct_size, nine strings, and five numbers. This
// does not compile with another one.
const knownOptions = (1+9)*unsafe.Sizeof(uintptr(0)) + 3*8 + 2*4

var _ = [1]struct{}{}[knownOptions-C.sizeof_tempfile_options]

// options turns C's options into the core's. The strings are borrowed from C: they stay as long as the call.
func options(flat *C.struct_tempfile__flat_options) (*engine.Options, error) {
	const known = C.TEMPFILE_NO_DELETE | C.TEMPFILE_NO_DELETE_ON_CLOSE | C.TEMPFILE_IGNORE_CLEANUP_ERRORS | C.TEMPFILE_TEXT |
		C.TEMPFILE_NO_O_TMPFILE | C.TEMPFILE_ONLY_O_TMPFILE | C.TEMPFILE_BUFFERED_WRITES | C.TEMPFILE_APPEND |
		C.TEMPFILE_ON_DISK | C.TEMPFILE_IN_MEMORY | C.TEMPFILE_LOCK | C.TEMPFILE_RECOVERABLE
	c := &flat.fixed
	if unknown := c.flags &^ known; unknown != 0 {
		return nil, &engine.BadArgument{Errno: syscall.EINVAL, Reason: fmt.Sprintf("flags %#x are unknown", uint32(unknown))}
	}
	has := func(flag C.uint32_t) bool { return c.flags&flag != 0 }
	texts := stringsOf(flat)
	o := &engine.Options{
		Suffix: texts[C.TEMPFILE__STRING_suffix].text, Prefix: texts[C.TEMPFILE__STRING_prefix].text,
		NoPrefix: texts[C.TEMPFILE__STRING_prefix].set, Name: texts[C.TEMPFILE__STRING_name].text,
		Mode: texts[C.TEMPFILE__STRING_mode].text, Encoding: texts[C.TEMPFILE__STRING_encoding].text,
		Errors:    texts[C.TEMPFILE__STRING_errors].text,
		Buffering: int64(c.buffering), MaxSize: int64(c.max_size), Permissions: uint32(c.permissions),
		NoDelete: has(C.TEMPFILE_NO_DELETE), NoDeleteOnClose: has(C.TEMPFILE_NO_DELETE_ON_CLOSE),
		IgnoreCleanupErrors: has(C.TEMPFILE_IGNORE_CLEANUP_ERRORS), Text: has(C.TEMPFILE_TEXT),
		Lock: has(C.TEMPFILE_LOCK), Recoverable: has(C.TEMPFILE_RECOVERABLE), NoTmpfile: has(C.TEMPFILE_NO_O_TMPFILE), OnlyTmpfile: has(C.TEMPFILE_ONLY_O_TMPFILE),
		BufferedWrites: has(C.TEMPFILE_BUFFERED_WRITES), Append: has(C.TEMPFILE_APPEND),
		Beside: texts[C.TEMPFILE__STRING_beside].text, MinFree: int64(c.min_free),
		OnDisk: has(C.TEMPFILE_ON_DISK), InMemory: has(C.TEMPFILE_IN_MEMORY),
	}
	if dir := texts[C.TEMPFILE__STRING_dir]; dir.set {
		o.Dir = orHere(dir.text)
	}
	if newline := texts[C.TEMPFILE__STRING_newline]; newline.set {
		o.Newline = &newline.text
	}
	for _, which := range [...]struct {
		index int
		name  string
	}{
		{C.TEMPFILE__STRING_mode, "mode"}, {C.TEMPFILE__STRING_name, "name"}, {C.TEMPFILE__STRING_encoding, "encoding"},
		{C.TEMPFILE__STRING_errors, "errors"}, {C.TEMPFILE__STRING_beside, "beside"},
	} {
		if given := texts[which.index]; given.set && given.text == "" {
			return nil, &engine.BadArgument{Errno: syscall.EINVAL, Reason: which.name + " is empty; NULL is the default"}
		}
	}
	return o, nil
}

// optional is a string of the options that may be NULL.
type optional struct {
	text string
	set  bool
}

func stringsOf(flat *C.struct_tempfile__flat_options) (texts [C.TEMPFILE__STRING_COUNT]optional) {
	next := unsafe.Add(unsafe.Pointer(flat), C.sizeof_struct_tempfile__flat_options)
	for i, size := range flat.sizes {
		if size == 0 {
			continue
		}
		texts[i] = optional{unsafe.String((*byte)(next), int(size)-1), true}
		next = unsafe.Add(next, size)
	}
	return texts
}
