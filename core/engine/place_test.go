//go:build linux && !tempfile_portable

package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/system"
)

// creators make something and give the directory that it is in. A file without a name gives no directory.
var creators = map[string]func(e *Engine, o *Options) (directory string, err error){
	"Mkstemp": func(e *Engine, o *Options) (string, error) {
		descriptor, path, err := e.Mkstemp(o)
		if err != nil {
			return "", err
		}
		return filepath.Dir(path), errors.Join(syscall.Close(descriptor), os.Remove(path))
	},
	"Mkdtemp": func(e *Engine, o *Options) (string, error) {
		path, err := e.Mkdtemp(o)
		if err != nil {
			return "", err
		}
		return filepath.Dir(path), os.Remove(path)
	},
	"Mktemp": func(e *Engine, o *Options) (string, error) {
		path, err := e.Mktemp(o)
		return filepath.Dir(path), err
	},
	"NamedTemporaryFile": func(e *Engine, o *Options) (string, error) {
		f, err := e.NamedTemporaryFile(o)
		if err != nil {
			return "", err
		}
		return filepath.Dir(f.Name()), f.Free()
	},
	"TemporaryDirectory": func(e *Engine, o *Options) (string, error) {
		d, err := e.TemporaryDirectory(o)
		if err != nil {
			return "", err
		}
		return filepath.Dir(d.Name()), d.Free()
	},
	"TemporaryFile":        openedIn((*Engine).TemporaryFile),
	"SpooledTemporaryFile": openedIn((*Engine).SpooledTemporaryFile),
}

// openedIn makes a file without a name, and gives the directory that /proc has for its descriptor.
func openedIn(create func(*Engine, *Options) (*File, error)) func(*Engine, *Options) (string, error) {
	return func(e *Engine, o *Options) (string, error) {
		f, err := create(e, o)
		if err != nil {
			return "", err
		}
		defer f.Free()
		descriptor, err := f.Fd()
		if err != nil {
			return "", err
		}
		path, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", descriptor))
		return filepath.Dir(path), err
	}
}

func TestBesideAPath(t *testing.T) {
	folder := t.TempDir()
	must(t, os.Mkdir(folder+"/inner", 0o700))
	must(t, os.Symlink("inner/target", folder+"/link"))
	t.Chdir(folder)
	for beside, want := range map[string]string{
		folder + "/missing": folder, folder + "/inner": folder, folder + "/inner/x": folder + "/inner",
		folder + "/link": folder, "x": folder, "inner/x": folder + "/inner", "./x": folder, "inner/../x": folder + "/inner/..",
		folder + "//inner//x": folder + "/inner",
	} {
		for name, create := range creators {
			got, err := create(standard, &Options{Beside: beside})
			if err != nil || filepath.Clean(got) != filepath.Clean(want) {
				t.Errorf("%s beside %q: in %q, %v; want %q", name, beside, got, err, want)
			}
		}
	}
	if plan, err := standard.Plan(ForMktemp, &Options{Beside: "/x"}); err != nil || plan.directory != "/" {
		t.Errorf("%q, %v", plan.directory, err)
	}
	if left := remaining(t, folder); len(left) != 2 {
		t.Errorf("left: %q", left)
	}
}

// TestPlaceIsRefused: what cannot be, or contradicts itself, is an error before anything is made.
func TestPlaceIsRefused(t *testing.T) {
	folder := t.TempDir()
	must(t, os.WriteFile(folder+"/file", nil, 0o600))
	for _, c := range []struct {
		o    Options
		want syscall.Errno
	}{
		{Options{Beside: folder + "/"}, syscall.EINVAL}, {Options{Beside: folder + "/."}, syscall.EINVAL},
		{Options{Beside: folder + "/.."}, syscall.EINVAL}, {Options{Beside: "/"}, syscall.EINVAL},
		{Options{Beside: ".."}, syscall.EINVAL}, {Options{Beside: folder + "/a\x00b"}, syscall.EINVAL},
		{Options{Beside: folder + "/a", Dir: folder}, syscall.EINVAL},
		{Options{Beside: folder + "/missing/x"}, syscall.ENOENT}, {Options{Beside: folder + "/file/x"}, syscall.ENOTDIR},
		{Options{MinFree: -1}, syscall.EINVAL}, {Options{OnDisk: true, InMemory: true}, syscall.EINVAL},
		{Options{MinFree: 1, Dir: folder}, syscall.EINVAL}, {Options{MinFree: 1, Beside: folder + "/a"}, syscall.EINVAL},
		{Options{OnDisk: true, Dir: folder}, syscall.EINVAL}, {Options{InMemory: true, Beside: folder + "/a"}, syscall.EINVAL},
	} {
		for name, create := range creators {
			if name == "Mktemp" && c.want != syscall.EINVAL {
				continue // it looks at no directory
			}
			if _, err := create(standard, &c.o); !errors.Is(err, c.want) {
				t.Errorf("%s with %+v: %v, want %v", name, c.o, err, c.want)
			}
		}
	}
	if left := remaining(t, folder); len(left) != 1 {
		t.Errorf("left: %q", left)
	}
}

// spaces is a System in which every candidate works, with the space that the test gives it.
type spaces struct {
	elsewhere
	of    map[string]system.Space
	asked int
	errno syscall.Errno
}

func (s *spaces) Space(directory string) (system.Space, error) {
	s.asked++
	if s.errno != 0 {
		return system.Space{}, s.errno
	}
	return s.of[directory], nil
}

// memoryAndDisk has one candidate of each kind, and no other that works.
func memoryAndDisk(t *testing.T) *spaces {
	own := t.TempDir()
	s := &spaces{elsewhere: elsewhere{own: own, environment: system.Environment{TMPDIR: own + "/memory", TEMP: own + "/disk"}}}
	s.of = map[string]system.Space{own + "/memory": {Free: 100, Memory: true}, own + "/disk": {Free: 1000}}
	must(t, os.Mkdir(own+"/memory", 0o700))
	must(t, os.Mkdir(own+"/disk", 0o700))
	return s
}

func TestCandidatesBySpace(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "memory"}, {Options{MinFree: 100}, "memory"}, {Options{MinFree: 101}, "disk"}, {Options{OnDisk: true}, "disk"},
		{Options{InMemory: true}, "memory"}, {Options{InMemory: true, MinFree: 100}, "memory"},
		{Options{OnDisk: true, MinFree: 1000}, "disk"}, {Options{OnDisk: true, MinFree: 1001}, ""},
		{Options{InMemory: true, MinFree: 101}, ""},
	} {
		for name, create := range creators {
			s := memoryAndDisk(t)
			directory, err := create(New(s), &c.o)
			if c.want == "" && errors.Is(err, syscall.ENOENT) && errors.As(err, new(*TempdirError)) {
				continue
			}
			if err != nil || directory != s.own+"/"+c.want {
				t.Errorf("%s with %+v: in %q, %v; want %q", name, c.o, directory, err, c.want)
			}
		}
	}
}

// TestRefusalsBySpace: the message says of each candidate why it does not suit.
func TestRefusalsBySpace(t *testing.T) {
	s := memoryAndDisk(t)
	e := New(s)
	told := func(o *Options, wants ...string) {
		t.Helper()
		_, err := e.Mkdtemp(o)
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+v: %v lacks %q", o, err, want)
			}
		}
	}
	told(&Options{OnDisk: true, MinFree: 2000}, s.own+"/memory (it is in memory, not on disk)",
		s.own+"/disk (1000 bytes are free of 2000 that are needed)")
	told(&Options{InMemory: true, MinFree: 2000}, "100 bytes are free", s.own+"/disk (it is not in memory)")
	set := s.own + "/memory"
	e.SetTempdir(&set)
	told(&Options{OnDisk: true}, set+" (it is in memory, not on disk)")
	if path, err := e.Mkdtemp(&Options{InMemory: true}); err != nil || filepath.Dir(path) != set {
		t.Errorf("%q, %v", path, err)
	}
	e.SetTempdir(nil)
	s.errno = syscall.ENOSYS
	told(&Options{OnDisk: true}, s.own+"/disk ("+syscall.ENOSYS.Error()+")")
}

// TestChoicesOfOneKindAreKept: a candidate of a kind is looked at once, but the free space each time.
func TestChoicesOfOneKindAreKept(t *testing.T) {
	s := memoryAndDisk(t)
	e := New(s)
	asks := func(o *Options, want int, lasts bool) {
		t.Helper()
		s.asked = 0
		plan, err := e.Plan(ForMkstemp, o)
		must(t, err)
		if s.asked != want || plan.Outline().Lasting != lasts {
			t.Errorf("%+v: %d questions and lasting %t; want %d, %t", o, s.asked, plan.lasting, want, lasts)
		}
	}
	asks(&Options{OnDisk: true}, 2, true)
	asks(&Options{OnDisk: true}, 0, true)
	asks(&Options{InMemory: true}, 1, true)
	asks(&Options{OnDisk: true}, 0, true)
	asks(&Options{}, 0, true)
	asks(&Options{OnDisk: true, MinFree: 5}, 2, false)
	asks(&Options{OnDisk: true, MinFree: 5}, 2, false)
	asks(&Options{MinFree: 5}, 1, false)
	s.environment.TEMP, s.environment.TMP = "", s.environment.TEMP
	asks(&Options{OnDisk: true}, 2, true)
}

// TestRollOverBySpace: a spooled file asks at its roll-over, and stays in memory if there is no place.
func TestRollOverBySpace(t *testing.T) {
	s := memoryAndDisk(t)
	f, err := New(s).SpooledTemporaryFile(&Options{MinFree: 500, OnDisk: true})
	must(t, err)
	defer f.Free()
	disk := s.own + "/disk"
	s.of[disk] = system.Space{Free: 499}
	if err = f.Rollover(); !errors.As(err, new(*TempdirError)) {
		t.Fatal(err)
	}
	if rolled, err := f.Rolled(); rolled || err != nil {
		t.Error(rolled, err)
	}
	s.of[disk] = system.Space{Free: 500}
	must(t, f.Rollover())
}

// bySpace looks at the space of every candidate.
var bySpace = []operation{
	{name: "Mkstemp by space", calls: 7, wanders: true, run: func(l *Engine, folder string) error {
		space, err := kernel.Space(folder)
		if err != nil {
			return err
		}
		descriptor, path, err := l.Mkstemp(&Options{MinFree: 1, InMemory: space.Memory, OnDisk: !space.Memory})
		if err != nil {
			return err
		}
		syscall.Close(descriptor)
		return os.Remove(path)
	}},
}

func TestEveryCallFailsBySpace(t *testing.T) {
	everyCallFails(t, bySpace)
	callsKeepFailing(t, bySpace)
}
