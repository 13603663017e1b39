//go:build unix

package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// FuzzNames makes files and directories with any prefix, suffix and name. What is made must lie in the directory under the
// name that was asked for, and go again without a trace; what is refused must leave nothing.
func FuzzNames(f *testing.F) {
	f.Add("tmp", "", "")
	f.Add("", ".txt", "name")
	f.Add("../", "", "x")
	f.Add("a/b", "\x00", "")
	f.Add(".", ".", "")
	f.Add("", "", ".")
	f.Add("\xff\xfe", "\n", " ")
	f.Add(strings.Repeat("n", 250), "", "")
	f.Fuzz(func(t *testing.T, prefix, suffix, name string) {
		folder := quickFolder(t)
		o := &Options{Dir: folder, Prefix: prefix, Suffix: suffix, Name: name}
		harmless := !strings.ContainsAny(prefix+suffix+name, "/\x00")
		for kind, create := range map[string]func() (string, error){
			"file": func() (string, error) {
				descriptor, path, err := standard.Mkstemp(o)
				if err == nil {
					syscall.Close(descriptor)
				}
				return path, err
			},
			"directory": func() (string, error) { return standard.Mkdtemp(o) },
		} {
			path, err := create()
			if err != nil {
				if harmless && !errors.Is(err, syscall.ENAMETOOLONG) && !errors.Is(err, syscall.EINVAL) {
					t.Errorf("%s: %v", kind, err)
				}
				if left := remaining(t, folder); len(left) > 0 {
					t.Errorf("%s: %v, and %q is left", kind, err, left)
				}
				continue
			}
			base := filepath.Base(path)
			if !harmless || filepath.Dir(path) != folder || !strings.HasPrefix(base, o.prefix()) || !strings.HasSuffix(base, suffix) {
				t.Errorf("%s: made %q", kind, path)
			}
			must(t, os.Remove(path))
		}
		if left := remaining(t, folder); len(left) > 0 {
			t.Errorf("%q is left", left)
		}
	})
}

// FuzzOptions makes every kind of object from any options. Bad ones must be refused by an errno, before anything is made.
func FuzzOptions(f *testing.F) {
	f.Add("w+b", int64(0), int64(0), uint32(0), uint8(0))
	f.Add("r", int64(1), int64(-1), uint32(0o777), uint8(255))
	f.Add("xa+", int64(-5), int64(1)<<62, uint32(0xffffffff), uint8(1))
	f.Add("", int64(1)<<40, int64(10), uint32(0o600), uint8(6))
	f.Fuzz(func(t *testing.T, mode string, buffering, maxSize int64, permissions uint32, flags uint8) {
		folder := quickFolder(t)
		o := &Options{Dir: folder, Mode: mode, Buffering: buffering, MaxSize: maxSize, Permissions: permissions}
		o.NoTmpfile, o.OnlyTmpfile = flags&1 != 0, flags&2 != 0
		o.NoDeleteOnClose, o.IgnoreCleanupErrors = flags&4 != 0, flags&8 != 0
		for _, create := range []func(*Options) (*File, error){standard.NamedTemporaryFile, standard.TemporaryFile, standard.SpooledTemporaryFile} {
			file, err := create(o)
			var errno syscall.Errno
			if err != nil {
				if !errors.As(err, &errno) {
					t.Errorf("%v has no errno", err)
				}
				continue
			}
			file.Write([]byte("some bytes"))
			must(t, file.Close())
			must(t, file.Free())
		}
		if directory, err := standard.TemporaryDirectory(o); err == nil {
			must(t, directory.Cleanup())
		}
		if left := remaining(t, folder); len(left) > 0 {
			t.Errorf("%q is left", left)
		}
	})
}
