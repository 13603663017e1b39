package main

import (
	"unsafe"

	"github.com/mattn/go-pointer"
)

// Tokens stand in a record for the Go object behind it. Only records hold them, and a record is found by its handle's
// generation, so no token of a caller's ever gets here. This is the only file that imports go-pointer.

// attach gives the token for an object.
func attach[T any](object *T) unsafe.Pointer { return pointer.Save(object) }

// object gives the object for a token.
func object[T any](token unsafe.Pointer) *T {
	// Asserting a type that is not there panics, and the export's rescue answers -ENOTRECOVERABLE: a record of one kind
	// never holds an object of another.
	return pointer.Restore(token).(*T)
}

// detach forgets a token.
func detach(token unsafe.Pointer) { pointer.Unref(token) }
