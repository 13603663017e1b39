package engine

import (
	"strings"

	"libtempfile/core/object"
	"libtempfile/core/text"
)

// mode is a parsed Python mode.
type mode struct {
	readable, writable, text bool
}

// parseMode reads a mode as Python's open does: one of r, w, a and x, with at most one +, and b or t, in any order. Every
// file is new here, so "r" reads an empty file, and "a" only starts at the end: Python's tempfile opens without O_APPEND,
// and a program ported from it may seek and overwrite.
func parseMode(text string) (mode, error) {
	if text == "" || text == "w+b" {
		return mode{readable: true, writable: true}, nil
	}
	var m mode
	var actions, pluses int
	for i, letter := range text {
		if strings.ContainsRune(text[:i], letter) {
			return m, invalid("mode %q has %q twice", text, letter)
		}
		switch letter {
		case 'r':
			m.readable = true
			actions++
		case 'w', 'x', 'a':
			m.writable = true
			actions++
		case '+':
			pluses++
		case 'b', 't':
		default:
			return m, invalid("mode %q has an unknown letter %q", text, letter)
		}
	}
	if actions != 1 {
		return m, invalid("mode %q must have exactly one of r, w, a and x", text)
	}
	binary := strings.ContainsRune(text, 'b')
	if binary && strings.ContainsRune(text, 't') {
		return m, invalid("mode %q is text and binary at once", text)
	}
	m.text = !binary
	if pluses == 1 {
		m.readable, m.writable = true, true
	}
	return m, nil
}

// checkText gives the state of a text file, and refuses the options of text in binary mode.
func checkText(o *Options, m mode) (state object.TextState, err error) {
	if !m.text {
		switch {
		case o.Encoding != "":
			return state, invalid("binary mode takes no encoding")
		case o.Errors != "":
			return state, invalid("binary mode takes no errors")
		case o.Newline != nil:
			return state, invalid("binary mode takes no newline")
		}
		return state, nil
	}
	if o.Buffering == Unbuffered {
		return state, invalid("text cannot be unbuffered: a character may be several bytes")
	}
	if state, err = text.New(o.Encoding, o.Errors, o.Newline); err != nil {
		return state, invalid("%v", err)
	}
	return state, nil
}
