//go:build linux && !tempfile_portable

package publish

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"libtempfile/core/system"
	"libtempfile/core/system/systemtest"
)

// listFor is an access control list: the owner rw-, a user, the group, the mask and all others.
func listFor(user uint32, userMay, groupMay, mask, othersMay uint16) []byte {
	const nobodys = ^uint32(0) // the id of an entry that needs none
	list := binary.LittleEndian.AppendUint32(nil, 2)
	for _, entry := range []struct {
		tag, may uint16
		id       uint32
	}{{1, 6, nobodys}, {2, userMay, user}, {4, groupMay, nobodys}, {0x10, mask, nobodys}, {0x20, othersMay, nobodys}} {
		list = binary.LittleEndian.AppendUint16(list, entry.tag)
		list = binary.LittleEndian.AppendUint16(list, entry.may)
		list = binary.LittleEndian.AppendUint32(list, entry.id)
	}
	return list
}

func attribute(t *testing.T, path, name string) []byte {
	t.Helper()
	var value [256]byte
	n, err := unix.Lgetxattr(path, name, value[:])
	if err == unix.ENODATA {
		return nil
	}
	must(t, err)
	return value[:n]
}

func modeOf(t *testing.T, path string) uint32 {
	t.Helper()
	var stat unix.Stat_t
	must(t, unix.Lstat(path, &stat))
	return stat.Mode & 0o7777
}

// withLists is a folder on a file system with access control lists, as ext4, xfs, btrfs and tmpfs are.
func withLists(t *testing.T) string {
	folder := t.TempDir()
	must(t, unix.Setxattr(folder, acl, listFor(1, 7, 7, 7, 5), 0))
	must(t, unix.Removexattr(folder, acl))
	must(t, os.Chmod(folder, 0o777))
	return folder
}

func TestLikeTargetKeepsAttributes(t *testing.T) {
	for _, k := range kinds {
		c := scenario{kind: k, target: "file", o: Options{Flags: LikeTarget}}
		g := newStage(t, withLists(t), "", c)
		target := g.folder + "/dir/target"
		list := listFor(1234, 4, 0, 4, 0)
		must(t, unix.Setxattr(target, acl, list, 0))
		must(t, unix.Setxattr(target, "user.empty", nil, 0))
		must(t, unix.Chmod(target, 0o6740))
		if os.Geteuid() == 0 {
			must(t, unix.Setxattr(target, "trusted.mark", []byte("x"), 0))
			capability := binary.LittleEndian.AppendUint32(nil, 0x02000000)
			must(t, unix.Setxattr(target, "security.capability", append(capability, make([]byte, 16)...), 0))
			must(t, unix.Chown(target, 12, 34))
			must(t, unix.Chmod(target, 0o6740))
		}
		if g.source.Name != "" {
			must(t, unix.Setxattr(g.source.Name, "user.own", []byte("own"), 0))
		}
		must(t, unix.Setxattr(target, acl, listFor(1234, 4, 2, 6, 0), 0))
		list = attribute(t, target, acl)
		want := modeOf(t, target) &^ 0o6000
		if _, err := g.play(system.Kernel{}, c); err != nil {
			t.Fatal(err)
		}
		var stat unix.Stat_t
		must(t, unix.Lstat(target, &stat))
		if stat.Mode&0o7777 != want || os.Geteuid() == 0 && (stat.Uid != 12 || stat.Gid != 34) {
			t.Errorf("%s: mode %o, not %o, owner %d:%d", k, stat.Mode, want, stat.Uid, stat.Gid)
		}
		for name, want := range map[string][]byte{acl: list, "user.mark": []byte("old"), "user.empty": {},
			"trusted.mark": nil, "security.capability": nil} {
			if got := attribute(t, target, name); !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				t.Errorf("%s: %s is %q, not %q", k, name, got, want)
			}
		}
		if k == named && string(attribute(t, target, "user.own")) != "own" {
			t.Error("the file's own attribute is gone")
		}
		g.end()
	}
}

// TestInheritedListGoes: the list that the file got from its own directory would open it to more users than the target.
func TestInheritedListGoes(t *testing.T) {
	for _, flags := range []Flags{0, LikeTarget} {
		folder := withLists(t)
		c := scenario{kind: named, target: "file", o: Options{Flags: flags}}
		g := newStage(t, folder, "", c)
		must(t, unix.Setxattr(g.source.Name, acl, listFor(1234, 6, 6, 6, 6), 0))
		if _, err := g.play(system.Kernel{}, c); err != nil {
			t.Fatal(err)
		}
		target := g.folder + "/dir/target"
		if list := attribute(t, target, acl); list != nil || modeOf(t, target) != 0o640 {
			t.Errorf("flags %#x: %x, mode %o", uint32(flags), list, modeOf(t, target))
		}
		g.end()
	}
}

// TestDefaultListOfDirectory: the file gets what open(2) would give a new one there, from the directory's default list.
func TestDefaultListOfDirectory(t *testing.T) {
	for _, k := range kinds {
		c := scenario{kind: k}
		g := newStage(t, withLists(t), "", c)
		must(t, unix.Setxattr(g.folder+"/dir", "system.posix_acl_default", listFor(1234, 6, 4, 6, 4), 0))
		must(t, os.WriteFile(g.folder+"/dir/opened", nil, 0o666))
		if _, err := g.play(system.Kernel{}, c); err != nil {
			t.Fatal(err)
		}
		opened, target := g.folder+"/dir/opened", g.folder+"/dir/target"
		list := attribute(t, target, acl)
		if list == nil || !bytes.Equal(list, attribute(t, opened, acl)) || modeOf(t, opened) != modeOf(t, target) {
			t.Errorf("%s: %x, mode %o", k, list, modeOf(t, target))
		}
		g.end()
	}
}

// asNobody runs a function on a thread of a user who has no rights; as any other user than root, it just runs it.
func asNobody(t *testing.T, run func()) {
	if os.Geteuid() != 0 {
		run()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread ends with the function
		const nobody = 65534
		for _, call := range [][4]uintptr{{unix.SYS_SETGROUPS}, {unix.SYS_SETRESGID, nobody, nobody, nobody},
			{unix.SYS_SETRESUID, nobody, nobody, nobody}} {
			if _, _, errno := syscall.RawSyscall(call[0], call[1], call[2], call[3]); errno != 0 {
				t.Errorf("system call %d: %v", call[0], errno)
				return
			}
		}
		run()
	}()
	<-done
}

// nobodysStage is a stage with a target of root's, where there is a root, in a directory of nobody's.
func nobodysStage(t *testing.T, c scenario) *stage {
	folder := withLists(t)
	for path := folder; path != "/" && path != os.TempDir(); path = path[:max(1, len(path)-len(lastPart(path))-1)] {
		os.Chmod(path, 0o777)
	}
	g := newStage(t, folder, "", c)
	os.Chmod(g.folder, 0o777)
	os.Chmod(g.folder+"/dir", 0o777)
	os.Chmod(g.sourceRoot, 0o777)
	if os.Geteuid() == 0 && g.source.Descriptor >= 0 {
		must(t, unix.Fchown(g.source.Descriptor, 65534, 65534))
	}
	return g
}

// TestOwnerThatCannotBeKept: it is an error, or the group's permissions become those of all others.
func TestOwnerThatCannotBeKept(t *testing.T) {
	if os.Geteuid() != 0 { // its files are its own, so all can be kept
		t.Log("run by root, this test has another user's file")
	}
	for _, k := range kinds {
		for _, flags := range []Flags{LikeTarget, LikeTarget | WherePossible} {
			for _, list := range [][]byte{nil, listFor(1234, 4, 6, 6, 4)} {
				c := scenario{kind: k, target: "file", o: Options{Flags: flags}}
				g := nobodysStage(t, c)
				target := g.folder + "/dir/target"
				must(t, os.Chmod(target, 0o664))
				if list != nil {
					must(t, unix.Setxattr(target, acl, list, 0))
				}
				var err error
				asNobody(t, func() { _, err = g.play(system.Kernel{}, c) })
				switch {
				case os.Geteuid() == 0 && flags == LikeTarget:
					if !errors.Is(err, syscall.EPERM) {
						t.Errorf("%s: %v", c, err)
					}
				case err != nil:
					t.Errorf("%s: %v", c, err)
				default:
					g.checkNarrowed(k, list)
				}
				g.end()
			}
		}
	}
}

// checkNarrowed: the group's permissions are those of all others where it is another group.
func (g *stage) checkNarrowed(k kind, list []byte) {
	target := g.folder + "/dir/target"
	wantMode, wantList := uint32(0o664), list
	if os.Geteuid() == 0 && list == nil {
		wantMode = 0o644
	} else if os.Geteuid() == 0 {
		wantList = listFor(1234, 4, 4, 6, 4)
	}
	t := g.t.(*testing.T)
	if got := attribute(t, target, acl); modeOf(t, target) != wantMode || !bytes.Equal(got, wantList) {
		t.Errorf("%s: mode %o, list %x, not %o and %x", k, modeOf(t, target), got, wantMode, wantList)
	}
}

// TestOpenSourceIsConcealed: a file that was made for more users than the target's is not open to them beside the target,
// nor with the target's owner.
func TestOpenSourceIsConcealed(t *testing.T) {
	for _, flags := range []Flags{LikeTarget, Backup | LikeTarget, 0} {
		for _, appears := range []bool{false, true} { // the target, while the file is made as for a new name
			c := scenario{kind: named, target: "file", o: Options{Flags: flags, Permissions: 0o600}}
			g := newStage(t, t.TempDir(), "", c)
			target, hidden := g.folder+"/dir/target", g.folder+"/hidden"
			must(t, os.Chmod(target, 0o600))
			must(t, unix.Fchmod(g.source.Descriptor, 0o644))
			if flags != 0 {
				c.o.Permissions = 0
			}
			if appears {
				must(t, os.Rename(target, hidden))
			}
			looks := 0
			_, err := publisher(systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
				if appears && call.Method == "LinkDescriptor" && call.Name == "target" {
					must(t, os.Rename(hidden, target))
				}
				entries, err := os.ReadDir(g.folder + "/dir")
				must(t, err)
				for _, entry := range entries {
					looks++
					if mode := modeOf(t, g.folder+"/dir/"+entry.Name()); mode&0o077 != 0 {
						t.Errorf("%s: before %+v, %s has mode %o", c, call, entry.Name(), mode)
					}
				}
				return nil
			}}).File(g.source, target, &c.o)
			if mode := modeOf(t, target); err != nil || mode != 0o600 || looks < 4 {
				t.Errorf("%s: %v, mode %o, after %d looks", c, err, mode, looks)
			}
			g.end()
		}
	}
}

// TestDeniedStaysDenied: the group or a user that the target denies what it grants all others is not one of these others
// where the new file cannot have its group or its list.
func TestDeniedStaysDenied(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("run by root, this test has another user's file")
	}
	noLists := systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
		if call.Method == "SetAttribute" && call.Name == acl {
			return syscall.EOPNOTSUPP
		}
		return nil
	}}
	for _, c := range []struct {
		system system.System
		list   []byte
		mode   uint32 // the target's
		want   uint32 // where the group cannot be kept
		kept   uint32 // where it can
	}{
		{system.Kernel{}, nil, 0o604, 0o600, 0o604},
		{system.Kernel{}, nil, 0o646, 0o644, 0o646},
		{system.Kernel{}, listFor(1234, 4, 0, 4, 4), 0o644, 0o640, 0o644},
		{system.Kernel{}, listFor(1234, 6, 6, 4, 6), 0o646, 0o644, 0o646},
		{noLists, listFor(1234, 0, 4, 4, 4), 0o644, 0o600, 0o600},
		{noLists, listFor(1234, 6, 6, 4, 6), 0o646, 0o644, 0o644},
	} {
		s := scenario{kind: unnamed, target: "file", o: Options{Flags: LikeTarget | WherePossible}}
		g := nobodysStage(t, s)
		target := g.folder + "/dir/target"
		must(t, os.Chmod(target, os.FileMode(c.mode)))
		if c.list != nil {
			must(t, unix.Setxattr(target, acl, c.list, 0))
		}
		var err error
		asNobody(t, func() { _, err = g.play(c.system, s) })
		want := c.kept
		if os.Geteuid() == 0 {
			want = c.want
		}
		if mode := modeOf(t, target); err != nil || mode != want {
			t.Errorf("mode %o, list %x: mode %o, not %o, %v", c.mode, c.list, mode, want, err)
		}
		g.end()
	}
}

// TestTargetThatCannotBeRead can be looked at all the same.
func TestTargetThatCannotBeRead(t *testing.T) {
	c := scenario{kind: unnamed, target: "file", o: Options{Flags: LikeTarget}}
	g := nobodysStage(t, c)
	defer g.end()
	target := g.folder + "/dir/target"
	if os.Geteuid() == 0 {
		must(t, unix.Chown(target, 65534, 65534))
	}
	must(t, unix.Removexattr(target, "user.mark")) // only who may read the file may read those
	must(t, unix.Setxattr(target, acl, listFor(1234, 4, 0, 4, 0), 0))
	must(t, os.Chmod(target, 0o200))
	list := attribute(t, target, acl)
	asNobody(t, func() {
		if _, err := publisher(system.Kernel{}).File(g.source, target, &c.o); err != nil {
			t.Error(err)
		}
	})
	if got := attribute(t, target, acl); modeOf(t, target) != 0o200 || list == nil || !bytes.Equal(got, list) {
		t.Errorf("mode %o, list %x, not %x", modeOf(t, target), got, list)
	}
}

// TestNeverWiderThanTarget looks at the file before each call.
func TestNeverWiderThanTarget(t *testing.T) {
	for _, k := range kinds {
		for _, may := range []uint32{0o600, 0o640, 0o440, 0o604, 0o000} {
			c := scenario{kind: k, target: "file", o: Options{Flags: LikeTarget | Sync}}
			g := newStage(t, t.TempDir(), "", c)
			must(t, unix.Removexattr(g.folder+"/dir/target", "user.mark")) // only who may read the file may read those
			must(t, os.Chmod(g.folder+"/dir/target", os.FileMode(may)))
			looks := 0
			result, err := publisher(systemtest.Watched{System: system.Kernel{}, Before: func(call systemtest.Call) error {
				for _, folder := range []string{g.folder + "/dir", g.sourceRoot} {
					entries, err := os.ReadDir(folder)
					must(t, err)
					for _, entry := range entries {
						looks++
						mode := modeOf(t, folder+"/"+entry.Name())
						if open := mode & 0o077 &^ may; open != 0 {
							t.Errorf("%s: before %+v, %s has mode %o", c, call, entry.Name(), mode)
						}
					}
				}
				return nil
			}}).File(g.source, g.folder+"/dir/target", &c.o)
			if mode := modeOf(t, g.folder+"/dir/target"); err != nil || mode != may || looks < 10 {
				t.Errorf("%s: %v, mode %o, not %o, after %d looks", c, err, mode, may, looks)
			}
			g.source.Descriptor = result.Descriptor
			g.end()
		}
	}
}
