// Package charset has the encodings that the text of a file can have: 62 of Python's, under Python's names.
//
// It promises package text that each Codec decodes and encodes as Python's codec of that name does, for every byte and every
// character; the tests compare all of them with fingerprints of CPython's tables. The tables are golang.org/x/text's, which
// follow the WHATWG's Encoding Standard; fixes.go has what Python has otherwise. Linking the package initializes nothing: a
// table is opened by the first character that needs it.
//
// It knows nothing of files, of line ends, or of what happens to bytes and characters that an encoding does not have.
package charset
