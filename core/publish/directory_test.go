//go:build linux && !tempfile_portable

package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"libtempfile/core/system"
	"libtempfile/core/system/systemtest"
)

// treeCase is a publication of a directory.
type treeCase struct {
	flags  Flags
	target string // "": none; "full" directory, "empty" directory, "file"
	err    error
}

var treeCases = []treeCase{
	{0, "", nil}, {NoReplace, "", nil}, {Sync, "", nil},
	{0, "full", syscall.EEXIST}, {0, "empty", syscall.EEXIST}, {0, "file", syscall.EEXIST},
	{Exchange, "full", nil}, {Exchange | Sync, "empty", nil},
	{Exchange, "", syscall.ENOENT}, {Exchange, "file", syscall.ENOTDIR},
	{Exchange | NoReplace, "", syscall.EINVAL}, {Across, "", syscall.EINVAL},
}

// playTree publishes a directory and gives what is there: before and after.
func playTree(t *testing.T, s system.System, c treeCase) (result Result, before, after string, err error) {
	t.Helper()
	folder, mkdirErr := os.MkdirTemp(quick, "")
	must(t, mkdirErr)
	defer os.RemoveAll(folder)
	must(t, os.MkdirAll(folder+"/source/tmp/inner", 0o700))
	must(t, os.Mkdir(folder+"/dir", 0o700))
	target := folder + "/dir/target"
	switch c.target {
	case "full":
		must(t, os.MkdirAll(target+"/old", 0o700))
	case "empty":
		must(t, os.Mkdir(target, 0o750))
	case "file":
		must(t, os.WriteFile(target, nil, 0o600))
	}
	var stat unix.Stat_t
	must(t, unix.Stat(folder+"/source/tmp", &stat))
	committed := 0
	tree := Tree{Name: folder + "/source/tmp", Identity: system.Identity{Device: stat.Dev, Inode: stat.Ino},
		Announce: func(string) error { return nil }, Committed: func() { committed++ }}
	before, open := listing(folder), descriptors(t)
	result, _, err = publisher(s).Directory(tree, target, &Options{Flags: c.flags})
	if now := descriptors(t); now != open {
		t.Errorf("%+v: %v: %d descriptors leaked", c, err, now-open)
	}
	if wanted := result.Published && c.flags&Exchange == 0; wanted != (committed == 1) {
		t.Errorf("%+v: %v: %d times committed", c, err, committed)
	}
	return result, before, listing(folder), err
}

// quick is where trees are made.
var quick = ""

// listing names all that is in a folder.
func listing(folder string) string {
	var b strings.Builder
	fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		fmt.Fprintf(&b, "%s %v\n", path, entry.Type())
		return err
	})
	return b.String()
}

func TestDirectory(t *testing.T) {
	quick = quickFolder(t)
	for _, c := range treeCases {
		for _, lacking := range []func(systemtest.Call) error{
			lack("", 0), lackRename(syscall.EINVAL), lackRename(syscall.ENOSYS),
		} {
			result, before, after, err := playTree(t, systemtest.Watched{System: system.Kernel{}, Before: lacking}, c)
			want := c.err
			exchange := systemtest.Call{Method: "RenameBelow", How: system.Exchanging}
			if c.flags&Exchange != 0 && want == nil && lacking(exchange) != nil {
				want = syscall.EOPNOTSUPP
			}
			switch {
			case want != nil:
				if !errors.Is(err, want) || result.Published || before != after {
					t.Errorf("%+v: %v, not %v; there is\n%s", c, err, want, after)
				}
			case err != nil || !strings.Contains(after, "dir/target/inner"):
				t.Errorf("%+v: %v; there is\n%s", c, err, after)
			case c.flags&Exchange == 0 && strings.Contains(after, "source/tmp"),
				c.target == "full" && !strings.Contains(after, "source/tmp/old"):
				t.Errorf("%+v: there is\n%s", c, after)
			}
		}
	}
}

// TestOneDirectoryInTheOther: they cannot be exchanged, and the file system is not to blame.
func TestOneDirectoryInTheOther(t *testing.T) {
	for _, lacking := range []func(systemtest.Call) error{lack("", 0), lackRename(syscall.ENOSYS)} {
		folder := t.TempDir()
		for source, target := range map[string]string{"a": "a/b/c", "a/b/c": "a"} {
			must(t, os.MkdirAll(folder+"/a/b/c/d", 0o700))
			before := listing(folder)
			identity, _, err := system.Kernel{}.Identify(folder + "/" + source)
			must(t, err)
			result, _, err := publisher(systemtest.Watched{System: system.Kernel{}, Before: lacking}).Directory(
				Tree{Name: folder + "/" + source, Identity: identity}, folder+"/"+target, &Options{Flags: Exchange})
			if !errors.Is(err, syscall.EINVAL) || result.Published || listing(folder) != before {
				t.Errorf("%s with %s: %v; there is\n%s", source, target, err, listing(folder))
			}
		}
	}
}

// TestEveryCallOfDirectoryFails in turn: the directory is published, or all is as it was.
func TestEveryCallOfDirectoryFails(t *testing.T) {
	quick = quickFolder(t)
	tries := 0
	for _, c := range treeCases {
		for _, lacking := range []func(systemtest.Call) error{lack("", 0), lackRename(syscall.ENOSYS)} {
			for _, errno := range []syscall.Errno{syscall.EIO, syscall.ENOENT, syscall.EXDEV} {
				for nth := 1; c.err == nil; nth++ {
					f := &fault{nth: nth, errno: errno, lacking: lacking}
					result, before, after, err := playTree(t, systemtest.Watched{System: system.Kernel{}, Before: f.before}, c)
					what := fmt.Sprintf("%+v, call %d %+v with %v: %v", c, nth, f.fired, errno, err)
					var place *fs.PathError
					switch {
					case f.fired.Method == "":
					case err == nil && f.fired.Method != "Close":
						t.Errorf("%s, and nothing is told", what)
					case err != nil && (!errors.Is(err, errno) && !errors.Is(err, syscall.EOPNOTSUPP) || !errors.As(err, &place)):
						t.Errorf("%s, which is not the error injected", what)
					case err != nil && result.Published && place.Op != "sync directory":
						t.Errorf("%s, but it is published", what)
					case err != nil && !result.Published && before != after:
						t.Errorf("%s; there is\n%s, which was\n%s", what, after, before)
					}
					if f.fired.Method == "" {
						break
					}
					tries++
				}
			}
		}
	}
	if tries < 200 {
		t.Errorf("only %d faults were reached", tries)
	}
}

// TestAnotherDirectory that has taken the name, before or during the rename, is left alone.
func TestAnotherDirectory(t *testing.T) {
	for _, method := range []string{"StatusBelow", "RenameBelow"} {
		for _, c := range []treeCase{{target: ""}, {Exchange, "full", nil}} {
			folder := t.TempDir()
			quick = folder
			_, _, after, err := playTree(t, before(method, func() {
				sources, _ := os.ReadDir(folder)
				source := folder + "/" + sources[0].Name() + "/source/"
				must(t, os.Rename(source+"tmp", source+"mine"))
				must(t, os.Mkdir(source+"tmp", 0o700))
				must(t, os.Mkdir(source+"tmp/another", 0o700))
			}), c)
			if !errors.Is(err, syscall.ESTALE) || !strings.Contains(after, "source/tmp/another") ||
				!strings.Contains(after, "source/mine/inner") || strings.Contains(after, "dir/target/") != (c.target == "full") {
				t.Errorf("%+v, before %s: %v; there is\n%s", c, method, err, after)
			}
		}
	}
}
