package main

/*
#include "fast.h"
*/
import "C"

import (
	"syscall"

	"libtempfile/capi/stack"
	"libtempfile/core/engine"
	"libtempfile/core/object"
	"libtempfile/core/system"
)

// removal is a engine.Removal with the flags that it was started with.
type removal struct {
	*engine.Removal
	ignoreErrors bool
}

// removalArguments checks what a removal is started with.
func removalArguments(function string, path *C.tempfile__cchar, flags C.uint32_t) (root string, ignoreErrors bool, code C.int) {
	switch {
	case flags&^C.TEMPFILE_IGNORE_CLEANUP_ERRORS != 0:
		return "", false, misuse[C.int](function, "a flag is set that removals do not know")
	case path == nil:
		return "", false, misuse[C.int](function, "the path is NULL")
	}
	root, short := copyString(path)
	if !short {
		return "", false, fail[C.int](function, tooLong("the path"))
	}
	return root, flags != 0, 0
}

// tempfile_rmtree removes a directory with all it holds, for what tempfile_mkdtemp made. It works as
// tempfile_directory_cleanup does.
//
// Where it makes a large tree go faster, threads help. The calling thread starts them, so they have its user, its sandbox
// and its processors; no signal is handled on them; and they have ended when this returns. A host whose sandbox kills it
// for starting a thread must not remove large trees in there.
//
// path is the directory, not followed if it is a link; flags is 0 or TEMPFILE_IGNORE_CLEANUP_ERRORS.
//
// Returns 0, also for a directory that is missing.
//
// Errors: -EINVAL for NULL, "", "/", ".", ".." and for paths that end in them, and for an unknown flag; -ENOTDIR for a
// link or a file; -EBUSY for a mount point; and for what could not be removed, the errno of the first, whose path is in
// the detail with the number of the others. With TEMPFILE_IGNORE_CLEANUP_ERRORS, only -EINVAL.
//
//export tfgo_rmtree
func tfgo_rmtree(path *C.tempfile__cchar, flags C.uint32_t) (result C.int) {
	const function = "tempfile_rmtree"
	stack.Reserve()
	defer rescue(function, &result)
	root, ignoreErrors, code := removalArguments(function, path, flags)
	if code != 0 {
		return code
	}
	result = fail[C.int](function, library.RemoveAll(root))
	if ignoreErrors && syscall.Errno(-result) != syscall.EINVAL {
		C.tempfile__clear()
		return 0
	}
	return result
}

// tempfile_removal_start begins to remove a directory in steps, so that the caller can show progress or stop in between.
// Nothing is removed yet.
//
// path and flags are as for tempfile_rmtree.
//
// Returns 0 and the removal, which the caller frees with tempfile_removal_free.
//
// Errors: -EINVAL, -ENOTDIR and -EBUSY as for tempfile_rmtree; what opening the directory meets.
//
// After a fork the child's removal begins anew with what is left.
//
//export tfgo_removal_start
func tfgo_removal_start(path *C.tempfile__cchar, flags C.uint32_t, out_removal *C.tempfile__new_removal) (result C.int) {
	const function = "tempfile_removal_start"
	stack.Reserve()
	defer rescue(function, &result)
	root, _, code := removalArguments(function, path, flags)
	if code != 0 {
		return code
	}
	stock() // before the removal has descriptors
	started, err := library.StartRemoval(root)
	return keepRemoval(function, out_removal, started, flags, err)
}

// tempfile_removal_resume is tempfile_removal_start for a directory whose identity the caller has kept, from lstat(2) when it
// was made: it removes nothing if another has taken its place.
//
// path and flags are as for tempfile_rmtree; device and inode are the directory's st_dev and st_ino.
//
// Returns 0 and the removal, which the caller frees with tempfile_removal_free. A directory that is missing is one that is
// removed already.
//
// Errors: -ESTALE for another directory, which is left alone; else as for tempfile_removal_start.
//
// After a fork the child's removal begins anew with what is left.
//
//export tfgo_removal_resume
func tfgo_removal_resume(path *C.tempfile__cchar, flags C.uint32_t, device, inode C.uint64_t, out_removal *C.tempfile__new_removal) (result C.int) {
	const function = "tempfile_removal_resume"
	stack.Reserve()
	defer rescue(function, &result)
	root, _, code := removalArguments(function, path, flags)
	if code != 0 {
		return code
	}
	stock() // before the removal has descriptors
	started, err := library.ResumeRemoval(root, system.Identity{Device: uint64(device), Inode: uint64(inode)})
	return keepRemoval(function, out_removal, started, flags, err)
}

// tempfile_identify_directory gives the identity of a directory that the caller has just made, by tempfile_mkdtemp or mkdir(2),
// for tempfile_removal_resume. Somebody who may rename in the directory above could have put another in its place meanwhile;
// that one would be removed later. From mkdir(2) on a directory's times of birth, modification and change are equal, which
// a rename ends. Where the file system does otherwise the directory must be empty, the user's, and without other permissions.
//
// path is the directory; permissions is what it was made with, 0: 0700. out_device and out_inode receive its st_dev and st_ino.
//
// Returns 0.
//
// Errors: -ESTALE for what is not the new directory; -EINVAL for a NULL; -ENOENT and what else lstat(2) says.
//
//tempfile:first tempfile__identify_directory
//export tfgo_identify_directory
func tfgo_identify_directory(path *C.tempfile__cchar, permissions C.uint32_t, out_device, out_inode *C.uint64_t) (result C.int) {
	const function = "tempfile_identify_directory"
	stack.Reserve()
	defer rescue(function, &result)
	if path == nil || out_device == nil || out_inode == nil {
		return misuse[C.int](function, "an argument is NULL")
	}
	directory, short := copyString(path)
	if !short {
		return fail[C.int](function, tooLong("the path"))
	}
	identity, err := library.IdentifyNew(directory, uint32(permissions))
	if err != nil {
		return fail[C.int](function, err)
	}
	*out_device, *out_inode = C.uint64_t(identity.Device), C.uint64_t(identity.Inode)
	return 0
}

// keepRemoval puts a removal behind a new record, with what a forked child needs to begin anew.
func keepRemoval(function string, r *C.tempfile__record, started *engine.Removal, flags C.uint32_t, err error) C.int {
	if err != nil {
		return fail[C.int](function, err)
	}
	storage, identity := record{r}, started.Identity()
	if err := storage.SetField(object.Path, started.Path()); err != nil {
		started.Close()
		return fail[C.int](function, err)
	}
	s := storage.State()
	s.Flags, s.Device, s.Inode = uint32(flags), identity.Device, identity.Inode
	r.object = attachStocked(&removal{started, flags != 0})
	return 0
}

// tempfile_removal_step goes on until so many more entries are removed or found to stay, or until all are.
//
// entries is how many, at least 1. out_removed, unless it is NULL, receives how many entries the removal has removed in
// all, the directory itself included. Steps of a few thousand entries are large enough for threads to help, see
// tempfile_rmtree.
//
// Returns 1 if there is more to do, 0 if all is done; then more steps do nothing.
//
// Errors: -EBADF for a handle that was freed; -EINVAL for entries 0; at the end, for what could not be removed, the errno
// of the first, whose path is in the detail with the number of the others.
//
//export tfgo_removal_step
func tfgo_removal_step(removal *C.tempfile__removal, entries C.uint32_t, out_removed *C.uint64_t) (result C.int) {
	const function = "tempfile_removal_step"
	stack.Reserve()
	defer rescue(function, &result)
	if entries == 0 {
		return misuse[C.int](function, "entries is 0")
	}
	r := removalOf(removal)
	more, err := r.Step(int(entries))
	if err != nil && !r.ignoreErrors {
		return fail[C.int](function, err)
	}
	if out_removed != nil {
		*out_removed = C.uint64_t(r.Removed())
	}
	if more {
		return 1
	}
	return 0
}

func removalOf(record *C.tempfile__removal) *removal { return attached[removal](record.object) }

// tempfile_removal_free ends a removal and forgets the handle. What is not removed by then stays; a new removal finishes
// it. NULL is fine, and so is a handle that was freed: nothing happens.
//
//tempfile:c void tempfile_removal_free(tempfile_removal *removal);

// tempfile_unlink deletes a file's name, in the process that made it: in any other it does nothing. It is for finalizers
// of other languages: it takes no lock of a runtime, needs nothing but the C library, and works at any time, in a forked
// child and at exit too.
//
// path is the file; owner_pid is what getpid(2) gave when the file was made.
//
// Returns 0, also for a name that is gone, and in another process.
//
// Errors: -EINVAL for NULL; what unlink(2) says.
//
//tempfile:c int tempfile_unlink(const char *path, int64_t owner_pid);
