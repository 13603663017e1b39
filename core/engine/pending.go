package engine

import (
	"fmt"
	"io"

	"libtempfile/core/object"
	"libtempfile/core/text"
)

// Writes that are held back, with FlagBuffered, in the buffer of a file on disk. They belong to the process that made them:
// a forked child drops its copy, or they would be in the file twice. Nothing is ahead while a write is held back, and the
// place of its first byte is the system's position, or with FlagAppend the end of the file.

// dropInherited forgets bytes that another process holds back. The encoder's state was that behind them: without their byte
// order mark or shift sequence it would be wrong.
func (f *File) dropInherited(s *object.State) {
	if s.Pending == 0 || s.PendingEpoch == f.storage.Epoch() {
		return
	}
	s.Pending = 0
	if s.Has(object.FlagText) && !s.Has(object.FlagVerbatimWrite) {
		position, err := f.engine.system.Seek(int(s.Descriptor), 0, io.SeekCurrent)
		text.RestartEncoder(&s.Text, err == nil && position == 0)
	}
}

// flush passes on what is held back. The bytes that the system did not take are still held back after a failure.
func (f *File) flush(s *object.State) error {
	if s.Pending == 0 {
		return nil
	}
	held := s.Block()[:s.Pending]
	n, err := writeAll(f.engine.system, int(s.Descriptor), held)
	copy(held, held[n:])
	s.Pending -= int64(n)
	if err == nil {
		s.Set(object.FlagCloseFailed, false)
	}
	return err
}

// holdBack takes all of p into the buffer; false: p is as large as the buffer, and goes past it. What does not fit beside it
// is passed on first. Nothing may be ahead.
func (f *File) holdBack(s *object.State, p []byte) (held bool, err error) {
	if int64(len(p)) > s.ReadAhead-s.Pending {
		if err = f.flush(s); err != nil {
			return false, err
		}
	}
	if int64(len(p)) >= s.ReadAhead {
		return false, nil
	}
	if s.Capacity < s.ReadAhead {
		if err = f.storage.Resize(0, s.ReadAhead); err != nil {
			return false, err
		}
	}
	copy(s.Block()[s.Pending:], p)
	f.claim(s, len(p))
	return true, nil
}

// claim makes the next n bytes of the buffer ones that are held back.
func (f *File) claim(s *object.State, n int) {
	s.PendingEpoch = f.storage.Epoch()
	s.Pending += int64(n)
}

// flushLast is the flush before the descriptor is closed. The first failure keeps the file open with what it holds back, so
// that the program can make room and close it again. The second one gives the bytes up, as does force; lost is the error
// then.
func (f *File) flushLast(s *object.State, force bool) (lost, err error) {
	err = f.flush(s)
	switch {
	case err == nil:
		return nil, nil
	case !force && !s.Has(object.FlagCloseFailed):
		s.Set(object.FlagCloseFailed, true)
		return nil, err
	}
	lost = &LostWrites{Err: err, Bytes: s.Pending}
	s.Pending = 0
	return lost, nil
}

// LostWrites means that a file was closed although bytes that were written to it could not be passed on to the system.
type LostWrites struct {
	Err   error // the system's errno
	Bytes int64
}

func (e *LostWrites) Error() string {
	return fmt.Sprintf("%v; %d bytes that were held back are lost", e.Err, e.Bytes)
}

// Unwrap makes errors.Is find the errno.
func (e *LostWrites) Unwrap() error { return e.Err }

// settle makes the system's position the file's: it passes on what is held back, and moves back over what was read ahead. It
// comes before every call that uses or shows the system's position.
func (f *File) settle(s *object.State) error {
	if err := f.flush(s); err != nil {
		return err
	}
	return f.dropAhead(s)
}

// room is memory for bytes that put would copy: behind what is held back, or at the end of a file in memory. Bytes there are
// the file's only after take. nil: there is no such memory, or it holds something.
func (f *File) room(s *object.State) []byte {
	switch {
	case s.Unread() != 0 || s.Capacity == 0:
		return nil
	case s.InMemory() && s.Position == s.Size && !rollsAt(s, s.Size):
		end := s.Capacity
		if s.MaxSize != 0 {
			end = min(end, s.MaxSize)
		}
		return s.Block()[s.Size:s.Size:end]
	case !s.InMemory() && s.Has(object.FlagBuffered) && s.Capacity >= s.ReadAhead:
		return s.Block()[s.Pending:s.Pending:s.ReadAhead]
	}
	return nil
}

// take makes the first n bytes of room the file's.
func (f *File) take(s *object.State, n int) {
	if s.InMemory() {
		s.Size += int64(n)
		s.Position = s.Size
	} else {
		f.claim(s, n)
	}
}
