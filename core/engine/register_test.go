//go:build unix

package engine

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func mustWrite(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestRegisteredFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	for _, end := range []func(*File) error{(*File).Close, (*File).Free} {
		mustWrite(t, path)
		f, err := standard.RegisterFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name() != path {
			t.Errorf("the name is %q", f.Name())
		}
		if _, err := f.Read(make([]byte, 1)); !errors.Is(err, syscall.EBADF) {
			t.Errorf("reading gave %v", err)
		}
		if err := end(f); err != nil || isThere(path) {
			t.Errorf("%v, and the file is there: %v", err, isThere(path))
		}
	}

	mustWrite(t, path)
	t.Chdir(folder)
	f, err := standard.RegisterFile("file")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("/")
	if err := errors.Join(f.Keep(), f.Free()); err != nil || f.Name() != path || !isThere(path) {
		t.Errorf("%v, %s is there: %v", err, f.Name(), isThere(path))
	}
}

func TestRegisteredDirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "directory")
	create := func() *Directory {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		mustWrite(t, path+"/file")
		d, err := standard.RegisterDirectory(path + "//")
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := create(); d.Name() != path || d.Free() != nil || isThere(path) {
		t.Errorf("%s is there: %v", d.Name(), isThere(path))
	}
	d := create()
	if err := os.Rename(path, path+"-moved"); err != nil {
		t.Fatal(err)
	}
	other := create()
	if err := d.Cleanup(); !errors.Is(err, syscall.ESTALE) || !isThere(path+"/file") {
		t.Errorf("cleaning up where another directory is gave %v", err)
	}
	if err := other.Cleanup(); err != nil || isThere(path) {
		t.Error(err)
	}
}

func TestNothingToRegister(t *testing.T) {
	folder := t.TempDir()
	file, link := folder+"/file", folder+"/link"
	mustWrite(t, file)
	if err := os.Symlink(folder, link); err != nil {
		t.Fatal(err)
	}
	type errnos struct{ file, directory syscall.Errno }
	for path, want := range map[string]errnos{
		"": {syscall.EINVAL, syscall.EINVAL}, "/": {syscall.EINVAL, syscall.EINVAL}, folder + "/..": {syscall.EINVAL, syscall.EINVAL},
		file + "\x00": {syscall.EINVAL, syscall.EINVAL}, folder + "/none": {syscall.ENOENT, syscall.ENOENT},
		file + "/": {syscall.EINVAL, syscall.ENOTDIR}, file: {0, syscall.ENOTDIR}, folder: {syscall.EISDIR, 0},
		link: {0, syscall.ENOTDIR}, link + "/": {syscall.EINVAL, syscall.ENOTDIR},
	} {
		if f, err := standard.RegisterFile(path); want.file == 0 && err != nil || want.file != 0 && (!errors.Is(err, want.file) || f != nil) {
			t.Errorf("file %q: %v, not %v", path, err, want.file)
		}
		if d, err := standard.RegisterDirectory(path); want.directory == 0 && err != nil || want.directory != 0 && (!errors.Is(err, want.directory) || d != nil) {
			t.Errorf("directory %q: %v, not %v", path, err, want.directory)
		}
	}
	if !isThere(file) || !isThere(link) {
		t.Error("registering deleted something")
	}
}
