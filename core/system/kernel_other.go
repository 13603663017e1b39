//go:build !unix && !tempfile_portable

package system

import (
	"math"
	"time"
)

// Systems that are no Unix, above all Windows. The package compiles there, so that a program for several systems compiles
// too. A call that makes a file or a directory fails with ErrUnsupported, because nobody has written it for such a system yet. A
// SpooledTemporaryFile works as long as it is in memory.

// Kernel is the real system.
type Kernel struct{}

// How files are created: not at all.
const CreateFlags, UnnamedFlags, AppendFlag = 0, 0, 0

func (Kernel) Create(path string, flags int, permissions uint32) (int, error) {
	return -1, ErrUnsupported
}
func (Kernel) CreateUnnamed(directory string, flags int, permissions uint32) (int, error) {
	return -1, ErrUnsupported
}
func (Kernel) Mkdir(path string, permissions uint32) error { return ErrUnsupported }
func (Kernel) Space(directory string) (Space, error)       { return Space{}, ErrUnsupported }
func (Kernel) Exists(path string) bool                     { return false }
func (Kernel) Unlink(path string) error                    { return ErrUnsupported }
func (Kernel) Rmdir(path string) error                     { return ErrUnsupported }
func (Kernel) Identify(path string) (identity Identity, directory bool, err error) {
	return identity, false, ErrUnsupported
}
func (Kernel) IdentifyNew(path string, permissions uint32) (Identity, error) {
	return Identity{}, ErrUnsupported
}
func (Kernel) FileSizeLimit() int64                                        { return math.MaxInt64 }
func (Kernel) OpenAgain(path string, access Access) (int, error)           { return -1, ErrUnsupported }
func (Kernel) OpenAgainBy(descriptor int, access Access) (int, error)      { return -1, ErrUnsupported }
func (Kernel) Close(descriptor int) error                                  { return ErrUnsupported }
func (Kernel) Read(descriptor int, p []byte) (int, error)                  { return 0, ErrUnsupported }
func (Kernel) ReadAt(descriptor int, p []byte, offset int64) (int, error)  { return 0, ErrUnsupported }
func (Kernel) Write(descriptor int, p []byte) (int, error)                 { return 0, ErrUnsupported }
func (Kernel) WriteAt(descriptor int, p []byte, offset int64) (int, error) { return 0, ErrUnsupported }
func (Kernel) CopyRange(from int, fromOffset int64, to int, toOffset, size int64) (int64, error) {
	return 0, ErrUnsupported
}
func (Kernel) Sync(descriptor int, dataOnly bool) error                     { return ErrUnsupported }
func (Kernel) Status(descriptor int) (Status, error)                        { return Status{}, ErrUnsupported }
func (Kernel) Seek(descriptor int, offset int64, whence int) (int64, error) { return 0, ErrUnsupported }
func (Kernel) Truncate(descriptor int, size int64) error                    { return ErrUnsupported }
func (Kernel) Random(p []byte) error                                        { return ErrUnsupported }
func (Kernel) Getwd() (string, error)                                       { return "", ErrUnsupported }
func (Kernel) Home() (string, error)                                        { return "", ErrUnsupported }
func (Kernel) Environment() Environment                                     { return Environment{} }

// NoUnnamed tells whether a file must be created with a name.
func NoUnnamed(err error) bool { return false }

// Affordable tells whether the system would give that much memory.
func Affordable(size int64) bool { return true }

// loaded is where the clock of Spent counts from.
var loaded = time.Now()
