package engine

import (
	"strings"
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// Directory is a temporary directory. Its methods are those of tempfile.Directory, where a Go program finds what they do.
// Any goroutine may call them.
type Directory struct {
	engine  *Engine
	storage object.Storage
}

// DirectoryIn gives the directory whose storage this process has filled.
func (e *Engine) DirectoryIn(storage object.Storage) Directory { return Directory{e, storage} }

// IdentifyNew gives the identity of a directory that the caller has just made with the permissions, 0 for 0700; ESTALE if
// another has taken its place already.
func (e *Engine) IdentifyNew(path string, permissions uint32) (system.Identity, error) {
	if permissions == 0 {
		permissions = 0o700
	}
	identity, err := e.system.IdentifyNew(path, permissions)
	return identity, failed("stat", path, err)
}

// directoryState is the state that a directory begins with.
func directoryState(identity system.Identity, o *Options) object.State {
	s := object.State{Kind: object.KindDirectory, Descriptor: -1, Device: identity.Device, Inode: identity.Inode}
	s.Set(object.FlagNamed, true)
	s.Set(object.FlagDelete, !o.NoDelete)
	s.Set(object.FlagIgnoreErrors, o.IgnoreCleanupErrors)
	s.Set(object.FlagHeld, o.Lock)
	s.Set(object.FlagRecoverable, o.Recoverable)
	return s
}

// StoredDirectory gives the directory whose storage another runtime has filled.
func (e *Engine) StoredDirectory(storage object.Storage) *Directory { return &Directory{e, storage} }

// Name gives the absolute path.
func (d *Directory) Name() string {
	d.storage.Lock()
	defer d.storage.Unlock()
	return strings.Clone(d.storage.Field(object.Path))
}

// Keep makes Free leave the directory alone.
func (d *Directory) Keep() error {
	d.storage.Lock()
	defer d.storage.Unlock()
	d.storage.State().Set(object.FlagDelete, false)
	return nil
}

// Unkeep undoes Keep, in the process that made the directory.
func (d *Directory) Unkeep() error {
	d.storage.Lock()
	defer d.storage.Unlock()
	if !d.storage.Owned() {
		return failed("unkeep", strings.Clone(d.storage.Field(object.Path)), syscall.EPERM)
	}
	d.storage.State().Set(object.FlagDelete, true)
	return nil
}

// Cleanup removes the directory with all that it holds, in any process.
func (d *Directory) Cleanup() error { return d.cleanup(false, d.engine.remove) }

// Free removes the directory unless it is to stay, and only in the process that made it.
func (d *Directory) Free() error { return d.cleanup(true, d.engine.remove) }

// FreeFull is Free for a caller whose own rmdir has just failed on the directory.
func (d *Directory) FreeFull() error { return d.cleanup(true, d.engine.removeFull) }

// cleanup removes the directory. It does not hold the lock meanwhile, because a removal may take long, and Name must not
// wait for it. If two threads clean up at once, an entry that the other one has removed is no error.
func (d *Directory) cleanup(implicit bool, remove func(path string, identity *system.Identity) error) error {
	d.storage.Lock()
	s := d.storage.State()
	path, identity := strings.Clone(d.storage.Field(object.Path)), system.Identity{Device: s.Device, Inode: s.Inode}
	wanted := s.Has(object.FlagNamed) && (!implicit || s.Has(object.FlagDelete) && d.storage.Owned())
	d.storage.Unlock()
	if implicit {
		defer d.release()
	}
	if !wanted {
		return nil
	}
	err := remove(path, &identity)
	d.storage.Lock()
	defer d.storage.Unlock()
	if err == nil {
		s.Set(object.FlagNamed, false)
	}
	if s.Has(object.FlagIgnoreErrors) {
		return nil
	}
	return err
}

// release gives up the lock on the directory.
func (d *Directory) release() {
	d.storage.Lock()
	defer d.storage.Unlock()
	s := d.storage.State()
	if descriptor := int(s.Descriptor); descriptor >= 0 {
		s.Descriptor = -1
		d.engine.system.Close(descriptor)
	}
}
