//go:build (unix && !linux) || tempfile_portable

package system

import (
	"crypto/rand"
	"os"
	"os/user"
	"strconv"
	"syscall"
	"time"
)

// Unix systems other than Linux, by the calls that the standard library has for all of them. Files are created, written and
// deleted by the same rules as on Linux. An empty directory can be removed. The removal of any other fails with
// ErrUnsupported: it needs calls by descriptor that the standard library does not offer.
//
// The build tag tempfile_portable compiles this file on Linux in place of the _linux files, for tests.

// How files are created.
const (
	CreateFlags  = syscall.O_RDWR | syscall.O_CREAT | syscall.O_EXCL | syscall.O_NOFOLLOW | syscall.O_CLOEXEC
	UnnamedFlags = 0 // there is no O_TMPFILE
	AppendFlag   = syscall.O_APPEND
)

func (Kernel) Create(path string, flags int, permissions uint32) (int, error) {
	return ignoringEINTR2(func() (int, error) { return syscall.Open(path, CreateFlags|flags, permissions) })
}

func (Kernel) CreateUnnamed(directory string, flags int, permissions uint32) (int, error) {
	return -1, syscall.EOPNOTSUPP
}

// NoUnnamed tells whether a file must be created with a name, which is deleted at once.
func NoUnnamed(err error) bool { return err == syscall.EOPNOTSUPP }

// Space: each of the systems has another statfs.
func (Kernel) Space(directory string) (Space, error) { return Space{}, ErrUnsupported }

// Unlink: where the system's unlink removes directories for root, as some do, a directory is refused first.
func (k Kernel) Unlink(path string) error {
	if _, directory, err := k.Identify(path); err == nil && directory {
		return syscall.EISDIR
	}
	return ignoringEINTR(func() error { return syscall.Unlink(path) })
}

func (Kernel) Identify(path string) (identity Identity, directory bool, err error) {
	var stat syscall.Stat_t
	if err = ignoringEINTR(func() error { return syscall.Lstat(path, &stat) }); err != nil {
		return Identity{}, false, err
	}
	return Identity{uint64(stat.Dev), uint64(stat.Ino)}, stat.Mode&syscall.S_IFMT == syscall.S_IFDIR, nil
}

// IdentifyNew takes any empty directory for the new one: there is nothing in it that could be lost.
func (k Kernel) IdentifyNew(path string, permissions uint32) (Identity, error) {
	identity, directory, err := k.Identify(path)
	if err != nil {
		return Identity{}, err
	}
	entries, err := os.ReadDir(path)
	if now, _, changed := k.Identify(path); !directory || err != nil || len(entries) > 0 || changed != nil || now != identity {
		return Identity{}, syscall.ESTALE
	}
	return identity, nil
}

// OpenAgain and OpenAgainBy: there is no check of the identity by descriptor, without which they would not be safe.
func (Kernel) OpenAgain(path string, access Access) (int, error)      { return -1, ErrUnsupported }
func (Kernel) OpenAgainBy(descriptor int, access Access) (int, error) { return -1, ErrUnsupported }

// Write: macOS refuses more than 2 GB at a time, where others write a part.
func (Kernel) Write(descriptor int, p []byte) (int, error) {
	const most = 1 << 30
	return ignoringEINTR2(func() (int, error) { return syscall.Write(descriptor, p[:min(len(p), most)]) })
}

// CopyRange: the standard library has no such call for all systems.
func (Kernel) CopyRange(from int, fromOffset int64, to int, toOffset, size int64) (int64, error) {
	return 0, syscall.ENOSYS
}

// Sync: the standard library has no call for the data alone on all systems.
func (Kernel) Sync(descriptor int, dataOnly bool) error {
	return ignoringEINTR(func() error { return syscall.Fsync(descriptor) })
}

func (Kernel) Status(descriptor int) (Status, error) {
	copied, err := ignoringEINTR2(func() (int, error) { return syscall.Dup(descriptor) })
	if err != nil {
		return Status{}, err
	}
	file := os.NewFile(uintptr(copied), "") // the standard library knows where each system's struct has the time
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Status{}, err
	}
	return Status{Type: RegularFile, Mode: uint32(info.Mode().Perm()), Size: info.Size(), Modified: info.ModTime()}, nil
}

func (Kernel) Random(p []byte) error {
	_, err := rand.Read(p)
	return err
}

func (Kernel) Getwd() (string, error) { return syscall.Getwd() }

func (Kernel) Home() (string, error) {
	entry, err := user.LookupId(strconv.Itoa(syscall.Getuid()))
	if err != nil {
		return "", err
	}
	return entry.HomeDir, nil
}

// Environment says nothing where the program runs with more rights than its caller, whose wishes must not move its files.
func (Kernel) Environment() Environment {
	if syscall.Getuid() != syscall.Geteuid() || syscall.Getgid() != syscall.Getegid() {
		return Environment{}
	}
	return Environment{TMPDIR: os.Getenv("TMPDIR"), TEMP: os.Getenv("TEMP"), TMP: os.Getenv("TMP"), HOME: os.Getenv("HOME")}
}

// loaded is where the clock of Spent counts from.
var loaded = time.Now()
