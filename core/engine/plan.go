package engine

import (
	"strings"

	"libtempfile/core/object"
	"libtempfile/core/system"
	"libtempfile/core/text"
)

// Creation says which function a plan is for.
type Creation int

// The functions that create. capi checks that C counts them in the same order.
const (
	ForMkstemp Creation = iota + 1
	ForMkdtemp
	ForMktemp
	ForUnnamed
	ForNamedTemporaryFile
	ForTemporaryFile
	ForSpooledTemporaryFile
	ForTemporaryDirectory
)

// Plan is a creation that is decided but not done. Every rule about what is created is here: nothing is created but by
// acting on a plan. Go programs act on it in this package, see create.go; the C library acts on its Outline in C.
type Plan struct {
	engine         *Engine
	directory      string // absolute; "": a spooled file's, which is chosen when it rolls over
	byEnvironment  bool   // the directory is the default one
	lasting        bool   // the directory was given as an absolute one, so a chdir does not make it another
	prefix, suffix string
	name           string // "": random
	permissions    uint32
	flags          int          // of the system's, besides those of every file
	tmpfile        bool         // a file without a name: O_TMPFILE is tried
	fallback       bool         // a file without a name: where O_TMPFILE is not to be had, it has a name for an instant
	state          object.State // of the object, but for its descriptor and identity
}

// Plan checks the options of a creation, and settles the directory.
func (e *Engine) Plan(creation Creation, o *Options) (*Plan, error) {
	o = o.orDefault()
	p := &Plan{engine: e, prefix: o.prefix(), suffix: o.Suffix, name: o.Name, tmpfile: !o.NoTmpfile, fallback: !o.OnlyTmpfile,
		flags: o.flags()}
	if err := p.settleState(creation, o); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if creation == ForSpooledTemporaryFile {
		return p, p.settleSpool(o.directory())
	}
	if whole := p.prefix + p.name + p.suffix; p.name != "" && (whole == "." || whole == "..") {
		return nil, invalid("name %q is a directory's own", whole)
	}
	return p, p.settle(o.directory(), o.needs())
}

// settleState fills in the permissions and, for an object, the state that it begins with.
func (p *Plan) settleState(creation Creation, o *Options) (err error) {
	p.permissions = o.permissionsOr(0o600)
	switch creation {
	case ForMkdtemp:
		p.permissions = o.permissionsOr(0o700)
	case ForTemporaryDirectory:
		p.permissions = o.permissionsOr(0o700)
		p.state = directoryState(system.Identity{}, o)
	case ForNamedTemporaryFile:
		p.state, err = fileState(object.KindNamed, o)
		p.state.Set(object.FlagNamed, true)
		p.state.Set(object.FlagDelete, !o.NoDelete)
		p.state.Set(object.FlagDeleteOnClose, !o.NoDelete && !o.NoDeleteOnClose)
		p.state.Set(object.FlagRecoverable, o.Recoverable)
	case ForTemporaryFile:
		p.state, err = fileState(object.KindUnnamed, o)
	case ForSpooledTemporaryFile:
		p.state, err = fileState(object.KindSpooled, o)
	}
	return err
}

// fileState is the state that a file begins with.
func fileState(kind object.Kind, o *Options) (s object.State, err error) {
	m, err := parseMode(o.Mode)
	if err != nil {
		return s, err
	}
	s = object.State{
		Kind: kind, Descriptor: -1, Permissions: o.Permissions, MaxSize: o.MaxSize, MinFree: o.MinFree, ReadAhead: o.bufferSize(),
	}
	s.Text, err = checkText(o, m)
	s.Set(object.FlagText, m.text)
	s.Set(object.FlagReadable, m.readable)
	s.Set(object.FlagWritable, m.writable)
	s.Set(object.FlagNoTmpfile, o.NoTmpfile)
	s.Set(object.FlagOnlyTmpfile, o.OnlyTmpfile)
	s.Set(object.FlagBuffered, o.BufferedWrites)
	s.Set(object.FlagAppend, o.Append)
	s.Set(object.FlagVerbatimWrite, m.text && text.VerbatimWrite(&s.Text))
	s.Set(object.FlagVerbatimRead, m.text && text.VerbatimRead(&s.Text))
	s.Set(object.FlagReturns, m.text && text.Returns(&s.Text))
	s.Set(object.FlagOnlyDisk, o.OnDisk)
	s.Set(object.FlagOnlyMemory, o.InMemory)
	return s, err
}

// settle makes the directory absolute, so that a later chdir can neither scatter the files nor redirect a deletion.
func (p *Plan) settle(directory string, of needs) (err error) {
	if directory == "" {
		if directory, err = p.engine.tempdirWith(of); err != nil {
			return err
		}
		p.byEnvironment = true
	}
	p.lasting = strings.HasPrefix(directory, "/") && of.free == 0 // the free space is another one each time
	p.directory, err = p.engine.absolute(directory)
	return err
}

// settleSpool does the same for a spooled file. Its default directory is chosen when it rolls over, as in Python, so that
// making the file asks nothing of any directory.
func (p *Plan) settleSpool(directory string) (err error) {
	p.lasting = directory == "" || strings.HasPrefix(directory, "/")
	if directory != "" {
		p.directory, err = p.engine.absolute(directory)
	}
	return err
}

func (o *Options) prefix() string {
	if o.Prefix == "" && !o.NoPrefix {
		return Prefix
	}
	return o.Prefix
}

// orDefault spares every function the question whether there are options.
func (o *Options) orDefault() *Options {
	if o == nil {
		return &Options{}
	}
	return o
}

// path puts a name in.
func (p *Plan) path(name string) string {
	return p.directory + p.separator() + p.prefix + name + p.suffix
}

func (p *Plan) separator() string {
	if p.directory == "/" {
		return ""
	}
	return "/"
}

// attempts is how many names are tried. A name of the caller's own is tried once.
func (p *Plan) attempts() int {
	if p.name != "" {
		return 1
	}
	return maxAttempts
}

// Outline is a plan as the C library acts on it.
type Outline struct {
	Path          string // the directory, the prefix, a place for the name, the suffix
	DirectorySize int    // Path[:DirectorySize] is the directory
	Prefix        int    // where in the path the prefix begins
	Name          int    // where in the path the name is
	NameSize      int
	Random        bool // the name is drawn; otherwise it is the caller's
	Attempts      int  // how many names are tried
	Permissions   uint32
	Flags         int  // the system's, besides those of every file
	Tmpfile       bool // a file without a name: O_TMPFILE is tried
	Fallback      bool // a file without a name: where O_TMPFILE is not to be had, it has a name for an instant
	State         object.State

	// Lasting means that the plan is good for the next creation too, with the same options, with any name of the same size
	// that has no '/', and if it is ByEnvironment with the same environment.
	Lasting, ByEnvironment bool
}

// Outline gives the outline. It does not last if a chdir changes the directory, or if the name is so short that another one
// could be "..".
func (p *Plan) Outline() Outline {
	name := p.name
	if name == "" {
		name = strings.Repeat("_", NameLength)
	}
	path := p.path(name)
	at := len(path) - len(p.suffix) - len(name)
	short := p.name != "" && len(p.prefix)+len(name)+len(p.suffix) <= len("..")
	return Outline{
		Path: path, DirectorySize: len(p.directory), Prefix: at - len(p.prefix), Name: at, NameSize: len(name),
		Random: p.name == "", Attempts: p.attempts(), Permissions: p.permissions, Flags: p.flags, State: p.state,
		Tmpfile: p.tmpfile, Fallback: p.fallback,
		Lasting: p.lasting && !short, ByEnvironment: p.byEnvironment,
	}
}
