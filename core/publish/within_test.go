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

// tree has a limit "in" with links that stay in it and links that leave it.
func tree(t *testing.T) string {
	root := t.TempDir()
	must(t, os.MkdirAll(root+"/in/a/b", 0o755))
	must(t, os.Mkdir(root+"/out", 0o755))
	for name, text := range map[string]string{
		"in/a/b/up": "../f", "in/a/b/top": "../../f", "in/jump": "a/b", "in/a/b/out": "../../../out/f",
		"in/a/b/absolute": root + "/in/f", "in/leave": "../out", "in/chain": "a/b/up", "in/loop": "loop", "in/dot": "a/.",
		"in/a/b/nowhere": "no/such",
	} {
		must(t, os.Symlink(text, root+"/"+name))
	}
	return root
}

func replace(s system.System, path string, o Options) error {
	result, err := publisher(s).File(Source{Descriptor: -1, Content: []byte(newContent)}, path, &o)
	if result.Published {
		unix.Close(result.Descriptor)
	}
	return err
}

func TestWithin(t *testing.T) {
	for _, c := range []struct {
		path, follows, target string // target or, over links, follows is what gets the content
		err                   error
	}{
		{path: "f", target: "in/f"},
		{path: "a/b/g", target: "in/a/b/g"},
		{path: "jump/g", target: "in/a/b/g"},
		{path: "jump/../f", target: "in/a/f"}, // as the kernel goes, not as the text reads
		{path: "../out/f", err: syscall.EPERM},
		{path: "a/../../out/f", err: syscall.EPERM},
		{path: "leave/f", err: syscall.EPERM},
		{path: "a/b/up", follows: "in/a/f"},
		{path: "jump/up", follows: "in/a/f"},
		{path: "a/b/top", follows: "in/f"},
		{path: "chain", follows: "in/a/f"},
		{path: "a/b/out", follows: "", err: syscall.EPERM},
		{path: "a/b/absolute", follows: "", err: syscall.EPERM},
		{path: "loop", err: syscall.ELOOP},
		{path: "dot", err: syscall.EISDIR},
		{path: "a/b/nowhere", err: syscall.ENOENT},
		{path: "a", err: syscall.EISDIR},
		{path: "f/", err: syscall.EINVAL},
	} {
		for _, absolute := range []bool{false, true} {
			root := tree(t)
			path := c.path
			if absolute {
				path = root + "/in/" + path
			}
			err := replace(system.Kernel{}, path, Options{Flags: Follow, Within: root + "/in"})
			target := c.target + c.follows
			if !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("%s: %v, not %v", path, err, c.err)
			}
			if content, _ := os.ReadFile(root + "/" + target); c.err == nil && string(content) != newContent {
				t.Errorf("%s: %s has %q", path, target, content)
			}
			if entries, _ := os.ReadDir(root + "/out"); len(entries) > 0 {
				t.Errorf("%s: %v is outside", path, entries)
			}
		}
	}
}

// TestFollow without a limit goes wherever the links lead.
func TestFollow(t *testing.T) {
	for path, target := range map[string]string{"in/a/b/out": "out/f", "in/a/b/absolute": "in/f", "in/chain": "in/a/f",
		"in/leave/f": "out/f", "in/jump/up": "in/a/f"} {
		root := tree(t)
		if err := replace(system.Kernel{}, root+"/"+path, Options{Flags: Follow}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if content, _ := os.ReadFile(root + "/" + target); string(content) != newContent {
			t.Errorf("%s: %s has %q", path, target, content)
		}
	}
	long := t.TempDir()
	for i := range mostLinks {
		must(t, os.Symlink(long+"/"+string(rune('A'+i+1)), long+"/"+string(rune('A'+i))))
	}
	if err := replace(system.Kernel{}, long+"/A", Options{Flags: Follow}); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("%d links: %v", mostLinks, err)
	}
	if err := replace(system.Kernel{}, long+"/B", Options{Flags: Follow}); err != nil {
		t.Errorf("%d links: %v", mostLinks-1, err)
	}
}

// TestLinkOfAnotherUser in a directory like /tmp is not followed, whatever the kernel is told to do.
func TestLinkOfAnotherUser(t *testing.T) {
	const nobody = 65534
	root := os.Geteuid() == 0
	if !root {
		t.Log("run by root, this test has other users' links")
	}
	for _, c := range []struct {
		mode            os.FileMode
		link, directory int // their owners
		err             error
	}{
		{0o777 | os.ModeSticky, nobody, 0, syscall.EACCES},
		{0o777 | os.ModeSticky, 0, nobody, nil},
		{0o777 | os.ModeSticky, nobody, nobody, nil},
		{0o775 | os.ModeSticky, nobody, 0, nil},
		{0o777, nobody, 0, nil},
	} {
		folder := t.TempDir()
		shared := folder + "/shared"
		must(t, os.Mkdir(shared, 0o777))
		must(t, os.Chmod(shared, c.mode))
		must(t, os.WriteFile(folder+"/real", []byte(oldContent), 0o600))
		must(t, os.Symlink("../real", shared+"/link"))
		want, wantErr := newContent, c.err
		if root {
			must(t, os.Lchown(shared+"/link", c.link, c.link))
			must(t, os.Lchown(shared, c.directory, c.directory))
		} else {
			wantErr = nil
		}
		if wantErr != nil {
			want = oldContent
		}
		err := replace(system.Kernel{}, shared+"/link", Options{Flags: Follow})
		content, _ := os.ReadFile(folder + "/real")
		if !errors.Is(err, wantErr) || wantErr == nil && err != nil || string(content) != want {
			t.Errorf("%v, link of %d in directory of %d: %v, and %q", c.mode, c.link, c.directory, err, content)
		}
	}
}

// TestWithinNeedsOpenat2: a weaker walk is never taken in its place.
func TestWithinNeedsOpenat2(t *testing.T) {
	root := tree(t)
	for _, errno := range []syscall.Errno{syscall.ENOSYS, syscall.EPERM, syscall.EINVAL} {
		err := replace(systemtest.Watched{System: system.Kernel{}, Before: lack("HoldBeneath", errno)}, "f",
			Options{Within: root + "/in"})
		if !errors.Is(err, syscall.ENOSYS) || !strings.Contains(err.Error(), "openat2") {
			t.Errorf("%v: %v", errno, err)
		}
	}
	tries := 0
	again := systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
		if call.Method == "HoldBeneath" && tries < 3 {
			tries++
			return syscall.EAGAIN
		}
		return nil
	}}
	if err := replace(again, "f", Options{Within: root + "/in"}); err != nil || tries != 3 {
		t.Errorf("%v after %d tries", err, tries)
	}
}
