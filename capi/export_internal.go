package main

/*
#include "fast.h"
*/
import "C"

import (
	"unsafe"

	"libtempfile/capi/stack"
	"libtempfile/core/engine"
	"libtempfile/core/object"
	"libtempfile/core/system"
)

// noop does nothing. It is the first call of every thread, see runtime_start.c.
//
//tempfile:internal
//export tfgo_noop
func tfgo_noop() (result C.int) {
	stack.Reserve()
	defer rescue("", &result)
	return 0
}

// inherit makes a record that a parent process made known to this runtime.
//
//tempfile:internal
//export tfgo_inherit
func tfgo_inherit(r *C.tempfile__record) (result C.int) {
	const function = "tempfile_inherit"
	stack.Reserve()
	defer rescue(function, &result)
	storage := record{r}
	switch r.kind {
	case C.TEMPFILE__FILE:
		r.object = attach(library.StoredFile(storage, bool(C.tempfile__descriptor_is_ours(r))))
	case C.TEMPFILE__DIRECTORY:
		r.object = attach(library.StoredDirectory(sharedRecord{storage}))
	case C.TEMPFILE__REMOVAL:
		stock() // before the removal has descriptors
		s := storage.State()
		started, err := library.ResumeRemoval(storage.Field(object.Path), system.Identity{Device: s.Device, Inode: s.Inode})
		if err != nil {
			return fail[C.int](function, err)
		}
		r.object = attachStocked(&removal{started, s.Flags != 0})
	}
	return 0
}

// release ends the object behind a record whose handle is dead already. full tells that rmdir has failed on the directory.
// Nobody learns of an error.
//
//tempfile:internal
//export tfgo_release
func tfgo_release(r *C.tempfile__record, full C.int) (result C.int) {
	stack.Reserve()
	defer rescue("", &result)
	defer func() { detach(r.object) }()
	// An object without a token gets none for its end, which must not fail for want of memory.
	switch {
	case r.object == nil && r.kind == C.TEMPFILE__FILE:
		library.StoredFile(record{r}, true).Free()
	case r.object == nil && r.kind == C.TEMPFILE__DIRECTORY:
		freeDirectory(library.StoredDirectory(sharedRecord{record{r}}), full != 0)
	case r.kind == C.TEMPFILE__FILE:
		fileOf(r).Free()
	case r.kind == C.TEMPFILE__DIRECTORY:
		freeDirectory(directoryOf(r), full != 0)
	case r.object != nil && r.kind == C.TEMPFILE__REMOVAL:
		removalOf(r).Close()
	}
	return 0
}

// freeDirectory frees a directory, without another rmdir if one has failed.
func freeDirectory(d *engine.Directory, full bool) {
	if full {
		d.FreeFull()
	} else {
		d.Free()
	}
}

// endDirectory removes the directory of a live record, whose handle stays.
//
//tempfile:internal
//export tfgo_end_directory
func tfgo_end_directory(r *C.tempfile__record) (result C.int) {
	const function = "tempfile_cleanup"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, directoryOf(r).Free())
}

// help does the work of a thread that tempfile__start_helper started.
//
//tempfile:internal
//export tfgo_help
func tfgo_help(work unsafe.Pointer) (result C.int) {
	stack.Reserve()
	defer rescue("", &result)
	(*attached[func()](work))()
	return 0
}
