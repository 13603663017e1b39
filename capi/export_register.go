package main

/*
#include "fast.h"
*/
import "C"

import (
	"libtempfile/capi/stack"
	"libtempfile/core/object"
)

// tempfile_register_file takes charge of a file that exists already, from tempfile_mkstemp or another library. The
// library then treats its name like that of a tempfile_named_temporary_file whose descriptor was detached: closing,
// freeing, the end of the process and a signal (tempfile_cleanup_on_signals) delete it.
//
// path is the file; a relative path is made absolute. A link, socket or pipe is deleted itself, never the target of a
// link.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free. Call tempfile_file_keep before if the file
// is to stay after all. Functions that read, write or return a descriptor fail with -EBADF.
//
// Errors: on failure the file stays the caller's.
//   - -EINVAL: path is NULL or "", or ends in '/', "." or "..".
//   - -EISDIR: path is a directory.
//   - -ENOENT and others: as lstat(2).
//
// After a fork the child has the file too, but deletes it only after tempfile_file_adopt.
//
//export tfgo_register_file
func tfgo_register_file(path *C.tempfile__cchar, out_file *C.tempfile__new_file) (result C.int) {
	const function = "tempfile_register_file"
	stack.Reserve()
	defer rescue(function, &result)
	return registerObject(function, path, out_file, library.RegisterFileIn)
}

// tempfile_register_directory takes charge of a directory that exists already, from tempfile_mkdtemp or another
// library. The library then treats it like one of tempfile_temporary_directory: freeing it, cleaning it up and the end
// of the process remove it with its contents.
//
// path is the directory; a relative path is made absolute.
//
// Returns 0 and the directory, which the caller frees with tempfile_directory_free. Call tempfile_directory_keep
// before if the directory is to stay after all.
//
// Errors: on failure the directory stays the caller's.
//   - -EINVAL: path is NULL, "" or "/", or ends in "." or "..".
//   - -ENOTDIR: path is a link or a file.
//   - -ENOENT and others: as lstat(2).
//
// After a fork the child has the directory too; freeing it there removes it only after tempfile_directory_adopt.
//
//export tfgo_register_directory
func tfgo_register_directory(path *C.tempfile__cchar, out_directory *C.tempfile__new_directory) (result C.int) {
	const function = "tempfile_register_directory"
	stack.Reserve()
	defer rescue(function, &result)
	return registerObject(function, path, out_directory, library.RegisterDirectoryIn)
}

// registerObject puts what is there behind a new record.
func registerObject(function string, path *C.tempfile__cchar, r *C.tempfile__record,
	register func(object.Storage, string) error) C.int {
	if path == nil {
		return misuse[C.int](function, "the path is NULL")
	}
	name, short := copyString(path)
	if !short {
		return fail[C.int](function, tooLong("the path"))
	}
	return fail[C.int](function, register(record{r}, name))
}
