package engine

import (
	"strings"

	"libtempfile/core/system"
)

// Options has the fields of tempfile.Options, which says what they mean. Each is converted to the other, so a field in one
// of the two alone does not compile.
type Options struct {
	Suffix string
	Prefix string
	Dir    string

	Name string

	Mode      string
	Encoding  string
	Errors    string
	Newline   *string
	Buffering int64

	MaxSize int64

	NoPrefix            bool
	NoDelete            bool
	NoDeleteOnClose     bool
	IgnoreCleanupErrors bool
	Text                bool
	NoTmpfile           bool
	OnlyTmpfile         bool

	Permissions uint32

	BufferedWrites bool
	Append         bool
	Beside         string

	MinFree     int64
	OnDisk      bool
	InMemory    bool
	Lock        bool
	Recoverable bool
}

const (
	// Unbuffered as Options.Buffering makes every read a read of the system.
	Unbuffered = -2
	// DefaultBuffering is the size of a buffer in bytes where none is asked for, as io.DEFAULT_BUFFER_SIZE in Python.
	DefaultBuffering = 8192
	// maxBuffering refuses a size that is surely a mistake of units, before it asks for all memory.
	maxBuffering = 1 << 30
)

// check refuses the values that no function accepts, before anything is created.
func (o *Options) check() error {
	for _, part := range [...]struct{ what, text string }{{"prefix", o.Prefix}, {"suffix", o.Suffix}, {"name", o.Name}} {
		if err := checkPart(part.what, part.text); err != nil {
			return err
		}
	}
	if strings.IndexByte(o.Dir, 0) >= 0 {
		return invalid("dir %q contains a NUL byte", o.Dir)
	}
	if o.Permissions&^0o777 != 0 {
		return invalid("permissions %#o are more than 0777", o.Permissions)
	}
	if o.Buffering < Unbuffered || o.Buffering > maxBuffering {
		return invalid("buffering %d is not -2 to %d", o.Buffering, int64(maxBuffering))
	}
	if o.NoTmpfile && o.OnlyTmpfile {
		return invalid("NoTmpfile and OnlyTmpfile contradict each other")
	}
	if o.BufferedWrites && o.Buffering == Unbuffered {
		return invalid("writes cannot be buffered where buffering is %d, unbuffered", o.Buffering)
	}
	return o.checkPlace()
}

// checkPlace refuses options that contradict each other about where something is created.
func (o *Options) checkPlace() error {
	switch {
	case o.Beside != "" && o.Dir != "":
		return invalid("dir and beside contradict each other")
	case o.OnDisk && o.InMemory:
		return invalid("OnDisk and InMemory contradict each other")
	case o.MinFree < 0:
		return invalid("min_free %d is negative", o.MinFree)
	case o.needs() != (needs{}) && (o.Dir != "" || o.Beside != ""):
		return invalid("min_free, OnDisk and InMemory choose a directory, and dir or beside has named one")
	case o.Beside == "":
		return nil
	}
	return checkBeside(o.Beside)
}

// checkBeside refuses a path that no file can have.
func checkBeside(path string) error {
	if strings.IndexByte(path, 0) >= 0 {
		return invalid("beside %q contains a NUL byte", path)
	}
	if name := path[strings.LastIndexByte(path, '/')+1:]; name == "" || name == "." || name == ".." {
		return invalid("beside %q does not end in a name that a file can have", path)
	}
	return nil
}

// directory is where the options want something created; "": in the default directory.
func (o *Options) directory() string {
	if o.Beside == "" {
		return o.Dir
	}
	switch slash := strings.LastIndexByte(o.Beside, '/'); slash {
	case -1:
		return "."
	case 0:
		return "/"
	default:
		return o.Beside[:slash]
	}
}

// needs is what the options ask of the default directory.
func (o *Options) needs() needs { return needs{free: o.MinFree, disk: o.OnDisk, memory: o.InMemory} }

// bufferSize gives the size of the buffer in bytes.
func (o *Options) bufferSize() int64 {
	switch o.Buffering {
	case Unbuffered:
		return 0
	case 0, -1, 1:
		return DefaultBuffering
	}
	return o.Buffering
}

// flags gives the flags that a file is opened with besides those of every file.
func (o *Options) flags() int {
	if o.Append {
		return system.AppendFlag
	}
	return 0
}

// permissionsOr gives the permissions to create with, which have another default for files than for directories.
func (o *Options) permissionsOr(otherwise uint32) uint32 {
	if o.Permissions == 0 {
		return otherwise
	}
	return o.Permissions
}
