package engine

import (
	"io"

	"libtempfile/core/object"
)

// Seek moves the position.
func (f *File) Seek(offset int64, whence int) (position int64, err error) {
	s, err := f.enter("seek", 0)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if whence < io.SeekStart || whence > io.SeekEnd {
		return 0, f.fail("seek", invalid("whence %d is not 0, 1 or 2", whence))
	}
	if s.Has(object.FlagText) {
		position, err = f.textSeek(s, offset, whence)
	} else if s.InMemory() {
		position, err = memorySeek(s, offset, whence)
	} else {
		position, err = f.diskSeek(s, offset, whence)
	}
	if err != nil {
		return 0, f.fail("seek", err)
	}
	return position, nil
}

// Tell gives the position.
func (f *File) Tell() (position int64, err error) {
	s, err := f.enter("tell", 0)
	defer f.storage.Unlock()
	if err != nil {
		return 0, err
	}
	if position, err = f.tell(s); err != nil {
		return 0, f.fail("tell", err)
	}
	return position, nil
}

// tell gives the position of the next byte that a read delivers.
func (f *File) tell(s *object.State) (int64, error) {
	if s.Has(object.FlagText) {
		return f.textTell(s)
	}
	position, err := f.position(s)
	return position - s.Unread(), err
}

// position gives the position behind the bytes that were read ahead or are held back. With FlagAppend the place of the latter
// is known only when they are written.
func (f *File) position(s *object.State) (position int64, err error) {
	if s.InMemory() {
		return s.Position, nil
	}
	if s.Has(object.FlagAppend) {
		if err = f.flush(s); err != nil {
			return 0, err
		}
	}
	position, err = f.engine.system.Seek(int(s.Descriptor), 0, io.SeekCurrent)
	return position + s.Pending, err
}

// move moves the position and forgets the bytes that were read ahead.
func (f *File) move(s *object.State, offset int64, whence int) (position int64, err error) {
	if s.InMemory() {
		position, err = memorySeek(s, offset, whence)
	} else if err = f.flush(s); err == nil {
		position, err = f.engine.system.Seek(int(s.Descriptor), offset, whence)
	}
	if err == nil {
		s.AheadStart, s.AheadEnd = 0, 0
	}
	return position, err
}
