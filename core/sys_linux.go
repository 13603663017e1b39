//go:build linux && !tempfile_portable

package core

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Kernel is the real system.
type Kernel struct{}

// again repeats a call that a signal interrupted.
func again(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

// againFor is again for calls that count or give a descriptor.
func againFor[T any](call func() (T, error)) (T, error) {
	for {
		if value, err := call(); err != unix.EINTR {
			return value, err
		}
	}
}

// How files are created. CreateUnnamed leaves O_EXCL out: with it the file could never be given a name (gh-136156).
const (
	createFlags  = unix.O_RDWR | unix.O_CREAT | unix.O_EXCL | unix.O_NOFOLLOW | unix.O_CLOEXEC
	unnamedFlags = unix.O_RDWR | unix.O_TMPFILE | unix.O_CLOEXEC
)

func (Kernel) Create(path string, permissions uint32) (int, error) {
	return againFor(func() (int, error) {
		return unix.Open(path, createFlags, permissions)
	})
}

func (Kernel) CreateUnnamed(directory string, permissions uint32) (int, error) {
	return againFor(func() (int, error) {
		return unix.Open(directory, unnamedFlags, permissions)
	})
}

// noUnnamed tells whether the file system or kernel cannot do O_TMPFILE. ENOENT is among what they answer; if the
// directory is truly missing, creating a named file says so again. ENOSPC and the like are true whatever is tried next.
func noUnnamed(err error) bool {
	return err == unix.EOPNOTSUPP || err == unix.EISDIR || err == unix.ENOENT || err == unix.EINVAL || err == unix.ENOSYS
}

func (Kernel) Mkdir(path string, permissions uint32) error {
	return again(func() error { return unix.Mkdir(path, permissions) })
}

func (Kernel) Exists(path string) bool {
	var stat unix.Stat_t
	return again(func() error { return unix.Lstat(path, &stat) }) == nil
}

func (Kernel) Unlink(path string) error {
	return again(func() error { return unix.Unlink(path) })
}

func (Kernel) Rmdir(path string) error {
	return again(func() error { return unix.Rmdir(path) })
}

func (Kernel) Identify(path string) (identity Identity, directory bool, err error) {
	var stat unix.Stat_t
	if err = again(func() error { return unix.Lstat(path, &stat) }); err != nil {
		return Identity{}, false, err
	}
	return identityOf(&stat), stat.Mode&unix.S_IFMT == unix.S_IFDIR, nil
}

// ownedByUser asks as the kernel does when it creates a file: by the file system's user id of the thread, which differs
// from the effective one where a server acts for its clients.
func ownedByUser(stat *unix.Stat_t) bool {
	user, _ := unix.SetfsuidRetUid(-1) // no such user: changes nothing and gives the present one
	return int(stat.Uid) == user
}

// IdentifyNew takes a directory for the new one if nothing has happened to it: the times of birth, of modification and of
// change are equal from mkdir on, and a rename into its place changes the last. The times
// move in ticks, and all of it can happen within one, so the count of links is looked at too: it shows directories inside.
// Where a directory fails this, it must be empty and as Mkdir makes them. capi/identity.c is the short way of this.
func (k Kernel) IdentifyNew(path string, permissions uint32) (Identity, error) {
	var stat unix.Stat_t
	if err := again(func() error { return unix.Lstat(path, &stat) }); err != nil {
		return Identity{}, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		return Identity{}, unix.ESTALE
	}
	if (stat.Nlink > linksOfNew || !isUntouched(path, &stat)) && !k.isAsNew(path, &stat, permissions) {
		return Identity{}, unix.ESTALE
	}
	return identityOf(&stat), nil
}

// linksOfNew is what a directory without directories in it has at most: its name and its own ".". Btrfs counts 1.
const linksOfNew = 2

// isUntouched tells whether what is at the path is what stat tells of, and has the times of a directory that was just made.
func isUntouched(path string, stat *unix.Stat_t) bool {
	var times unix.Statx_t
	err := again(func() error {
		return unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &times)
	})
	return err == nil && times.Mask&unix.STATX_BTIME != 0 && times.Ino == stat.Ino &&
		unix.Mkdev(times.Dev_major, times.Dev_minor) == uint64(stat.Dev) && times.Btime == times.Mtime && times.Mtime == times.Ctime
}

// isAsNew tells whether a directory is empty, the user's, and with no other permissions than it was made with.
func (k Kernel) isAsNew(path string, stat *unix.Stat_t, permissions uint32) bool {
	const inherited = unix.S_ISGID // of the directory above
	if stat.Mode&0o7777&^(permissions|inherited) != 0 || !ownedByUser(stat) {
		return false
	}
	descriptor, err := openAt(unix.AT_FDCWD, path, walkFlags)
	if err != nil {
		return false
	}
	defer k.Close(descriptor)
	identity, err := k.IdentifyOpen(descriptor)
	if err != nil || identity != identityOf(stat) {
		return false
	}
	var buffer [512]byte
	for {
		n, err := k.Entries(descriptor, buffer[:])
		if err != nil || n == 0 {
			return err == nil
		}
		if _, _, found := NextEntry(buffer[:n]); found {
			return false
		}
	}
}

func identityOf(stat *unix.Stat_t) Identity { return Identity{uint64(stat.Dev), stat.Ino} }

func (Kernel) Close(descriptor int) error {
	// After EINTR Linux has closed the descriptor; a second close could hit one that another thread has just got.
	if err := unix.Close(descriptor); err != unix.EINTR {
		return err
	}
	return nil
}

func (Kernel) Read(descriptor int, p []byte) (int, error) {
	return againFor(func() (int, error) { return unix.Read(descriptor, p) })
}

func (Kernel) ReadAt(descriptor int, p []byte, offset int64) (int, error) {
	return againFor(func() (int, error) { return unix.Pread(descriptor, p, offset) })
}

func (Kernel) Write(descriptor int, p []byte) (int, error) {
	return againFor(func() (int, error) { return unix.Write(descriptor, p) })
}

func (Kernel) Seek(descriptor int, offset int64, whence int) (int64, error) {
	return againFor(func() (int64, error) { return unix.Seek(descriptor, offset, whence) })
}

func (Kernel) Truncate(descriptor int, size int64) error {
	return again(func() error { return unix.Ftruncate(descriptor, size) })
}

func (Kernel) OpenParent(path string) (int, error) {
	return openAt(unix.AT_FDCWD, path, unix.O_PATH|unix.O_DIRECTORY)
}

func openAt(directory int, name string, flags int) (int, error) {
	return againFor(func() (int, error) { return unix.Openat(directory, name, flags|unix.O_CLOEXEC, 0) })
}

// walkFlags open a directory to read it: O_NONBLOCK so that a fifo put in its place cannot make the open wait.
const walkFlags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_NONBLOCK

func (k Kernel) OpenBelow(directory int, name string) (int, error) {
	return k.openBelow(directory, name, walkFlags)
}

// openBelow opens a directory that is one name below another, in the same mount. st_dev cannot tell: a bind mount of the
// same file system has the same. Where openat2 is missing, or a sandbox hides it, the mount's id is compared instead.
func (Kernel) openBelow(directory int, name string, flags int) (int, error) {
	how := unix.OpenHow{
		Flags:   uint64(flags | unix.O_CLOEXEC),
		Resolve: unix.RESOLVE_NO_XDEV | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_BENEATH,
	}
	descriptor, err := againFor(func() (int, error) { return unix.Openat2(directory, name, &how) })
	switch err {
	case unix.EXDEV:
		return -1, unix.EBUSY
	case unix.ELOOP:
		return -1, unix.ENOTDIR
	case unix.ENOSYS, unix.EPERM, unix.EAGAIN:
		return openSameMount(directory, name, flags)
	}
	return descriptor, err
}

// openSameMount is openBelow for systems without openat2.
func openSameMount(directory int, name string, flags int) (int, error) {
	descriptor, err := openAt(directory, name, flags)
	if err == unix.ELOOP {
		return -1, unix.ENOTDIR
	}
	if err != nil {
		return -1, err
	}
	above, err := mountOf(directory)
	if err == nil {
		var here uint64
		if here, err = mountOf(descriptor); err == nil && here != above {
			err = unix.EBUSY
		}
	}
	if err != nil {
		unix.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}

// mountOf gives the id of the mount that a descriptor is in, by statx, or else from /proc.
func mountOf(descriptor int) (uint64, error) {
	var stat unix.Statx_t
	err := again(func() error {
		return unix.Statx(descriptor, "", unix.AT_EMPTY_PATH|unix.AT_NO_AUTOMOUNT, unix.STATX_MNT_ID, &stat)
	})
	if err == nil && stat.Mask&unix.STATX_MNT_ID != 0 {
		return stat.Mnt_id, nil
	}
	info, err := os.ReadFile("/proc/self/fdinfo/" + strconv.Itoa(descriptor))
	if err != nil {
		return 0, errnoOf(err)
	}
	for line := range bytes.Lines(info) {
		if id, found := bytes.CutPrefix(line, []byte("mnt_id:")); found {
			return strconv.ParseUint(string(bytes.TrimSpace(id)), 10, 64)
		}
	}
	return 0, unix.EOPNOTSUPP
}

func (k Kernel) HoldBelow(directory int, name string) (int, error) {
	return k.openBelow(directory, name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW)
}

// Unlock works on O_PATH descriptors too: by fchmodat2, or through /proc where the kernel lacks that.
func (Kernel) Unlock(directory int) bool {
	var stat unix.Stat_t
	if err := again(func() error { return unix.Fstat(directory, &stat) }); err != nil || !ownedByUser(&stat) ||
		stat.Mode&unix.S_IFMT != unix.S_IFDIR || stat.Mode&0o700 == 0o700 {
		return false
	}
	mode := stat.Mode&0o7777 | 0o700
	err := again(func() error { return unix.Fchmodat(directory, "", mode, unix.AT_EMPTY_PATH) })
	if err != nil {
		err = again(func() error { return unix.Chmod("/proc/self/fd/"+strconv.Itoa(directory), mode) })
	}
	return err == nil
}

func (Kernel) OpenAbove(directory int) (int, error) { return openAt(directory, "..", walkFlags) }

func (Kernel) IdentifyOpen(descriptor int) (Identity, error) {
	var stat unix.Stat_t
	err := again(func() error { return unix.Fstat(descriptor, &stat) })
	return identityOf(&stat), err
}

func (Kernel) Entries(directory int, buffer []byte) (int, error) {
	return againFor(func() (int, error) { return unix.Getdents(directory, buffer) })
}

// Entry is a directory entry.
type Entry struct {
	Name      string // valid while the buffer is
	Directory bool   // false where the file system does not tell: unlinking then says EISDIR
}

// NextEntry takes the first entry off what Entries filled, without "." and ".."; ok is false when there is none.
func NextEntry(buffer []byte) (entry Entry, rest []byte, ok bool) {
	// Field by field: the last entry may end before a whole unix.Dirent does, and a pointer to one there is invalid.
	const (
		length = unsafe.Offsetof(unix.Dirent{}.Reclen)
		kind   = unsafe.Offsetof(unix.Dirent{}.Type)
		start  = unsafe.Offsetof(unix.Dirent{}.Name)
	)
	for len(buffer) > int(start) {
		size := int(binary.NativeEndian.Uint16(buffer[length:]))
		if size <= int(start) || size > len(buffer) {
			break // no kernel says so; a broken one must not make this go on for ever
		}
		directory := buffer[kind] == unix.DT_DIR
		name := buffer[start:size]
		if end := bytes.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		buffer = buffer[size:]
		if text := unsafe.String(unsafe.SliceData(name), len(name)); text != "." && text != ".." {
			return Entry{text, directory}, buffer, true
		}
	}
	return Entry{}, nil, false
}

func (Kernel) UnlinkBelow(directory int, name string) error { return unlinkAt(directory, name, 0) }

func (Kernel) RmdirBelow(directory int, name string) error {
	return unlinkAt(directory, name, unix.AT_REMOVEDIR)
}

// unlinkAt is unix.Unlinkat for names that are an entry's, of which a removal has very many: the name gets its NUL on the
// stack, not in a block of the heap for each.
func unlinkAt(directory int, name string, flags int) error {
	const longest = 255
	if len(name) > longest || strings.IndexByte(name, 0) >= 0 {
		return again(func() error { return unix.Unlinkat(directory, name, flags) })
	}
	var c [longest + 1]byte
	copy(c[:], name)
	for {
		_, _, errno := unix.Syscall(unix.SYS_UNLINKAT, uintptr(directory), uintptr(unsafe.Pointer(&c[0])), uintptr(flags))
		switch errno {
		case unix.EINTR:
		case 0:
			return nil
		default:
			return errno
		}
	}
}

// Helpers: none. A Go program that wants some has a System of its own, whose Recruit starts a goroutine, say.
func (Kernel) Helpers() (most int, measure bool) { return 0, true }

func (Kernel) Recruit(n int, help func()) (join func()) { return nil }

// Processors counts those that the calling thread may run on.
func (Kernel) Processors() int {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return 1
	}
	return set.Count()
}

// loaded is where the clock of Spent counts from.
var loaded = time.Now()

func (Kernel) Spent() (clock, processor time.Duration, waits int64) {
	var usage unix.Rusage
	if unix.Getrusage(unix.RUSAGE_THREAD, &usage) != nil {
		return time.Since(loaded), 0, 0
	}
	return time.Since(loaded), time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), int64(usage.Nvcsw)
}

// affordable tells whether the system would give that much memory. Go ends the program where the system does not, and one
// seek and one byte written are enough to ask a file in memory for more than there is.
func affordable(size int64) bool {
	const worthAsking = 64 << 20
	if size < worthAsking {
		return true
	}
	memory, err := unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return false
	}
	unix.Munmap(memory)
	return true
}

func (Kernel) FileSizeLimit() int64 {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &limit) != nil || limit.Cur > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(limit.Cur)
}

// Random asks the kernel for every name. Where a sandbox hides getrandom, /dev/urandom is the same source; a clock never
// stands in.
func (Kernel) Random(p []byte) error {
	for len(p) > 0 {
		n, err := againFor(func() (int, error) { return unix.Getrandom(p, 0) })
		if err != nil {
			return readRandomDevice(p)
		}
		p = p[n:]
	}
	return nil
}

func readRandomDevice(p []byte) error {
	device, err := openAt(unix.AT_FDCWD, "/dev/urandom", unix.O_RDONLY)
	if err != nil {
		return err
	}
	defer unix.Close(device)
	for len(p) > 0 {
		n, err := Kernel{}.Read(device, p)
		if err != nil {
			return err
		}
		if n == 0 {
			return unix.EIO
		}
		p = p[n:]
	}
	return nil
}

func (Kernel) Getwd() (string, error) {
	var buffer [unix.PathMax]byte
	n, err := againFor(func() (int, error) { return unix.Getcwd(buffer[:]) })
	if err != nil {
		return "", err
	}
	path := string(buffer[:n-1])
	if path[0] != '/' { // "(unreachable)": a directory that this process's root does not contain
		return "", unix.ENOENT
	}
	return path, nil
}

func (Kernel) Home() (string, error) {
	entry, err := user.LookupId(strconv.Itoa(unix.Getuid()))
	if err != nil {
		return "", err
	}
	return entry.HomeDir, nil
}

// auxSecure is AT_SECURE of linux/auxvec.h.
const auxSecure = 23

// privileged tells whether the program runs with more rights than its caller (a setuid program, say). What the caller
// wished for in the environment must not move its files then.
var privileged = sync.OnceValue(func() bool {
	vector, _ := unix.Auxv()
	return slices.ContainsFunc(vector, func(entry [2]uintptr) bool { return entry[0] == auxSecure && entry[1] != 0 })
})

func (Kernel) Environment() Environment {
	if privileged() {
		return Environment{}
	}
	return Environment{TMPDIR: os.Getenv("TMPDIR"), TEMP: os.Getenv("TEMP"), TMP: os.Getenv("TMP"), HOME: os.Getenv("HOME")}
}
