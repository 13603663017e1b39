package core

import (
	"io"
	"syscall"
)

// A position in text is opaque, as in Python: the offset in the file of the next character, and above that what the
// decoder knows there. In most texts nothing is above, so that a position is an offset; position 0 is the start.
const (
	placeBits    = 48 // of the offset
	skipBits     = 6
	decoderBits  = 4
	placeMask    = 1<<placeBits - 1
	skipMask     = 1<<skipBits - 1
	decoderMask  = 1<<decoderBits - 1
	positionMask = 1<<(placeBits+skipBits+decoderBits) - 1
)

// position is the file's own, behind what was read ahead.
func (f *File) position(s *State) (int64, error) {
	if s.inMemory() {
		return s.Position, nil
	}
	return f.library.system.Seek(int(s.Descriptor), 0, io.SeekCurrent)
}

// textTell gives the position of the next character.
func (f *File) textTell(s *State) (int64, error) {
	place, err := f.position(s)
	if err != nil {
		return 0, err
	}
	place -= s.unread()
	if place > placeMask {
		return 0, syscall.EOVERFLOW
	}
	decoder := int64(s.Text.Decoder)
	if s.Text.Decoder == s.Text.codec().traits().start {
		decoder = 0 // at the start of the file that says so, and elsewhere nothing was read yet
	}
	return place | int64(s.Text.Skip)<<placeBits | decoder<<(placeBits+skipBits), nil
}

// textSeek goes to the start, to the end, to where the file is, or to a position that textTell gave.
func (f *File) textSeek(s *State, offset int64, whence int) (position int64, err error) {
	if whence != io.SeekStart && offset != 0 {
		return 0, invalid("offset %d is not 0, and text has no distances", offset)
	}
	if whence == io.SeekCurrent {
		if offset, err = f.textTell(s); err != nil {
			return 0, err
		}
	}
	if offset < 0 || offset&^positionMask != 0 {
		return 0, invalid("position %d is none that tell gives", offset)
	}
	place, skip, decoder := offset&placeMask, offset>>placeBits&skipMask, offset>>(placeBits+skipBits)&decoderMask
	if whence == io.SeekEnd {
		if place, err = f.move(s, 0, io.SeekEnd); err != nil {
			return 0, err
		}
		s.Text.rewind()
		s.Text.restartEncoder(place == 0)
		return place, nil
	}
	if _, err = f.move(s, place, io.SeekStart); err != nil {
		return 0, err
	}
	s.Text.Decoder, s.Text.Skip = uint8(decoder), uint8(skip)
	if place == 0 && decoder == 0 {
		s.Text.Decoder = s.Text.codec().traits().start
	}
	s.Text.restartEncoder(place == 0 && decoder == 0)
	return offset, nil
}

// move moves the file's position and forgets what was read ahead.
func (f *File) move(s *State, offset int64, whence int) (position int64, err error) {
	if s.inMemory() {
		position, err = s.memorySeek(offset, whence)
	} else {
		position, err = f.library.system.Seek(int(s.Descriptor), offset, whence)
	}
	if err == nil {
		s.AheadStart, s.AheadEnd = 0, 0
	}
	return position, err
}

// restartEncoder makes the next write begin as at the start of the file, with the mark, or as in the middle.
func (t *TextState) restartEncoder(start bool) {
	t.Encoder = 0
	if start {
		t.Encoder = encoderStart
	}
}
