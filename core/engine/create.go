package engine

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// maxAttempts is how many names are drawn before giving up, as TMP_MAX in glibc and Python.
const maxAttempts = 238328

// Plan is a creation that is checked but not done: everything about a path but its random part. No function creates
// anything but through one. It is public for callers with a buffer of their own: PathSize tells whether the path will
// fit while there is still nothing to undo.
type Plan struct {
	engine         *Engine
	directory      string // absolute
	lasting        bool   // the directory was given as an absolute one, so a chdir does not make it another
	prefix, suffix string
	name           string // "": random
	permissions    uint32
}

// PlanFile checks the options of a file and settles its directory.
func (e *Engine) PlanFile(o *Options) (*Plan, error) { return e.plan(o, 0o600) }

// PlanDirectory checks the options of a directory and settles where it goes.
func (e *Engine) PlanDirectory(o *Options) (*Plan, error) { return e.plan(o, 0o700) }

func (e *Engine) plan(o *Options, permissions uint32) (*Plan, error) {
	o = o.orDefault()
	if err := o.check(); err != nil {
		return nil, err
	}
	p := &Plan{engine: e, prefix: o.prefix(), suffix: o.Suffix, name: o.Name, permissions: o.permissionsOr(permissions)}
	if whole := p.prefix + p.name + p.suffix; p.name != "" && (whole == "." || whole == "..") {
		return nil, invalid("name %q is a directory's own", whole)
	}
	return p, p.settle(o.Dir)
}

// settle makes the directory absolute, so that a later chdir can neither scatter the files nor redirect a deletion.
func (p *Plan) settle(directory string) (err error) {
	if directory == "" {
		if directory, err = p.engine.Gettempdir(); err != nil {
			return err
		}
	}
	p.lasting = strings.HasPrefix(directory, "/")
	p.directory, err = p.engine.absolute(directory)
	return err
}

func (o *Options) prefix() string {
	if o.Prefix == "" && !o.NoPrefix {
		return Prefix
	}
	return o.Prefix
}

// path puts a middle part in.
func (p *Plan) path(middle string) string {
	return p.directory + p.separator() + p.prefix + middle + p.suffix
}

func (p *Plan) separator() string {
	if p.directory == "/" {
		return ""
	}
	return "/"
}

// PathSize is the length in bytes of the path to come, which is known before anything is created.
func (p *Plan) PathSize() int {
	middle := len(p.name)
	if middle == 0 {
		middle = NameLength
	}
	return len(p.directory) + len(p.separator()) + len(p.prefix) + middle + len(p.suffix)
}

// attempt offers one path after another until the creation says anything but EEXIST, which is all that another name can
// cure. A name of the caller's own is offered once.
func (p *Plan) attempt(operation string, create func(path string) error) (path string, err error) {
	if p.name != "" {
		path = p.path(p.name)
		return path, failed(operation, path, create(path))
	}
	var name [NameLength]byte
	for range maxAttempts {
		if err = randomName(p.engine.system, name[:]); err != nil {
			return "", failed("getrandom", p.directory, err)
		}
		path = p.path(string(name[:]))
		if err = create(path); !errors.Is(err, fs.ErrExist) {
			return path, failed(operation, path, err)
		}
	}
	return path, failed(operation, path, err)
}

// create makes a file.
func (p *Plan) create() (descriptor int, path string, err error) {
	path, err = p.attempt("open", func(path string) (err error) {
		descriptor, err = p.engine.system.Create(path, p.permissions)
		return err
	})
	if err != nil {
		return -1, "", err
	}
	return descriptor, path, nil
}

// createUnnamed makes a file that has no name any more. Whether the file system can make one that never had a name is
// found out at each call: it differs from mount to mount, so an answer must not be kept. The recipe is that of a file that
// never had a name.
func (p *Plan) createUnnamed(noTmpfile, onlyTmpfile bool) (descriptor int, recipe Recipe, err error) {
	kernel := p.engine.system
	if !noTmpfile {
		descriptor, err = kernel.CreateUnnamed(p.directory, p.permissions)
		if err == nil {
			return descriptor, p.recipe(system.UnnamedFlags, true), nil
		}
		if onlyTmpfile || !system.NoUnnamed(err) {
			return -1, Recipe{}, failed("open", p.directory, err)
		}
	}
	descriptor, path, err := p.create()
	if err != nil {
		return -1, Recipe{}, err
	}
	if err = kernel.Unlink(path); err != nil {
		kernel.Close(descriptor)
		return -1, Recipe{}, failed("unlink", path, err)
	}
	return descriptor, Recipe{}, nil
}

// mkdir makes a directory.
func (p *Plan) mkdir() (path string, err error) {
	return p.attempt("mkdir", func(path string) error { return p.engine.system.Mkdir(path, p.permissions) })
}

// errnoOf takes the path off an error whose place is plain from the context.
func errnoOf(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// Mkstemp creates a file. See the package's function.
func (e *Engine) Mkstemp(o *Options) (descriptor int, path string, err error) {
	p, err := e.PlanFile(o)
	if err != nil {
		return -1, "", err
	}
	return p.Mkstemp()
}

// Mkdtemp creates a directory. See the package's function.
func (e *Engine) Mkdtemp(o *Options) (path string, err error) {
	p, err := e.PlanDirectory(o)
	if err != nil {
		return "", err
	}
	return p.Mkdtemp()
}

// Mktemp names a file that does not exist.
//
// Deprecated: use Mkstemp.
func (e *Engine) Mktemp(o *Options) (path string, err error) {
	p, err := e.PlanFile(o)
	if err != nil {
		return "", err
	}
	return p.Mktemp()
}

// Mkstemp creates the file.
func (p *Plan) Mkstemp() (descriptor int, path string, err error) { return p.create() }

// Mkdtemp creates the directory.
func (p *Plan) Mkdtemp() (path string, err error) {
	if path, err = p.mkdir(); err != nil {
		return "", err
	}
	return path, nil
}

// Mktemp names a file that does not exist at this moment.
func (p *Plan) Mktemp() (path string, err error) {
	path, err = p.attempt("mktemp", func(path string) error {
		if p.engine.system.Exists(path) {
			return syscall.EEXIST
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return path, nil
}

// orDefault spares every function the question whether there are options.
func (o *Options) orDefault() *Options {
	if o == nil {
		return &Options{}
	}
	return o
}
