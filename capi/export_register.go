package main

/*
#include "fast.h"
*/
import "C"

import (
	"libtempfile/capi/stack"
	"libtempfile/core/object"
)

// tempfile_register_file takes over a file that is there already, from tempfile_mkstemp or another library: from then on
// its name goes as that of a tempfile_named_temporary_file whose descriptor was detached, when it is closed or freed, at the
// end of the process, and at a signal (tempfile_cleanup_on_signals).
//
// path is the file; a relative one is made absolute. A link, socket or pipe goes too, without what it leads to.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free, after tempfile_file_keep if the file is to stay
// after all. What reads, writes or gives a descriptor is -EBADF.
//
// Errors: -EINVAL for NULL, "" and a path that ends in '/', "." or ".."; -EISDIR for a directory; -ENOENT and what else
// lstat(2) says. The file stays the caller's then.
//
// After a fork the child has the file too, but does not delete it unless tempfile_file_adopt.
//
//export tfgo_register_file
func tfgo_register_file(path *C.tempfile__cchar, out_file *C.tempfile__new_file) (result C.int) {
	const function = "tempfile_register_file"
	stack.Reserve()
	defer rescue(function, &result)
	return registerObject(function, path, out_file, library.RegisterFileIn)
}

// tempfile_register_directory takes over a directory that is there already, from tempfile_mkdtemp or another library: from
// then on it is as one of tempfile_temporary_directory, and is removed with all it holds when it is freed or cleaned up and
// at the end of the process.
//
// path is the directory; a relative one is made absolute.
//
// Returns 0 and the directory, which the caller frees with tempfile_directory_free, after tempfile_directory_keep if it is
// to stay after all.
//
// Errors: -EINVAL for NULL, "", "/" and a path that ends in "." or ".."; -ENOTDIR for a link or a file; -ENOENT and what
// else lstat(2) says. The directory stays the caller's then.
//
// After a fork the child has the directory too; freeing it there removes nothing unless tempfile_directory_adopt.
//
//export tfgo_register_directory
func tfgo_register_directory(path *C.tempfile__cchar, out_directory *C.tempfile__new_directory) (result C.int) {
	const function = "tempfile_register_directory"
	stack.Reserve()
	defer rescue(function, &result)
	return registerObject(function, path, out_directory, library.RegisterDirectoryIn)
}

// registerObject puts what is there behind a new record.
func registerObject(function string, path *C.tempfile__cchar, r *C.tempfile__record, register func(object.Storage, string) error) C.int {
	if path == nil {
		return misuse[C.int](function, "the path is NULL")
	}
	name, short := copyString(path)
	if !short {
		return fail[C.int](function, tooLong("the path"))
	}
	return fail[C.int](function, register(record{r}, name))
}
