//go:build linux && !tempfile_portable

package engine

import (
	"errors"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
	"libtempfile/core/removal"
	"libtempfile/core/system"
)

// helped is a System with helpers, which are goroutines. They are at work from the start, in the smallest tree.
type helped struct {
	system.System
	most     int
	recruits atomic.Int64
}

func (s *helped) Helpers() (most int, measure bool) { return s.most, false }

func (s *helped) Recruit(_ int, help func()) (join func()) {
	s.recruits.Add(1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		help()
	}()
	return func() { <-done }
}

// TestRemovalsWithHelpers runs all tests of removals once more.
func TestRemovalsWithHelpers(t *testing.T) {
	defer func(s system.System, l *Engine) { kernel, standard = s, l }(kernel, standard)
	for _, helpers := range []int{1, 3} {
		s := &helped{System: system.Kernel{}, most: helpers}
		kernel, standard = s, New(s)
		for name, test := range map[string]func(*testing.T){
			"TestRemovesWideTrees": TestRemovesWideTrees, "TestRemovesDeepTrees": TestRemovesDeepTrees,
			"TestRemovesWithFewDescriptors": TestRemovesWithFewDescriptors, "TestRefusedRoots": TestRefusedRoots,
			"TestLinksAreNotFollowed": TestLinksAreNotFollowed, "TestSwapsHurtNobody": TestSwapsHurtNobody,
			"TestMovedAwayBranch": TestMovedAwayBranch, "TestAnotherRootIsLeftAlone": TestAnotherRootIsLeftAlone,
			"TestFailuresDoNotStopSiblings": TestFailuresDoNotStopSiblings, "TestContradictionsEnd": TestContradictionsEnd,
			"TestStubbornBottomTakesLinearTime": TestStubbornBottomTakesLinearTime,
			"TestWhatGoesInTheEndIsNoFailure":   TestWhatGoesInTheEndIsNoFailure,
			"TestStepsCountAndStop":             TestStepsCountAndStop, "TestEntriesThatAppearMeanwhile": TestEntriesThatAppearMeanwhile,
			"TestManyRemoversOnOneTree": TestManyRemoversOnOneTree, "TestRemovesLockedTrees": TestRemovesLockedTrees,
		} {
			t.Run(fmt.Sprintf("%d/%s", helpers, name), test)
		}
		removals := slices.DeleteFunc(slices.Clone(operations), func(o operation) bool { return o.calls < 20 })
		t.Run(fmt.Sprintf("%d/every call fails", helpers), func(t *testing.T) { everyCallFails(t, removals) })
		t.Run(fmt.Sprintf("%d/calls keep failing", helpers), func(t *testing.T) { callsKeepFailing(t, removals) })
		if os.Getenv(childVariable) == "" && s.recruits.Load() < 100 {
			t.Errorf("%d helpers were started in all", s.recruits.Load())
		}
	}
}

// bush makes a tree in which every directory has so many directories and a file, so many levels deep. It gives the number
// of entries, the root included.
func bush(t *testing.T, root string, width, depth int) int {
	must(t, os.Mkdir(root, 0o700))
	must(t, os.WriteFile(root+"/file", nil, 0o600))
	entries := 2
	for i := range width {
		if depth > 0 {
			entries += bush(t, fmt.Sprintf("%s/%d", root, i), width, depth-1)
		}
	}
	return entries
}

// meeting is a System on which no thread removes a file before another removes a second one, for a while.
type meeting struct {
	*helped
	mutex   sync.Mutex
	waiting chan struct{}
	met     int
}

func (s *meeting) UnlinkBelow(directory int, name string) error {
	s.mutex.Lock()
	waiting := s.waiting
	if s.waiting = nil; waiting == nil {
		waiting = make(chan struct{})
		s.waiting = waiting
		s.mutex.Unlock()
		select {
		case <-waiting:
		case <-time.After(20 * time.Millisecond):
			s.mutex.Lock()
			if s.waiting == waiting {
				s.waiting = nil
			}
			s.mutex.Unlock()
		}
	} else {
		s.met++
		close(waiting)
		s.mutex.Unlock()
	}
	return s.System.UnlinkBelow(directory, name)
}

func TestHelpersWorkAtTheSameTime(t *testing.T) {
	root := quickFolder(t) + "/tree"
	entries := bush(t, root, 3, 3)
	s := &meeting{helped: &helped{System: system.Kernel{}, most: 1}}
	r, err := New(s).StartRemoval(root)
	must(t, err)
	for more := true; more; {
		more, err = r.Step(1_000_000)
		must(t, err)
	}
	gone(t, root)
	if s.met < 10 {
		t.Errorf("two threads were at work %d times", s.met)
	}
	if r.Removed() != uint64(entries) {
		t.Errorf("%d entries were removed, and there were %d", r.Removed(), entries)
	}
}

// TestHelpersShareDescriptors gives a bushy tree so few that walkers have to give back what they were given.
func TestHelpersShareDescriptors(t *testing.T) {
	folder := quickFolder(t)
	before := descriptors(t)
	for limit := 5; limit <= 40; limit += 5 {
		root := folder + "/tree"
		bush(t, root, 2, 7)
		s := &watched{System: &helped{System: system.Kernel{}, most: 3}, limit: limit}
		if err := New(s).RemoveAll(root); err != nil {
			t.Errorf("with %d descriptors: %v", limit, err)
		}
		gone(t, root)
		must(t, os.RemoveAll(root))
	}
	for range 5 {
		root := folder + "/tree"
		bush(t, root, 1, 100)
		bush(t, root+"/wide", 2, 7)
		s := &watched{System: &helped{System: system.Kernel{}, most: 3}}
		must(t, New(s).RemoveAll(root))
		if s.most > 3*removal.OpenDirectories {
			t.Errorf("%d descriptors at once", s.most)
		}
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors leaked", after-before)
	}
}

// TestHelpersInTreesThatChange moves directories of a tree about, out of it and into it, locks them, puts links to a
// victim in their place and makes new ones, all while four threads and another remover are at work.
func TestHelpersInTreesThatChange(t *testing.T) {
	if !asNobody(t) {
		return
	}
	folder := quickFolder(t)
	victim := folder + "/victim"
	must(t, os.MkdirAll(victim+"/0/0", 0o700))
	must(t, os.WriteFile(victim+"/file", []byte("precious"), 0o600))
	must(t, os.WriteFile(victim+"/0/file", []byte("precious"), 0o600))
	portrayed, before := portrait(t, victim), descriptors(t)
	for round := range 20 {
		root := folder + "/tree"
		bush(t, root, 4, 3)
		must(t, os.Mkdir(folder+"/aside", 0o700))
		var disturbers sync.WaitGroup
		done := make(chan struct{})
		for disturber := range 2 {
			source := rand.New(rand.NewSource(int64(2*round + disturber)))
			disturbers.Go(func() { disturb(done, source, folder) })
		}
		s := &helped{System: system.Kernel{}, most: 3}
		var removers sync.WaitGroup
		for range 2 {
			removers.Go(func() { removeChanging(t, New(s), root) })
		}
		removers.Wait()
		close(done)
		disturbers.Wait()
		must(t, standard.RemoveAll(root))
		must(t, standard.RemoveAll(folder+"/aside"))
	}
	if after := portrait(t, victim); after != portrayed {
		t.Errorf("the victim was\n%s\nand is\n%s", portrayed, after)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors leaked", after-before)
	}
}

// removeChanging removes a tree that others change: it may fail for what they do, in the end.
func removeChanging(t *testing.T, l *Engine, root string) {
	for range 10 {
		err := l.RemoveAll(root)
		if err == nil {
			return
		}
		var removal *RemovalError
		if errors.As(err, &removal) && removal.Failed > 0 && strings.HasPrefix(removal.First.Path, root) {
			continue
		}
		if !errors.Is(err, syscall.ENOTDIR) && !errors.Is(err, syscall.ESTALE) { // the root itself was exchanged
			t.Error(err)
		}
	}
}

// disturb follows no link itself, or it would be the one that touches the victim.
func disturb(done chan struct{}, source *rand.Rand, folder string) {
	somewhere := func() (directory int, name string) {
		path := folder + "/tree"
		for range source.Intn(3) {
			path += fmt.Sprintf("/%d", source.Intn(4))
		}
		how := &unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_SYMLINKS}
		directory, err := unix.Openat2(unix.AT_FDCWD, path, how)
		if err != nil {
			directory = -1
		}
		return directory, fmt.Sprint(source.Intn(4))
	}
	for n := 0; ; n++ {
		select {
		case <-done:
			return
		default:
		}
		aside := fmt.Sprintf("%s/aside/%d-%d", folder, source.Int63(), n)
		here, name := somewhere()
		switch source.Intn(6) {
		case 0:
			unix.Renameat(here, name, unix.AT_FDCWD, aside)
		case 1:
			if unix.Renameat(here, name, unix.AT_FDCWD, aside) == nil {
				unix.Symlinkat(folder+"/victim", here, name)
			}
		case 2:
			there, other := somewhere()
			unix.Renameat(here, name, there, other)
			unix.Close(there)
		case 3:
			unix.Fchmodat(here, name, uint32(source.Intn(8)<<6), unix.AT_SYMLINK_NOFOLLOW)
		case 4:
			unix.Mkdirat(here, "new", 0)
		case 5:
			unix.Mknodat(here, "new-file", unix.S_IFREG, 0)
		}
		unix.Close(here)
	}
}

// panicking is a System on which one call panics.
type panicking struct {
	*helped
	left atomic.Int64
}

func (s *panicking) UnlinkBelow(directory int, name string) error {
	if s.left.Add(-1) == 0 {
		panic("the call")
	}
	return s.System.UnlinkBelow(directory, name)
}

// TestPanicsReachTheCaller: whichever thread panics, the step does, once all threads are gone; and later ones do again.
func TestPanicsReachTheCaller(t *testing.T) {
	folder := quickFolder(t)
	before := descriptors(t)
	step := func(r *Removal) (cause any) {
		defer func() { cause = recover() }()
		r.Step(1_000_000)
		return nil
	}
	helpers := 0
	// Whether a helper comes to the call first is the scheduler's to say, so it goes on until one has.
	for round := 0; round < 40 || helpers == 0 && round < 4000; round++ {
		nth := round % 40
		root := fmt.Sprintf("%s/tree-%d", folder, nth)
		bush(t, root, 3, 3)
		s := &panicking{helped: &helped{System: system.Kernel{}, most: 2}}
		s.left.Store(int64(nth + 1))
		r, err := New(s).StartRemoval(root)
		must(t, err)
		for range 2 {
			cause := fmt.Sprint(step(r))
			if !strings.Contains(cause, "the call") {
				t.Errorf("call %d: the cause is %s", nth, cause)
			}
			if strings.Contains(cause, "in a helper") {
				helpers++
			}
		}
		r.Close()
		must(t, standard.RemoveAll(root))
	}
	if helpers == 0 {
		t.Error("no helper has panicked")
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors leaked", after-before)
	}
}

// startless is a System on which starting a thread panics.
type startless struct{ *helped }

func (s *startless) Recruit(int, func()) func() { panic("no thread") }

func TestAPanicThatStartsNoThreadIsNoEndOfTheProcess(t *testing.T) {
	root := quickFolder(t) + "/tree"
	bush(t, root, 3, 3)
	defer func() {
		if cause := recover(); cause != "no thread" {
			t.Errorf("the cause is %v", cause)
		}
		must(t, standard.RemoveAll(root))
	}()
	New(&startless{&helped{System: system.Kernel{}, most: 1}}).RemoveAll(root)
}

// alone is a System on which no thread can be started.
type alone struct{ *helped }

func (s *alone) Recruit(int, func()) func() {
	s.recruits.Add(1)
	return nil
}

func TestWithoutThreadsItGoesOnAlone(t *testing.T) {
	root := quickFolder(t) + "/tree"
	bush(t, root, 3, 3)
	s := &alone{&helped{System: system.Kernel{}, most: 2}}
	must(t, New(s).RemoveAll(root))
	gone(t, root)
	if n := s.recruits.Load(); n != 1 {
		t.Errorf("%d threads were asked for", n)
	}
}
