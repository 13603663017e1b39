package main

/*
#include "fast.h"
*/
import "C"

import (
	"errors"
	"io/fs"
	"syscall"
	"unsafe"

	"libtempfile/capi/stack"
	"libtempfile/core/engine"
	"libtempfile/core/object"
	"libtempfile/core/recovery"
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
	case C.TEMPFILE__RECOVERY:
		return fail[C.int](function, beginRecovery(r))
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
	case r.object != nil && r.kind == C.TEMPFILE__RECOVERY:
		attached[recovery.Recovery](r.object).Close()
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

// plan decides how something is created. C acts on the plan.
//
//tempfile:internal
//export tfgo_plan
func tfgo_plan(function *C.char, size C.size_t, creation C.int, c *C.struct_tempfile__flat_options,
	out *C.struct_tempfile__plan) (result C.int) {
	stack.Reserve()
	defer rescue(unsafe.String((*byte)(unsafe.Pointer(function)), int(size)), &result)
	name := unsafe.String((*byte)(unsafe.Pointer(function)), int(size))
	o, err := options(c)
	if err != nil {
		return fail[C.int](name, err)
	}
	plan, err := library.Plan(engine.Creation(creation), o)
	if err != nil {
		return fail[C.int](name, err)
	}
	return fail[C.int](name, handOver(plan.Outline(), out))
}

// handOver fills in C's plan.
func handOver(plan engine.Outline, out *C.struct_tempfile__plan) error {
	path := (*C.char)(unsafe.Pointer(unsafe.StringData(plan.Path)))
	if C.tempfile__keep_path(out, path, C.size_t(len(plan.Path)), C.size_t(plan.DirectorySize)) != 0 {
		return &fs.PathError{Op: "malloc", Path: plan.Path, Err: syscall.ENOMEM}
	}
	out.prefix, out.name, out.name_size = C.size_t(plan.Prefix), C.size_t(plan.Name), C.size_t(plan.NameSize)
	out.random, out.attempts = C.bool(plan.Random), C.int(plan.Attempts)
	out.lasting, out.by_environment = C.bool(plan.Lasting), C.bool(plan.ByEnvironment)
	out.permissions, out.flags = C.uint32_t(plan.Permissions), C.int(system.CreateFlags|plan.Flags)
	if plan.Tmpfile {
		out.unnamed_flags = C.int(system.UnnamedFlags | plan.Flags)
	}
	if plan.Fallback {
		for i, errno := range system.NoUnnamedErrnos {
			out.no_unnamed[i] = C.int(errno)
		}
	}
	*(*object.State)(unsafe.Pointer(&out.state)) = plan.State
	return nil
}

// identify_new looks closer at a directory that C has just made. It answers with an errno, and reports nothing.
//
//tempfile:internal
//export tfgo_identify_new
func tfgo_identify_new(path *C.char, size C.size_t, permissions C.uint32_t,
	out_device, out_inode *C.uint64_t) (result C.int) {
	stack.Reserve()
	defer rescue("", &result)
	identity, err := library.IdentifyNew(unsafe.String((*byte)(unsafe.Pointer(path)), int(size)), uint32(permissions))
	if err != nil {
		var errno syscall.Errno
		errors.As(err, &errno)
		return -C.int(errno)
	}
	*out_device, *out_inode = C.uint64_t(identity.Device), C.uint64_t(identity.Inode)
	return 0
}
