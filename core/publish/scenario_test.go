//go:build linux && !tempfile_portable

package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"libtempfile/core/system"
)

// kind is how the file that is published was made.
type kind string

const (
	named    kind = "named"
	unnamed  kind = "unnamed"  // by O_TMPFILE
	unlinked kind = "unlinked" // by a name that was removed: it has lost its right to one
	inMemory kind = "in memory"
)

var kinds = []kind{named, unnamed, unlinked, inMemory}

// scenario is a publication, with what is there before.
type scenario struct {
	kind      kind
	target    string // "": none; "file", "link" to a file, "same" file under another name
	elsewhere bool   // the source is on another file system
	o         Options
}

func (s scenario) String() string {
	return fmt.Sprintf("%s to %q elsewhere=%t flags %#x %+v", s.kind, s.target, s.elsewhere, uint32(s.o.Flags),
		Options{0, s.o.Permissions, s.o.Within, s.o.Backup})
}

// allFlags are combinations of flags.
var allFlags = []Flags{0, NoReplace, Sync, Sync | NoReplace, LikeTarget, LikeTarget | Sync | WherePossible, Follow, Backup,
	Backup | LikeTarget | Follow}

// scenarios are all that make sense with the flags.
func scenarios(t testing.TB, flags []Flags) (list []scenario) {
	other := otherFolder(t) != ""
	for _, k := range kinds {
		for _, target := range []string{"", "file", "link", "same"} {
			for _, f := range flags {
				for _, elsewhere := range []bool{false, true} {
					s := scenario{k, target, elsewhere, Options{Flags: f}}
					switch {
					case target == "same" && (k != named || elsewhere):
					case target == "link" && f&LikeTarget != 0 && f&Follow == 0: // refused
					case elsewhere && (k == inMemory || !other):
					default:
						if elsewhere {
							s.o.Flags |= Across
						}
						list = append(list, s)
					}
				}
			}
		}
	}
	return append(list, scenario{named, "file", false, Options{Permissions: 0o604}},
		scenario{unnamed, "", false, Options{Permissions: 0o604}},
		scenario{named, "file", false, Options{Flags: Backup, Backup: "old"}})
}

// stage is where a scenario is played.
type stage struct {
	t          testing.TB
	folder     string
	source     Source
	sourceRoot string
	announced  string
	committed  int
}

const oldContent, newContent = "the old content", "the new content, which is longer"

// otherFolder is a folder on another file system than the tests'; "": there is none.
func otherFolder(t testing.TB) string {
	var here, there unix.Stat_t
	if unix.Stat(os.TempDir(), &here) != nil || unix.Stat("/dev/shm", &there) != nil || here.Dev == there.Dev ||
		unix.Access("/dev/shm", unix.W_OK) != nil {
		return ""
	}
	folder, err := os.MkdirTemp("/dev/shm", "libtempfile-test-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newStage sets a scenario up. The source is two bytes before its end.
func newStage(t testing.TB, root, other string, s scenario) *stage {
	t.Helper()
	folder, err := os.MkdirTemp(root, "")
	must(t, err)
	g := &stage{t: t, folder: folder, sourceRoot: folder + "/source"}
	must(t, os.Mkdir(folder+"/dir", 0o755))
	must(t, os.Mkdir(g.sourceRoot, 0o755))
	if s.elsewhere {
		g.sourceRoot, err = os.MkdirTemp(other, "")
		must(t, err)
	}
	g.source = Source{Descriptor: -1, Announce: func(path string) error { g.announced = path; return nil },
		Committed: func() { g.committed++ }}
	g.makeSource(s.kind)
	target := folder + "/dir/target"
	switch s.target {
	case "file":
		must(t, os.WriteFile(target, []byte(oldContent), 0o640))
		unix.Setxattr(target, "user.mark", []byte("old"), 0) // where there are attributes
	case "link":
		must(t, os.WriteFile(folder+"/dir/real", []byte(oldContent), 0o640))
		must(t, os.Symlink("real", target))
	case "same":
		must(t, os.Link(g.source.Name, target))
	}
	return g
}

func (g *stage) makeSource(k kind) {
	path := g.sourceRoot + "/tmp"
	if k == inMemory {
		g.source.Content, g.source.Position = []byte(newContent), int64(len(newContent)-2)
		return
	}
	var err error
	if k == unnamed {
		g.source.Descriptor, err = unix.Open(g.sourceRoot, system.UnnamedFlags, 0o600)
	} else {
		g.source.Descriptor, err = unix.Open(path, system.CreateFlags, 0o600)
	}
	must(g.t, err)
	if k == named {
		g.source.Name = path
	} else if k == unlinked {
		must(g.t, unix.Unlink(path))
	}
	_, err = unix.Write(g.source.Descriptor, []byte(newContent))
	must(g.t, err)
	_, err = unix.Seek(g.source.Descriptor, -2, 1)
	must(g.t, err)
}

func (g *stage) end() {
	if g.source.Descriptor >= 0 {
		unix.Close(g.source.Descriptor)
	}
	os.RemoveAll(g.folder)
	os.RemoveAll(g.sourceRoot)
}

// look describes all that is there, and the source.
func (g *stage) look() string {
	var b strings.Builder
	for _, root := range []string{g.folder, g.sourceRoot} {
		filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			must(g.t, err)
			var stat unix.Stat_t
			must(g.t, unix.Lstat(path, &stat))
			fmt.Fprintf(&b, "%s %o %d:%d inode %d links %d", path, stat.Mode, stat.Uid, stat.Gid, stat.Ino, stat.Nlink)
			if entry.Type().IsRegular() {
				content, err := os.ReadFile(path)
				must(g.t, err)
				var names, value [256]byte
				n, _ := unix.Listxattr(path, names[:])
				m, _ := unix.Getxattr(path, "user.mark", value[:])
				fmt.Fprintf(&b, " %q %q %q", content, names[:max(n, 0)], value[:max(m, 0)])
			}
			b.WriteByte('\n')
			return nil
		})
	}
	if g.source.Descriptor >= 0 {
		var stat unix.Stat_t
		must(g.t, unix.Fstat(g.source.Descriptor, &stat))
		position, err := unix.Seek(g.source.Descriptor, 0, 1)
		must(g.t, err)
		content := make([]byte, 100)
		n, err := unix.Pread(g.source.Descriptor, content, 0)
		must(g.t, err)
		fmt.Fprintf(&b, "source %o %d:%d inode %d at %d %q\n", stat.Mode, stat.Uid, stat.Gid, stat.Ino, position, content[:n])
	}
	return b.String()
}

var drawn atomic.Int64

func publisher(s system.System) *Publisher {
	return &Publisher{System: s, Absolute: func(path string) (string, error) {
		if !strings.HasPrefix(path, "/") {
			return "", errors.New("relative")
		}
		return path, nil
	}, RandomName: func() (string, error) { return fmt.Sprintf("%08d", drawn.Add(1)), nil }}
}

// play publishes, and checks what every outcome has in common. It gives the error.
func (g *stage) play(s system.System, c scenario) (result Result, err error) {
	before, open := g.look(), descriptors(g.t)
	result, err = publisher(s).File(g.source, g.folder+"/dir/target", &c.o)
	if !result.Published {
		if err == nil {
			g.t.Errorf("%s: no error, and not published", c)
		}
		if now := g.look(); now != before {
			g.t.Errorf("%s: after %v there is\n%s, which was\n%s", c, err, now, before)
		}
		if g.committed != 0 {
			g.t.Errorf("%s: committed, and then %v", c, err)
		}
	}
	if c.kind == inMemory && result.Published {
		g.source.Descriptor = result.Descriptor
		open++
	}
	if now := descriptors(g.t); now != open {
		g.t.Errorf("%s: %v: %d descriptors leaked", c, err, now-open)
	}
	return result, err
}

func descriptors(t testing.TB) int {
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

// checkPublished holds a whole publication against what was asked for.
func (g *stage) checkPublished(c scenario, result Result) {
	t := g.t
	t.Helper()
	target := g.folder + "/dir/target"
	real := target
	if c.target == "link" && c.o.Flags&Follow != 0 {
		real = g.folder + "/dir/real"
		if text, _ := os.Readlink(target); text != "real" {
			t.Errorf("%s: the link is %q", c, text)
		}
	}
	content, err := os.ReadFile(real)
	if err != nil || string(content) != newContent {
		t.Errorf("%s: %q, %v", c, content, err)
	}
	if result.Path != real || g.announced != real || g.committed != 1 {
		t.Errorf("%s: path %s, announced %s, %d times committed", c, result.Path, g.announced, g.committed)
	}
	var stat, open unix.Stat_t
	must(t, unix.Lstat(real, &stat))
	must(t, unix.Fstat(g.source.Descriptor, &open))
	position, _ := unix.Seek(g.source.Descriptor, 0, 1)
	if stat.Ino != open.Ino || stat.Dev != open.Dev || position != int64(len(newContent)-2) {
		t.Errorf("%s: the descriptor is of inode %d at %d", c, open.Ino, position)
	}
	if mode := stat.Mode & 0o7777; mode != c.mode() {
		t.Errorf("%s: mode %o", c, mode)
	}
	g.checkOthers(c)
}

// mode is what the file is to have under the tests' umask of 027.
func (c *scenario) mode() uint32 {
	if c.o.Permissions != 0 {
		return c.o.Permissions
	}
	if c.o.Flags&LikeTarget != 0 && c.target == "same" {
		return 0o600
	}
	return 0o640
}

// checkOthers looks for what should not be there, and for the backup.
func (g *stage) checkOthers(c scenario) {
	want := map[string]string{"target": newContent}
	if c.target == "link" && c.o.Flags&Follow != 0 {
		want["real"] = newContent
	} else if c.target == "link" {
		want["real"] = oldContent
	}
	if c.o.Flags&Backup != 0 && (c.target == "file" || c.target == "link") {
		name := c.o.Backup
		switch {
		case name == "" && c.target == "link" && c.o.Flags&Follow != 0:
			name = "real~"
		case name == "":
			name = "target~"
		}
		want[name] = oldContent
	}
	for _, folder := range []string{g.folder + "/dir", g.sourceRoot} {
		entries, err := os.ReadDir(folder)
		must(g.t, err)
		for _, entry := range entries {
			content, err := os.ReadFile(folder + "/" + entry.Name())
			if err != nil || want[entry.Name()] != string(content) || folder == g.sourceRoot {
				g.t.Errorf("%s: %s has %q, %v", c, entry.Name(), content, err)
			}
			delete(want, entry.Name())
		}
	}
	if len(want) > 0 {
		g.t.Errorf("%s: missing %v", c, want)
	}
}

func TestMain(m *testing.M) {
	syscall.Umask(0o027)
	os.Exit(m.Run())
}
