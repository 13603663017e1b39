//go:build linux && !tempfile_portable

package publish

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"libtempfile/core/system"
	"libtempfile/core/system/systemtest"
)

// before runs a function just before the first call of a method.
func before(method string, run func()) systemtest.Watched {
	done := false
	return systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
		if call.Method == method && !done {
			done = true
			run()
		}
		return nil
	}}
}

// TestDirectoryIsHeld: the file gets into the directory that was opened, whatever has its path by then.
func TestDirectoryIsHeld(t *testing.T) {
	for _, k := range kinds {
		for _, target := range []string{"", "file"} {
			c := scenario{kind: k, target: target}
			g := newStage(t, t.TempDir(), "", c)
			dir := g.folder + "/dir"
			result, err := publisher(before("LinkDescriptor", func() {
				must(t, os.Rename(dir, g.folder+"/moved"))
				must(t, os.Mkdir(dir, 0o755))
			})).File(g.source, dir+"/target", &c.o)
			content, _ := os.ReadFile(g.folder + "/moved/target")
			left, _ := os.ReadDir(dir)
			if err != nil || string(content) != newContent || len(left) != 0 {
				t.Errorf("%s: %v, %q, and %v beside", c, err, content, left)
			}
			if k == inMemory {
				unix.Close(result.Descriptor)
			}
			g.end()
		}
	}
}

// TestTargetThatIsReplacedMeanwhile: the file is like what it replaces in the end.
func TestTargetThatIsReplacedMeanwhile(t *testing.T) {
	for _, k := range kinds {
		for _, method := range []string{"OpenToLook", "ChangeMode", "Sync"} {
			c := scenario{kind: k, target: "file", o: Options{Flags: LikeTarget | Sync}}
			g := newStage(t, t.TempDir(), "", c)
			target := g.folder + "/dir/target"
			result, err := publisher(before(method, func() {
				must(t, os.WriteFile(target+"2", []byte("another"), 0o600))
				must(t, os.Chmod(target+"2", 0o604))
				must(t, os.Rename(target+"2", target))
			})).File(g.source, target, &c.o)
			if content, _ := os.ReadFile(target); err != nil || string(content) != newContent || modeOf(t, target) != 0o604 {
				t.Errorf("%s, before %s: %v, %q, mode %o", c, method, err, content, modeOf(t, target))
			}
			if k == inMemory {
				unix.Close(result.Descriptor)
			}
			g.end()
		}
	}
}

func TestTargetThatIsReplacedAllTheTime(t *testing.T) {
	c := scenario{kind: unnamed, target: "file", o: Options{Flags: LikeTarget}}
	g := newStage(t, t.TempDir(), "", c)
	defer g.end()
	target := g.folder + "/dir/target"
	must(t, os.Chmod(target, 0o604))
	_, err := publisher(systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
		if call.Method == "ChangeMode" {
			must(t, os.WriteFile(target+"2", []byte("another"), 0o604))
			must(t, os.Rename(target+"2", target))
		}
		return nil
	}}).File(g.source, target, &c.o)
	entries, _ := os.ReadDir(g.folder + "/dir")
	if !errors.Is(err, syscall.ESTALE) || len(entries) != 1 {
		t.Errorf("%v, and %v", err, entries)
	}
}

// TestTargetThatAppearsMeanwhile is replaced, or with NoReplace left.
func TestTargetThatAppearsMeanwhile(t *testing.T) {
	for _, k := range kinds {
		for _, flags := range []Flags{0, NoReplace, LikeTarget, Backup} {
			c := scenario{kind: k, o: Options{Flags: flags}}
			g := newStage(t, t.TempDir(), "", c)
			target := g.folder + "/dir/target"
			result, err := publisher(before("LinkDescriptor", func() {
				must(t, os.WriteFile(target, []byte(oldContent), 0o604))
			})).File(g.source, target, &c.o)
			content, _ := os.ReadFile(target)
			if flags == NoReplace {
				if !errors.Is(err, syscall.EEXIST) || string(content) != oldContent {
					t.Errorf("%s: %v, %q", c, err, content)
				}
			} else if err != nil || string(content) != newContent {
				t.Errorf("%s: %v, %q", c, err, content)
			}
			if k == inMemory && result.Published {
				unix.Close(result.Descriptor)
			}
			g.end()
		}
	}
}

// TestTargetThatGoesMeanwhile: there is nothing to be kept as a backup then, and the file has its name.
func TestTargetThatGoesMeanwhile(t *testing.T) {
	for method, lacking := range map[string]func(systemtest.Call) error{
		"RenameBelow": lack("", 0), "LinkBelow": lackRename(syscall.ENOSYS),
	} {
		for _, k := range kinds {
			c := scenario{kind: k, target: "file", o: Options{Flags: Backup}}
			g := newStage(t, t.TempDir(), "", c)
			target := g.folder + "/dir/target"
			going := before(method, func() { must(t, os.Remove(target)) })
			result, err := publisher(systemtest.Watched{System: going, Before: lacking}).File(g.source, target, &c.o)
			content, _ := os.ReadFile(target)
			if entries, _ := os.ReadDir(g.folder + "/dir"); err != nil || string(content) != newContent || len(entries) != 1 {
				t.Errorf("%s: %v, %q, and %v", c, err, content, entries)
			}
			if k == inMemory && result.Published {
				unix.Close(result.Descriptor)
			}
			g.end()
		}
	}
}

// TestSameFileMeanwhile: the target becomes another name of the very file, so that the rename does nothing.
func TestSameFileMeanwhile(t *testing.T) {
	c := scenario{kind: named, target: "file"}
	for _, lacking := range []func(systemtest.Call) error{lack("", 0), lack("LinkDescriptor", syscall.EPERM)} {
		g := newStage(t, t.TempDir(), "", c)
		target := g.folder + "/dir/target"
		done := false
		_, err := publisher(systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
			if call.Method == "RenameBelow" && call.Name == "target" && !done {
				done = true
				must(t, os.Remove(target))
				entries, _ := os.ReadDir(g.folder + "/dir")
				must(t, os.Link(g.folder+"/dir/"+entries[0].Name(), target))
			}
			return lacking(call)
		}}).File(g.source, target, &c.o)
		entries, _ := os.ReadDir(g.folder + "/dir")
		sources, _ := os.ReadDir(g.sourceRoot)
		if err != nil || len(entries) != 1 || len(sources) != 0 {
			t.Errorf("%v, %v and %v", err, entries, sources)
		}
		g.end()
	}
}

// TestTakenName: where open files cannot be linked, another file that has the source's name is not published, nor moved.
func TestTakenName(t *testing.T) {
	for _, method := range []string{"StatusBelow", "RenameBelow"} {
		c := scenario{kind: named, target: "file"}
		g := newStage(t, t.TempDir(), "", c)
		must(t, unix.Fchmod(g.source.Descriptor, 0o600))
		replaced := false
		replace := func(call systemtest.Call) {
			if call.Method == method && !replaced && (call.Name == "tmp" || strings.HasPrefix(call.Name, ".tmp")) {
				replaced = true
				must(t, os.Rename(g.source.Name, g.source.Name+"2"))
				must(t, os.WriteFile(g.source.Name, []byte("another"), 0o600))
			}
		}
		_, err := publisher(systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
			replace(call)
			return lack("LinkDescriptor", syscall.EPERM)(call)
		}}).File(g.source, g.folder+"/dir/target", &c.o)
		other, _ := os.ReadFile(g.source.Name)
		content, _ := os.ReadFile(g.folder + "/dir/target")
		entries, _ := os.ReadDir(g.folder + "/dir")
		if !errors.Is(err, syscall.ESTALE) || string(other) != "another" || string(content) != oldContent || len(entries) != 1 {
			t.Errorf("%v: %q has the name, the target is %q, %v", err, other, content, entries)
		}
		g.end()
	}
}

// TestOldNameThatIsTaken is left to the file that has it.
func TestOldNameThatIsTaken(t *testing.T) {
	c := scenario{kind: named, target: "file"}
	g := newStage(t, t.TempDir(), "", c)
	defer g.end()
	g.source.Committed = func() {
		must(t, os.Remove(g.source.Name))
		must(t, os.WriteFile(g.source.Name, []byte("another"), 0o600))
	}
	_, err := publisher(system.Kernel{}).File(g.source, g.folder+"/dir/target", &c.o)
	if content, _ := os.ReadFile(g.source.Name); err != nil || string(content) != "another" {
		t.Errorf("%v, %q", err, content)
	}
}

// TestPublishingAgain after a failure works, also for a file that has lost its right to a name by the first attempt.
func TestPublishingAgain(t *testing.T) {
	for _, k := range kinds {
		c := scenario{kind: k, target: "file", o: Options{Flags: Sync}}
		g := newStage(t, t.TempDir(), "", c)
		if _, err := g.play(systemtest.Watched{System: system.Kernel{}, Before: lack("RenameBelow", syscall.EIO)}, c); err == nil {
			t.Errorf("%s: the first time it is published", k)
		}
		result, err := g.play(system.Kernel{}, c)
		if err != nil {
			t.Errorf("%s: %v", k, err)
		}
		g.checkPublished(c, result)
		g.end()
	}
}

// TestOldNameThatIsGone: a file whose name somebody has removed is published all the same.
func TestOldNameThatIsGone(t *testing.T) {
	for _, lacking := range []func(systemtest.Call) error{lack("", 0), lack("LinkDescriptor", syscall.EPERM)} {
		for _, method := range []string{"OpenParent", "LinkDescriptor", "RenameBelow"} {
			c := scenario{kind: named, target: "file"}
			g := newStage(t, t.TempDir(), "", c)
			removing := before(method, func() { os.Remove(g.source.Name) })
			watched := systemtest.Watched{System: removing, Before: lacking}
			result, err := publisher(watched).File(g.source, g.folder+"/dir/target", &c.o)
			if err != nil {
				t.Errorf("before %s: %v", method, err)
			}
			g.checkPublished(c, result)
			g.end()
		}
	}
}
