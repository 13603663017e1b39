package core

import (
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// Directory is a temporary directory. All methods may be called from any goroutine.
type Directory struct {
	library *Library
	storage Storage
}

// TemporaryDirectory creates a directory. See the package's function.
func (l *Library) TemporaryDirectory(o *Options) (*Directory, error) {
	storage := &memory{}
	_, err := l.TemporaryDirectoryIn(storage, o)
	return l.directoryIn(storage, err)
}

// directoryIn gives the directory whose storage was just filled, unless there is an error.
func (l *Library) directoryIn(storage Storage, err error) (*Directory, error) {
	if err != nil {
		return nil, err
	}
	return &Directory{l, storage}, nil
}

// TemporaryDirectoryIn creates a directory that keeps its state in a storage.
func (l *Library) TemporaryDirectoryIn(storage Storage, o *Options) (Recipe, error) {
	o = o.orDefault()
	plan, err := l.PlanDirectory(o)
	if err != nil {
		return Recipe{}, err
	}
	path, err := plan.mkdir()
	if err != nil {
		return Recipe{}, err
	}
	// In a directory without a sticky bit somebody else may have moved it away already and put another there.
	identity, err := l.system.IdentifyNew(path, plan.permissions)
	if err == nil {
		err = storage.SetText(TextPath, path)
	}
	if err != nil {
		if err != syscall.ESTALE { // that one is not ours
			l.system.Rmdir(path)
		}
		return Recipe{}, failed("mkdir", path, err)
	}
	initializeDirectory(storage.State(), identity, o)
	return plan.DirectoryRecipe(), nil
}

// IdentifyNew gives the identity of a directory that the caller has just made with the permissions, 0 for 0700; ESTALE if
// another has taken its place already.
func (l *Library) IdentifyNew(path string, permissions uint32) (system.Identity, error) {
	if permissions == 0 {
		permissions = 0o700
	}
	identity, err := l.system.IdentifyNew(path, permissions)
	return identity, failed("stat", path, err)
}

// initializeDirectory fills the state of a directory that is there.
func initializeDirectory(s *State, identity system.Identity, o *Options) {
	*s = State{Kind: KindDirectory, Descriptor: -1, Device: identity.Device, Inode: identity.Inode}
	s.set(flagNamed, true)
	s.set(flagDelete, !o.NoDelete)
	s.set(flagIgnoreErrors, o.IgnoreCleanupErrors)
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

// Cleanup removes the directory with all it holds, in any process. A directory that is gone is no error; another that has
// taken its place is left alone, which is ESTALE. With IgnoreCleanupErrors there are no errors.
func (d *Directory) Cleanup() error { return d.cleanup(false, d.library.remove) }

// Free is the end of the object, as leaving the with statement is in Python: it removes the directory unless it is to
// be kept, and only in the process that made it.
func (d *Directory) Free() error { return d.cleanup(true, d.library.remove) }

// FreeFull is Free for a caller whose own rmdir has just failed on the directory.
func (d *Directory) FreeFull() error { return d.cleanup(true, d.library.removeFull) }

// cleanup removes the directory without the lock: that may take long, and Name must not wait for it. If two clean up at
// once, each finds no error in what the other has removed.
func (d *Directory) cleanup(implicit bool, remove func(path string, identity *system.Identity) error) error {
	d.storage.Lock()
	s := d.storage.State()
	path, identity := strings.Clone(d.storage.Text(TextPath)), system.Identity{Device: s.Device, Inode: s.Inode}
	wanted := s.has(flagNamed) && (!implicit || s.has(flagDelete) && d.storage.Owned())
	d.storage.Unlock()
	if !wanted {
		return nil
	}
	err := remove(path, &identity)
	d.storage.Lock()
	defer d.storage.Unlock()
	if err == nil {
		s.set(flagNamed, false)
	}
	if s.has(flagIgnoreErrors) {
		return nil
	}
	return err
}
