//go:build linux && !tempfile_portable

package recovery

import (
	"golang.org/x/sys/unix"
)

// mostBytes is how much of a journal is read: four million slots. No journal grows that large.
const mostBytes = 1 << 30

// journal is an opened journal.
type journal struct {
	name       string
	descriptor int // locked, if the journal is dead
	records    []record
	state      state
	reason     error // why the journal is left, in that state
	unread     bool  // it may be a living process's, and nobody knows what it names
}

// state says how recovery must treat a journal.
type state int

const (
	gone  state = iota // the file is gone
	held               // a living process has it
	left               // its process may live, or it cannot be read; reason says why
	empty              // its process died before it wrote the header
	dead               // its process is dead, and the lock is ours
)

// open opens a journal, locks it if nobody holds it, and reads it. The caller closes the descriptor of a dead one.
func (p *place) open(directory int, name string) (j journal) {
	j = journal{name: name, descriptor: -1}
	descriptor, err := openAt(directory, name, unix.O_RDWR|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err == unix.ENOENT {
		return j
	}
	if err != nil {
		j.state, j.reason, j.unread = left, err, !isNoJournal(err)
		return j
	}
	j.descriptor = descriptor
	j.state, j.reason = p.look(directory, &j)
	if j.state != dead && j.state != empty {
		unix.Close(descriptor)
		j.descriptor = -1
	}
	return j
}

// isNoJournal tells whether an error of open means that the name is no journal of the user's programs: it is a directory, a
// link or a socket, or has lost its permissions.
func isNoJournal(err error) bool {
	switch err {
	case unix.EISDIR, unix.ELOOP, unix.ENXIO, unix.EACCES, unix.EPERM:
		return true
	}
	return false
}

// look locks and reads a journal. It reads one that it cannot lock too, as the caller must know what a living process has.
func (p *place) look(directory int, j *journal) (state, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(j.descriptor, &stat); err != nil {
		j.unread = true
		return left, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG || !isPrivate(&stat) || stat.Nlink > 1 {
		return left, refuse(unix.EPERM, errNotALink)
	}
	lockErr := lock(j.descriptor)
	if lockErr == nil && !isAt(directory, j.name, &stat) {
		return gone, nil // somebody else has dealt with it before the lock
	}
	file, err := readAll(j.descriptor, mostBytes)
	if err != nil {
		j.unread = true
		return left, err
	}
	header, ok := readHeader(file)
	if ok {
		j.records = readRecords(file, header.Salt)
	}
	switch {
	case lockErr == unix.EWOULDBLOCK:
		return held, nil
	case lockErr != nil: // a file system without locks
		return left, lockErr
	case !ok && isBlank(file):
		return empty, nil
	case !ok:
		return left, refuse(unix.EBADMSG, errBroken)
	case header.User != uint64(stat.Uid):
		return left, refuse(unix.EPERM, errNotALink)
	}
	if err := p.whyNotDead(&header); err == errAlive {
		return held, nil
	} else if err != nil {
		return left, refuse(unix.EBUSY, err)
	}
	return dead, nil
}

// isBlank tells whether a file has no content but zeros.
func isBlank(file []byte) bool {
	for _, b := range file {
		if b != 0 {
			return false
		}
	}
	return true
}

// isAt tells whether a name leads to the file with the status.
func isAt(directory int, name string, stat *unix.Stat_t) bool {
	var now unix.Stat_t
	err := again(func() error { return unix.Fstatat(directory, name, &now, unix.AT_SYMLINK_NOFOLLOW) })
	return err == nil && now.Dev == stat.Dev && now.Ino == stat.Ino
}
