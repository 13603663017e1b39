package main

/*
#include "fast.h"
*/
import "C"

import (
	"libtempfile/capi/stack"
	"libtempfile/core/engine"
)

// directoryOf gives the directory behind a record, which other threads may be working on too.
func directoryOf(r *C.tempfile__directory) *engine.Directory {
	storage := sharedRecord{record{r}}
	storage.Lock()
	defer storage.Unlock()
	if r.object == nil {
		r.object = attach(library.StoredDirectory(storage))
	}
	return attached[engine.Directory](r.object)
}

// tempfile_directory_name returns the absolute path of a directory.
//
// Returns the path, which belongs to the directory until that is freed. Only tempfile_directory_persist changes the
// path; one that was returned before stays valid memory. NULL for a handle that was freed (then the detail has -EBADF).
//
//tempfile:c const char *tempfile_directory_name(const tempfile_directory *directory);

// tempfile_directory_keep keeps the directory: tempfile_directory_free and the end of the process leave it alone.
//
// Returns 0.
//
// Errors:
//   - -EBADF: the handle was freed.
//
//export tfgo_directory_keep
func tfgo_directory_keep(directory *C.tempfile__directory) (result C.int) {
	const function = "tempfile_directory_keep"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, directoryOf(directory).Keep())
}

// tempfile_directory_unkeep undoes tempfile_directory_keep, and TEMPFILE_NO_DELETE: tempfile_directory_free and a normal
// exit of the process remove the directory.
//
// Returns 0.
//
// Errors: the directory is kept or removed as before.
//   - -EBADF: the handle was freed.
//   - -EPERM: another process owns the directory; tempfile_directory_adopt makes this one the owner.
//
//tempfile:since 0.2
//export tfgo_directory_unkeep
func tfgo_directory_unkeep(directory *C.tempfile__directory) (result C.int) {
	const function = "tempfile_directory_unkeep"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, directoryOf(directory).Unkeep())
}

// tempfile_directory_adopt makes this process the owner of a directory that it inherited by fork. See
// tempfile_file_adopt.
//
// Returns 0.
//
// Errors:
//   - -EBADF: the handle was freed.
//
//tempfile:c int tempfile_directory_adopt(tempfile_directory *directory);

// tempfile_directory_cleanup removes the directory with its contents. It is an explicit request, so it works in any
// process, and after tempfile_directory_keep too. A second call does nothing.
//
// The removal works by descriptors only. It follows no link, enters no mount, and touches nothing if another directory
// has taken the place of the one that was made. Threads may help, as with tempfile_rmtree.
//
// Returns 0, also if the directory is missing.
//
// Errors: with TEMPFILE_IGNORE_CLEANUP_ERRORS only -EBADF.
//   - -EBADF: the handle was freed.
//   - -ESTALE: another directory has its name.
//   - -ENOTDIR: a link or a file has its name.
//   - others: the errno of the first entry that could not be removed. The detail has its path and the number of the
//     others.
//
//export tfgo_directory_cleanup
func tfgo_directory_cleanup(directory *C.tempfile__directory) (result C.int) {
	const function = "tempfile_directory_cleanup"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, directoryOf(directory).Cleanup())
}

// tempfile_directory_free removes the directory with its contents, unless it is kept or another process owns it, and
// frees the handle. NULL and a handle that was freed are fine: nothing happens. To learn of errors, call
// tempfile_directory_cleanup first.
//
//tempfile:c void tempfile_directory_free(tempfile_directory *directory);
