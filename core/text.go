package core

import (
	"fmt"
	"syscall"
)

// Text is what Python's io.TextIOWrapper makes of it: the caller's side is UTF-8, the file's side is an encoding, and line
// ends are translated in between. encodings.go has the encodings, newline.go the line ends, text_read.go, text_write.go
// and text_seek.go what a file does.

// TextState is the part of a State that text files have besides. What was read ahead is kept as the file has it and
// decoded when it is delivered, so these few bytes are the whole difference between a text and a binary file.
type TextState struct {
	Encoding uint16 // index in encodings
	Errors   uint8  // errorRule
	Newline  uint8  // newlineRule
	Decoder  uint8  // the codec's state where the next character begins
	Skip     uint8  // characters of what begins there that were delivered already: one bad byte can be read as several
	Encoder  uint8  // the codec's state where the last write ended, or encoderStart
	_        uint8
}

// encoderStart: the next write is the start of the file, and begins with the mark if the encoding has one.
const encoderStart = 0xFF

// errorRule is what happens to bytes and characters that the encoding does not have.
type errorRule uint8

const (
	errorsStrict errorRule = iota
	errorsIgnore
	errorsReplace
	errorsBackslash
	errorsXML // encoding only, as in Python; decoding it is strict
)

// findErrors reads Python's errors. surrogateescape and surrogatepass are missing because what they make has no UTF-8
// form, and namereplace because it takes the table of all names.
func findErrors(name string) (rule errorRule, known bool) {
	switch name {
	case "", "strict":
		return errorsStrict, true
	case "ignore":
		return errorsIgnore, true
	case "replace":
		return errorsReplace, true
	case "backslashreplace":
		return errorsBackslash, true
	case "xmlcharrefreplace":
		return errorsXML, true
	}
	return 0, false
}

// checkText checks what only text modes have a use for, and gives the beginnings of a text file's state.
func checkText(o *Options, m mode) (t TextState, err error) {
	if !m.text {
		switch {
		case o.Encoding != "":
			return t, invalid("binary mode takes no encoding")
		case o.Errors != "":
			return t, invalid("binary mode takes no errors")
		case o.Newline != nil:
			return t, invalid("binary mode takes no newline")
		}
		return t, nil
	}
	if o.Buffering == Unbuffered {
		return t, invalid("text cannot be unbuffered: a character may be several bytes")
	}
	if o.Encoding != "" { // else 0, UTF-8
		index, known := findEncoding(o.Encoding)
		if !known {
			return t, invalid("encoding %q is unknown", o.Encoding)
		}
		t.Encoding = uint16(index)
	}
	errors, known := findErrors(o.Errors)
	if !known {
		return t, invalid("errors %q is not strict, ignore, replace, backslashreplace or xmlcharrefreplace", o.Errors)
	}
	newline, known := findNewline(o.Newline)
	if !known {
		return t, invalid("newline %q is not empty, \\n, \\r or \\r\\n", *o.Newline)
	}
	t.Errors, t.Newline = uint8(errors), uint8(newline)
	t.Decoder, t.Encoder = t.codec().traits().start, encoderStart
	return t, nil
}

func (t *TextState) codec() codec             { return encodings[t.Encoding].codec }
func (t *TextState) rule() errorRule          { return errorRule(t.Errors) }
func (t *TextState) newlineRule() newlineRule { return newlineRule(t.Newline) }

// rewind makes the decoder expect a new file, as it does after a write or at the end.
func (t *TextState) rewind() { t.Decoder, t.Skip = t.codec().traits().start, 0 }

// TextError is a byte that does not decode, a character that does not encode, or a write that is not UTF-8. Its errno is
// EILSEQ.
type TextError struct {
	Encoding string // Python's name
	Offset   int64  // in bytes: decoding, from the start of the file; encoding, from the start of what was to be written
	Reason   string
}

func (e *TextError) Error() string { return fmt.Sprintf("%s at offset %d", e.Reason, e.Offset) }

// Unwrap makes errors.Is answer for the errno.
func (e *TextError) Unwrap() error { return syscall.EILSEQ }

// ShortBuffer means that not one character fits, and that none was read. Its errno is ERANGE.
type ShortBuffer struct {
	Needed int // bytes
}

func (e *ShortBuffer) Error() string { return fmt.Sprintf("the character needs %d bytes", e.Needed) }

// Unwrap makes errors.Is answer for the errno.
func (e *ShortBuffer) Unwrap() error { return syscall.ERANGE }
