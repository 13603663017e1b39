package engine

import (
	"errors"
	"io/fs"
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// How Go programs act on a plan. The C library does the same in capi/fast_create.c.

// maxAttempts is how many names are drawn before giving up, as TMP_MAX in glibc and Python.
const maxAttempts = 238328

// attempt offers one path after another until the creation says anything but EEXIST, which is all that another name can
// cure.
func (p *Plan) attempt(operation string, create func(path string) error) (path string, err error) {
	var name [NameLength]byte
	for range p.attempts() {
		if p.name != "" {
			path = p.path(p.name)
		} else {
			if err = randomName(p.engine.system, name[:]); err != nil {
				return "", failed("getrandom", p.directory, err)
			}
			path = p.path(string(name[:]))
		}
		if err = create(path); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return path, failed(operation, path, err)
}

// create makes a file with a name.
func (p *Plan) create() (descriptor int, path string, err error) {
	path, err = p.attempt("open", func(path string) (err error) {
		descriptor, err = p.engine.system.Create(path, p.flags, p.permissions)
		return err
	})
	if err != nil {
		return -1, "", err
	}
	return descriptor, path, nil
}

// createUnnamed makes a file that has no name any more. Whether the file system can make one that never had a name is
// found out at each call: it differs from mount to mount, so an answer must not be kept.
func (p *Plan) createUnnamed() (descriptor int, err error) {
	kernel := p.engine.system
	if p.tmpfile {
		descriptor, err = kernel.CreateUnnamed(p.directory, p.flags, p.permissions)
		if err == nil {
			return descriptor, nil
		}
		if !p.fallback || !system.NoUnnamed(err) {
			return -1, failed("open", p.directory, err)
		}
	}
	descriptor, path, err := p.create()
	if err != nil {
		return -1, err
	}
	if err = kernel.Unlink(path); err != nil {
		kernel.Close(descriptor)
		return -1, failed("unlink", path, err)
	}
	return descriptor, nil
}

// mkdir makes a directory.
func (p *Plan) mkdir() (path string, err error) {
	path, err = p.attempt("mkdir", func(path string) error { return p.engine.system.Mkdir(path, p.permissions) })
	if err != nil {
		return "", err
	}
	return path, nil
}

// Mkstemp creates a file.
func (e *Engine) Mkstemp(o *Options) (descriptor int, path string, err error) {
	p, err := e.Plan(ForMkstemp, o)
	if err != nil {
		return -1, "", err
	}
	return p.create()
}

// Mkdtemp creates a directory.
func (e *Engine) Mkdtemp(o *Options) (path string, err error) {
	p, err := e.Plan(ForMkdtemp, o)
	if err != nil {
		return "", err
	}
	return p.mkdir()
}

// Mktemp names a file that does not exist at this moment.
func (e *Engine) Mktemp(o *Options) (path string, err error) {
	p, err := e.Plan(ForMktemp, o)
	if err != nil {
		return "", err
	}
	path, err = p.attempt("mktemp", func(path string) error {
		if e.system.Exists(path) {
			return syscall.EEXIST
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return path, nil
}

// Unnamed creates a file without a name and hands over its descriptor.
func (e *Engine) Unnamed(o *Options) (descriptor int, err error) {
	p, err := e.Plan(ForUnnamed, o)
	if err != nil {
		return -1, err
	}
	return p.createUnnamed()
}

// NamedTemporaryFileIn creates a file with a name that keeps its state in a storage.
func (e *Engine) NamedTemporaryFileIn(storage object.Storage, o *Options) error {
	p, err := e.Plan(ForNamedTemporaryFile, o)
	if err != nil {
		return err
	}
	descriptor, path, err := p.create()
	if err != nil {
		return err
	}
	if err := storage.SetField(object.Path, path); err != nil {
		e.system.Close(descriptor)
		e.system.Unlink(path)
		return failed("malloc", path, err)
	}
	p.fill(storage, descriptor)
	return nil
}

// TemporaryFileIn creates a file without a name that keeps its state in a storage.
func (e *Engine) TemporaryFileIn(storage object.Storage, o *Options) error {
	p, err := e.Plan(ForTemporaryFile, o)
	if err != nil {
		return err
	}
	descriptor, err := p.createUnnamed()
	if err != nil {
		return err
	}
	p.fill(storage, descriptor)
	return nil
}

// SpooledTemporaryFileIn makes a file in memory that keeps its state in a storage.
func (e *Engine) SpooledTemporaryFileIn(storage object.Storage, o *Options) error {
	p, err := e.Plan(ForSpooledTemporaryFile, o)
	if err != nil {
		return err
	}
	fields := [object.FieldCount]string{
		object.SpoolDirectory: p.directory, object.SpoolPrefix: p.prefix, object.SpoolSuffix: p.suffix,
	}
	for which, text := range fields {
		if text == "" {
			continue
		}
		if err := storage.SetField(object.Field(which), text); err != nil {
			return failed("malloc", "", err)
		}
	}
	p.fill(storage, -1)
	return nil
}

// TemporaryDirectoryIn creates a directory that keeps its state in a storage.
func (e *Engine) TemporaryDirectoryIn(storage object.Storage, o *Options) error {
	p, err := e.Plan(ForTemporaryDirectory, o)
	if err != nil {
		return err
	}
	path, err := p.mkdir()
	if err != nil {
		return err
	}
	// In a directory without a sticky bit somebody else may have moved it away already and put another there.
	identity, err := e.system.IdentifyNew(path, p.permissions)
	if err == nil {
		err = storage.SetField(object.Path, path)
	}
	if err != nil {
		if err != syscall.ESTALE { // that one is not ours
			e.system.Rmdir(path)
		}
		return failed("mkdir", path, err)
	}
	descriptor := -1
	if p.state.Has(object.FlagHeld) {
		if descriptor, err = e.system.LockDirectory(path, identity); err != nil {
			e.system.Rmdir(path)
			return failed("flock", path, err)
		}
	}
	p.fill(storage, descriptor)
	s := storage.State()
	s.Device, s.Inode = identity.Device, identity.Inode
	return nil
}

// fill sets the state of a new object.
func (p *Plan) fill(storage object.Storage, descriptor int) {
	s := storage.State()
	*s = p.state
	s.Descriptor = int32(descriptor)
}
