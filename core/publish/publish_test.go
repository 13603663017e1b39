//go:build linux && !tempfile_portable

package publish

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"libtempfile/core/system"
	"libtempfile/core/system/systemtest"
)

// refuses tells whether a scenario is to fail, because something has the name.
func (c *scenario) refuses() bool { return c.o.Flags&NoReplace != 0 && c.target != "" }

// TestEveryScenario plays each as it is, and where the kernel lacks something.
func TestEveryScenario(t *testing.T) {
	lacking := map[string]func(systemtest.Call) error{
		"nothing":                        func(systemtest.Call) error { return nil },
		"links of open files":            lack("LinkDescriptor", syscall.ENOENT),
		"links of open files, forbidden": lack("LinkDescriptor", syscall.EPERM),
		"O_TMPFILE":                      lack("CreateUnnamedBelow", syscall.EOPNOTSUPP),
		"O_TMPFILE and links of open files": both(lack("CreateUnnamedBelow", syscall.EISDIR),
			lack("LinkDescriptor", syscall.ENOENT)),
		"renameat2, ENOSYS":                 lackRename(syscall.ENOSYS),
		"renameat2, EINVAL":                 lackRename(syscall.EINVAL),
		"renameat2 and links of open files": both(lackRename(syscall.EINVAL), lack("LinkDescriptor", syscall.ENOENT)),
		"copy_file_range, ENOSYS":           lack("CopyRange", syscall.ENOSYS),
		"copy_file_range, EXDEV":            lack("CopyRange", syscall.EXDEV),
		"copy_file_range, EINVAL":           lack("CopyRange", syscall.EINVAL),
		"SEEK_DATA":                         lack("Seek/data", syscall.EINVAL),
	}
	root, other := quickFolder(t), t.TempDir()
	for what, before := range lacking {
		t.Run("without "+what, func(t *testing.T) {
			for _, c := range scenarios(t, allFlags) {
				g := newStage(t, root, other, c)
				result, err := g.play(systemtest.Watched{System: system.Kernel{}, Before: before}, c)
				switch {
				case c.refuses():
					if result.Published || !errors.Is(err, fs.ErrExist) {
						t.Errorf("%s: %v", c, err)
					}
				case err != nil:
					t.Errorf("%s: %v", c, err)
				default:
					g.checkPublished(c, result)
				}
				g.end()
			}
		})
	}
}

func lack(method string, errno syscall.Errno) func(systemtest.Call) error {
	return func(call systemtest.Call) error {
		if call.Method == method {
			return errno
		}
		return nil
	}
}

func lackRename(errno syscall.Errno) func(systemtest.Call) error {
	return func(call systemtest.Call) error {
		if call.Method == "RenameBelow" && call.How != system.Replacing {
			return errno
		}
		return nil
	}
}

func both(a, b func(systemtest.Call) error) func(systemtest.Call) error {
	return func(call systemtest.Call) error {
		if err := a(call); err != nil {
			return err
		}
		return b(call)
	}
}
