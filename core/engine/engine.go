package engine

import (
	"sync"

	"libtempfile/core/system"
)

// Prefix is what names begin with where no prefix is given, as Python's tempfile.template.
const Prefix = "tmp"

// Engine is what Python keeps in the module: the system to work on and the choice of the default directory. Programs
// use the package's functions, which have one over the real system; tests and the C library make their own with New.
type Engine struct {
	system system.System

	mutex   sync.Mutex
	tempdir *string // SetTempdir
	choice  choice
}

// New makes a library over a system. Its methods are the package's functions.
func New(s system.System) *Engine { return &Engine{system: s} }
