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

// tempfile_mkstemp creates a file with an unpredictable name and opens it for reading and writing.
//
// Uses of options: suffix, prefix, name, permissions, and for the directory dir or beside, or else min_free,
// TEMPFILE_ON_DISK and TEMPFILE_IN_MEMORY. out_path receives the absolute path; path_size is the size
// of that buffer in bytes. A buffer of TEMPFILE_PATH_SIZE bytes is always large enough. NULL with size 0 asks for the
// size: the call fails with -ERANGE, and tempfile_error.needed has it.
//
// Returns the descriptor, which is closed on exec. The caller owns the descriptor and the file: the library closes and
// removes neither.
//
// Errors: nothing is created on failure.
//   - -EINVAL: prefix, suffix or name contains a '/', a flag is unknown, or permissions has bits beyond 0777.
//   - -EINVAL: beside is "", or ends in '/' or in a part "." or ".."; or it is set together with dir.
//   - -EINVAL: min_free is negative; TEMPFILE_ON_DISK and TEMPFILE_IN_MEMORY are set together; or one of the three is
//     set although dir or beside leaves nothing to choose.
//   - -ERANGE: the buffer is too small.
//   - -ENOENT: the directory does not exist; or dir and beside are NULL and no candidate can be used (the message has
//     the reason for each). If tempfile_settempdir set the default directory, that one is the only candidate.
//   - -EEXIST: options.name is taken; or every random name that was tried is.
//   - -EACCES, -ENOSPC, -EMFILE and others: as open(2).
//
//tempfile:c tempfile_fd tempfile_mkstemp(const tempfile_options *options, char *out_path, size_t path_size);

// tempfile_mkdtemp creates a directory that only its owner can enter.
//
// Uses of options: as for tempfile_mkstemp. out_path and path_size are as for tempfile_mkstemp.
//
// Returns 0. The caller owns the directory; tempfile_rmtree removes it with its contents.
//
// Errors: those of tempfile_mkstemp, and:
//   - others: as mkdir(2).
//
//tempfile:c int tempfile_mkdtemp(const tempfile_options *options, char *out_path, size_t path_size);

// tempfile_mktemp returns a path at which no file exists. It is deprecated, because another process may create a file
// there before the caller does; use tempfile_mkstemp.
//
// Uses of options: as for tempfile_mkstemp, without permissions. out_path and path_size are as for tempfile_mkstemp.
//
// Returns 0. Nothing is created.
//
// Errors:
//   - -EINVAL, -ERANGE, -ENOENT: as for tempfile_mkstemp.
//   - -EEXIST: every name that was tried is taken.
//
//tempfile:c int tempfile_mktemp(const tempfile_options *options, char *out_path, size_t path_size);

// tempfile_unnamed creates a file without a name, like tempfile_temporary_file, and returns its bare descriptor.
//
// Uses of options: permissions; for the directory as tempfile_mkstemp; and as for tempfile_temporary_file: prefix,
// suffix, name, TEMPFILE_NO_O_TMPFILE, TEMPFILE_ONLY_O_TMPFILE.
//
// Returns the descriptor, which is open for reading and writing and closed on exec. The caller owns it. The system
// deletes the file when the last copy of the descriptor is closed, however the process ends.
//
// Errors: those of tempfile_mkstemp, and:
//   - -EOPNOTSUPP: TEMPFILE_ONLY_O_TMPFILE is set, and the file system does not support O_TMPFILE.
//
//tempfile:c tempfile_fd tempfile_unnamed(const tempfile_options *options);

// tempfile_mkstemp_into is tempfile_mkstemp for hosts that can be interrupted between the return of a call and the use
// of its result, such as an interpreter whose signal handlers raise exceptions. It stores the descriptor in the host's
// memory before it returns, so that an interruption cannot lose it.
//
// Uses of options: as for tempfile_mkstemp. out_path and path_size are as for tempfile_mkstemp. out_fd receives the
// descriptor. The library writes to out_fd only if it created the file: a host that stores -1 there before the call
// can tell from it whether there is a file to clean up, even if the result was lost.
//
// Returns the descriptor, too. The caller owns it and the file.
//
// Errors: those of tempfile_mkstemp, and:
//   - -EINVAL: out_fd is NULL.
//
//tempfile:c tempfile_fd tempfile_mkstemp_into(const tempfile_options *options, char *out_path, size_t path_size, tempfile_fd *out_fd);

// tempfile_unnamed_into is tempfile_unnamed for hosts that can be interrupted. It stores the descriptor in the host's
// memory before it returns, like tempfile_mkstemp_into.
//
// Uses of options: as for tempfile_unnamed. out_fd is as for tempfile_mkstemp_into.
//
// Returns the descriptor, too. The caller owns it.
//
// Errors: those of tempfile_unnamed, and:
//   - -EINVAL: out_fd is NULL.
//
//tempfile:c tempfile_fd tempfile_unnamed_into(const tempfile_options *options, tempfile_fd *out_fd);

// tempfile_named_temporary_file creates a file with a name. Closing the file deletes the name.
//
// Uses of options: those of tempfile_mkstemp, and mode, encoding, errors, newline, buffering.
// TEMPFILE_NO_DELETE keeps the name for good; TEMPFILE_NO_DELETE_ON_CLOSE keeps it until tempfile_file_free.
// TEMPFILE_BUFFERED_WRITES holds back what is written, up to buffering bytes, see tempfile_file_write. TEMPFILE_APPEND
// makes every write go to the end of the file, whoever else writes.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free. A normal exit of the process deletes the
// name, too. After a crash, _exit or SIGKILL it stays.
//
// Errors: those of tempfile_mkstemp, and:
//   - -EINVAL: Python would refuse the mode; encoding, errors or newline is unknown (see "Text" in tempfile.h) or set
//     with a binary mode; or buffering is TEMPFILE_UNBUFFERED with a text mode or TEMPFILE_BUFFERED_WRITES.
//
// After a fork the child has the file too, with the same descriptor and name, but does not delete it.
//
//tempfile:c int tempfile_named_temporary_file(const tempfile_options *options, tempfile_file **out_file);

// tempfile_temporary_file creates a file without a name. No other process can open it by a path, and it is gone when
// it is closed, however the process ends.
//
// Uses of options: mode, encoding, errors, newline, buffering, permissions; for the directory as tempfile_mkstemp.
// Where the file system does not support O_TMPFILE, the file has a name for an instant, made of prefix, suffix and
// name. TEMPFILE_ONLY_O_TMPFILE makes that an error; TEMPFILE_NO_O_TMPFILE never tries O_TMPFILE. TEMPFILE_BUFFERED_WRITES and
// TEMPFILE_APPEND are as for tempfile_named_temporary_file.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free.
//
// Errors: those of tempfile_named_temporary_file, and:
//   - -EOPNOTSUPP: TEMPFILE_ONLY_O_TMPFILE is set, and the file system does not support O_TMPFILE.
//
//tempfile:c int tempfile_temporary_file(const tempfile_options *options, tempfile_file **out_file);

// tempfile_spooled_temporary_file makes a file in memory. The file rolls over to a file without a name on disk when a
// write would end past max_size, when its descriptor is asked for, and at tempfile_file_rollover.
//
// Uses of options: max_size (bytes of the file), mode, encoding, errors, newline; and for the roll-over those that
// tempfile_temporary_file uses. If dir and beside are NULL, the default directory is chosen at the roll-over.
//
// Returns 0 and the file, which the caller frees with tempfile_file_free.
//
// Errors: those of tempfile_named_temporary_file that concern the options, as nothing is created on disk yet. If a
// roll-over fails, for want of space for example, the call that needed it reports the error, and all data stays in
// memory.
//
// After a fork the child has a copy of the data in memory. Data on disk is shared, and so is the position in it.
//
//tempfile:c int tempfile_spooled_temporary_file(const tempfile_options *options, tempfile_file **out_file);

// tempfile_temporary_directory creates a directory. Freeing it removes it with its contents.
//
// Uses of options: those of tempfile_mkstemp. With TEMPFILE_NO_DELETE only tempfile_directory_cleanup
// removes the directory; with TEMPFILE_IGNORE_CLEANUP_ERRORS that always succeeds. With TEMPFILE_LOCK the directory is held
// by a shared flock(2) until it is freed; programs that clean up by age, such as systemd-tmpfiles, leave it alone then. The
// descriptor that holds it is shared with children that never exec: the directory is held until they have ended, too.
//
// Returns 0 and the directory, which the caller frees with tempfile_directory_free. A normal exit of the process
// removes the directory, too.
//
// Errors: those of tempfile_mkdtemp, and with TEMPFILE_LOCK those of open(2) and flock(2).
//
// After a fork the child has the directory too; freeing it there removes nothing.
//
//tempfile:c int tempfile_temporary_directory(const tempfile_options *options, tempfile_directory **out_directory);

// tempfile_random_names draws random parts of names, as the creating functions put them between prefix and suffix: 8
// characters of a-z, 0-9 and '_', from the kernel's random source. A parent and its forked child never draw the same
// names.
//
// out_names receives count names of 9 bytes each, including the NUL.
//
// Returns 0.
//
// Errors:
//   - -EINVAL: out_names is NULL and count is not 0, or count names would not fit into memory.
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
