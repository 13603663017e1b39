package engine

import (
	"strings"
	"sync"
	"unsafe"

	"libtempfile/core/system"
)

// NameLength is the length of a random name, as in Python: 37 characters to the power of 8 are 3.5e12 names.
const NameLength = 8

// Alphabet is what a random name consists of: Python's, so that nobody can tell who made a file.
const Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_"

// fairBytes is the largest multiple of the alphabet's length in a byte: values from there on would favour the first
// letters, and are drawn again.
const fairBytes = 256 / len(Alphabet) * len(Alphabet)

// letterOf is the letter that a byte stands for; 0: it is to be drawn again.
var letterOf = func() (table [256]byte) {
	for b := range fairBytes {
		table[b] = Alphabet[b%len(Alphabet)]
	}
	return table
}()

// blocks are for what the kernel gives at a time: memory that is handed over to a System is not on the stack, and a new
// block for every name would keep the garbage collector busy.
var blocks = sync.Pool{New: func() any { return new([512]byte) }}

// randomName fills name with letters of the alphabet. Every letter comes from the kernel: a generator of our own would
// repeat itself in a forked child, and two processes would then fight for the same names.
func randomName(s system.System, name []byte) error {
	block := blocks.Get().(*[512]byte)
	defer blocks.Put(block)
	for letters := name; len(letters) > 0; {
		some := block[:min(len(block), len(letters)+len(letters)/4+6)] // with what is drawn again, mostly enough
		if err := s.Random(some); err != nil {
			return err
		}
		n := 0
		for _, b := range some {
			if n == len(letters) {
				break
			}
			if letter := letterOf[b]; letter != 0 {
				letters[n] = letter
				n++
			}
		}
		letters = letters[n:]
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

// RandomNames draws names as a candidate for a file would have between prefix and suffix. Many at once take the kernel's
// time for one.
func (e *Engine) RandomNames(names [][NameLength]byte) error {
	letters := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(names))), len(names)*NameLength)
	return failed("getrandom", "", randomName(e.system, letters))
}
