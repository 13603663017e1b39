//go:build linux && !tempfile_portable

package tempfile_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	tempfile "libtempfile/core"
)

// publication is a case of publish.json.
type publication struct {
	ID        int
	Except    []string
	Functions []string
	Path      string
	Options   struct {
		Flags, Permissions uint32
		Within, Backup     string
	}
	Changes map[string]*string
	Errno   string
}

// publishErrnos are those that only publications end with.
var publishErrnos = map[string]syscall.Errno{
	"EISDIR": syscall.EISDIR, "ELOOP": syscall.ELOOP, "EPERM": syscall.EPERM,
}

// furnish makes what every publication begins with.
func furnish(t *testing.T, folder string) {
	t.Helper()
	for _, err := range [...]error{
		os.Mkdir(folder, 0o755), os.Mkdir(folder+"/folder", 0o755),
		os.WriteFile(folder+"/taken", []byte("old"), 0o604), os.WriteFile(folder+"/folder/inner", []byte("old"), 0o604),
		os.Symlink("../taken", folder+"/folder/up"), os.Symlink("taken", folder+"/link"), os.Symlink("link", folder+"/chain"),
		os.Symlink("nowhere", folder+"/dangling"), os.Symlink("loop", folder+"/loop"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// listing tells what is in a folder, in the words of the vectors.
func listing(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if path == folder || err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		var content string
		switch mode := info.Mode(); {
		case mode.IsDir():
			content = fmt.Sprintf("/ %o", mode.Perm())
		case mode&fs.ModeSymlink != 0:
			text, err := os.Readlink(path)
			if err != nil {
				return err
			}
			content = "-> " + text
		default:
			bytes, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = fmt.Sprintf("%s %o", bytes, mode.Perm())
		}
		found[path[len(folder)+1:]] = content
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// publish does what one function of a case does, and gives the name that the object has afterwards.
func (p *publication) publish(t *testing.T, function, source, path, within string) (name string, err error) {
	t.Helper()
	o := tempfile.PublishOptions{
		Flags: tempfile.PublishFlags(p.Options.Flags), Permissions: p.Options.Permissions, Within: within, Backup: p.Options.Backup,
	}
	switch function {
	case "replace":
		return path, tempfile.Replace(path, []byte("new"), o.Flags)
	case "temporary_directory":
		d, err := tempfile.TemporaryDirectory(&tempfile.Options{Dir: source})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Persist(path, o.Flags)
		return d.Name(), errors.Join(err, d.Free())
	}
	class, known := classes[function]
	if !known {
		t.Fatalf("there is no function %q", function)
	}
	f, err := class(&tempfile.Options{Dir: source})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if o.Permissions == 0 && within == "" && o.Backup == "" {
		err = f.Persist(path, o.Flags)
	} else {
		err = f.Publish(path, &o)
	}
	return f.Name(), errors.Join(err, f.Free())
}

func (p *publication) run(t *testing.T, function string) {
	base := t.TempDir()
	folder, source := base+"/folder", base+"/source"
	furnish(t, folder)
	if err := os.Mkdir(source, 0o700); err != nil {
		t.Fatal(err)
	}
	want := listing(t, folder)
	path, within := folder+"/"+p.Path, ""
	if p.Options.Within != "" {
		within = folder + "/" + p.Options.Within
		path = p.Path
	}
	if p.Path == "" {
		path = ""
	}
	_, err := p.publish(t, function, source, path, within)
	errno, known := errnos[p.Errno]
	if !known {
		errno, known = publishErrnos[p.Errno]
	}
	switch {
	case p.Errno == "" && err != nil, p.Errno != "" && (!known || !errors.Is(err, errno)):
		t.Errorf("%s: %v; want %q", function, err, p.Errno)
	}
	for name, now := range p.Changes {
		if delete(want, name); now != nil {
			want[name] = *now
		}
	}
	if got := listing(t, folder); !maps.Equal(got, want) {
		t.Errorf("%s: there is %q; want %q", function, got, want)
	}
	if left := listing(t, source); len(left) > 0 {
		t.Errorf("%s: left behind %q", function, left)
	}
}

func TestPublishVectors(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o022))
	cases := readVectors[publication](t, "publish.json")
	for i := range cases {
		p := &cases[i]
		if slices.Contains(p.Except, "go") {
			continue
		}
		t.Run(fmt.Sprint(p.ID), func(t *testing.T) {
			for _, function := range p.Functions {
				p.run(t, function)
			}
		})
	}
}
