// Package text does to text what Python's io.TextIOWrapper does: one side is UTF-8, the other side is bytes in an encoding,
// and line ends are translated in between.
//
// It promises package engine that a read delivers whole characters only, that an error knows the offset of the bytes or of
// the character that caused it, and that what is said of a text fits the eight bytes of object.TextState, so that a forked
// child goes on in the middle of a file.
//
// It works on bytes in memory: reading ahead and writing are package engine's, and an encoding's tables are package
// charset's.
package text
