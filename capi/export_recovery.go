package main

/*
#include "fast.h"
#include "object_journal.h"
*/
import "C"

import (
	"errors"
	"syscall"
	"time"
	"unsafe"

	"libtempfile/capi/stack"
	"libtempfile/core/object"
	"libtempfile/core/recovery"
)

// atEnabling is how long enabling removes the objects of dead processes; the next start goes on.
const atEnabling = 200 * time.Millisecond

// entriesAtOnce is how many entries of a directory go between two looks at the clock.
const entriesAtOnce = 256

// tempfile_recovery_enable makes this process write a journal of its temporary files and directories, so that a later
// process can remove them if this one is killed. From then on, an object that would be deleted gets a record in the journal
// before it is made. The record is struck out when the object is gone, kept or published. Objects that exist already are
// added by the next call on them. The journal is locked by flock(2) until this process and all its children have ended.
// Each child that makes or adopts an object writes a journal of its own.
//
// directory holds the journals of the user. It is made if it is missing. It must belong to the user, and others must not be
// able to write to it. NULL means libtempfile in $XDG_RUNTIME_DIR if that is the user's, or else libtempfile-UID in the
// default directory. With TEMPFILE_RECOVERY=1 in the environment, a process calls this function with NULL before it makes
// its first object. A failure is then told on standard error, and the program goes on without a journal. A program that
// runs with more rights than its caller ignores the variable.
//
// The call first removes the objects of dead processes, for 0.2 seconds at most; see tempfile_recovery_start.
//
// If the journal cannot grow later, for instance because the file system is full, objects are made all the same, without
// a record. With TEMPFILE_RECOVERABLE among the options, tempfile_named_temporary_file and tempfile_temporary_directory
// fail instead: with -EOPNOTSUPP if recovery is not enabled, or as fallocate(2). Files from tempfile_mkstemp and
// directories from tempfile_mkdtemp are the caller's. No journal names them, unless they are registered.
//
// Returns 0. A second call with the same directory does nothing more.
//
// Errors: objects are made as before, without a journal.
//   - -EPERM: the directory is another user's, or others may write into it.
//   - -ENOTDIR: the directory is a link or a file.
//   - -ENOLCK, -EOPNOTSUPP: the file system has no locks.
//   - -EFBIG: RLIMIT_FSIZE is less than a journal needs at first, which is 16 KiB.
//   - -EBUSY: the process has a journal in another directory.
//   - -ENOENT and others: as mkdir(2), open(2) and fallocate(2).
//
//tempfile:since 0.2
//export tfgo_recovery_enable
func tfgo_recovery_enable(directory *C.tempfile__cchar) (result C.int) {
	const function = "tempfile_recovery_enable"
	stack.Reserve()
	defer rescue(function, &result)
	path, code := journals(function, directory)
	if code != 0 {
		return code
	}
	if err := recovery.Prepare(path); err != nil {
		return fail[C.int](function, err)
	}
	text := (*C.char)(unsafe.Pointer(unsafe.StringData(path)))
	if errno := syscall.Errno(C.tempfile__start_journaling(text, C.size_t(len(path)))); errno != 0 {
		return report[C.int](-int(errno), function, "journal", path, errno.Error(), 0)
	}
	recoverFor(atEnabling, path)
	return 0
}

// tempfile_recovery_announce writes a record for a file or directory that the caller is about to make itself, and will then
// register. It is for bindings that create by their own calls. If the process is killed between such a call and
// tempfile_register_file, recovery finds the object by this record.
//
// path is absolute, and its name was drawn at random; kind is TEMPFILE_RECOVERED_FILE or TEMPFILE_RECOVERED_DIRECTORY. The
// announcement ends when the path is registered. The caller withdraws it if it is not.
//
// Returns 0, also if the process writes no journal.
//
// Errors: the object has no record until it is registered.
//   - -EINVAL: path is NULL or relative, or kind is another.
//   - -EAGAIN: 64 objects are announced and neither registered nor withdrawn.
//   - others: as for tempfile_recovery_enable.
//
//tempfile:since 0.2
//tempfile:c int tempfile_recovery_announce(const char *path, uint32_t kind);

// tempfile_recovery_withdraw takes back a tempfile_recovery_announce: the object could not be made, or is to stay.
//
// path is the announced one.
//
// Returns 0, also for a path that is not announced or is registered.
//
// Errors:
//   - -EINVAL: path is NULL or relative.
//
//tempfile:since 0.2
//tempfile:c int tempfile_recovery_withdraw(const char *path);

// recoverFor removes the objects of dead processes for some time. Nobody has asked for it, so nobody hears of a failure.
func recoverFor(most time.Duration, path string) {
	started, err := recovery.Start(library.System(), path, false)
	if err != nil {
		return
	}
	defer started.Close()
	for until := time.Now().Add(most); time.Now().Before(until); {
		if progress, _ := started.Step(entriesAtOnce); progress == recovery.Done {
			return
		}
	}
}

// journals gives the absolute directory of the journals.
func journals(function string, directory *C.tempfile__cchar) (path string, code C.int) {
	wish, short := copyString(directory)
	if !short {
		return "", fail[C.int](function, tooLong("directory"))
	}
	if directory != nil && wish == "" {
		return "", misuse[C.int](function, "directory is empty")
	}
	path, err := recovery.Place(wish, variable("XDG_RUNTIME_DIR"), library.Gettempdir)
	if err == nil {
		path, err = library.Absolute(path)
	}
	return path, fail[C.int](function, err)
}

// tempfile_recovery_start begins to remove the files and directories of killed processes. The journals name them. A process
// is dead if its journal can be locked and the system does not have the process any more. The call reads all journals of
// the directory and removes nothing yet.
//
// directory is as for tempfile_recovery_enable; flags is 0 or TEMPFILE_DRY_RUN. In a dry run tempfile_recovery_step removes
// nothing, and says which objects it would remove.
//
// An object is removed if it belongs to the user, and its device, inode, type and time of birth are those in the
// journal. If its process died while making it, the object is removed only if it is empty and its name was random. The
// following are left alone, and the step says why: an object that a living process's journal names; a directory with
// such an object in it; a directory that somebody holds by flock(2), also within another one; an object behind a
// symbolic link; a journal that another user owns or may write, that is damaged at its beginning, that comes from
// another machine, or whose process was in another pid namespace.
//
// Returns 0 and the recovery, which the caller frees with tempfile_recovery_free. A missing directory holds nothing.
//
// Errors:
//   - -EINVAL: a flag is unknown, or directory is "".
//   - -EPERM: the directory is another user's, or others may write into it.
//   - -ENOTDIR: the directory is a link or a file.
//   - -EMFILE, -EIO and others: a journal cannot be read now, so nobody knows the objects of a process that may be alive.
//     Or as open(2).
//
// Several threads and processes may recover at the same time; each journal is dealt with by one of them. After a fork
// the child's recovery begins again.
//
//tempfile:since 0.2
//export tfgo_recovery_start
func tfgo_recovery_start(directory *C.tempfile__cchar, flags C.uint32_t,
	out_recovery *C.tempfile__new_recovery) (result C.int) {
	const function = "tempfile_recovery_start"
	stack.Reserve()
	defer rescue(function, &result)
	if flags&^C.TEMPFILE_DRY_RUN != 0 {
		return misuse[C.int](function, "a flag is set that recoveries do not know")
	}
	path, code := journals(function, directory)
	if code != 0 {
		return code
	}
	storage := record{out_recovery}
	if err := storage.SetField(object.Path, path); err != nil {
		return fail[C.int](function, err)
	}
	storage.State().Flags = uint32(flags)
	return fail[C.int](function, beginRecovery(out_recovery))
}

// beginRecovery starts the recovery that a record describes, and attaches it to the record.
func beginRecovery(r *C.tempfile__record) error {
	storage := record{r}
	stock() // before the recovery has descriptors
	started, err := recovery.Start(library.System(), storage.Field(object.Path), storage.State().Flags != 0)
	if err != nil {
		return err
	}
	r.object = attachStocked(started)
	return nil
}

// tempfile_recovery_step deals with one object.
//
// entries is the greatest number of entries of a directory that one step removes, at least 1. out_item receives the
// outcome; its struct_size is set by the caller.
//
// Returns 1 and one item, 2 if the item is a directory that the next step goes on with, and 0 if all is done. A failure
// to remove an object is no error of the call: the item's code says so.
//
// Errors:
//   - -EBADF: the handle was freed.
//   - -EINVAL: entries is 0, out_item is NULL, or its struct_size is wrong.
//   - -ENOMEM: there is no memory for the item's path.
//
//tempfile:since 0.2
//export tfgo_recovery_step
func tfgo_recovery_step(recovery *C.tempfile__recovery, entries C.uint32_t,
	out_item *C.tempfile_recovered) (result C.int) {
	const function = "tempfile_recovery_step"
	stack.Reserve()
	defer rescue(function, &result)
	switch {
	case entries == 0:
		return misuse[C.int](function, "entries is 0")
	case out_item == nil:
		return misuse[C.int](function, "out_item is NULL")
	case out_item.struct_size < C.sizeof_tempfile_recovered:
		return misuse[C.int](function, "struct_size is no size of tempfile_recovered; set it to sizeof(tempfile_recovered)")
	}
	return stepRecovery(function, recovery, int(entries), out_item)
}

// The C strings of a recovery's record, besides the directory.
const (
	itemPath   = object.SpoolDirectory
	itemReason = object.SpoolPrefix
)

func stepRecovery(function string, r *C.tempfile__record, entries int, out *C.tempfile_recovered) C.int {
	progress, item := attached[recovery.Recovery](r.object).Step(entries)
	if progress == recovery.Done {
		return 0
	}
	storage, reason, code := record{r}, "", 0
	if item.Err != nil {
		reason, code = reasonOf(item.Err)
	}
	if err := errors.Join(storage.SetField(itemPath, item.Path), storage.SetField(itemReason, reason)); err != nil {
		return fail[C.int](function, err)
	}
	out.code, out.kind, out.action = C.int(-code), C.uint32_t(item.Kind), C.uint32_t(item.Action)
	out.age, out.size = C.int64_t(item.Age/time.Second), C.int64_t(item.Size)
	out.path, out.reason = r.fields[itemPath], r.fields[itemReason]
	return C.int(progress)
}

// reasonOf takes an item's error apart: the text without the path, and the errno.
func reasonOf(err error) (reason string, code int) {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		errno = syscall.EIO
	}
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	return err.Error(), int(errno)
}

// tempfile_recovery_free ends a recovery and frees the handle. The next recovery deals with the rest. NULL and a handle
// that was freed are fine: nothing happens.
//
//tempfile:since 0.2
//tempfile:c void tempfile_recovery_free(tempfile_recovery *recovery);
