//go:build unix

package engine

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"libtempfile/core/system"
)

// elsewhere is a System whose environment and current directory the test sets, and which counts how often a file is
// tried. Creating a file outside the test's own folder fails as the table says, or with ENOENT.
type elsewhere struct {
	system.Kernel
	environment system.Environment
	here, home  string
	own         string
	refusals    map[string]syscall.Errno
	tried       []string
}

func (s *elsewhere) Environment() system.Environment { return s.environment }
func (s *elsewhere) Getwd() (string, error) {
	if s.here == "" {
		return "", syscall.ENOENT
	}
	return s.here, nil
}
func (s *elsewhere) Home() (string, error) {
	if s.home == "" {
		return "", errors.New("unknown user")
	}
	return s.home, nil
}
func (s *elsewhere) Create(path string, flags int, permissions uint32) (int, error) {
	directory := path[:strings.LastIndexByte(path, '/')]
	s.tried = append(s.tried, directory)
	if strings.HasPrefix(path, s.own) {
		return s.Kernel.Create(path, flags, permissions)
	}
	if errno, ok := s.refusals[directory]; ok {
		return -1, errno
	}
	return -1, syscall.ENOENT
}

func TestCandidatesInOrder(t *testing.T) {
	fixed := []string{"/tmp", "/var/tmp", "/usr/tmp"}
	for _, c := range []struct {
		environment system.Environment
		here, home  string
		want        []string
	}{
		{system.Environment{}, "/here", "/home/me", slices.Concat(fixed, []string{"/here", "/home/me"})},
		{system.Environment{TMPDIR: "/a", TEMP: "/b", TMP: "/c", HOME: "/h"}, "/here", "/home/me",
			slices.Concat([]string{"/a", "/b", "/c"}, fixed, []string{"/here", "/h"})},
		{system.Environment{TMP: "rel//ative/."}, "/here", "", slices.Concat([]string{"/here/rel/ative"}, fixed, []string{"/here"})},
		{system.Environment{TMPDIR: "/a//b/", HOME: "relative"}, "/", "/home/me", slices.Concat([]string{"/a/b"}, fixed, []string{"/"})},
		{system.Environment{TMPDIR: "relative", HOME: "/h/"}, "", "", slices.Concat([]string{"relative"}, fixed, []string{".", "/h"})},
	} {
		got := New(&elsewhere{environment: c.environment, here: c.here, home: c.home}).Candidates()
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v in %q: %q, want %q", c.environment, c.here, got, c.want)
		}
	}
}

func TestEveryRefusalIsTold(t *testing.T) {
	s := &elsewhere{
		environment: system.Environment{TMPDIR: "/a", TEMP: "relative"}, home: "/home/me", own: "/own",
		refusals: map[string]syscall.Errno{"/a": syscall.EROFS, "/tmp": syscall.EACCES, "/var/tmp": syscall.ENOSPC,
			"/usr/tmp": syscall.ENOTDIR, "/home/me": syscall.EDQUOT},
	}
	_, _, err := New(s).Mkstemp(nil)
	var refused *TempdirError
	if !errors.As(err, &refused) || !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	want := []struct {
		directory string
		reason    syscall.Errno
	}{{"/a", syscall.EROFS}, {"relative", syscall.ENOENT}, {"/tmp", syscall.EACCES}, {"/var/tmp", syscall.ENOSPC},
		{"/usr/tmp", syscall.ENOTDIR}, {".", syscall.ENOENT}, {"/home/me", syscall.EDQUOT}}
	if len(refused.Refusals) != len(want) {
		t.Fatalf("%+v", refused.Refusals)
	}
	for i, refusal := range refused.Refusals {
		if refusal.Path != want[i].directory || !errors.Is(refusal.Err, want[i].reason) {
			t.Errorf("%d: %+v, want %+v", i, refusal, want[i])
		}
		if !strings.Contains(err.Error(), refusal.Path+" (") || !strings.Contains(err.Error(), want[i].reason.Error()) {
			t.Errorf("the text lacks %+v: %s", refusal, err)
		}
	}
	s.own = "/"
	s.environment.TMPDIR = t.TempDir()
	if directory, err := New(s).Gettempdir(); directory != s.environment.TMPDIR || err != nil {
		t.Errorf("a failure was remembered: %q, %v", directory, err)
	}
}

func TestChoiceIsKeptForItsEnvironment(t *testing.T) {
	own := t.TempDir()
	for _, name := range []string{"/a", "/b"} {
		must(t, os.Mkdir(own+name, 0o700))
	}
	s := &elsewhere{environment: system.Environment{TMPDIR: own + "/a"}, own: own, here: own}
	l := New(s)
	expect := func(want string, tries int) {
		t.Helper()
		s.tried = nil
		if directory, err := l.Gettempdir(); directory != want || err != nil || len(s.tried) != tries {
			t.Errorf("%q, %v after trying %q; want %q after %d", directory, err, s.tried, want, tries)
		}
	}
	expect(own+"/a", 1)
	expect(own+"/a", 0)
	s.environment.TMPDIR = own + "/b"
	expect(own+"/b", 1)
	expect(own+"/b", 0)
	s.environment.TMPDIR = own + "/missing"
	s.environment.TEMP = own + "/a/"
	expect(own+"/a", 2)
	s.environment.TMPDIR = "b"
	expect(own+"/b", 1)

	set := "/set, unchecked"
	l.SetTempdir(&set)
	set = "changed by its owner afterwards"
	expect("/set, unchecked", 0)
	empty := ""
	l.SetTempdir(&empty)
	expect("", 0)
	if path, err := l.Mkdtemp(nil); err != nil || !strings.HasPrefix(path, own+"/tmp") {
		t.Errorf("an empty default directory is the current one: %q, %v", path, err)
	}
	l.SetTempdir(nil)
	expect(own+"/b", 0)
	s.environment.Tempdir = &set
	expect(set, 0)
	s.environment.Tempdir = nil
	expect(own+"/b", 0)
	for _, path := range remaining(t, own) {
		if strings.HasPrefix(path, own+"/a/") || strings.HasPrefix(path, own+"/b/") {
			t.Errorf("the trial left %s behind", path)
		}
	}
}

func TestManyAskForTheDefaultDirectory(t *testing.T) {
	l := New(&elsewhere{environment: system.Environment{TMPDIR: t.TempDir()}, own: "/"})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 100 {
				if i == 0 {
					l.SetTempdir(nil)
				}
				if directory, err := l.Gettempdir(); err != nil || directory == "" {
					t.Error(directory, err)
				}
			}
		})
	}
	group.Wait()
}

func TestPathsAreAbsoluteFromCreationOn(t *testing.T) {
	folder := quickFolder(t)
	must(t, os.Mkdir(folder+"/sub", 0o700))
	t.Chdir(folder)
	d, err := standard.TemporaryDirectory(&Options{Dir: "sub/.//"})
	must(t, err)
	f, err := standard.NamedTemporaryFile(&Options{Dir: "."})
	must(t, err)
	s, err := standard.SpooledTemporaryFile(&Options{Dir: "sub", NoTmpfile: true})
	must(t, err)
	if !strings.HasPrefix(d.Name(), folder+"/sub/tmp") || !strings.HasPrefix(f.Name(), folder+"/tmp") {
		t.Errorf("%s, %s", d.Name(), f.Name())
	}
	t.Chdir("/")
	must(t, d.Cleanup())
	must(t, f.Close())
	must(t, s.Rollover())
	must(t, s.Close())
	if left := remaining(t, folder); len(left) != 1 {
		t.Errorf("left: %q", left)
	}
}

func TestTidy(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "//": "/", "/.": "/", "/a": "/a", "/a/": "/a", "//a//b//": "/a/b", "/a/./b": "/a/b", "/a/.": "/a", "/./": "/",
		"/a/../b": "/a/../b", "/..": "/..", "/a/.b": "/a/.b", "/a/b.": "/a/b.", "/a/...": "/a/...", "/a/./": "/a",
	} {
		if got := tidy(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

// small is a System under RLIMIT_FSIZE, where a larger write raises a signal.
type small struct {
	elsewhere
	limit   int64
	written int64
}

func (s *small) FileSizeLimit() int64 { return s.limit }
func (s *small) Write(descriptor int, p []byte) (int, error) {
	s.written += int64(len(p))
	return s.Kernel.Write(descriptor, p)
}

func TestProbeWritesNoMoreThanAllowed(t *testing.T) {
	for limit, want := range map[int64]int64{0: 0, 1: 1, 3: 3, 4: 4, 1 << 40: 4} {
		own := t.TempDir()
		s := &small{elsewhere: elsewhere{own: own, environment: system.Environment{TMPDIR: own}}, limit: limit}
		directory, err := New(s).Gettempdir()
		if err != nil || directory != own || s.written != want {
			t.Errorf("limit %d: %q, %v, %d bytes written; want %d", limit, directory, err, s.written, want)
		}
	}
}
