package core

import (
	"errors"
	"io"
	"unicode/utf8"
)

// Reader reads a text file for what takes any reader, as io.ReadAll and bufio.Scanner do: those offer buffers of any
// size, and Read refuses one that the next character does not fit. It may split a character between two reads, and has
// then read up to three bytes more than it has given. A binary file needs none.
func (f *File) Reader() io.Reader { return &splitReader{file: f} }

type splitReader struct {
	file *File
	room [utf8.UTFMax]byte
	rest []byte // of room: the end of a character
}

func (r *splitReader) Read(p []byte) (n int, err error) {
	if len(r.rest) == 0 {
		var short *ShortBuffer
		if n, err = r.file.Read(p); !errors.As(err, &short) {
			return n, err
		}
		if n, err = r.file.Read(r.room[:short.Needed]); err != nil {
			return 0, err
		}
		r.rest = r.room[:n]
	}
	n = copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
