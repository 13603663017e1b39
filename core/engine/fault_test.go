//go:build unix

package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"libtempfile/core/system"
)

// faulty is a System whose Nth call fails. It counts, so that a test can go on to the next N until nothing fails.
type faulty struct {
	system.System
	tempdir string // TMPDIR and TEMP are folders in it

	nth     int    // the call that fails; 0: none
	method  string // counts only these; "": all
	lasting bool   // later calls of the method that failed fail too
	errno   syscall.Errno
	piece   int // reads and writes move at most so many bytes; 0: no limit

	mutex sync.Mutex // helpers count too
	calls int
	fired string // the method that failed
}

func (s *faulty) fails(method string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.lasting && s.fired == method {
		return true
	}
	if s.method == "" || s.method == method {
		s.calls++
	}
	if s.calls == s.nth && s.fired == "" {
		s.fired = method
		return true
	}
	return false
}

// fault does a call, or fails it.
func (s *faulty) fault(method string, call func() error) error {
	if s.fails(method) {
		return s.errno
	}
	return call()
}

// faultFor is fault for calls that count or give a descriptor: -1 with the errno, as the kernel.
func faultFor[T int | int64](s *faulty, method string, call func() (T, error)) (T, error) {
	if s.fails(method) {
		return -1, s.errno
	}
	return call()
}

func (s *faulty) limit(p []byte) []byte {
	if s.piece > 0 {
		return p[:min(len(p), s.piece)]
	}
	return p
}

func (s *faulty) Create(path string, flags int, permissions uint32) (int, error) {
	return faultFor(s, "Create", func() (int, error) { return s.System.Create(path, flags, permissions) })
}
func (s *faulty) CreateUnnamed(directory string, flags int, permissions uint32) (int, error) {
	return faultFor(s, "CreateUnnamed", func() (int, error) { return s.System.CreateUnnamed(directory, flags, permissions) })
}
func (s *faulty) Space(directory string) (space system.Space, err error) {
	err = s.fault("Space", func() (err error) {
		space, err = s.System.Space(directory)
		return err
	})
	return space, err
}
func (s *faulty) Mkdir(path string, permissions uint32) error {
	return s.fault("Mkdir", func() error { return s.System.Mkdir(path, permissions) })
}
func (s *faulty) Unlink(path string) error {
	return s.fault("Unlink", func() error { return s.System.Unlink(path) })
}
func (s *faulty) Rmdir(path string) error {
	return s.fault("Rmdir", func() error { return s.System.Rmdir(path) })
}
func (s *faulty) IdentifyNew(path string, permissions uint32) (identity system.Identity, err error) {
	err = s.fault("IdentifyNew", func() (err error) {
		identity, err = s.System.IdentifyNew(path, permissions)
		return err
	})
	return identity, err
}

func (s *faulty) LockDirectory(path string, identity system.Identity) (descriptor int, err error) {
	err = s.fault("LockDirectory", func() (err error) {
		descriptor, err = s.System.LockDirectory(path, identity)
		return err
	})
	return descriptor, err
}

func (s *faulty) Identify(path string) (identity system.Identity, directory bool, err error) {
	err = s.fault("Identify", func() (err error) {
		identity, directory, err = s.System.Identify(path)
		return err
	})
	return identity, directory, err
}
func (s *faulty) OpenAgain(path string, access system.Access) (int, error) {
	return faultFor(s, "OpenAgain", func() (int, error) { return s.System.OpenAgain(path, access) })
}
func (s *faulty) OpenAgainBy(descriptor int, access system.Access) (int, error) {
	return faultFor(s, "OpenAgainBy", func() (int, error) { return s.System.OpenAgainBy(descriptor, access) })
}

// Close closes whatever it says, as Linux does.
func (s *faulty) Close(descriptor int) error {
	err := s.System.Close(descriptor)
	return s.fault("Close", func() error { return err })
}
func (s *faulty) Read(descriptor int, p []byte) (int, error) {
	return faultFor(s, "Read", func() (int, error) { return s.System.Read(descriptor, s.limit(p)) })
}
func (s *faulty) ReadAt(descriptor int, p []byte, offset int64) (int, error) {
	return faultFor(s, "ReadAt", func() (int, error) { return s.System.ReadAt(descriptor, s.limit(p), offset) })
}
func (s *faulty) Write(descriptor int, p []byte) (int, error) {
	return faultFor(s, "Write", func() (int, error) { return s.System.Write(descriptor, s.limit(p)) })
}
func (s *faulty) WriteAt(descriptor int, p []byte, offset int64) (int, error) {
	return faultFor(s, "WriteAt", func() (int, error) { return s.System.WriteAt(descriptor, s.limit(p), offset) })
}
func (s *faulty) CopyRange(from int, fromOffset int64, to int, toOffset, size int64) (int64, error) {
	return faultFor(s, "CopyRange", func() (int64, error) { return s.System.CopyRange(from, fromOffset, to, toOffset, size) })
}
func (s *faulty) Sync(descriptor int, dataOnly bool) error {
	return s.fault("Sync", func() error { return s.System.Sync(descriptor, dataOnly) })
}
func (s *faulty) Status(descriptor int) (status system.Status, err error) {
	err = s.fault("Status", func() (err error) {
		status, err = s.System.Status(descriptor)
		return err
	})
	return status, err
}
func (s *faulty) Seek(descriptor int, offset int64, whence int) (int64, error) {
	return faultFor(s, "Seek", func() (int64, error) { return s.System.Seek(descriptor, offset, whence) })
}
func (s *faulty) Truncate(descriptor int, size int64) error {
	return s.fault("Truncate", func() error { return s.System.Truncate(descriptor, size) })
}
func (s *faulty) OpenParent(path string) (int, error) {
	return faultFor(s, "OpenParent", func() (int, error) { return s.System.OpenParent(path) })
}
func (s *faulty) OpenBelow(directory int, name string) (int, error) {
	return faultFor(s, "OpenBelow", func() (int, error) { return s.System.OpenBelow(directory, name) })
}
func (s *faulty) HoldBelow(directory int, name string) (int, error) {
	return faultFor(s, "HoldBelow", func() (int, error) { return s.System.HoldBelow(directory, name) })
}
func (s *faulty) OpenAbove(directory int) (int, error) {
	return faultFor(s, "OpenAbove", func() (int, error) { return s.System.OpenAbove(directory) })
}
func (s *faulty) IdentifyOpen(descriptor int) (identity system.Identity, err error) {
	err = s.fault("IdentifyOpen", func() (err error) {
		identity, err = s.System.IdentifyOpen(descriptor)
		return err
	})
	return identity, err
}
func (s *faulty) Entries(directory int, buffer []byte) (int, error) {
	return faultFor(s, "Entries", func() (int, error) { return s.System.Entries(directory, buffer) })
}
func (s *faulty) UnlinkBelow(directory int, name string) error {
	return s.fault("UnlinkBelow", func() error { return s.System.UnlinkBelow(directory, name) })
}
func (s *faulty) RmdirBelow(directory int, name string) error {
	return s.fault("RmdirBelow", func() error { return s.System.RmdirBelow(directory, name) })
}
func (s *faulty) Random(p []byte) error {
	return s.fault("Random", func() error { return s.System.Random(p) })
}
func (s *faulty) Getwd() (path string, err error) {
	err = s.fault("Getwd", func() (err error) {
		path, err = s.System.Getwd()
		return err
	})
	return path, err
}
func (s *faulty) Environment() system.Environment {
	return system.Environment{TMPDIR: s.tempdir + "/first", TEMP: s.tempdir + "/second"}
}

// kernel is what the tests of removals stand on, so that all can be run once more with helpers.
var kernel system.System = system.Kernel{}

// quickFolder is a folder of the test's own, in memory where the system has such a place: thousands of trees are made.
func quickFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "libtempfile-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

// descriptors counts the descriptors that are open in this process.
func descriptors(t testing.TB) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// remaining lists what is in a folder, at any depth.
func remaining(t testing.TB, folder string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if path != folder {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// errnos are what is injected; removals, which make many calls, get the first of them.
var errnos = []syscall.Errno{syscall.EIO, syscall.EMFILE, syscall.EACCES, syscall.ENOTDIR, syscall.ENOSPC, syscall.EEXIST,
	syscall.EOPNOTSUPP, syscall.EISDIR}

// TestEveryCallFails fails the first, the second, ... system call of every operation until it is through without. An
// operation then either says what failed and leaves nothing, or has done its work in spite of it, all of it.
func TestEveryCallFails(t *testing.T) { everyCallFails(t, operations) }

func everyCallFails(t *testing.T, operations []operation) {
	for _, operation := range operations {
		t.Run(operation.name, func(t *testing.T) {
			folder, tries := quickFolder(t), 0
			errnos := errnos[:operation.errnos()]
			for _, errno := range errnos {
				for nth := 1; ; nth++ {
					s := &faulty{System: kernel, nth: nth, errno: errno}
					if !tryFault(t, folder, operation, s) {
						break
					}
					tries++
				}
			}
			if tries < operation.calls*len(errnos) {
				t.Errorf("only %d faults were reached", tries)
			}
		})
	}
}

// TestCallsKeepFailing is the same with every later call of the method that failed, which must end all the same.
func TestCallsKeepFailing(t *testing.T) { callsKeepFailing(t, operations) }

func callsKeepFailing(t *testing.T, operations []operation) {
	for _, operation := range operations {
		if operation.wanders {
			continue
		}
		t.Run(operation.name, func(t *testing.T) {
			folder := quickFolder(t)
			for _, errno := range []syscall.Errno{syscall.EIO, syscall.EMFILE, syscall.ENOTDIR} {
				for nth := 1; tryFault(t, folder, operation, &faulty{System: kernel, nth: nth, errno: errno, lasting: true}); nth++ {
				}
			}
		})
	}
}

// tryFault runs an operation once, and tells whether the fault was reached.
func tryFault(t *testing.T, folder string, o operation, s *faulty) bool {
	t.Helper()
	root, err := os.MkdirTemp(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(root) // at once: there are thousands of them
	s.tempdir = root
	for _, candidate := range []string{"first", "second"} {
		if err := os.Mkdir(root+"/"+candidate, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if o.prepare != nil {
		o.prepare(t, s.tempdir+"/first")
	}
	before := descriptors(t)
	err = o.run(New(s), s.tempdir+"/first")
	what := fmt.Sprintf("call %d (%s) with %v, lasting %t: error %v", s.nth, s.fired, s.errno, s.lasting, err)
	if after := descriptors(t); after != before {
		t.Errorf("%s: %d descriptors leaked", what, after-before)
	}
	if err != nil {
		checkError(t, o, s, err, what)
	}
	left := slices.DeleteFunc(remaining(t, s.tempdir), func(path string) bool { return filepath.Dir(path) == s.tempdir })
	stuck := s.fired == "Unlink" || s.lasting
	if len(left) > 0 && !stuck {
		t.Errorf("%s: left behind %v", what, left)
	}
	if err == nil && len(left) > 0 && !o.wanders {
		t.Errorf("%s: no error, but left behind %v", what, left)
	}
	return s.fired != ""
}

// checkError holds an error against what was injected.
func checkError(t *testing.T, o operation, s *faulty, err error, what string) {
	t.Helper()
	var path *fs.PathError
	switch {
	case s.fired == "":
		t.Errorf("%s, and nothing was injected", what)
	case !errors.Is(err, s.errno):
		t.Errorf("%s, which is not the one injected", what)
	case !errors.As(err, &path) || path.Op == "" || path.Path == "" && !o.nameless:
		t.Errorf("%s, which does not name operation and path", what)
	}
}
