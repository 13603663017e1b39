package main

/*
#include "fast.h"
*/
import "C"

import (
	"errors"
	"unsafe"

	"github.com/mattn/go-pointer"
)

// Tokens stand in a record for the Go object behind it. Only records hold them, and a record is found by its handle's
// generation, so no token of a caller's ever gets here. This is the only file that imports go-pointer.

// attach gives the token for an object, or panics as stock does.
func attach[T any](object *T) unsafe.Pointer {
	stock()
	return attachStocked(object)
}

// stock makes sure that there is memory for a token. Without it go-pointer would end the process. stock panics with
// errNoMemory instead, of which rescue makes an error. A function that has something to undo after a panic calls stock
// first, and attachStocked then.
func stock() {
	if !C.tempfile__stock_up() {
		panic(errNoMemory)
	}
}

// attachStocked gives the token for an object, from the memory that stock has set aside if there is no other.
func attachStocked[T any](object *T) unsafe.Pointer { return pointer.Save(object) }

// errNoMemory is what stock panics with.
var errNoMemory = errors.New("there is no memory for what is kept of an object")

// attached gives the object for a token.
func attached[T any](token unsafe.Pointer) *T {
	// Asserting a type that is not there panics, and the export's rescue answers -ENOTRECOVERABLE: a record of one kind
	// never holds an object of another.
	return pointer.Restore(token).(*T)
}

// detach forgets a token.
func detach(token unsafe.Pointer) { pointer.Unref(token) }
