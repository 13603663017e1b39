//go:build tempfile_no_reserve

// Package stack, in the build that shows what Reserve prevents. It is for one test.
package stack

// Reserve does nothing.
func Reserve() {}
