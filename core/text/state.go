package text

import (
	"fmt"

	"libtempfile/core/charset"
	"libtempfile/core/object"
)

// errorRule says what happens to bytes and characters that the encoding does not have.
type errorRule uint8

const (
	errorsStrict errorRule = iota
	errorsIgnore
	errorsReplace
	errorsBackslash
	errorsXML // for encoding only, as in Python; decoding is strict
)

// findErrors reads Python's errors. surrogateescape and surrogatepass are missing because their results have no UTF-8 form,
// and namereplace because it needs the names of all characters.
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

// strict tells whether reading reports bytes that the encoding does not have.
func (e errorRule) strict() bool { return e == errorsStrict || e == errorsXML }

// New gives the state of a new text file for Python's encoding, errors and newline; "" and nil are the defaults. The error
// is about an argument that has none of the allowed values.
func New(encoding, errors string, newline *string) (t object.TextState, err error) {
	if encoding != "" { // else 0, UTF-8
		index, known := charset.Find(encoding)
		if !known {
			return t, fmt.Errorf("encoding %q is unknown", encoding)
		}
		t.Encoding = index
	}
	rule, known := findErrors(errors)
	if !known {
		return t, fmt.Errorf("errors %q is not strict, ignore, replace, backslashreplace or xmlcharrefreplace", errors)
	}
	ends, known := findNewline(newline)
	if !known {
		return t, fmt.Errorf("newline %q is not empty, \\n, \\r or \\r\\n", *newline)
	}
	t.Errors, t.Newline = uint8(rule), uint8(ends)
	t.Decoder, t.Encoder = decoderStart(&t), object.EncoderStart
	return t, nil
}

func codecOf(t *object.TextState) charset.Codec     { return charset.At(t.Encoding) }
func errorRuleOf(t *object.TextState) errorRule     { return errorRule(t.Errors) }
func newlineRuleOf(t *object.TextState) newlineRule { return newlineRule(t.Newline) }
func decoderStart(t *object.TextState) uint8        { return codecOf(t).Traits().DecoderStart }

// Rewind makes the decoder expect the start of a file, as it does after a write or at the end of the file.
func Rewind(t *object.TextState) { t.Decoder, t.Skip = decoderStart(t), 0 }

// RestartEncoder makes the next write begin as at the start of the file, with the byte order mark, or as in the middle.
func RestartEncoder(t *object.TextState, start bool) {
	t.Encoder = 0
	if start {
		t.Encoder = object.EncoderStart
	}
}
