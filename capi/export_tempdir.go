package main

/*
#include "fast.h"
*/
import "C"

import (
	"strings"

	"libtempfile/capi/stack"
)

// tempfile_gettempdir returns the default directory: the one that tempfile_settempdir set, or else the first candidate
// in which a file can be created, written and removed.
//
// out_path and path_size are as for tempfile_mkstemp.
//
// Each call reads TMPDIR, TEMP, TMP and HOME. The choice is kept while they stay the same. A program that runs with
// more rights than its caller ignores them (see secure_getenv(3)).
//
// Returns 0.
//
// Errors:
//   - -ENOENT: no candidate can be used; the message has the reason for each.
//   - -ERANGE: the buffer is too small.
//
//export tfgo_gettempdir
func tfgo_gettempdir(out_path *C.char, path_size C.size_t) (result C.int) {
	const function = "tempfile_gettempdir"
	stack.Reserve()
	defer rescue(function, &result)
	return giveTempdir(function, out_path, path_size)
}

// tempfile_gettempdirb is the same as tempfile_gettempdir. Python has two functions, one for text and one for bytes.
//
//export tfgo_gettempdirb
func tfgo_gettempdirb(out_path *C.char, path_size C.size_t) (result C.int) {
	const function = "tempfile_gettempdirb"
	stack.Reserve()
	defer rescue(function, &result)
	return giveTempdir(function, out_path, path_size)
}

func giveTempdir(function string, out_path *C.char, path_size C.size_t) C.int {
	tempdir, err := library.Gettempdir()
	if err != nil {
		return fail[C.int](function, err)
	}
	if code := checkBuffer[C.int](function, out_path, path_size, len(tempdir)+1); code != 0 {
		return code
	}
	putString(out_path, tempdir)
	return 0
}

// tempfile_gettempprefix returns the default prefix of names: "tmp".
//
// Returns a constant string.
//
//tempfile:c const char *tempfile_gettempprefix(void);

// tempfile_gettempprefixb is the same as tempfile_gettempprefix. Python has two functions, one for text and one for
// bytes.
//
//tempfile:c const char *tempfile_gettempprefixb(void);

// tempfile_settempdir sets the default directory of the whole process, like an assignment to tempfile.tempdir in
// Python. The directory is not checked. A relative path is relative to the current directory of each later call, and
// "" is the current directory. NULL goes back to the candidates. The string is copied.
//
// Returns 0.
//
// Errors:
//   - -ENOMEM: there is no memory for the copy.
//
//tempfile:c int tempfile_settempdir(const char *dir);

// tempfile_candidates lists the directories that tempfile_gettempdir tries, in order: TMPDIR, TEMP and TMP where they
// are set, /tmp, /var/tmp, /usr/tmp, the current directory, and the user's home.
//
// out_paths receives the paths one after the other, each with its NUL; paths_size is the size of that buffer in bytes.
// NULL with size 0 asks for the size.
//
// Returns the size of the list in bytes.
//
// Errors:
//   - -ERANGE: the buffer is too small.
//
//export tfgo_candidates
func tfgo_candidates(out_paths *C.char, paths_size C.size_t) (result C.int64_t) {
	const function = "tempfile_candidates"
	stack.Reserve()
	defer rescue(function, &result)
	list := strings.Join(library.Candidates(), "\x00")
	if out_paths == nil && paths_size == 0 {
		return C.int64_t(len(list) + 1)
	}
	if code := checkBuffer[C.int64_t](function, out_paths, paths_size, len(list)+1); code != 0 {
		return code
	}
	putString(out_paths, list)
	return C.int64_t(len(list) + 1)
}
