//go:build unix

package system

import "syscall"

// Kernel is the real system. The calls here are the same on all Unix systems.
type Kernel struct{}

func (Kernel) Mkdir(path string, permissions uint32) error {
	return ignoringEINTR(func() error { return syscall.Mkdir(path, permissions) })
}

func (Kernel) Rmdir(path string) error {
	return ignoringEINTR(func() error { return syscall.Rmdir(path) })
}

func (Kernel) Exists(path string) bool {
	var stat syscall.Stat_t
	return ignoringEINTR(func() error { return syscall.Lstat(path, &stat) }) == nil
}

func (Kernel) Read(descriptor int, p []byte) (int, error) {
	return ignoringEINTR2(func() (int, error) { return syscall.Read(descriptor, p) })
}

func (Kernel) ReadAt(descriptor int, p []byte, offset int64) (int, error) {
	return ignoringEINTR2(func() (int, error) { return syscall.Pread(descriptor, p, offset) })
}

func (Kernel) WriteAt(descriptor int, p []byte, offset int64) (int, error) {
	return ignoringEINTR2(func() (int, error) { return syscall.Pwrite(descriptor, p, offset) })
}

func (Kernel) Seek(descriptor int, offset int64, whence int) (int64, error) {
	return ignoringEINTR2(func() (int64, error) { return syscall.Seek(descriptor, offset, whence) })
}

func (Kernel) Truncate(descriptor int, size int64) error {
	return ignoringEINTR(func() error { return syscall.Ftruncate(descriptor, size) })
}

// Close is not repeated after EINTR: Linux and others have closed the descriptor then, and its number may be another
// thread's file.
func (Kernel) Close(descriptor int) error {
	if err := syscall.Close(descriptor); err != syscall.EINTR {
		return err
	}
	return nil
}
