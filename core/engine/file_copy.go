package engine

import (
	"cmp"
	"io"
	"math"
	"unsafe"

	"libtempfile/core/object"
	"libtempfile/core/system"
	"libtempfile/core/text"
)

// Copying from one file to another.

// copySize is how many bytes are moved at a time where the system cannot move them itself.
const copySize = 64 << 10

// CopyFrom moves all bytes from another file's position on to this file's; false: one of the two is text, or they are the same
// file.
func (f *File) CopyFrom(from *File) (n int64, done bool, err error) {
	if f.storage == from.storage {
		return 0, false, nil
	}
	source, target, err := from.enterBoth(f)
	defer from.storage.Unlock()
	defer f.storage.Unlock()
	switch {
	case err != nil:
		return 0, true, err
	case source.Has(object.FlagText) || target.Has(object.FlagText):
		return 0, false, nil
	}
	if err = from.flush(source); err != nil {
		return 0, true, from.fail("write", err)
	}
	n, err = f.copyRanges(target, from, source)
	for err == nil {
		var k int
		if k, err = f.copyPiece(target, from, source); k == 0 {
			break
		}
		n += int64(k)
	}
	return n, true, err
}

// enterBoth locks two files, in the order of their addresses: two copies that cross would wait for each other otherwise.
func (f *File) enterBoth(to *File) (source, target *object.State, err error) {
	var sourceErr, targetErr error
	first := func() { source, sourceErr = f.enter("read", object.FlagReadable) }
	second := func() { target, targetErr = to.enter("write", object.FlagWritable) }
	if uintptr(unsafe.Pointer(f.storage.State())) > uintptr(unsafe.Pointer(to.storage.State())) {
		first, second = second, first
	}
	first()
	second()
	if sourceErr != nil {
		return source, target, sourceErr
	}
	return source, target, targetErr
}

// copyRanges has the system move the bytes, as far as it can: between two files on disk, neither of which appends.
func (f *File) copyRanges(target *object.State, from *File, source *object.State) (n int64, err error) {
	if source.InMemory() || target.InMemory() || target.Has(object.FlagAppend) {
		return 0, nil
	}
	if err = from.dropAhead(source); err != nil {
		return 0, from.fail("read", err)
	}
	if err = f.settle(target); err != nil {
		return 0, f.fail("write", err)
	}
	start, err := from.position(source)
	if err != nil {
		return 0, from.fail("read", err)
	}
	to, err := f.position(target)
	if err != nil {
		return 0, f.fail("write", err)
	}
	var k int64
	for {
		k, err = f.engine.system.CopyRange(int(source.Descriptor), start+n, int(target.Descriptor), to+n, math.MaxInt64)
		if err != nil || k <= 0 {
			break
		}
		n += k
	}
	if system.CannotCopy(err) {
		err = nil
	}
	return n, f.fail("write", cmp.Or(err, f.advance(target, n), from.advance(source, n)))
}

// advance moves the system's position on.
func (f *File) advance(s *object.State, n int64) error {
	if n == 0 {
		return nil
	}
	_, err := f.engine.system.Seek(int(s.Descriptor), n, io.SeekCurrent)
	return err
}

// copyPiece reads and writes; 0 at the end of the file.
func (f *File) copyPiece(target *object.State, from *File, source *object.State) (n int, err error) {
	piece := make([]byte, copySize)
	if n, err = from.get(source, piece, false); err != nil {
		return 0, from.fail("read", err)
	}
	if n == 0 {
		return 0, nil
	}
	return f.put(target, piece[:n])
}

// WriteTo reads from the position to the end of the file, and writes all to w.
func (f *File) WriteTo(w io.Writer) (n int64, err error) {
	piece := make([]byte, copySize)
	for {
		k, err := f.Read(piece)
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		written, err := w.Write(piece[:k])
		n += int64(written)
		if err == nil && written < k {
			err = io.ErrShortWrite
		}
		if err != nil {
			return n, err
		}
	}
}

// ReadFrom writes all that r has. The end of a piece may lie within a character of a text file, which is then written with
// the next piece.
func (f *File) ReadFrom(r io.Reader) (n int64, err error) {
	piece := make([]byte, copySize)
	isText := f.isText()
	left, ended := 0, false
	for !ended {
		k, err := r.Read(piece[left:])
		n += int64(k)
		ended = err == io.EOF
		if err != nil && !ended {
			return n, err
		}
		have := piece[:left+k]
		whole := len(have)
		if !ended && isText {
			whole -= text.Unfinished(have)
		}
		if whole == 0 {
			left = len(have)
			continue
		}
		if _, err = f.Write(have[:whole]); err != nil {
			return n, err
		}
		left = copy(piece, have[whole:])
	}
	return n, nil
}

func (f *File) isText() bool {
	f.storage.Lock()
	defer f.storage.Unlock()
	return f.storage.State().Has(object.FlagText)
}
