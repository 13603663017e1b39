// Package object has the state of a temporary file or directory: all that the library knows of it.
//
// It promises package engine that an object is whole at every instruction. Another thread may fork between any two, and the
// child goes on with what it finds. It promises the C library that State has the layout of C's tempfile__state, which capi
// checks field by field when it is compiled; this package is the only place in Go that says what the layout is.
//
// It decides nothing: what a flag or a number leads to is in packages text and engine.
package object
