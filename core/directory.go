package core

import (
	"strings"
	"syscall"
)

// Directory is a temporary directory. All methods may be called from any goroutine.
type Directory struct {
	library *Library
	storage Storage
}

// TemporaryDirectory creates a directory. See the package's function.
func (l *Library) TemporaryDirectory(o *Options) (*Directory, error) {
	return l.TemporaryDirectoryIn(&memory{}, o)
}

// TemporaryDirectoryIn creates a directory that keeps its state in a storage.
func (l *Library) TemporaryDirectoryIn(storage Storage, o *Options) (*Directory, error) {
	o = o.orDefault()
	plan, err := l.PlanDirectory(o)
	if err != nil {
		return nil, err
	}
	path, err := plan.mkdir()
	if err != nil {
		return nil, err
	}
	identity, ours, err := l.system.Identify(path)
	if err == nil && !ours {
		// In a directory without a sticky bit somebody else may have moved it away already and put his own there.
		err = syscall.ESTALE
	}
	if err == nil {
		err = storage.SetText(TextPath, path)
	}
	if err != nil {
		l.system.Rmdir(path)
		return nil, failed("mkdir", path, err)
	}
	s := storage.State()
	*s = State{Kind: KindDirectory, Descriptor: -1, Device: identity.Device, Inode: identity.Inode}
	s.set(flagNamed, true)
	s.set(flagDelete, !o.NoDelete)
	s.set(flagIgnoreErrors, o.IgnoreCleanupErrors)
	return &Directory{l, storage}, nil
}

// StoredDirectory gives the directory whose storage another runtime has filled.
func (l *Library) StoredDirectory(storage Storage) *Directory { return &Directory{l, storage} }

// Name gives the directory's absolute path. It stays the same after Cleanup.
func (d *Directory) Name() string {
	d.storage.Lock()
	defer d.storage.Unlock()
	return strings.Clone(d.storage.Text(TextPath))
}

// Keep makes Free leave the directory alone. Cleanup still removes it, because it is asked to.
func (d *Directory) Keep() error {
	d.storage.Lock()
	defer d.storage.Unlock()
	d.storage.State().set(flagDelete, false)
	return nil
}

// Cleanup removes the directory with all it holds, in any process. A directory that is gone is no error, and neither is
// one that another has put in its place, which is left alone: ESTALE says so. With IgnoreCleanupErrors, none is.
func (d *Directory) Cleanup() error {
	d.storage.Lock()
	defer d.storage.Unlock()
	return d.cleanup()
}

// Free is the end of the object, as leaving the with statement is in Python: it removes the directory unless it is to
// be kept, and only in the process that made it.
func (d *Directory) Free() error {
	d.storage.Lock()
	defer d.storage.Unlock()
	if !d.storage.State().has(flagDelete) || !d.storage.Owned() {
		return nil
	}
	return d.cleanup()
}

func (d *Directory) cleanup() error {
	s := d.storage.State()
	if !s.has(flagNamed) {
		return nil
	}
	err := d.library.remove(d.storage.Text(TextPath), &Identity{s.Device, s.Inode})
	if err == nil {
		s.set(flagNamed, false)
	}
	if s.has(flagIgnoreErrors) {
		return nil
	}
	return err
}
