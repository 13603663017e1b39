//go:build linux && !tempfile_portable

package engine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
	"libtempfile/core/system"
)

// TestRemovesLockedTrees removes what its own user has locked, as root never can be: every combination of the owner's
// permissions, empty, with a file, and with directories, at the root and below it.
func TestRemovesLockedTrees(t *testing.T) {
	if !asNobody(t) {
		return
	}
	folder := quickFolder(t)
	for mode := range os.FileMode(8) {
		for _, inside := range []string{"", "file", "directory", "directory/file", "directory/directory"} {
			for _, above := range []string{"", "/above"} {
				root := folder + "/tree"
				locked := root + above
				must(t, os.MkdirAll(locked, 0o700))
				switch {
				case strings.HasSuffix(inside, "directory"):
					must(t, os.MkdirAll(locked+"/"+inside, 0o700))
				case inside != "":
					must(t, os.MkdirAll(locked+"/"+strings.TrimSuffix(inside, "file"), 0o700))
					must(t, os.WriteFile(locked+"/"+inside, nil, 0))
				}
				if strings.HasPrefix(inside, "directory") {
					must(t, os.Chmod(locked+"/directory", mode<<6))
				}
				must(t, os.Chmod(locked, mode<<6))
				if err := standard.RemoveAll(root); err != nil {
					t.Errorf("mode %o, %q inside: %v", mode<<6, inside, err)
					exec.Command("chmod", "-R", "700", root).Run()
					os.RemoveAll(root)
				}
			}
		}
	}
}

// TestRemovesBelowUnreadableParents removes a directory in one that nobody may list.
func TestRemovesBelowUnreadableParents(t *testing.T) {
	if !asNobody(t) {
		return
	}
	folder := quickFolder(t)
	must(t, os.MkdirAll(folder+"/tree/d", 0o700))
	must(t, os.Chmod(folder, 0o1333))
	err := standard.RemoveAll(folder + "/tree")
	must(t, os.Chmod(folder, 0o700))
	must(t, err)
	gone(t, folder+"/tree")
}

// TestForeignDirectoriesKeepTheirPermissions cannot remove root's locked directory, and leaves its mode alone.
func TestForeignDirectoriesKeepTheirPermissions(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to make a directory of another user")
	}
	folder := quickFolder(t)
	must(t, os.Chmod(folder, 0o755))
	must(t, os.MkdirAll(folder+"/parent/tree/locked/below", 0o755))
	must(t, os.Chown(folder+"/parent", nobody, nobody))
	must(t, os.Chown(folder+"/parent/tree", nobody, nobody))
	must(t, os.Chmod(folder+"/parent/tree/locked", 0o500))
	child := exec.Command("/proc/self/exe", "-test.run=^TestRemoveForeignHelper$", "-test.v")
	child.Env = append(os.Environ(), childVariable+"="+folder+"/parent/tree")
	child.Dir = "/"
	child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	output, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "--- PASS: TestRemoveForeignHelper") {
		t.Errorf("%v\n%s", err, output)
	}
	info, err := os.Stat(folder + "/parent/tree/locked")
	must(t, err)
	if info.Mode().Perm() != 0o500 {
		t.Errorf("the mode is %v now", info.Mode())
	}
}

// TestRemoveForeignHelper is the child of the test above.
func TestRemoveForeignHelper(t *testing.T) {
	tree := os.Getenv(childVariable)
	if !strings.HasSuffix(tree, "/parent/tree") {
		t.Skip("only in the child of TestForeignDirectoriesKeepTheirPermissions")
	}
	err := standard.RemoveAll(tree)
	var removal *RemovalError
	if !errors.Is(err, syscall.EACCES) || !errors.As(err, &removal) || removal.First.Path != tree+"/locked" || removal.Failed != 1 {
		t.Errorf("%v", err)
	}
}

func TestRemovesUnderALowLimit(t *testing.T) {
	if !inChild(t, nil) {
		return
	}
	folder := quickFolder(t)
	chain(t, folder+"/tree", "d", 2_000)
	// The runtime holds some for itself; with five directories open at most, every level is reached by "..".
	limit := unix.Rlimit{Cur: uint64(descriptors(t) + 5), Max: 4096}
	must(t, unix.Prlimit(0, unix.RLIMIT_NOFILE, &limit, nil))
	must(t, standard.RemoveAll(folder+"/tree"))
	gone(t, folder+"/tree")
}

func TestMountsAreNotEntered(t *testing.T) {
	if !inChild(t, &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}) {
		return
	}
	// In a chroot "/" is no mount, and a container may forbid it.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Skip("mounts cannot be made private here:", err)
	}
	folder := quickFolder(t)
	victim := folder + "/victim"
	must(t, os.Mkdir(victim, 0o700))
	must(t, os.WriteFile(victim+"/file", []byte("precious"), 0o600))
	before := portrait(t, victim)
	for _, where := range []string{"/tree/bind", "/tree/deeper/bind", "/tree"} {
		must(t, os.MkdirAll(folder+where, 0o700))
		must(t, os.MkdirAll(folder+"/tree/sibling", 0o700))
		if err := unix.Mount(victim, folder+where, "", unix.MS_BIND, ""); err != nil {
			t.Skip("bind mounts are not to be had: ", err)
		}
		for _, kernel := range []system.System{system.Kernel{}, system.WithoutOpenat2{}} {
			if err := New(kernel).RemoveAll(folder + "/tree"); !errors.Is(err, syscall.EBUSY) {
				t.Errorf("%s with %T: %v", where, kernel, err)
			}
		}
		must(t, unix.Unmount(folder+where, 0))
		if after := portrait(t, victim); after != before {
			t.Fatalf("%s: the victim was\n%s\nand is\n%s", where, before, after)
		}
		must(t, standard.RemoveAll(folder+"/tree"))
	}
}

// TestPermissionsAndUmask makes files and directories under the strictest and the loosest umask. In a child, because the
// umask is the whole process's.
func TestPermissionsAndUmask(t *testing.T) {
	if !inChild(t, nil) {
		return
	}
	folder := quickFolder(t)
	for _, c := range []struct {
		umask       int
		permissions uint32
		file, dir   os.FileMode
	}{
		{0o022, 0, 0o600, 0o700}, {0, 0, 0o600, 0o700}, {0o777, 0, 0, 0}, {0o022, 0o666, 0o644, 0o644}, {0, 0o777, 0o777, 0o777},
	} {
		syscall.Umask(c.umask)
		o := &Options{Dir: folder, Permissions: c.permissions}
		f, err := standard.NamedTemporaryFile(o)
		must(t, err)
		d, err := standard.TemporaryDirectory(o)
		must(t, err)
		for path, want := range map[string]os.FileMode{f.Name(): c.file, d.Name(): c.dir} {
			info, err := os.Lstat(path)
			must(t, err)
			if info.Mode().Perm() != want {
				t.Errorf("umask %o, permissions %o: %s is %v", c.umask, c.permissions, path, info.Mode())
			}
		}
		f.Write([]byte("still writable"))
		must(t, f.Close())
		must(t, d.Cleanup())
		u, err := standard.TemporaryFile(o)
		must(t, err)
		var stat unix.Stat_t
		descriptor, err := u.Fd()
		must(t, errors.Join(err, unix.Fstat(descriptor, &stat)))
		if os.FileMode(stat.Mode).Perm() != c.file {
			t.Errorf("umask %o, permissions %o: the unnamed file is %o", c.umask, c.permissions, stat.Mode)
		}
		must(t, u.Close())
	}
	if left := remaining(t, folder); len(left) > 0 {
		t.Error(fmt.Sprint("left behind ", left))
	}
}
