//go:build linux && !tempfile_portable

package recovery

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"libtempfile/core/removal"
	"libtempfile/core/system"
)

// The reasons for which an object is left alone.
var (
	errOther   = errors.New("it is not the object that was made")
	errOwner   = errors.New("it is another user's")
	errIntent  = errors.New("its process died while making it, and it may be somebody else's")
	errLiving  = errors.New("a living process's journal names it, or something in it")
	errLocked  = errors.New("somebody holds it by flock")
	errThrough = errors.New("the way there leads through a link, or something that is no directory")
)

// object is a file or directory of a dead process, held by the directory that it is in.
type object struct {
	record *record
	parent int
	name   string
	stat   unix.Statx_t
}

// find looks the object up. The error says why it must be left alone. ENOENT: the object is gone.
func find(r *record) (o object, err error) {
	o.record = r
	if o.parent, o.name, err = openParent(r.path); err != nil {
		if err == unix.ENOTDIR || err == unix.ELOOP {
			err = refuse(unix.ELOOP, errThrough)
		}
		return o, err
	}
	if err = again(func() error {
		return unix.Statx(o.parent, o.name, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &o.stat)
	}); err == nil {
		err = o.compare()
	}
	if err != nil {
		unix.Close(o.parent)
	}
	return o, err
}

// compare tells whether the object is the one that was made.
func (o *object) compare() error {
	r, s := o.record, &o.stat
	directory := s.Mode&unix.S_IFMT == unix.S_IFDIR
	switch {
	case int(s.Uid) != unix.Geteuid():
		return refuse(unix.EPERM, errOwner)
	case directory != (r.Kind == Directory):
		return refuse(unix.ESTALE, errOther)
	case r.identified && !o.isSame():
		return refuse(unix.ESTALE, errOther)
	case !r.identified && r.Flags&FlagRandom == 0:
		return refuse(unix.ESTALE, errIntent)
	case !r.identified && !directory && (s.Mode&unix.S_IFMT != unix.S_IFREG || s.Size != 0):
		return refuse(unix.ESTALE, errIntent)
	}
	return nil
}

// isSame compares the identity. The system uses an inode again when its file is gone, so the time of birth counts too.
func (o *object) isSame() bool {
	r, s := o.record, &o.stat
	if unix.Mkdev(s.Dev_major, s.Dev_minor) != r.Device || s.Ino != r.Inode {
		return false
	}
	return r.BirthNanos == NoBirth || s.Mask&unix.STATX_BTIME == 0 ||
		s.Btime.Sec == r.BirthSeconds && uint64(s.Btime.Nsec) == r.BirthNanos
}

func (o *object) item() Item {
	made := o.stat.Btime
	if o.stat.Mask&unix.STATX_BTIME == 0 {
		made = o.stat.Mtime
	}
	var age time.Duration
	if o.stat.Mask != 0 { // else it could not be looked at
		age = time.Since(time.Unix(made.Sec, int64(made.Nsec)))
	}
	return Item{Path: o.record.path, Kind: int(o.record.Kind), Age: max(age, 0), Size: int64(o.stat.Size)}
}

// isHeld tells whether somebody has locked a directory; programs do so to protect it from clean-ups. To find out it takes
// the lock itself. The lock lasts until the caller closes the descriptor. -1: the directory cannot be opened for reading,
// and there is no lock.
func (o *object) isHeld() (descriptor int, isHeld bool) {
	descriptor, err := openAt(o.parent, o.name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return -1, false
	}
	if lock(descriptor) == unix.EWOULDBLOCK {
		unix.Close(descriptor)
		return -1, true
	}
	return descriptor, false
}

// unlink removes a file, or a directory that was not identified and holds nothing.
func (o *object) unlink() error {
	flags := 0
	if o.record.Kind == Directory {
		flags = unix.AT_REMOVEDIR
	}
	err := again(func() error { return unix.Unlinkat(o.parent, o.name, flags) })
	if err == unix.ENOTEMPTY || err == unix.EEXIST {
		return refuse(unix.ESTALE, errIntent)
	}
	return err
}

// startRemoval begins to remove a directory with all that it holds, but for directories that somebody holds by flock.
func (o *object) startRemoval(s system.System) (*removal.Removal, error) {
	below := &unlocked{System: s}
	started, err := removal.Start(below, o.record.path, &system.Identity{Device: o.record.Device, Inode: o.record.Inode})
	below.hasRoot = true
	return started, err
}

// unlocked is a System that opens no directory below the root of a removal if somebody holds it by flock: EBUSY. isHeld has
// looked at the root, and has locked it.
type unlocked struct {
	system.System
	hasRoot bool
}

func (u *unlocked) OpenBelow(directory int, name string) (descriptor int, err error) {
	descriptor, err = u.System.OpenBelow(directory, name)
	if err != nil || !u.hasRoot {
		return descriptor, err
	}
	if lock(descriptor) == unix.EWOULDBLOCK {
		unix.Close(descriptor)
		return -1, unix.EBUSY
	}
	unix.Flock(descriptor, unix.LOCK_UN) // another thread of the removal may open it again
	return descriptor, nil
}
