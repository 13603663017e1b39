package engine

import (
	"io"

	"libtempfile/core/object"
	"libtempfile/core/text"
)

// textTell gives the position of the next character.
func (f *File) textTell(s *object.State) (int64, error) {
	place, err := f.position(s)
	if err != nil {
		return 0, err
	}
	return text.Position(&s.Text, place-s.Unread())
}

// textSeek goes to the start, to the end, to the present position, or to one that textTell gave.
func (f *File) textSeek(s *object.State, offset int64, whence int) (position int64, err error) {
	if whence != io.SeekStart && offset != 0 {
		return 0, invalid("offset %d is not 0, and text has no distances", offset)
	}
	if whence == io.SeekCurrent {
		if offset, err = f.textTell(s); err != nil {
			return 0, err
		}
	}
	if whence == io.SeekEnd {
		if position, err = f.move(s, 0, io.SeekEnd); err != nil {
			return 0, err
		}
		text.Rewind(&s.Text)
		text.RestartEncoder(&s.Text, position == 0)
		return position, nil
	}
	place, valid := text.Place(offset)
	if !valid {
		return 0, invalid("position %d is none that tell gives", offset)
	}
	if _, err = f.move(s, place, io.SeekStart); err != nil {
		return 0, err
	}
	text.Restore(&s.Text, offset)
	return offset, nil
}
