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
// Returns the number of bytes read: less than size only at the end of the file, and 0 there. A text file returns whole
// characters of UTF-8. So the number may be up to 3 less than size if the next character does not fit, and the read
// ends before a byte that cannot be decoded.
//
// Errors:
//   - -EBADF: the handle was freed, the file is closed or detached, or its mode does not read ("w", "a" and "x"
//     without '+').
//   - -EINVAL: buffer is NULL.
//   - -ERANGE: text, and not one character fits (4 bytes are always enough). Nothing was read.
//   - -EILSEQ: text, and the file has bytes that are not of its encoding. As in Python these bytes may lie anywhere in
//     the read-ahead, so the error can come early. Every read then fails until a seek moves away.
//   - -EIO and others: as read(2).
//
//tempfile:first tempfile__read
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

// tempfile_file_readline reads up to and including the next '\n', and adds a NUL. In text, tempfile_options.newline
// decides how a line ends.
//
// buffer receives at most size bytes, including the NUL. A longer line comes in several pieces.
//
// Returns the number of bytes read without the NUL, and 0 at the end of the file. NUL bytes within a line are read
// like all others.
//
// Errors: those of tempfile_file_read, and:
//   - -ERANGE: size is less than 2; or in text not one character fits (5 bytes are always enough).
//
//tempfile:first tempfile__read_line
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

// tempfile_file_write writes at the file's position. When it returns, the bytes have reached the system, or the memory
// of a spooled file.
//
// With TEMPFILE_BUFFERED_WRITES they may be held back, up to tempfile_options.buffering bytes. They are passed on when
// the buffer is full, by every call that reads, seeks, truncates, flushes, syncs, gives the descriptor or closes, at a
// normal exit, by tempfile_cleanup, and when a signal ends the process after tempfile_cleanup_on_signals. The last three
// leave out a file that a call is working on at that moment, in any thread. _exit(2), SIGKILL and a crash lose them. They belong to the process that wrote them: a forked child drops its copy and goes on
// at the descriptor's position. A call that cannot pass them on fails with the errno of write(2), and they are still held
// back, but for what the system has taken.
//
// data has size bytes; for a text file they are UTF-8 with whole characters.
//
// Returns size.
//
// Errors: on failure the position and the memory of a spooled file are as before; on disk some of the bytes may have
// been written. With TEMPFILE_BUFFERED_WRITES the failure may be one of passing on what earlier calls wrote. All of it
// is still held back then, but for what the system has taken.
//   - -EBADF: the handle was freed, the file is closed or detached, or its mode does not write ("r").
//   - -EINVAL: data is NULL.
//   - -EILSEQ: text, and data is not UTF-8, or with "strict" has a character that the encoding does not have. The
//     message has the offset in data. Nothing was written.
//   - -ENOSPC, -EFBIG, -EDQUOT and others: as write(2) and tempfile_file_rollover.
//
//tempfile:first tempfile__write
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

// tempfile_file_seek moves the file's position. The position may lie past the end: a write there fills the gap with
// zeros.
//
// offset is in bytes; whence is 0 (SEEK_SET), 1 (SEEK_CUR) or 2 (SEEK_END). A text file can go to 0 and to positions
// that tempfile_file_tell returned; with SEEK_CUR and SEEK_END offset must be 0.
//
// Returns the new position in bytes.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
//   - -EINVAL: whence is unknown, or the position would be before the start. In the memory of a spooled file SEEK_CUR
//     and SEEK_END stop at the start instead, as in Python.
//   - -EINVAL: text, and offset is not 0 with SEEK_CUR or SEEK_END (io.UnsupportedOperation in Python), or is not a
//     position.
//
//tempfile:first tempfile__seek
//export tfgo_file_seek
func tfgo_file_seek(file *C.tempfile__file, offset C.int64_t, whence C.int) (result C.int64_t) {
	const function = "tempfile_file_seek"
	stack.Reserve()
	defer rescue(function, &result)
	position, err := fileOf(file).Seek(int64(offset), int(whence))
	return count(function, position, err)
}

// tempfile_file_tell returns the file's position.
//
// Returns the position in bytes. In text the number is only meant for tempfile_file_seek: its lower 48 bits are the
// offset of the next character in the file, and the bits above are the decoder's state, which most texts leave at 0.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
//   - others, with TEMPFILE_APPEND: as write(2), as what is held back has no place before it is written.
//
//tempfile:first tempfile__tell
//export tfgo_file_tell
func tfgo_file_tell(file *C.tempfile__file) (result C.int64_t) {
	const function = "tempfile_file_tell"
	stack.Reserve()
	defer rescue(function, &result)
	position, err := fileOf(file).Tell()
	return count(function, position, err)
}

// tempfile_file_truncate sets the length of the file. The position stays.
//
// size is in bytes of the file. A negative size stands for the position, which in text is behind the read-ahead. As in
// Python, a spooled file rolls over first if size is larger than max_size (also if that is 0), and does not grow while
// it is in memory.
//
// Returns the new size.
//
// Errors:
//   - -EBADF: as for tempfile_file_write.
//   - -EFBIG, -EINVAL and others: as ftruncate(2).
//
//export tfgo_file_truncate
func tfgo_file_truncate(file *C.tempfile__file, size C.int64_t) (result C.int64_t) {
	const function = "tempfile_file_truncate"
	stack.Reserve()
	defer rescue(function, &result)
	newSize, err := fileOf(file).Truncate(int64(size))
	return count(function, newSize, err)
}

// tempfile_file_flush passes on what TEMPFILE_BUFFERED_WRITES holds back, and moves the descriptor to the file's
// position, for code that goes on with the descriptor; reads may have gone ahead of the position. On a text file it does
// not move the descriptor, so that a later write goes where Python's does; tempfile_file_fileno moves the descriptor to
// the text's position.
//
// Returns 0.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
//   - -ENOSPC, -EFBIG, -EDQUOT and others: as write(2).
//
//export tfgo_file_flush
func tfgo_file_flush(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_flush"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Flush())
}

// tempfile_file_fileno returns the file's descriptor, at the file's position. A spooled file rolls over first, as in
// Python.
//
// The descriptor of a text file is then at the next character, and a write without a seek goes there too.
//
// Returns the descriptor, which the file still owns: the caller does not close it.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
//   - others: as tempfile_file_rollover.
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

// tempfile_file_detach hands the descriptor over to the caller, for fdopen(3) for example. The name stays with the
// file, and goes when the file is closed or freed. Reading, writing and seeking fail with -EBADF from then on. A
// spooled file rolls over first.
//
// Returns the descriptor, which the caller closes.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
//   - others: as tempfile_file_rollover.
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

// tempfile_file_reopen opens the file a second time. The new descriptor has a position of its own; the file and what it
// has read ahead stay as they are. A spooled file rolls over first. It works in any process that has the file.
//
// mode is one of r, w and a, with + and b or t, as in Python; NULL is "r+". "w" truncates the file, and with "a" the
// system puts each write at the end. b and t mean the same: the descriptor has bytes.
//
// Returns the descriptor, which is closed on exec. The caller owns it and closes it.
//
// Errors: the file is as before, and nothing was truncated.
//   - -EBADF: as for tempfile_file_read.
//   - -EINVAL: Python would refuse the mode; or it is "x", which creates a file.
//   - -ESTALE: something else has the file's name by now.
//   - -ENOENT: nothing has the name; or the file has no name and there is no /proc to open it by (the message says
//     which).
//   - -EACCES: the permissions of the file do not allow the mode.
//   - -EMFILE and others: as open(2), ftruncate(2) and tempfile_file_rollover.
//
//tempfile:since 0.2
//export tfgo_file_reopen
func tfgo_file_reopen(file *C.tempfile__file, mode *C.tempfile__cchar) (result C.tempfile_fd) {
	const function = "tempfile_file_reopen"
	stack.Reserve()
	defer rescue(function, &result)
	text, short := "", true
	if mode != nil {
		if text, short = copyString(mode); !short || text == "" {
			return misuse[C.tempfile_fd](function, "mode is empty or far too long; NULL is the default")
		}
	}
	descriptor, err := fileOf(file).Reopen(text)
	return descriptorOf(function, descriptor, err)
}

// tempfile_file_name returns the absolute path of a file with a name.
//
// Returns the path, which belongs to the file until that is freed. Only tempfile_file_persist and tempfile_file_publish
// change the path; one that was returned before stays valid memory. NULL for a file without a name, and for a handle
// that was freed (then the detail has -EBADF).
//
//tempfile:c const char *tempfile_file_name(const tempfile_file *file);

// tempfile_file_pread reads at an offset, as pread(2), and leaves the position as it is.
//
// buffer receives at most size bytes; offset is in bytes from the start of the file.
//
// Returns the number of bytes read: less than size only at the end of the file, and 0 there.
//
// Errors:
//   - -EBADF, -EINVAL: as for tempfile_file_read.
//   - -EINVAL: offset is negative, or the file is text.
//   - -EIO and others: as read(2), and as write(2) for what is held back.
//
//tempfile:since 0.2
//export tfgo_file_pread
func tfgo_file_pread(file *C.tempfile__file, buffer unsafe.Pointer, size C.size_t, offset C.int64_t) (result C.int64_t) {
	const function = "tempfile_file_pread"
	stack.Reserve()
	defer rescue(function, &result)
	touch(size)
	p, ok := memoryOf(buffer, size)
	if !ok {
		return misuse[C.int64_t](function, badMemory)
	}
	n, err := fileOf(file).ReadAt(p, int64(offset))
	if err == io.EOF {
		err = nil
	}
	return count(function, n, err)
}

// tempfile_file_pwrite writes at an offset, as pwrite(2), and leaves the position as it is. A spooled file rolls over as
// for a write that ends there. What is held back is passed on first.
//
// data has size bytes; offset is in bytes from the start of the file, and may lie past the end.
//
// Returns size.
//
// Errors: some of the bytes may have been written.
//   - -EBADF: as for tempfile_file_write.
//   - -EINVAL: data is NULL, offset is negative, the file is text, or it was made with TEMPFILE_APPEND, where Linux would
//     write at the end.
//   - -ENOSPC, -EFBIG, -EDQUOT and others: as for tempfile_file_write.
//
//tempfile:since 0.2
//export tfgo_file_pwrite
func tfgo_file_pwrite(file *C.tempfile__file, data *C.tempfile__cvoid, size C.size_t, offset C.int64_t) (result C.int64_t) {
	const function = "tempfile_file_pwrite"
	stack.Reserve()
	defer rescue(function, &result)
	touch(size)
	p, ok := memoryOf(unsafe.Pointer(data), size)
	if !ok {
		return misuse[C.int64_t](function, badMemory)
	}
	n, err := fileOf(file).WriteAt(p, int64(offset))
	return count(function, n, err)
}

// tempfile_file_sync passes on what is held back, and returns when the device has the file's contents, as fsync(2). Of a
// spooled file in memory there is nothing to wait for. The name is not the file's: that it survives a power failure is
// a matter of its directory.
//
// flags is 0 or TEMPFILE_DATA_ONLY, with which the file's times and permissions may come later, as with fdatasync(2).
//
// Returns 0.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
//   - -EINVAL: an unknown flag.
//   - -EIO, -ENOSPC and others: as write(2) and fsync(2). What is lost then cannot be known; a second call may return 0
//     and still not bring it back.
//
//tempfile:since 0.2
//export tfgo_file_sync
func tfgo_file_sync(file *C.tempfile__file, flags C.uint32_t) (result C.int) {
	const function = "tempfile_file_sync"
	stack.Reserve()
	defer rescue(function, &result)
	if flags&^C.TEMPFILE_DATA_ONLY != 0 {
		return misuse[C.int](function, "a flag is set that is not known")
	}
	return fail[C.int](function, fileOf(file).Sync(flags&C.TEMPFILE_DATA_ONLY != 0))
}

// tempfile_file_rollover moves a spooled file from memory to disk. All other files are on disk already.
//
// Returns 0.
//
// Errors: on failure the data is still in memory.
//   - -EBADF: as for tempfile_file_read.
//   - others: as for creating and writing a file.
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
// Returns 0 for a file in memory and 1 for a file on disk. Files that are not spooled are always on disk.
//
// Errors:
//   - -EBADF: as for tempfile_file_read.
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

// tempfile_file_keep keeps the file's name for good: nothing deletes it any more.
//
// Returns 0.
//
// Errors:
//   - -EBADF: the handle was freed, or the file was closed and deleted.
//   - -EINVAL: the file has no name.
//
//export tfgo_file_keep
func tfgo_file_keep(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_keep"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Keep())
}

// tempfile_file_unkeep undoes tempfile_file_keep: the name is deleted again as the options say. A file that was made
// with TEMPFILE_NO_DELETE or was published is deleted when it is freed, and at a normal exit, under the name that it has.
//
// Returns 0.
//
// Errors: the file is kept or deleted as before.
//   - -EBADF: the handle was freed, or the file was closed and deleted.
//   - -EINVAL: the file has no name.
//   - -EPERM: another process owns the file; tempfile_file_adopt makes this one the owner.
//
//tempfile:since 0.2
//export tfgo_file_unkeep
func tfgo_file_unkeep(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_unkeep"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Unkeep())
}

// tempfile_file_adopt makes this process the owner of a file that it inherited by fork: closing, freeing and the end
// of this process then delete the name. It is meant for programs that daemonize; the parent then leaves by _exit(2).
//
// Returns 0.
//
// Errors:
//   - -EBADF: the handle was freed.
//
//tempfile:c int tempfile_file_adopt(tempfile_file *file);

// tempfile_file_close closes the file and deletes its name, unless the options or tempfile_file_keep say to keep it.
// In any process but the owner it only closes. Closing a second time does nothing.
//
// Returns 0.
//
// Errors: the file is closed even so, and a name that could not be deleted is tried again when the handle is freed. A
// missing name is not an error. Only a write that was held back leaves the file open, with all that it holds back, if it
// fails (operation "write"): the caller can make room and close again. If the next close fails in the same way, it closes
// the file, and the message says how many bytes are lost.
//   - -EBADF: the handle was freed.
//   - others: as write(2), close(2) and unlink(2).
//
//export tfgo_file_close
func tfgo_file_close(file *C.tempfile__file) (result C.int) {
	const function = "tempfile_file_close"
	stack.Reserve()
	defer rescue(function, &result)
	return fail[C.int](function, fileOf(file).Close())
}

// tempfile_file_free closes the file if it is open, deletes a name that TEMPFILE_NO_DELETE_ON_CLOSE kept until now,
// and frees the handle. NULL and a handle that was freed are fine: nothing happens. Errors are not reported, and what is
// held back and cannot be written is lost. To learn of errors, call tempfile_file_close first.
//
//tempfile:c void tempfile_file_free(tempfile_file *file);
