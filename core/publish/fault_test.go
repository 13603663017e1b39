//go:build linux && !tempfile_portable

package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"testing"

	"libtempfile/core/system"
	"libtempfile/core/system/systemtest"
)

// fault fails the nth call, if what the kernel lacks has not failed it before.
type fault struct {
	nth, calls int
	errno      syscall.Errno
	lacking    func(systemtest.Call) error
	fired      systemtest.Call
}

func (f *fault) before(call systemtest.Call) error {
	if err := f.lacking(call); err != nil {
		return err
	}
	if f.calls++; f.calls != f.nth {
		return nil
	}
	f.fired = call
	return f.errno
}

// afterwards are the operations whose failure comes after the file has its name.
var afterwards = []string{"sync directory", "unlink", "dup3"}

// faultErrnos are what is injected. All but the first mean in some calls that another way is to be tried.
var faultErrnos = []syscall.Errno{syscall.EIO, syscall.ENOENT, syscall.EEXIST, syscall.EINVAL, syscall.EXDEV}

// faultFlags reach every call.
var faultFlags = []Flags{0, NoReplace | Sync, LikeTarget | Sync | Follow, Backup}

// whole is a system that lacks nothing. There all errnos are injected, elsewhere the first.
const whole = "a whole system"

// TestEveryCallFails fails the first, the second, ... call of every scenario until it is through without. A publication
// then is whole, or it has left all as it was.
func TestEveryCallFails(t *testing.T) {
	ways := map[string]func(systemtest.Call) error{
		whole:                         func(systemtest.Call) error { return nil },
		"without links of open files": lack("LinkDescriptor", syscall.EOPNOTSUPP),
		"without renameat2 and links of open files": both(lackRename(syscall.EINVAL), lack("LinkDescriptor", syscall.EPERM)),
		"without renameat2 and O_TMPFILE": both(lackRename(syscall.EINVAL),
			lack("CreateUnnamedBelow", syscall.EOPNOTSUPP)),
		"without copy_file_range and holes": both(lack("CopyRange", syscall.ENOSYS), lack("Seek/data", syscall.EINVAL)),
	}
	for way, lacking := range ways {
		t.Run(way, func(t *testing.T) {
			root, other := quickFolder(t), t.TempDir()
			tries, errnos := 0, faultErrnos[:1]
			if way == whole {
				errnos = faultErrnos
			}
			for _, c := range scenarios(t, faultFlags) {
				if c.refuses() { // the fault could hit what gives back the state
					continue
				}
				for _, errno := range errnos {
					for nth := 1; tryFault(t, root, other, c, &fault{nth: nth, errno: errno, lacking: lacking}); nth++ {
						tries++
					}
				}
			}
			if tries < 500*len(errnos) {
				t.Errorf("only %d faults were reached", tries)
			}
		})
	}
}

// quickFolder is a folder in memory where the system has such a place: thousands of files are made durable.
func quickFolder(t *testing.T) string {
	if folder := otherFolder(t); folder != "" {
		return folder
	}
	return t.TempDir()
}

// tryFault plays a scenario once, and tells whether the fault was reached.
func tryFault(t *testing.T, root, other string, c scenario, f *fault) bool {
	t.Helper()
	g := newStage(t, root, other, c)
	defer g.end()
	result, err := g.play(systemtest.Watched{System: system.Kernel{}, Before: f.before}, c)
	what := fmt.Sprintf("%s: call %d %+v with %v: %v", c, f.nth, f.fired, f.errno, err)
	var place *fs.PathError
	switch {
	case err != nil && f.fired.Method == "":
		t.Errorf("%s, and nothing was injected", what)
	case err != nil && !errors.Is(err, f.errno) && f.fired.Method != "ReadLinkBelow": // which is told that there is no link
		t.Errorf("%s, which is not the error injected", what)
	case err != nil && !errors.As(err, &place):
		t.Errorf("%s, without an operation and a path", what)
	case result.Published && err != nil && !slices.Contains(afterwards, place.Op):
		t.Errorf("%s, but it is published", what)
	case !result.Published && err != nil && slices.Contains(afterwards, place.Op):
		t.Errorf("%s, but it is not published", what)
	case result.Published && err == nil && f.errno == syscall.ENOENT: // what is said to be gone is not removed
		g.checkContent(c)
	case result.Published && err == nil:
		g.checkPublished(c, result)
	case result.Published:
		g.checkContent(c)
	}
	return f.fired.Method != ""
}

// checkContent looks at the target alone.
func (g *stage) checkContent(c scenario) {
	if content, err := os.ReadFile(g.folder + "/dir/target"); err != nil || string(content) != newContent {
		g.t.Errorf("%s: %q, %v", c, content, err)
	}
}
