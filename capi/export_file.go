package main

/*
#include "fast.h"
*/
import "C"

import (
	"io"
	"math"
	"unsafe"

	"libtempfile/capi/stack"
	"libtempfile/core/engine"
)

const (
	// maxSize is the largest number of bytes that can be in memory.
	maxSize = math.MaxInt64
	// firstPage is where nothing is ever mapped. A pointer to there is a NULL that something was added to. Touching it
	// would fault in Go, which could make no error of it on a thread that has its own signal stack back.
	firstPage = 4096
)

// memoryOf makes a caller's memory a slice; false: it cannot be memory.
func memoryOf(buffer unsafe.Pointer, size C.size_t) ([]byte, bool) {
	if size == 0 {
		return nil, true
	}
	if uintptr(buffer) < firstPage || uint64(size) > maxSize || uintptr(buffer)+uintptr(size) < uintptr(buffer) {
		return nil, false
	}
	return unsafe.Slice((*byte)(buffer), size), true
}

// fileOf gives the file behind a record. The shim holds the record's lock.
func fileOf(r *C.tempfile__file) *engine.File {
	if r.object == nil {
		r.object = attach(library.StoredFile(record{r}, true))
	}
	return attached[engine.File](r.object)
}

// count turns what a write or seek gave into a result.
func count[N int | int64](function string, n N, err error) C.int64_t {
	if err != nil {
		return fail[C.int64_t](function, err)
	}
	return C.int64_t(n)
}

// descriptorOf is count for descriptors.
func descriptorOf(function string, descriptor int, err error) C.tempfile_fd {
	if err != nil {
		return fail[C.tempfile_fd](function, err)
	}
	return C.tempfile_fd(descriptor)
}

const badMemory = "the buffer is NULL, or its size is more than memory"

// tempfile_file_read reads from the file's position.
//
// buffer receives at most size bytes.
//
// Returns how many bytes were read, which is less than size only at the end of the file, and 0 there. A text file gives
// whole characters of UTF-8: up to 3 bytes less than size if the next one does not fit, and what is before a bad byte.
//
// Errors: -EBADF for a handle that was freed, a file that is closed or detached, or one whose mode does not read (of "r",
// "w", "a" and "x" only "r" does, and each with '+'); -EINVAL for a NULL buffer; -EIO and what else read(2) says. In text,
// -ERANGE if not one character fits (4 bytes always do), with nothing read, and -EILSEQ for bytes that are not of the
// encoding. As in Python that is for all that is read ahead, so that it may come early; every read fails then, until a
// seek goes elsewhere.
//
//tempfile:first tempfile__read_memory
//export tfgo_file_read
func tfgo_file_read(file *C.tempfile__file, buffer unsafe.Pointer, size C.size_t) (result C.int64_t) {
	const function = "tempfile_file_read"
	stack.Reserve()
	defer rescue(function, &result)
	touch(size)
	p, ok := memoryOf(buffer, size)
	if !ok {
		return misuse[C.int64_t](function, badMemory)
	}
	n, err := fileOf(file).Read(p)
	if err != nil && err != io.EOF {
		return failRead[C.int64_t](function, err, 0)
	}
	return C.int64_t(n)
}

// tempfile_file_readline reads up to and with the next '\n', and ends it with a NUL. In text, tempfile_options.newline
// says what ends a line.
//
// buffer receives at most size bytes, NUL included; a longer line comes in pieces.
//
// Returns how many bytes were read, without the NUL; 0 at the end of the file. A line that holds NUL bytes itself is
// read all the same.
//
// Errors: -ERANGE if size is less than 2, or in text if not one character fits (5 bytes always do); else as for
// tempfile_file_read.
//
//export tfgo_file_readline
func tfgo_file_readline(file *C.tempfile__file, buffer *C.char, size C.size_t) (result C.int64_t) {
	const function = "tempfile_file_readline"
	stack.Reserve()
	defer rescue(function, &result)
	touch(size)
	p, ok := memoryOf(unsafe.Pointer(buffer), size)
	if !ok {
		return misuse[C.int64_t](function, badMemory)
	}
	if len(p) < 2 {
		return tooSmall[C.int64_t](function, 2)
	}
	n, err := fileOf(file).ReadLine(p[:len(p)-1])
	if err != nil && err != io.EOF {
		return failRead[C.int64_t](function, err, 1)
	}
	p[n] = 0
	return C.int64_t(n)
}

// tempfile_file_write writes at the file's position. When it returns, the bytes have reached the system, or the memory of
// a spooled file: nothing is held back that a fork could write twice or _exit could lose.
//
// data is size bytes; for a text file, UTF-8 with whole characters.
//
// Returns size.
//
// Errors: -EBADF for a handle that was freed, a file that is closed or detached, or one whose mode does not write ("r");
// -EINVAL for NULL data; -ENOSPC, -EFBIG, -EDQUOT and what else write(2) says, and what a roll-over meets. Then the
// position is where it was, and a spooled file in memory is as it was; on disk, some of the bytes may have been written.
// In text, -EILSEQ for data that is not UTF-8 or, with "strict", that the encoding does not have: the message has the
// offset in data, and nothing was written.
//
//tempfile:first tempfile__write_memory
//export tfgo_file_write
func tfgo_file_write(file *C.tempfile__file, data *C.tempfile__cvoid, size C.size_t) (result C.int64_t) {
	const function = "tempfile_file_write"
	stack.Reserve()
	defer rescue(function, &result)
	touch(size)
	p, ok := memoryOf(unsafe.Pointer(data), size)
	if !ok {
		return misuse[C.int64_t](function, badMemory)
	}
	n, err := fileOf(file).Write(p)
	return count(function, n, err)
}

// tempfile_file_seek moves the file's position, past the end too; a write there fills the gap with zeros.
//
// offset is in bytes; whence is 0 (SEEK_SET), 1 (SEEK_CUR) or 2 (SEEK_END). A text file goes to 0, to a position that
// tempfile_file_tell gave, or with offset 0 to where it is or to its end.
//
// Returns the new position in bytes.
//
// Errors: -EBADF as for tempfile_file_read; -EINVAL for another whence or a position before the start (which in a spooled
// file's memory is the start, with SEEK_CUR and SEEK_END, as in Python); in text, for another offset than 0 with SEEK_CUR
// or SEEK_END, which is io.UnsupportedOperation in Python, and for a number that is no position.
//
//export tfgo_file_seek
func tfgo_file_seek(file *C.tempfile__file, offset C.int64_t, whence C.int) (result C.int64_t) {
	const function = "tempfile_file_seek"
	stack.Reserve()
	defer rescue(function, &result)
	position, err := fileOf(file).Seek(int64(offset), int(whence))
	return count(function, position, err)
}

// tempfile_file_tell gives the file's position.
//
// Returns the position in bytes; in text a number that is only good for tempfile_file_seek: the offset in bytes in the
// file of the next character, and above 48 bits what the decoder remembers there, in most texts nothing.
//
// Errors: -EBADF as for tempfile_file_read.
//
//export tfgo_file_tell
func tfgo_file_tell(file *C.tempfile__file) (result C.int64_t) {
	const function = "tempfile_file_tell"
	stack.Reserve()
	defer rescue(function, &result)
	position, err := fileOf(file).Tell()
	return count(function, position, err)
}

// tempfile_file_truncate makes the file so many bytes long; the position stays.
//
// size is in bytes of the file; a negative one stands for the position, which in text is behind what was read ahead. A spooled file rolls over first if size is more than max_size
// (0 too), and does not grow while it is in memory, both as in Python.
//
// Returns the new size.
//
// Errors: -EBADF as for tempfile_file_write; -EFBIG, -EINVAL and what else ftruncate(2) says.
//
//export tfgo_file_truncate
func tfgo_file_truncate(file *C.tempfile__file, size C.int64_t) (result C.int64_t) {
	const function = "tempfile_file_truncate"
	stack.Reserve()
	defer rescue(function, &result)
	newSize, err := fileOf(file).Truncate(int64(size))
	return count(function, newSize, err)
}

// tempfile_file_flush makes the descriptor's position the file's own, for somebody who goes on with the descriptor; reads
// may have gone ahead of it. Nothing that was written is ever held back. In text it does nothing, as a write after it must
// go where Python's does; tempfile_file_fileno brings the descriptor to the text's position.
//
// Returns 0.
//
// Errors: -EBADF as for tempfile_file_read.
//
//export tfgo_file_flush
func tfgo_file_flush(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_flush"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Flush())
}

// tempfile_file_fileno gives the file's descriptor, at the file's position. A spooled file rolls over, as Python's does.
//
// Of a text file it is at the next character then, and a write without a seek goes there too.
//
// Returns the descriptor, which stays the file's: the caller does not close it.
//
// Errors: -EBADF as for tempfile_file_read; what a roll-over meets.
//
//tempfile:first tempfile__show_descriptor
//export tfgo_file_fileno
func tfgo_file_fileno(file *C.tempfile__file) (result C.tempfile_fd) {
	const function = "tempfile_file_fileno"
	stack.Reserve()
	defer rescue(function, &result)
	descriptor, err := fileOf(file).Fd()
	return descriptorOf(function, descriptor, err)
}

// tempfile_file_detach hands the descriptor over to the caller, for fdopen(3) say. The name stays the file's and goes when
// that is closed or freed; reading, writing and seeking are -EBADF from then on. A spooled file rolls over first.
//
// Returns the descriptor, which the caller closes.
//
// Errors: -EBADF as for tempfile_file_read; what a roll-over meets.
//
//tempfile:first tempfile__detach_descriptor
//export tfgo_file_detach
func tfgo_file_detach(file *C.tempfile__file) (result C.tempfile_fd) {
	const function = "tempfile_file_detach"
	stack.Reserve()
	defer rescue(function, &result)
	descriptor, err := fileOf(file).Detach()
	return descriptorOf(function, descriptor, err)
}

// tempfile_file_name gives the absolute path of a file with a name.
//
// Returns the path, which stays the same and belongs to the file until that is freed; NULL for a file without a name, and
// for a handle that was freed (then the detail has -EBADF).
//
//tempfile:c const char *tempfile_file_name(const tempfile_file *file);

// tempfile_file_rollover moves a spooled file from memory to disk. Other files are on disk already.
//
// Returns 0.
//
// Errors: -EBADF as for tempfile_file_read; what creating and writing a file meets. The data is then still in memory.
//
//export tfgo_file_rollover
func tfgo_file_rollover(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_rollover"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Rollover())
}

// tempfile_file_rolled tells whether a spooled file is on disk.
//
// Returns 0 in memory, 1 on disk, as every other file is.
//
// Errors: -EBADF as for tempfile_file_read.
//
//export tfgo_file_rolled
func tfgo_file_rolled(file *C.tempfile__cfile) (result C.int) {
	const function = "tempfile_file_rolled"
	stack.Reserve()
	defer rescue(function, &result)
	rolled, err := fileOf(file).Rolled()
	if err != nil {
		return fail[C.int](function, err)
	}
	if rolled {
		return 1
	}
	return 0
}

// tempfile_file_keep makes the file's name stay for good.
//
// Returns 0.
//
// Errors: -EBADF for a handle that was freed or a file that was closed and deleted; -EINVAL for a file without a name.
//
//export tfgo_file_keep
func tfgo_file_keep(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_keep"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Keep())
}

// tempfile_file_adopt makes this process the owner of a file that it inherited by fork, so that closing and freeing it and
// the end of the process delete it. It is for programs that daemonize: the parent then leaves by _exit(2).
//
// Returns 0.
//
// Errors: -EBADF for a handle that was freed.
//
//tempfile:c int tempfile_file_adopt(tempfile_file *file);

// tempfile_file_close closes the file and deletes its name, unless that was to be kept or to outlive closing. In a process
// other than the one that made the file it only closes. Closing again does nothing.
//
// Returns 0.
//
// Errors: -EBADF for a handle that was freed; what close(2) and unlink(2) say. The file is closed all the same; a name
// that could not be deleted is tried again when the handle is freed. A name that is gone already is no error.
//
//export tfgo_file_close
func tfgo_file_close(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_close"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Close())
}

// tempfile_file_free closes the file if it is open, deletes a name that was to outlive closing, and forgets the handle.
// NULL is fine, and so is a handle that was freed: nothing happens. Call tempfile_file_close first to learn of errors.
//
//tempfile:c void tempfile_file_free(tempfile_file *file);
