//go:build !linux || tempfile_portable

package tempfile

import (
	"libtempfile/core/recovery"
	"libtempfile/core/system"
)

// kernel is the real system. There is no recovery here.
type kernel = system.Kernel

func note(path string, kind uint16) {}

func whyNotNoted(path string) error { return ErrUnsupported }

func strikeOut(path string) {}

// EnableRecovery is ErrUnsupported here.
func EnableRecovery(directory string) error { return public(ErrUnsupported) }

// Recovery removes what killed processes left behind, on Linux.
type Recovery struct{}

// Recovered is what became of one object.
type Recovered = recovery.Item

// StartRecovery is ErrUnsupported here.
func StartRecovery(directory string, dryRun bool) (*Recovery, error) {
	return nil, public(ErrUnsupported)
}

// Next has nothing.
func (r *Recovery) Next() (item Recovered, more bool) { return item, false }

// Close does nothing.
func (r *Recovery) Close() {}
