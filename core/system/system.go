package system

import "time"

// System is the part of an operating system that libtempfile needs. It is an interface so that a test can pass one whose
// Nth call fails.
//
// An error is a bare errno, because the caller knows the operation and the path. A call that fails with EINTR is repeated.
// Close is not repeated: it has closed the descriptor by then.
type System interface {
	Publishing

	// Create makes a new regular file, open for reading and writing and closed on exec. It never opens what exists. flags is
	// 0 or AppendFlag.
	Create(path string, flags int, permissions uint32) (descriptor int, err error)
	// CreateUnnamed makes a file without a name in the directory. If noUnnamed(err), a name must do instead.
	CreateUnnamed(directory string, flags int, permissions uint32) (descriptor int, err error)
	// Mkdir makes a directory.
	Mkdir(path string, permissions uint32) error
	// Space tells where a directory keeps its files, and how much more it takes.
	Space(directory string) (Space, error)
	// Exists tells whether the name is taken, by a dangling link too.
	Exists(path string) bool
	// Unlink removes a name that is not a directory.
	Unlink(path string) error
	// Rmdir removes an empty directory; a link is ENOTDIR.
	Rmdir(path string) error
	// Identify gives the identity of what has the name, without following a link, and whether it is a directory. The owner
	// is not looked at: a server or a mount that maps users gives a new directory to another user.
	Identify(path string) (identity Identity, directory bool, err error)
	// IdentifyNew gives the identity of a directory that Mkdir has just made with the permissions. ESTALE means that another
	// directory has its name by now.
	IdentifyNew(path string, permissions uint32) (Identity, error)

	// OpenAgain opens the file that has a path, if it has not become a link: never to create or to truncate it, and without
	// waiting for a device. ESTALE means that something else than a file has the path by now. What was opened must still be
	// identified.
	OpenAgain(path string, access Access) (descriptor int, err error)
	// OpenAgainBy opens the file of a descriptor, which need not have a name. ENOENT means that there is no /proc to do it by.
	OpenAgainBy(descriptor int, access Access) (again int, err error)
	// LockDirectory opens the directory with the identity and takes a shared flock on it, which the descriptor holds. ESTALE
	// means that another directory has its name by now.
	LockDirectory(path string, identity Identity) (descriptor int, err error)

	Close(descriptor int) error
	Read(descriptor int, p []byte) (int, error)
	ReadAt(descriptor int, p []byte, offset int64) (int, error)
	Write(descriptor int, p []byte) (int, error)
	// WriteAt writes at an offset. With AppendFlag Linux writes at the end even so.
	WriteAt(descriptor int, p []byte, offset int64) (int, error)
	// CopyRange copies bytes between open files, within the kernel. It may copy fewer; 0: there are no more. CannotCopy tells
	// of an error whether reading and writing is worth trying.
	CopyRange(from int, fromOffset int64, to int, toOffset, size int64) (int64, error)
	// Sync makes the content of an open file, or the entries of an open directory, durable; unless dataOnly is set, the
	// times and permissions too.
	Sync(descriptor int, dataOnly bool) error
	// Status gives what is known of an open file.
	Status(descriptor int) (Status, error)
	Seek(descriptor int, offset int64, whence int) (int64, error)
	Truncate(descriptor int, size int64) error

	// OpenParent opens the directory that holds the root of a removal. It need not be readable.
	OpenParent(path string) (descriptor int, err error)
	// OpenBelow opens a directory entry for a removal: no link followed (ENOTDIR), no mount entered (EBUSY), no device
	// waited for.
	OpenBelow(directory int, name string) (descriptor int, err error)
	// HoldBelow is OpenBelow for a directory whose permissions allow nothing. The descriptor serves to identify it, to Unlock
	// it and to open "." below it.
	HoldBelow(directory int, name string) (descriptor int, err error)
	// Unlock grants the owner all permissions on an open or held directory of the caller's; false: nothing was changed.
	Unlock(directory int) bool
	// OpenAbove opens the directory above an open one.
	OpenAbove(directory int) (descriptor int, err error)
	// IdentifyOpen gives the identity of an open directory or file.
	IdentifyOpen(descriptor int) (Identity, error)
	// Entries fills the buffer with entries for NextEntry; 0 at the end.
	Entries(directory int, buffer []byte) (int, error)
	UnlinkBelow(directory int, name string) error
	RmdirBelow(directory int, name string) error

	// Helpers tells how many threads may help with a removal. With measure they help only in a large tree, and only if they
	// make its removal faster; without it, which is for tests, all of them help from the start.
	Helpers() (most int, measure bool)
	// Recruit starts helper number n, counted from 0, which calls help once; join waits for its end. The helper has the
	// rights, the sandbox and the name spaces of the calling thread. nil: no thread can be started.
	Recruit(n int, help func()) (join func())
	// Spent reads a monotonic clock, how long the calling thread has run on a processor, and how often it has waited for
	// anything but a processor.
	Spent() (clock, processor time.Duration, waits int64)

	// FileSizeLimit tells how large a file may become by this process's writes.
	FileSizeLimit() int64
	// Random fills p from the kernel's random source.
	Random(p []byte) error
	// Getwd gives the current directory.
	Getwd() (string, error)
	// Home gives the home directory that the system's list of users has for the user.
	Home() (string, error)
	// Environment gives the variables that choose the default directory, as they are now.
	Environment() Environment
}

// Access is what a descriptor allows.
type Access struct {
	Read, Write bool
	Append      bool // each write goes to the end
}

// Identity tells a directory or a file from every other that exists at the time.
type Identity struct {
	Device, Inode uint64
}

// Space is what statfs tells of a file system.
type Space struct {
	Free   int64 // how many bytes the user can fill
	Memory bool  // it is tmpfs or ramfs: its files are in memory or swapped out
}

// Environment is what the choice of the default directory depends on. An unset variable is empty: both mean "no wish".
type Environment struct {
	Tempdir                 *string // set: the directory, unchecked, as assigned to Python's tempfile.tempdir
	TMPDIR, TEMP, TMP, HOME string
}
