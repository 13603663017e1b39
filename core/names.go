package core

import "strings"

// NameLength is the length of a random name, as in Python: 37 characters to the power of 8 are 3.5e12 names.
const NameLength = 8

// alphabet is Python's, so that nobody can tell who made a file.
const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_"

// fairBytes is the largest multiple of the alphabet's length in a byte: values from there on would favour the first
// letters, and are drawn again.
const fairBytes = 256 / len(alphabet) * len(alphabet)

// randomName fills name with letters of the alphabet. Every letter comes from the kernel: a generator of our own would
// repeat itself in a forked child, and two processes would then fight for the same names.
func randomName(system System, name []byte) error {
	var pool [2 * NameLength]byte
	for len(name) > 0 {
		if err := system.Random(pool[:]); err != nil {
			return err
		}
		for _, b := range pool {
			if len(name) == 0 {
				break
			}
			if int(b) < fairBytes {
				name[0] = alphabet[int(b)%len(alphabet)]
				name = name[1:]
			}
		}
	}
	return nil
}

// checkPart refuses what would lead out of the directory or name another file than asked for. Every prefix, suffix and
// exact name passes here, once. CPython still lets them escape (gh-79459).
func checkPart(what, part string) error {
	if strings.IndexByte(part, '/') >= 0 {
		return invalid("%s %q contains a path separator", what, part)
	}
	if strings.IndexByte(part, 0) >= 0 {
		return invalid("%s %q contains a NUL byte", what, part)
	}
	return nil
}

// RandomNames draws names as a candidate for a file would have between prefix and suffix.
func (l *Library) RandomNames(names [][NameLength]byte) error {
	for i := range names {
		if err := randomName(l.system, names[i][:]); err != nil {
			return failed("getrandom", "", err)
		}
	}
	return nil
}
