package main

/*
#include "fast.h"
*/
import "C"

import (
	"unsafe"

	"libtempfile/capi/stack"
	"libtempfile/core/engine"
	"libtempfile/core/publish"
)

// The flags are the core's. These lines do not compile unless they agree.
var (
	_ = [1]struct{}{}[publish.NoReplace-C.TEMPFILE_NO_REPLACE]
	_ = [1]struct{}{}[publish.Sync-C.TEMPFILE_SYNC]
	_ = [1]struct{}{}[publish.Across-C.TEMPFILE_ACROSS]
	_ = [1]struct{}{}[publish.LikeTarget-C.TEMPFILE_LIKE_TARGET]
	_ = [1]struct{}{}[publish.Follow-C.TEMPFILE_FOLLOW]
	_ = [1]struct{}{}[publish.Backup-C.TEMPFILE_BACKUP]
	_ = [1]struct{}{}[publish.WherePossible-C.TEMPFILE_WHERE_POSSIBLE]
	_ = [1]struct{}{}[publish.Exchange-C.TEMPFILE_EXCHANGE]
)

// tempfile_file_persist makes a temporary file a lasting one: the file gets the name path, atomically. Whoever opens
// path meanwhile gets the old file or the new one, whole. This works for all three classes; a spooled file in memory is
// written beside the target.
//
// path is the new name; a relative path begins at the current directory. The directory must exist. flags are 0 or:
//   - TEMPFILE_NO_REPLACE: path must be free. Without the flag a file with the name is replaced. A symbolic link is
//     itself replaced.
//   - TEMPFILE_SYNC: content and name are on the disk when the call returns 0. So a power failure leaves the old file or
//     the new one. Without the flag the result of a power failure depends on the file system.
//   - TEMPFILE_ACROSS: a file that is on another file system or mount is copied beside path first; holes stay holes.
//   - TEMPFILE_LIKE_TARGET: the file gets the permissions, the owner, the group, the extended attributes and the access
//     control list of the file that it replaces, before it has the name. Set-user-ID and set-group-ID bits,
//     security.capability, security.ima, security.evm and trusted.* are never copied.
//   - TEMPFILE_WHERE_POSSIBLE: with TEMPFILE_LIKE_TARGET, it is no error if the file system or the rights of the process
//     do not allow to keep the owner or an attribute. The permissions are then narrower, never wider.
//   - TEMPFILE_FOLLOW: symbolic links at path are followed, 40 at most, and the file that they lead to is replaced. A link
//     of another user in a sticky directory in which everybody may write, such as /tmp, is refused with -EACCES, unless
//     the directory is that user's.
//   - TEMPFILE_BACKUP: the replaced file stays, under path with "~" added. Another file with that name is replaced.
//
// Without TEMPFILE_LIKE_TARGET, or where there is nothing to be like, the file gets the permissions that open(2) would
// give a new file there: 0666 less the umask, or by the directory's default access control list.
//
// Returns 0. The file stays open at its position, and nothing deletes it any more; tempfile_file_name returns its new
// absolute path. A name that was returned before stays valid until the file is freed, but is not the file's any more.
// Where the file had to be copied, its descriptor has the same number and is one of the copy.
//
// Errors: the file, the target and the directory are as they were, unless the operation in the detail is "sync
// directory", "unlink" or "dup3". Then the file has its new name and is no longer temporary: a power failure may undo the
// change, a name that should be gone still exists, or the descriptor is not yet one of the copy.
//   - -EBADF: the handle was freed, or the file is closed or detached (see tempfile_publish_descriptor).
//   - -EINVAL: path is NULL or ends in '/', "." or ".."; a flag is unknown; TEMPFILE_NO_REPLACE is set with
//     TEMPFILE_BACKUP or TEMPFILE_LIKE_TARGET, or TEMPFILE_WHERE_POSSIBLE without TEMPFILE_LIKE_TARGET; or the target of
//     TEMPFILE_LIKE_TARGET is not a regular file.
//   - -ENOENT: path is "", or its directory does not exist.
//   - -EEXIST: TEMPFILE_NO_REPLACE, and the name is not free.
//   - -EISDIR: path is a directory. -EBUSY: it is a mount point.
//   - -ELOOP: TEMPFILE_FOLLOW, and there are more than 40 links.
//   - -EXDEV: path is on another file system or mount than the file, and TEMPFILE_ACROSS is not set.
//   - -ESTALE: another file has taken the file's name, where open files cannot be linked; or other processes keep
//     replacing the target of TEMPFILE_LIKE_TARGET.
//   - -EPERM, -EOPNOTSUPP: the owner or an attribute cannot be kept, see TEMPFILE_WHERE_POSSIBLE.
//   - -EFBIG: a copy is larger than RLIMIT_FSIZE allows.
//   - -EACCES, -ENOSPC, -EROFS and others: as open(2), write(2), link(2), rename(2) and fsync(2).
//
// In a forked child it works too, as it is asked for explicitly. The parent's object then has a name that is gone.
//
//tempfile:since 0.2
//export tfgo_file_persist
func tfgo_file_persist(file *C.tempfile__file, path *C.tempfile__cchar, flags C.uint32_t) (result C.int) {
	const function = "tempfile_file_persist"
	stack.Reserve()
	defer rescue(function, &result)
	return withTarget(function, path, func(target string) error {
		return fileOf(file).Persist(target, publish.Flags(flags))
	})
}

// tempfile_file_publish is tempfile_file_persist with more options.
//
// Uses of options: flags are those of tempfile_file_persist. permissions are those of the published file; 0 means those
// that open(2) gives. The umask does not apply to them, and TEMPFILE_LIKE_TARGET goes before them. within is a directory
// that path may not leave, neither by ".." nor by a symbolic link; an absolute link leaves it. A relative path begins in
// within. This needs the system call openat2. backup is the name for TEMPFILE_BACKUP.
//
// Returns 0, as tempfile_file_persist.
//
// Errors: those of tempfile_file_persist, and:
//   - -EINVAL: permissions has bits beyond 0777; backup has a '/', is "." or "..", is the target's own name, or is given
//     without TEMPFILE_BACKUP; or struct_size is no size of the struct.
//   - -E2BIG: as for tempfile_options.
//   - -EPERM: path, or with TEMPFILE_FOLLOW a link, leads out of within.
//   - -ENOSYS: within is set, and the kernel or a sandbox does not offer openat2.
//
//tempfile:since 0.2
//export tfgo_file_publish
func tfgo_file_publish(file *C.tempfile__file, path *C.tempfile__cchar,
	options *C.tempfile__cpublish_options) (result C.int) {
	const function = "tempfile_file_publish"
	stack.Reserve()
	defer rescue(function, &result)
	return withOptions(function, path, options, func(target string, o *engine.PublishOptions) error {
		return fileOf(file).Publish(target, o)
	})
}

// tempfile_publish_descriptor is tempfile_file_publish for a file that no handle stands for: one that
// tempfile_mkstemp or tempfile_unnamed created, or whose descriptor was detached.
//
// descriptor is a regular file's, open for reading and writing if the file may have to be copied. It stays the caller's,
// and is one of the published file afterwards. name is the name that the file has, which it loses; NULL: it has none.
// A handle that still has that name should be told by tempfile_file_keep. path and options are as for
// tempfile_file_publish.
//
// Returns 0.
//
// Errors: those of tempfile_file_publish, and:
//   - -EBADF: descriptor is not open.
//   - -EINVAL: descriptor is not one of a regular file.
//
//tempfile:since 0.2
//tempfile:makes
//export tfgo_publish_descriptor
func tfgo_publish_descriptor(descriptor C.tempfile_fd, name, path *C.tempfile__cchar,
	options *C.tempfile__cpublish_options) (result C.int) {
	const function = "tempfile_publish_descriptor"
	stack.Reserve()
	defer rescue(function, &result)
	old, short := copyString(name)
	if !short {
		return fail[C.int](function, tooLong("the name"))
	}
	return withOptions(function, path, options, func(target string, o *engine.PublishOptions) error {
		return library.PublishDescriptor(int(descriptor), old, target, o)
	})
}

// tempfile_replace writes a file in one call: it makes a temporary file of the data and publishes that, as
// tempfile_file_persist does. A reader of path sees the old content or all of the new.
//
// path and flags are as for tempfile_file_persist; data has size bytes.
//
// Returns 0.
//
// Errors: those of tempfile_file_persist. The operation in the detail can also be "close": the file has its name, and a
// server has refused what it had not stored yet. And:
//   - -EINVAL: data is NULL.
//
//tempfile:since 0.2
//tempfile:makes
//export tfgo_replace
func tfgo_replace(path *C.tempfile__cchar, data *C.tempfile__cvoid, size C.size_t, flags C.uint32_t) (result C.int) {
	const function = "tempfile_replace"
	stack.Reserve()
	defer rescue(function, &result)
	touch(size)
	content, ok := memoryOf(unsafe.Pointer(data), size)
	if !ok {
		return misuse[C.int](function, badMemory)
	}
	return withTarget(function, path, func(target string) error {
		return library.Replace(target, content, &engine.PublishOptions{Flags: publish.Flags(flags)})
	})
}

// tempfile_directory_persist makes a temporary directory a lasting one: the directory gets the name path, in one step.
//
// path is the new name; a relative path begins at the current directory. flags are 0, TEMPFILE_NO_REPLACE, which is the
// default, or:
//   - TEMPFILE_EXCHANGE: path is a directory, which gets the temporary name in exchange, atomically.
//   - TEMPFILE_SYNC: all that the directory holds, and its name, is on the disk when the call returns 0. For that the
//     whole file system is synced.
//
// Returns 0. The directory is no longer temporary: neither tempfile_directory_free nor tempfile_directory_cleanup removes
// it, and tempfile_directory_name returns its new path. With TEMPFILE_EXCHANGE the handle stands for the other directory
// from then on, which has the temporary name: freeing the handle removes that, unless tempfile_directory_keep was called.
// The directory keeps its permissions, which are 0700 unless it was created with others.
//
// Errors: as for tempfile_file_persist, both are as they were unless the operation is "sync directory".
//   - -EBADF: the handle was freed, or the directory was removed or published.
//   - -EINVAL: path is NULL or ends in '/', "." or ".."; path lies in the directory, or is one that the
//     directory lies in; a flag is unknown; or TEMPFILE_EXCHANGE and TEMPFILE_NO_REPLACE are both set.
//   - -ENOENT: path is "", its directory does not exist, or with TEMPFILE_EXCHANGE nothing has the name.
//   - -EEXIST: the name is not free. -ENOTDIR: TEMPFILE_EXCHANGE, and it is no directory.
//   - -EXDEV: path is on another file system or mount.
//   - -ESTALE: another directory has taken the place of the one that was made.
//   - -EOPNOTSUPP: TEMPFILE_EXCHANGE, which the file system does not offer.
//   - -EACCES, -EROFS and others: as rename(2) and fsync(2).
//
//tempfile:since 0.2
//export tfgo_directory_persist
func tfgo_directory_persist(directory *C.tempfile__directory, path *C.tempfile__cchar, flags C.uint32_t) (result C.int) {
	const function = "tempfile_directory_persist"
	stack.Reserve()
	defer rescue(function, &result)
	return withTarget(function, path, func(target string) error {
		err := directoryOf(directory).Persist(target, publish.Flags(flags))
		if flags&C.TEMPFILE_EXCHANGE != 0 {
			C.tempfile__settle_anew(directory)
		}
		return err
	})
}

// withTarget publishes under a path of the caller's.
func withTarget(function string, path *C.tempfile__cchar, publish func(target string) error) C.int {
	if path == nil {
		return misuse[C.int](function, "the path is NULL")
	}
	target, short := copyString(path)
	if !short {
		return fail[C.int](function, tooLong("the path"))
	}
	return fail[C.int](function, publish(target))
}

// withOptions is withTarget with options of the caller's.
func withOptions(function string, path *C.tempfile__cchar, given *C.tempfile__cpublish_options,
	publishes func(string, *engine.PublishOptions) error) C.int {
	var c C.tempfile_publish_options
	name := function + "\x00"
	if result := C.tempfile__read_publish_options(given, &c, (*C.char)(unsafe.Pointer(unsafe.StringData(name)))); result != 0 {
		return result
	}
	o := &engine.PublishOptions{Flags: publish.Flags(c.flags), Permissions: uint32(c.permissions)}
	for _, text := range [...]struct {
		from *C.char
		to   *string
		what string
	}{{c.within, &o.Within, "within"}, {c.backup, &o.Backup, "backup"}} {
		copied, short := copyString(text.from)
		switch {
		case !short:
			return fail[C.int](function, tooLong(text.what))
		case text.from != nil && copied == "":
			return misuse[C.int](function, text.what+" is empty; NULL is the default")
		}
		*text.to = copied
	}
	return withTarget(function, path, func(target string) error { return publishes(target, o) })
}
