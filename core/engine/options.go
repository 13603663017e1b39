package engine

import "strings"

// Options is what Python's functions take by keyword. The zero value, and nil, mean Python's defaults. A field that a
// function has no use for is ignored, so one value can serve several calls.
type Options struct {
	Suffix string
	Prefix string // "": "tmp", unless NoPrefix
	Dir    string // "": the default directory, see Gettempdir; a relative one is made absolute at creation

	// Name is the exact middle part of the name in place of a random one: one attempt, EEXIST if it is taken.
	Name string

	Mode      string  // as Python's: one of r w a x, with + and b or t; "": "w+b". "a" starts at the end, no more
	Encoding  string  // text modes: the file's side, by one of Python's names; "": UTF-8. The caller's side is UTF-8
	Errors    string  // text modes: strict, ignore, replace, backslashreplace or xmlcharrefreplace; "": strict
	Newline   *string // text modes: as Python's; nil: translate
	Buffering int64   // bytes of read-ahead; 0, -1 or 1: DefaultBuffering; Unbuffered: none

	// MaxSize is the position past which a SpooledTemporaryFile rolls over; 0: never by size.
	MaxSize int64

	NoPrefix            bool // the prefix is empty
	NoDelete            bool // Python's delete=False
	NoDeleteOnClose     bool // Python's delete_on_close=False: Free deletes, not Close
	IgnoreCleanupErrors bool // TemporaryDirectory
	Text                bool // Mkstemp; the same as binary here
	NoTmpfile           bool // TemporaryFile: create and unlink, never O_TMPFILE
	OnlyTmpfile         bool // TemporaryFile: O_TMPFILE or an error

	Permissions uint32 // 0: 0600 for files, 0700 for directories. The umask applies
}

const (
	// Unbuffered as Options.Buffering: every read is a read of the system.
	Unbuffered = -2
	// DefaultBuffering is the read-ahead in bytes where none is asked for, as io.DEFAULT_BUFFER_SIZE in Python.
	DefaultBuffering = 8192
	// maxBuffering keeps a slip of units from asking for all memory.
	maxBuffering = 1 << 30
)

// check refuses what no function accepts, before anything is created.
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
	return nil
}

// readAhead gives the size of the buffer in bytes.
func (o *Options) readAhead() int64 {
	switch o.Buffering {
	case Unbuffered:
		return 0
	case 0, -1, 1:
		return DefaultBuffering
	}
	return o.Buffering
}

// permissionsOr gives the permissions to create with.
func (o *Options) permissionsOr(otherwise uint32) uint32 {
	if o.Permissions == 0 {
		return otherwise
	}
	return o.Permissions
}
