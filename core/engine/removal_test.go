//go:build linux && !tempfile_portable

package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"libtempfile/core/removal"
	"libtempfile/core/system"
)

// chain makes a directory in a directory in a directory, by descriptor: the path is longer than any call takes.
func chain(t *testing.T, root, name string, levels int) {
	t.Helper()
	must(t, os.Mkdir(root, 0o700))
	here, err := unix.Open(root, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	must(t, err)
	for range levels {
		must(t, unix.Mkdirat(here, name, 0o700))
		below, err := unix.Openat(here, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		unix.Close(here)
		must(t, err)
		here = below
	}
	unix.Close(here)
}

func TestRemovesWideTrees(t *testing.T) {
	root := quickFolder(t) + "/tree"
	must(t, os.Mkdir(root, 0o700))
	for i := range 5_000 {
		must(t, os.WriteFile(fmt.Sprintf("%s/file-%d", root, i), nil, 0o600))
		if i%10 == 0 {
			must(t, os.Mkdir(fmt.Sprintf("%s/directory-%d", root, i), 0o700))
		}
	}
	must(t, standard.RemoveAll(root+"//"))
	gone(t, root)
}

func TestRemovesDeepTrees(t *testing.T) {
	folder := quickFolder(t)
	chain(t, folder+"/deep", "d", 2_000)
	chain(t, folder+"/long", strings.Repeat("n", 200), 60) // paths of 12,000 bytes
	before := descriptors(t)
	for _, tree := range []string{"deep", "long"} {
		s := &watched{System: kernel}
		must(t, New(s).RemoveAll(folder+"/"+tree))
		gone(t, folder+"/"+tree)
		if s.most > removal.OpenDirectories+3 {
			t.Errorf("%s: %d descriptors at once", tree, s.most)
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors leaked", after-before)
	}
}

// watched is a System that counts the directories open at once and refuses one too many.
type watched struct {
	system.System
	mutex            sync.Mutex
	now, most, limit int
}

func (s *watched) count(descriptor int, err error) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err == nil {
		if s.limit > 0 && s.now == s.limit {
			s.System.Close(descriptor)
			return -1, syscall.EMFILE
		}
		s.now++
		s.most = max(s.most, s.now)
	}
	return descriptor, err
}
func (s *watched) OpenParent(path string) (int, error) { return s.count(s.System.OpenParent(path)) }
func (s *watched) OpenBelow(directory int, name string) (int, error) {
	return s.count(s.System.OpenBelow(directory, name))
}
func (s *watched) HoldBelow(directory int, name string) (int, error) {
	return s.count(s.System.HoldBelow(directory, name))
}
func (s *watched) OpenAbove(directory int) (int, error) {
	return s.count(s.System.OpenAbove(directory))
}
func (s *watched) Close(descriptor int) error {
	s.mutex.Lock()
	s.now--
	s.mutex.Unlock()
	return s.System.Close(descriptor)
}

func TestRemovesWithFewDescriptors(t *testing.T) {
	folder := quickFolder(t)
	for _, limit := range []int{5, 6, 10} {
		root := folder + "/tree"
		chain(t, root, "d", 300)
		must(t, New(&watched{System: kernel, limit: limit}).RemoveAll(root))
		gone(t, root)
	}
}

func TestRefusedRoots(t *testing.T) {
	folder := quickFolder(t)
	t.Chdir(folder)
	must(t, os.Mkdir("x", 0o700))
	for _, path := range []string{"", "/", "//", ".", "..", "./", "x/.", "x/..", "x/./", "x\x00"} {
		if err := standard.RemoveAll(path); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("%q: %v", path, err)
		}
	}
	must(t, os.WriteFile("file", nil, 0o600))
	must(t, os.Symlink("x", "link"))
	must(t, os.Symlink("missing", "dangling"))
	for _, path := range []string{"file", "link", "link/", "link//", "dangling", "file/"} {
		if err := standard.RemoveAll(path); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("%q: %v", path, err)
		}
	}
	for _, path := range []string{"missing", "missing/", "missing/below", folder + "/missing"} {
		if err := standard.RemoveAll(path); err != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
	if len(remaining(t, folder)) != 4 {
		t.Errorf("%v is left", remaining(t, folder))
	}
	must(t, os.MkdirAll("x/y", 0o700))
	must(t, standard.RemoveAll("./x///"))
	gone(t, "x")
}

func TestLinksAreNotFollowed(t *testing.T) {
	folder := quickFolder(t)
	victim := folder + "/victim"
	must(t, os.MkdirAll(victim+"/d", 0o700))
	must(t, os.WriteFile(victim+"/d/file", []byte("precious"), 0o600))
	before := portrait(t, victim)
	must(t, os.MkdirAll(folder+"/tree/middle", 0o700))
	must(t, os.Symlink(victim, folder+"/tree/link"))
	must(t, os.Symlink(victim, folder+"/tree/middle/link"))
	must(t, os.Symlink(victim+"/d/file", folder+"/tree/middle/leaf"))
	must(t, os.Symlink("..", folder+"/tree/middle/up"))
	must(t, os.Link(victim+"/d/file", folder+"/tree/hard"))
	must(t, standard.RemoveAll(folder+"/tree"))
	gone(t, folder+"/tree")
	if after := portrait(t, victim); after != before {
		t.Errorf("the victim was\n%s\nand is\n%s", before, after)
	}
}

// swapping is a System that does something the moment before a call of a method.
type swapping struct {
	system.System
	before, name string
	swap         func()
}

func (s *swapping) meet(method, name string) {
	if s.swap != nil && s.before == method && s.name == name {
		swap := s.swap
		s.swap = nil
		swap()
	}
}
func (s *swapping) OpenBelow(directory int, name string) (int, error) {
	s.meet("OpenBelow", name)
	return s.System.OpenBelow(directory, name)
}
func (s *swapping) UnlinkBelow(directory int, name string) error {
	s.meet("UnlinkBelow", name)
	return s.System.UnlinkBelow(directory, name)
}
func (s *swapping) RmdirBelow(directory int, name string) error {
	s.meet("RmdirBelow", name)
	return s.System.RmdirBelow(directory, name)
}
func (s *swapping) Entries(directory int, buffer []byte) (int, error) {
	s.meet("Entries", "")
	return s.System.Entries(directory, buffer)
}

// TestSwapsHurtNobody puts a link to a victim in the place of each part of a tree, before each kind of call on it.
func TestSwapsHurtNobody(t *testing.T) {
	for _, part := range []string{"tree", "tree/middle", "tree/middle/leaf", "tree/middle/leaf/file"} {
		for _, method := range []string{"OpenBelow", "UnlinkBelow", "RmdirBelow", "Entries"} {
			folder := quickFolder(t)
			must(t, os.MkdirAll(folder+"/tree/middle/leaf", 0o700))
			must(t, os.WriteFile(folder+"/tree/middle/leaf/file", nil, 0o600))
			victim := folder + "/victim"
			for _, below := range []string{"", "/middle/leaf", "/leaf"} {
				must(t, os.MkdirAll(victim+below, 0o700))
				must(t, os.WriteFile(victim+below+"/file", []byte("precious"), 0o600))
			}
			before := portrait(t, victim)
			s := &swapping{System: kernel, before: method, name: filepath.Base(part)}
			if method == "Entries" {
				s.name = ""
			}
			s.swap = func() {
				if os.Rename(folder+"/"+part, folder+"/aside") == nil {
					must(t, os.Symlink(victim, folder+"/"+part))
				}
			}
			err := New(s).RemoveAll(folder + "/tree")
			if after := portrait(t, victim); after != before {
				t.Errorf("%s before %s (%v): the victim was\n%s\nand is\n%s", part, method, err, before, after)
			}
		}
	}
}

// TestMovedAwayBranch moves a directory out of the tree while the removal is so deep in it that the way back is by "..".
func TestMovedAwayBranch(t *testing.T) {
	folder := quickFolder(t)
	chain(t, folder+"/tree", "d", 3*removal.OpenDirectories)
	must(t, os.MkdirAll(folder+"/outside/precious", 0o700))
	deepest := folder + "/tree" + strings.Repeat("/d", 3*removal.OpenDirectories)
	must(t, os.WriteFile(deepest+"/bottom", nil, 0o600))
	s := &swapping{System: kernel, before: "UnlinkBelow", name: "bottom"}
	s.swap = func() { must(t, os.Rename(folder+"/tree/d/d/d", folder+"/outside/moved")) }
	before := descriptors(t)
	err := New(s).RemoveAll(folder + "/tree")
	if s.swap != nil {
		t.Fatal("nothing was moved")
	}
	must(t, err)
	gone(t, folder+"/tree")
	for _, kept := range []string{"/outside/precious", "/outside/moved"} {
		if _, err := os.Stat(folder + kept); err != nil {
			t.Error(err)
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors leaked", after-before)
	}
}

// TestAnotherRootIsLeftAlone puts another directory in the place of a temporary one. Not as root, for whom no directory is
// locked.
func TestAnotherRootIsLeftAlone(t *testing.T) {
	if !asNobody(t) {
		return
	}
	for _, mode := range []os.FileMode{0o700, 0} {
		d, err := standard.TemporaryDirectory(&Options{Dir: quickFolder(t)})
		must(t, err)
		must(t, os.Rename(d.Name(), d.Name()+"-moved"))
		must(t, os.Mkdir(d.Name(), 0o700))
		must(t, os.WriteFile(d.Name()+"/precious", nil, 0o600))
		must(t, os.Chmod(d.Name(), mode))
		if err := d.Cleanup(); !errors.Is(err, syscall.ESTALE) {
			t.Errorf("cleaning up another directory: %v", err)
		}
		info, err := os.Stat(d.Name())
		must(t, err)
		if info.Mode().Perm() != mode {
			t.Errorf("the mode of another directory is %v now", info.Mode())
		}
		must(t, os.Chmod(d.Name(), 0o700))
		if _, err := os.Stat(d.Name() + "/precious"); err != nil {
			t.Error(err)
		}
		must(t, standard.RemoveAll(d.Name()))
		must(t, os.Rename(d.Name()+"-moved", d.Name()))
		must(t, d.Cleanup())
		gone(t, d.Name())
	}
}

// stubborn is a System on which some names cannot be removed.
type stubborn struct {
	system.System
	names map[string]syscall.Errno
	opens atomic.Int64
}

func (s *stubborn) UnlinkBelow(directory int, name string) error {
	if errno, ok := s.names[name]; ok {
		return errno
	}
	return s.System.UnlinkBelow(directory, name)
}
func (s *stubborn) OpenBelow(directory int, name string) (int, error) {
	s.opens.Add(1)
	return s.System.OpenBelow(directory, name)
}

func TestFailuresDoNotStopSiblings(t *testing.T) {
	root := quickFolder(t) + "/tree"
	for _, directory := range []string{"a", "b/c", "z"} {
		must(t, os.MkdirAll(root+"/"+directory, 0o700))
		for _, name := range []string{"file-1", "file-2", "file-3"} {
			must(t, os.WriteFile(root+"/"+directory+"/"+name, nil, 0o600))
		}
	}
	must(t, os.WriteFile(root+"/b/c/immutable", nil, 0o600))
	must(t, os.WriteFile(root+"/immutable-too", nil, 0o600))
	s := &stubborn{System: kernel, names: map[string]syscall.Errno{"immutable": syscall.EPERM, "immutable-too": syscall.EPERM}}
	err := New(s).RemoveAll(root)
	var removal *RemovalError
	if !errors.As(err, &removal) || !errors.Is(err, syscall.EPERM) || removal.Failed != 2 {
		t.Fatalf("%v (%+v)", err, removal)
	}
	if first := removal.First.Path; first != root+"/b/c/immutable" && first != root+"/immutable-too" {
		t.Errorf("the first failure is %s", first)
	}
	if !strings.HasSuffix(err.Error(), "(and 1 more entries)") {
		t.Errorf("the text is %q", err)
	}
	if left := remaining(t, root); len(left) != 4 {
		t.Errorf("left: %v", left)
	}
}

// TestStubbornBottomTakesLinearTime counts the directories that are opened on the way to one entry that does not go.
func TestStubbornBottomTakesLinearTime(t *testing.T) {
	const levels = 200
	root := quickFolder(t) + "/tree"
	chain(t, root, "d", levels)
	for path := root; len(path) <= len(root)+2*levels; path += "/d" {
		must(t, os.WriteFile(path+"/file", nil, 0o600))
	}
	must(t, os.WriteFile(root+strings.Repeat("/d", levels)+"/immutable", nil, 0o600))
	s := &stubborn{System: kernel, names: map[string]syscall.Errno{"immutable": syscall.EPERM}}
	err := New(s).RemoveAll(root)
	var removal *RemovalError
	if !errors.As(err, &removal) || removal.Failed != 1 || !strings.HasSuffix(removal.First.Path, "/d/immutable") {
		t.Errorf("%v", err)
	}
	if opens := s.opens.Load(); opens > levels+10 {
		t.Errorf("%d directories were opened to pass %d", opens, levels)
	}
	if left := remaining(t, root); len(left) != levels+1 {
		t.Errorf("%d entries are left", len(left))
	}
}

// TestWhatGoesInTheEndIsNoFailure cannot read directories that are empty, and cannot remove a file at the first try.
func TestWhatGoesInTheEndIsNoFailure(t *testing.T) {
	root := quickFolder(t) + "/tree"
	for _, fault := range []*faulty{{method: "Entries", nth: 2}, {method: "Entries", nth: 4}, {method: "UnlinkBelow", nth: 2}} {
		must(t, os.MkdirAll(root+"/empty", 0o700))
		must(t, os.WriteFile(root+"/file-1", nil, 0o600))
		must(t, os.WriteFile(root+"/file-2", nil, 0o600))
		fault.System, fault.errno = kernel, syscall.EIO
		if err := New(fault).RemoveAll(root); err != nil || fault.fired == "" {
			t.Errorf("%s %d: %v, failed %q", fault.method, fault.nth, err, fault.fired)
		}
		gone(t, root)
	}
}

// contrary is a System on which a directory is no directory to open and one to unlink.
type contrary struct{ system.System }

func (s contrary) OpenBelow(directory int, name string) (int, error) {
	if name == "odd" {
		return -1, syscall.ENOTDIR
	}
	return s.System.OpenBelow(directory, name)
}

func TestContradictionsEnd(t *testing.T) {
	root := quickFolder(t) + "/tree"
	must(t, os.MkdirAll(root+"/odd/below", 0o700))
	err := New(contrary{kernel}).RemoveAll(root)
	var removal *RemovalError
	if !errors.As(err, &removal) || removal.First.Path != root+"/odd" || !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("%v", err)
	}
}

func TestStepsCountAndStop(t *testing.T) {
	root := quickFolder(t) + "/tree"
	const directories, files = 20, 50
	for i := range directories {
		directory := fmt.Sprintf("%s/%d", root, i)
		must(t, os.MkdirAll(directory, 0o700))
		for j := range files {
			must(t, os.WriteFile(fmt.Sprintf("%s/%d", directory, j), nil, 0o600))
		}
	}
	before := descriptors(t)
	r, err := standard.StartRemoval(root)
	must(t, err)
	for i, entries := range []int{0, 1, 70, 500} { // 0 is 1, and others are what they say
		want := []uint64{1, 2, 72, 572}[i]
		more, err := r.Step(entries)
		must(t, err)
		if !more || r.Removed() != want {
			t.Fatalf("more %t after %d, and %d are wanted", more, r.Removed(), want)
		}
	}
	left := uint64(len(remaining(t, root)))
	if left+r.Removed() != directories*(files+1) {
		t.Errorf("%d removed and %d left", r.Removed(), left)
	}
	r.Close()
	r.Close()
	if more, err := r.Step(1); more || err != nil {
		t.Errorf("a step after closing: %t, %v", more, err)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors leaked", after-before)
	}
	again, err := ResumedRemoval(t, root, r.Identity())
	must(t, err)
	if again != left+1 {
		t.Errorf("%d removed by the second removal, %d were left", again, left+1)
	}
	gone(t, root)
	must(t, os.Mkdir(root, 0o700))
	if _, err := standard.ResumeRemoval(root, system.Identity{Device: 1, Inode: 2}); !errors.Is(err, syscall.ESTALE) {
		t.Errorf("going on in another directory: %v", err)
	}
}

// ResumedRemoval goes on with a removal to its end and tells how many entries it removed.
func ResumedRemoval(t *testing.T, root string, identity system.Identity) (uint64, error) {
	r, err := standard.ResumeRemoval(root, identity)
	must(t, err)
	defer r.Close()
	for {
		more, err := r.Step(7)
		if !more {
			return r.Removed(), err
		}
	}
}

// creating is a System on which somebody makes a file in the root whenever the removal wants to remove that.
type creating struct {
	system.System
	root  string
	times int
}

func (s *creating) RmdirBelow(directory int, name string) error {
	if name == filepath.Base(s.root) && s.times > 0 {
		s.times--
		os.MkdirAll(s.root+"/again/and/again", 0o700)
	}
	return s.System.RmdirBelow(directory, name)
}

func TestEntriesThatAppearMeanwhile(t *testing.T) {
	for _, times := range []int{5, 1_000_000} {
		s := &creating{System: kernel, root: quickFolder(t) + "/tree", times: times}
		must(t, os.MkdirAll(s.root+"/directory", 0o700))
		err := New(s).RemoveAll(s.root)
		if times < removal.MaxPasses {
			must(t, err)
			gone(t, s.root)
		} else if !errors.Is(err, syscall.ENOTEMPTY) || times-s.times > 2*removal.MaxPasses {
			t.Errorf("%v after %d times", err, times-s.times)
		}
	}
}

func TestManyRemoversOnOneTree(t *testing.T) {
	folder := quickFolder(t)
	for range 20 {
		plantTree(t, folder)
		var removers sync.WaitGroup
		for range 4 {
			removers.Go(func() {
				if err := standard.RemoveAll(folder + "/tree"); err != nil {
					t.Error(err)
				}
			})
		}
		removers.Wait()
		gone(t, folder+"/tree")
	}
}
