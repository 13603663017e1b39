//go:build linux && !tempfile_portable

package tempfile

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"libtempfile/core/recovery"
)

// victim is the environment variable that makes the test program one that kills itself; it has the two directories.
const victim = "TEMPFILE_TEST_VICTIM"

// TestVictim makes objects of all kinds with a journal, and dies. It runs only as TestKilledGoProgram's child.
func TestVictim(t *testing.T) {
	journals, work, is := strings.Cut(os.Getenv(victim), ":")
	if !is {
		return
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(EnableRecovery(journals))
	must(EnableRecovery(journals))
	o := &Options{Dir: work}
	o.Recoverable = true
	stays := &Options{Dir: work, Prefix: "stays"}
	file, err := NamedTemporaryFile(o)
	must(err)
	_, err = file.Write([]byte("text"))
	must(err)
	long := &Options{Dir: work, Suffix: strings.Repeat("x", 200)}
	for range 2 { // the slots of the first are used again
		file, err = NamedTemporaryFile(long)
		must(err)
		must(file.Close())
	}
	_, err = NamedTemporaryFile(long)
	must(err)
	directory, err := TemporaryDirectory(o)
	must(err)
	must(os.WriteFile(filepath.Join(directory.Name(), "below"), nil, 0o600))
	freed, err := TemporaryDirectory(o)
	must(err)
	must(freed.Free())
	_, path, err := Mkstemp(o)
	must(err)
	_, err = RegisterFile(path)
	must(err)
	unkept, err := NamedTemporaryFile(o)
	must(err)
	must(unkept.Keep())
	must(unkept.Unkeep())

	kept, err := NamedTemporaryFile(stays)
	must(err)
	must(kept.Keep())
	_, _, err = Mkstemp(stays)
	must(err)
	_, err = Mkdtemp(stays)
	must(err)
	keptDirectory, err := TemporaryDirectory(stays)
	must(err)
	must(keptDirectory.Keep())
	_, err = NamedTemporaryFile(&Options{Dir: work, Prefix: "stays", NoDelete: true})
	must(err)
	published, err := NamedTemporaryFile(o)
	must(err)
	must(published.Persist(filepath.Join(work, "stays"), 0))
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// TestKilledGoProgram: what it would have removed is removed, and all else stays.
func TestKilledGoProgram(t *testing.T) {
	journals, work := filepath.Join(t.TempDir(), "journals"), t.TempDir()
	command := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	command.Env = append(os.Environ(), victim+"="+journals+":"+work)
	out, err := command.CombinedOutput()
	if err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("%v: %s", err, out)
	}
	for _, dryRun := range []bool{true, false} {
		r, err := StartRecovery(journals, dryRun)
		if err != nil {
			t.Fatal(err)
		}
		wanted := recovery.Removed
		if dryRun {
			wanted = recovery.WouldRemove
		}
		items := 0
		for item, more := r.Next(); more; item, more = r.Next() {
			if item.Action != wanted || item.Err != nil {
				t.Errorf("%+v", item)
			}
			items++
		}
		r.Close()
		if items != 5 {
			t.Errorf("dry run %v: %d objects", dryRun, items)
		}
	}
	left := namesIn(t, work)
	if len(left) != 6 || slices.ContainsFunc(left, func(name string) bool { return !strings.HasPrefix(name, "stays") }) {
		t.Errorf("left: %q", left)
	}
	if left := namesIn(t, journals); len(left) != 0 {
		t.Errorf("journals: %q", left)
	}
}

func namesIn(t *testing.T, directory string) (names []string) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// TestRecoverableNeedsAJournal: without one nothing is made.
func TestRecoverableNeedsAJournal(t *testing.T) {
	o := &Options{Dir: t.TempDir(), Recoverable: true}
	if _, err := NamedTemporaryFile(o); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("NamedTemporaryFile: %v", err)
	}
	if _, err := TemporaryDirectory(o); !errors.Is(err, syscall.EOPNOTSUPP) {
		t.Errorf("TemporaryDirectory: %v", err)
	}
	if left := namesIn(t, o.Dir); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
	o.NoDelete = true
	file, err := NamedTemporaryFile(o) // nothing would delete it, so there is nothing to recover
	if err != nil {
		t.Fatal(err)
	}
	file.Free()
}

// TestRecoveryRefusesDirectoriesOfOthers: which others may write, or which are links.
func TestRecoveryRefusesDirectoriesOfOthers(t *testing.T) {
	open := t.TempDir()
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for path, wanted := range map[string]syscall.Errno{open: syscall.EPERM, link: syscall.ENOTDIR} {
		if err := EnableRecovery(path); !errors.Is(err, wanted) {
			t.Errorf("EnableRecovery(%s): %v", path, err)
		}
		if _, err := StartRecovery(path, true); !errors.Is(err, wanted) {
			t.Errorf("StartRecovery(%s): %v", path, err)
		}
	}
}
