//go:build linux && !tempfile_portable

package system

import "golang.org/x/sys/unix"

func (Kernel) Identify(path string) (identity Identity, directory bool, err error) {
	var stat unix.Stat_t
	if err = ignoringEINTR(func() error { return unix.Lstat(path, &stat) }); err != nil {
		return Identity{}, false, err
	}
	return identityOf(&stat), stat.Mode&unix.S_IFMT == unix.S_IFDIR, nil
}

// ownedByUser compares the owner with the file system user id of the thread, as the kernel does when it creates a file. In a
// server that acts for its clients that id differs from the effective one.
func ownedByUser(stat *unix.Stat_t) bool {
	user, _ := unix.SetfsuidRetUid(-1) // no such user: changes nothing and gives the present one
	return int(stat.Uid) == user
}

// IdentifyNew takes a directory for the new one if nothing has happened to it. From mkdir on its times of birth,
// modification and change are equal, and a rename changes the last. These times move in ticks, and a rename can come within one. So the
// count of links must show no directory inside. A directory that fails this must be empty and have the permissions that
// Mkdir gave it. capi/identity.c is the same check in C.
func (k Kernel) IdentifyNew(path string, permissions uint32) (Identity, error) {
	var stat unix.Stat_t
	if err := ignoringEINTR(func() error { return unix.Lstat(path, &stat) }); err != nil {
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

// linksOfNew is the most links of a directory without directories in it: its name and its own ".". Btrfs counts 1.
const linksOfNew = 2

// isUntouched tells whether the path still leads to the directory of stat, with the times of one that was just made.
func isUntouched(path string, stat *unix.Stat_t) bool {
	var times unix.Statx_t
	err := ignoringEINTR(func() error {
		return unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &times)
	})
	return err == nil && times.Mask&unix.STATX_BTIME != 0 && times.Ino == stat.Ino &&
		unix.Mkdev(times.Dev_major, times.Dev_minor) == uint64(stat.Dev) &&
		times.Btime == times.Mtime && times.Mtime == times.Ctime
}

// isAsNew tells whether a directory is empty, is the user's, and has no more permissions than it was made with.
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

func (Kernel) IdentifyOpen(descriptor int) (Identity, error) {
	var stat unix.Stat_t
	err := ignoringEINTR(func() error { return unix.Fstat(descriptor, &stat) })
	return identityOf(&stat), err
}

func (k Kernel) LockDirectory(path string, identity Identity) (int, error) {
	descriptor, err := openAt(unix.AT_FDCWD, path, walkFlags)
	if err != nil {
		return -1, err
	}
	now, err := k.IdentifyOpen(descriptor)
	if err == nil && now != identity {
		err = unix.ESTALE
	}
	if err == nil {
		err = ignoringEINTR(func() error { return unix.Flock(descriptor, unix.LOCK_SH|unix.LOCK_NB) })
	}
	if err != nil {
		k.Close(descriptor)
		return -1, err
	}
	return descriptor, nil
}
