//go:build !linux || tempfile_portable

package system

import "time"

// The calls that remove a directory with all it holds, by descriptor. Only Linux has them: elsewhere a removal fails
// before it begins.

func (Kernel) LockDirectory(path string, identity Identity) (int, error) { return -1, ErrUnsupported }
func (Kernel) OpenParent(path string) (int, error)                       { return -1, ErrUnsupported }
func (Kernel) OpenBelow(directory int, name string) (int, error)         { return -1, ErrUnsupported }
func (Kernel) HoldBelow(directory int, name string) (int, error)         { return -1, ErrUnsupported }
func (Kernel) Unlock(directory int) bool                                 { return false }
func (Kernel) OpenAbove(directory int) (int, error)                      { return -1, ErrUnsupported }
func (Kernel) IdentifyOpen(descriptor int) (identity Identity, e error) {
	return identity, ErrUnsupported
}
func (Kernel) Entries(directory int, buffer []byte) (int, error) { return 0, ErrUnsupported }
func (Kernel) UnlinkBelow(directory int, name string) error      { return ErrUnsupported }
func (Kernel) RmdirBelow(directory int, name string) error       { return ErrUnsupported }

// Entry is a directory entry.
type Entry struct {
	Name      string
	Directory bool
}

// NextEntry takes the first entry off what Entries filled: there is none.
func NextEntry(buffer []byte) (entry Entry, rest []byte, ok bool) { return Entry{}, nil, false }

// Helpers: none.
func (Kernel) Helpers() (most int, measure bool) { return 0, true }

func (Kernel) Recruit(n int, help func()) (join func()) { return nil }

func (Kernel) Spent() (clock, processor time.Duration, waits int64) { return time.Since(loaded), 0, 0 }
