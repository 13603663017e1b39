package text

import (
	"errors"
	"io"
	"unicode/utf8"
)

// NewReader gives a reader of text for functions that offer buffers of any size, over one that refuses a buffer too small
// for the next character with a *ShortBuffer. It splits such a character between two reads.
func NewReader(whole io.Reader) io.Reader { return &splitReader{whole: whole} }

type splitReader struct {
	whole io.Reader
	room  [utf8.UTFMax]byte
	rest  []byte // the end of the character in room
}

func (r *splitReader) Read(p []byte) (n int, err error) {
	if len(r.rest) == 0 {
		var short *ShortBuffer
		if n, err = r.whole.Read(p); !errors.As(err, &short) {
			return n, err
		}
		if n, err = r.whole.Read(r.room[:short.Needed]); err != nil {
			return 0, err
		}
		r.rest = r.room[:n]
	}
	n = copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
