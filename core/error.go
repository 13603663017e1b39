package tempfile

import (
	"io/fs"

	"libtempfile/core/engine"
	"libtempfile/core/system"
	"libtempfile/core/text"
)

// ErrUnsupported is the error of what the package does only on Linux: on other Unix systems the removal of a directory that
// is not empty, elsewhere all that creates or removes something. errors.Is finds errors.ErrUnsupported in it.
var ErrUnsupported = system.ErrUnsupported

// TempdirError is the error of Gettempdir, and of whatever needs the default directory, when no candidate is usable.
// errors.Is finds fs.ErrNotExist in it.
type TempdirError struct {
	Refusals []*fs.PathError // each candidate, in the order in which they were tried, with the reason
}

func (e *TempdirError) Error() string { return (*engine.TempdirError)(e).Error() }

// Unwrap gives ENOENT, the errno in Python.
func (e *TempdirError) Unwrap() error { return (*engine.TempdirError)(e).Unwrap() }

// RemovalError is the error of a removal that went on to its end and left something behind: an entry that the user may not
// remove, or a mount.
type RemovalError struct {
	First  *fs.PathError // the first entry that could not be removed
	Failed int           // how many entries could not be removed, without the directories that contain them
}

func (e *RemovalError) Error() string { return (*engine.RemovalError)(e).Error() }

// Unwrap gives First.
func (e *RemovalError) Unwrap() error { return e.First }

// TextError is, inside an *fs.PathError, the error of a Read or Write of a text file: bytes that do not decode, a character
// that does not encode, or a write that is not UTF-8. errors.Is finds EILSEQ in it.
type TextError struct {
	Encoding string // Python's name
	Offset   int64  // in bytes: of a Read, from the start of the file; of a Write, from the start of p
	Reason   string
}

func (e *TextError) Error() string { return (*text.Error)(e).Error() }

// Unwrap gives EILSEQ.
func (e *TextError) Unwrap() error { return (*text.Error)(e).Unwrap() }

// public gives an error the type that it has in this package.
func public(err error) error {
	if err == nil {
		return nil
	}
	return publicError(err)
}

func publicError(err error) error {
	switch e := err.(type) {
	case *engine.TempdirError:
		return (*TempdirError)(e)
	case *engine.RemovalError:
		return (*RemovalError)(e)
	case *fs.PathError:
		if bad, is := e.Err.(*text.Error); is {
			return &fs.PathError{Op: e.Op, Path: e.Path, Err: (*TextError)(bad)}
		}
	}
	return err
}
