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

// tempfile_directory_name gives the absolute path of a directory.
//
// Returns the path, which stays the same and belongs to the directory until that is freed; NULL for a handle that was
// freed (then the detail has -EBADF).
//
//tempfile:c const char *tempfile_directory_name(const tempfile_directory *directory);

// tempfile_directory_keep makes tempfile_directory_free and the end of the process leave the directory alone.
//
// Returns 0.
//
// Errors: -EBADF for a handle that was freed.
//
//export tfgo_directory_keep
func tfgo_directory_keep(directory *C.tempfile__directory) (result C.int) {
	const function = "tempfile_directory_keep"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, directoryOf(directory).Keep())
}

// tempfile_directory_adopt makes this process the owner of a directory that it inherited by fork. See
// tempfile_file_adopt.
//
// Returns 0.
//
// Errors: -EBADF for a handle that was freed.
//
//tempfile:c int tempfile_directory_adopt(tempfile_directory *directory);

// tempfile_directory_cleanup removes the directory with all it holds. Because it was asked to, it does so in any process,
// and after tempfile_directory_keep too. Cleaning up again does nothing.
//
// It goes by descriptor only, follows no link, enters no mount, and touches nothing if another directory has taken the
// place of the one that was made. Threads may help, as with tempfile_rmtree.
//
// Returns 0, also for a directory that is gone.
//
// Errors: -EBADF for a handle that was freed; -ESTALE for another directory under its name, -ENOTDIR for a link or file;
// and for what could not be removed, the errno of the first, whose path is in the detail with the number of the others.
// With TEMPFILE_IGNORE_CLEANUP_ERRORS, none but -EBADF.
//
//export tfgo_directory_cleanup
func tfgo_directory_cleanup(directory *C.tempfile__directory) (result C.int) {
	const function = "tempfile_directory_cleanup"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, directoryOf(directory).Cleanup())
}

// tempfile_directory_free removes the directory with all it holds, unless it is to be kept or another process made it,
// and forgets the handle. NULL is fine, and so is a handle that was freed: nothing happens. Call
// tempfile_directory_cleanup first to learn of errors.
//
//tempfile:c void tempfile_directory_free(tempfile_directory *directory);
