package engine

import (
	"sync"

	"libtempfile/core/system"
)

// Prefix is the start of a name where no prefix is given: Python's tempfile.template.
const Prefix = "tmp"

// Engine is what Python keeps in the module tempfile: the choice of the default directory; and the system to work on.
// Package tempfile has one over the real system; tests and the C library make their own.
type Engine struct {
	system system.System

	mutex   sync.Mutex
	tempdir *string // SetTempdir
	choices [mediums]choice
}

// New makes an engine over a system.
func New(s system.System) *Engine { return &Engine{system: s} }

// System gives the system that the engine works on.
func (e *Engine) System() system.System { return e.system }
