package text

// newlineRule is Python's newline: which characters end a line, and what a line end is in the file.
type newlineRule uint8

const (
	newlineTranslate newlineRule = iota // nil: read \r, \n and \r\n as \n; write the platform's, \n
	newlineAny                          // "": a line ends with any of them, and nothing is translated
	newlineLF
	newlineCR
	newlineCRLF
)

func findNewline(newline *string) (rule newlineRule, known bool) {
	if newline == nil {
		return newlineTranslate, true
	}
	switch *newline {
	case "":
		return newlineAny, true
	case "\n":
		return newlineLF, true
	case "\r":
		return newlineCR, true
	case "\r\n":
		return newlineCRLF, true
	}
	return 0, false
}

// written is the line end in the file for a \n.
func (n newlineRule) written() string {
	switch n {
	case newlineCR:
		return "\r"
	case newlineCRLF:
		return "\r\n"
	}
	return "\n"
}

// endsWithLF tells whether a \n ends a line, whatever is before it.
func (n newlineRule) endsWithLF() bool {
	return n == newlineTranslate || n == newlineAny || n == newlineLF
}

// pairs tells whether a \r is looked at together with the character after it. The \r is then not delivered before that
// character is known, even if it is the last byte that was read ahead.
func (n newlineRule) pairs() bool { return n == newlineTranslate || n == newlineAny }

// ends tells whether the character r is the last of a line. before is the character before r in the line; paired means that
// r is a \r and a \n follows it.
func (n newlineRule) ends(before, r rune, paired bool) bool {
	switch n {
	case newlineAny:
		return r == '\n' || r == '\r' && !paired
	case newlineCR:
		return r == '\r'
	case newlineCRLF:
		return r == '\n' && before == '\r'
	}
	return r == '\n'
}
