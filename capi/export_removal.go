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
func removalArguments(function string, path *C.tempfile__cchar,
	flags C.uint32_t) (root string, ignoreErrors bool, code C.int) {
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

// tempfile_rmtree removes a directory with its contents, such as one from tempfile_mkdtemp. It works like
// tempfile_directory_cleanup.
//
// Threads help with a large tree where that makes it faster. The calling thread starts them, so they have its user,
// its sandbox and its processors. They handle no signals, and they end before the call returns. Under a seccomp filter
// that kills on clone(2), removing a large tree is fatal.
//
// path is the directory, and is not followed if it is a link; flags is 0 or TEMPFILE_IGNORE_CLEANUP_ERRORS.
//
// Returns 0, also if the directory is missing.
//
// Errors: with TEMPFILE_IGNORE_CLEANUP_ERRORS only -EINVAL.
//   - -EINVAL: path is NULL, "", "/", "." or "..", or ends in "." or ".."; or a flag is unknown.
//   - -ENOTDIR: path is a link or a file.
//   - -EBUSY: path is a mount point.
//   - others: the errno of the first entry that could not be removed. The detail has its path and the number of the
//     others.
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

// tempfile_removal_start begins to remove a directory in steps, so that the caller can show progress or stop in
// between. It removes nothing yet.
//
// path and flags are as for tempfile_rmtree.
//
// Returns 0 and the removal, which the caller frees with tempfile_removal_free.
//
// Errors:
//   - -EINVAL, -ENOTDIR, -EBUSY: as for tempfile_rmtree.
//   - others: as open(2) for the directory.
//
// After a fork the child's removal begins again with the entries that are left.
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

// tempfile_removal_resume is tempfile_removal_start for a directory whose identity the caller has kept since it was
// made (see tempfile_identify_directory). If another directory has taken its place, it removes nothing.
//
// path and flags are as for tempfile_rmtree; device and inode are the directory's st_dev and st_ino.
//
// Returns 0 and the removal, which the caller frees with tempfile_removal_free. A missing directory counts as removed.
//
// Errors: those of tempfile_removal_start, and:
//   - -ESTALE: path is another directory, which is left alone.
//
// After a fork the child's removal begins again with the entries that are left.
//
//export tfgo_removal_resume
func tfgo_removal_resume(path *C.tempfile__cchar, flags C.uint32_t,
	device, inode C.uint64_t, out_removal *C.tempfile__new_removal) (result C.int) {
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

// tempfile_identify_directory returns the identity of a directory that the caller has just made by tempfile_mkdtemp or
// mkdir(2), for a later tempfile_removal_resume. It also checks that the directory is the new one: a process that may
// rename in the directory above could have put another in its place, which would be removed later. A directory fresh
// from mkdir(2) has equal times of birth, modification and change, and a rename changes one of them. Where the file
// system differs, the directory must be empty, owned by the user, and have no other permissions than those it was made
// with.
//
// path is the directory; permissions are those it was made with, and 0 means 0700. out_device and out_inode receive
// its st_dev and st_ino.
//
// Returns 0.
//
// Errors:
//   - -ESTALE: path is not the new directory.
//   - -EINVAL: an argument is NULL.
//   - -ENOENT and others: as lstat(2).
//
//tempfile:first tempfile__identify_directory
//export tfgo_identify_directory
func tfgo_identify_directory(path *C.tempfile__cchar, permissions C.uint32_t,
	out_device, out_inode *C.uint64_t) (result C.int) {
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

// tempfile_removal_step continues a removal until it has dealt with so many more entries, or with all.
//
// entries is the number of entries for this step, at least 1; an entry that cannot be removed counts too. out_removed,
// unless it is NULL, receives the number of entries that the removal has removed so far, including the directory
// itself. Threads can help from some thousand entries a step on, see tempfile_rmtree.
//
// Returns 1 if there is more to do and 0 if all is done. After that, further steps do nothing.
//
// Errors:
//   - -EBADF: the handle was freed.
//   - -EINVAL: entries is 0.
//   - others: at the end, the errno of the first entry that could not be removed. The detail has its path and the
//     number of the others.
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

// tempfile_removal_free ends a removal and frees the handle. Entries that are not removed by then stay; a new removal
// can finish the work. NULL and a handle that was freed are fine: nothing happens.
//
//tempfile:c void tempfile_removal_free(tempfile_removal *removal);

// tempfile_unlink deletes a file's name in the process that made it, and does nothing in any other. It is meant for
// finalizers of other languages: it needs only the C library and takes no lock of a runtime, so it works at any time,
// in a forked child and at exit too.
//
// path is the file; owner_pid is the result of getpid(2) when the file was made.
//
// Returns 0, also for a missing name, and in another process.
//
// Errors:
//   - -EINVAL: path is NULL.
//   - others: as unlink(2).
//
//tempfile:c int tempfile_unlink(const char *path, int64_t owner_pid);
