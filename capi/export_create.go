package main

/*
#include "fast.h"
*/
import "C"

import (
	"unsafe"

	"libtempfile/capi/stack"
	"libtempfile/core/engine"
)

// tempfile_mkstemp creates a file with a name that nobody could guess, open for reading and writing.
//
// Uses of options: suffix, prefix, dir, name, permissions. out_path receives the absolute path; path_size is the size of
// that buffer in bytes, for which TEMPFILE_PATH_SIZE is always enough. NULL with size 0 asks for the size.
//
// Returns the descriptor, closed on exec. It and the file are the caller's: nothing here closes or removes them.
//
// Errors: -EINVAL for a '/' in prefix, suffix or name, an unknown flag or permissions beyond 0777; -ERANGE for a buffer
// that is too small; -ENOENT for a directory that is missing, or with no dir if no candidate can be used (the message
// has the reason for each); -EEXIST for a name of the caller's that is taken; -EACCES, -ENOSPC, -EMFILE and what else
// open(2) says. Nothing is created then.
//
//tempfile:c tempfile_fd tempfile_mkstemp(const tempfile_options *options, char *out_path, size_t path_size);

// tempfile_mkdtemp creates a directory that only the user can enter.
//
// Uses of options: suffix, prefix, dir, name, permissions. out_path and path_size are as for tempfile_mkstemp.
//
// Returns 0. The directory is the caller's to remove; tempfile_rmtree does it with all that is in it.
//
// Errors: as for tempfile_mkstemp, and what mkdir(2) says.
//
//tempfile:c int tempfile_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size);

// tempfile_mktemp names a file that does not exist. Deprecated: by the time the name is used somebody else may have taken
// it; use tempfile_mkstemp.
//
// Uses of options: suffix, prefix, dir, name. out_path and path_size are as for tempfile_mkstemp.
//
// Returns 0. Nothing is created.
//
// Errors: -EINVAL, -ERANGE and -ENOENT as for tempfile_mkstemp; -EEXIST if every name that was tried is taken.
//
//tempfile:c int tempfile_mktemp(const tempfile_options *options, char *out_path, size_t path_size);

// tempfile_unnamed creates a file without a name, as tempfile_temporary_file does, for who wants the bare descriptor.
//
// Uses of options: dir, permissions, and prefix, suffix, name, TEMPFILE_NO_O_TMPFILE and TEMPFILE_ONLY_O_TMPFILE as for
// tempfile_temporary_file.
//
// Returns the descriptor, open for reading and writing and closed on exec. It is the caller's: the file is gone when the last
// copy of it is closed, however the process ends.
//
// Errors: as for tempfile_mkstemp; -EOPNOTSUPP with TEMPFILE_ONLY_O_TMPFILE where the file system has no files without a name.
//
//tempfile:c tempfile_fd tempfile_unnamed(const tempfile_options *options);

// tempfile_mkstemp_into is tempfile_mkstemp for a host that can be interrupted between a call's return and what it does next, as
// interpreters are whose signal handlers raise: the descriptor is in memory of the host's before the call returns.
//
// Uses of options, out_path and path_size: as for tempfile_mkstemp. out_fd receives the descriptor. Nothing is written to it unless
// the file was created, so that a host which has -1 there before knows from it, whatever became of the result.
//
// Returns the descriptor, too. It and the file are the caller's.
//
// Errors: as for tempfile_mkstemp; -EINVAL if out_fd is NULL.
//
//tempfile:c tempfile_fd tempfile_mkstemp_into(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *out_fd);

// tempfile_unnamed_into is tempfile_unnamed in the same manner.
//
// Uses of options: as for tempfile_unnamed. out_fd is as for tempfile_mkstemp_into.
//
// Returns the descriptor, too. It is the caller's.
//
// Errors: as for tempfile_unnamed; -EINVAL if out_fd is NULL.
//
//tempfile:c tempfile_fd tempfile_unnamed_into(const tempfile_options *options, tempfile_fd *out_fd);

// tempfile_named_temporary_file creates a file with a name, which is deleted when it is closed.
//
// Uses of options: suffix, prefix, dir, mode, encoding, errors, newline, name, buffering, permissions; TEMPFILE_NO_DELETE keeps the name for good,
// TEMPFILE_NO_DELETE_ON_CLOSE keeps it until tempfile_file_free.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free. If the process exits normally first, the name
// is deleted then; after a crash, _exit or SIGKILL it stays.
//
// Errors: as for tempfile_mkstemp; -EINVAL for a mode that Python would refuse, an encoding, errors or newline
// that is unknown (see "Text" in tempfile.h), any of these three with a binary mode, and TEMPFILE_UNBUFFERED with a text mode.
//
// After a fork the child has the file too, with the same descriptor and name, but does not delete it.
//
//tempfile:c int tempfile_named_temporary_file(const tempfile_options *options, tempfile_file **out_file);

// tempfile_temporary_file creates a file without a name: nobody else can open it, and it is gone when it is closed,
// however the process ends.
//
// Uses of options: dir, mode, encoding, errors, newline, buffering, permissions; prefix, suffix and name only where the file system has no files
// without a name (O_TMPFILE): there the file has one for the instant of its creation. TEMPFILE_ONLY_O_TMPFILE makes that
// an error, TEMPFILE_NO_O_TMPFILE does it always.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free.
//
// Errors: as for tempfile_named_temporary_file; -EOPNOTSUPP with TEMPFILE_ONLY_O_TMPFILE where that is not to be had.
//
//tempfile:c int tempfile_temporary_file(const tempfile_options *options, tempfile_file **out_file);

// tempfile_spooled_temporary_file makes a file that lives in memory and rolls over to a file without a name on disk: when
// a write would end past max_size, when its descriptor is asked for, or at tempfile_file_rollover.
//
// Uses of options: max_size in bytes of the file, mode, encoding, errors, newline, and for the roll-over what tempfile_temporary_file uses. With no dir the
// default directory is chosen at the roll-over.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free.
//
// Errors: as for tempfile_named_temporary_file as far as they concern the options; nothing is created on disk yet. A
// roll-over that fails, for want of space say, is reported by the call that needed it and leaves all data in memory.
//
// After a fork the child has a copy of what is in memory; what is on disk is shared, and so is its position.
//
//tempfile:c int tempfile_spooled_temporary_file(const tempfile_options *options, tempfile_file **out_file);

// tempfile_temporary_directory creates a directory that is removed with all it holds when it is freed.
//
// Uses of options: suffix, prefix, dir, name, permissions; TEMPFILE_NO_DELETE keeps the directory unless
// tempfile_directory_cleanup is called, TEMPFILE_IGNORE_CLEANUP_ERRORS makes that succeed always.
//
// Returns 0 and the directory, which the caller frees with tempfile_directory_free. If the process exits normally first,
// it is removed then.
//
// Errors: as for tempfile_mkdtemp.
//
// After a fork the child has the directory too; freeing it there removes nothing.
//
//tempfile:c int tempfile_temporary_directory(const tempfile_options *options, tempfile_directory **out_directory);

// tempfile_random_names draws names as a candidate for a file has between prefix and suffix: 8 characters of a-z, 0-9 and
// '_', from the kernel's random source, so that a parent and its forked child never draw the same.
//
// out_names receives count names of 9 bytes each, NUL included.
//
// Returns 0.
//
// Errors: -EINVAL if out_names is NULL and count is not 0, or if count names cannot be in memory.
//
//export tfgo_random_names
func tfgo_random_names(out_names *C.char, count C.size_t) (result C.int) {
	const function, size = "tempfile_random_names", engine.NameLength + 1
	stack.Reserve()
	defer rescue(function, &result)
	buffer, ok := memoryOf(unsafe.Pointer(out_names), count*size)
	if !ok || uint64(count) > uint64(maxSize/size) {
		return misuse[C.int](function, "the buffer is NULL, or count is more than memory")
	}
	for len(buffer) > 0 {
		var names [64][engine.NameLength]byte
		some := names[:min(len(names), len(buffer)/size)]
		if err := library.RandomNames(some); err != nil {
			return fail[C.int](function, err)
		}
		for i := range some {
			copy(buffer, some[i][:])
			buffer[engine.NameLength] = 0
			buffer = buffer[size:]
		}
	}
	return 0
}
