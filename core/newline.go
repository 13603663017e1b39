package core

// newlineRule is Python's newline.
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

// written is what a \n becomes in the file.
func (n newlineRule) written() string {
	switch n {
	case newlineCR:
		return "\r"
	case newlineCRLF:
		return "\r\n"
	}
	return "\n"
}

// pairs tells whether a \r is looked at together with what follows it. It is then not delivered before that is known,
// even if it is the last of what was read ahead.
func (n newlineRule) pairs() bool { return n == newlineTranslate || n == newlineAny }

// ends tells whether a character is the last of a line: before is the character of the line before it, and paired that a
// \n follows a \r.
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
