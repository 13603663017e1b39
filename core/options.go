package tempfile

import "libtempfile/core/engine"

// Options are the keyword arguments of Python's functions. The zero value and nil are Python's defaults. A function ignores
// the fields that it has no use for, so one value can serve several calls. No function changes or keeps it.
type Options struct {
	Suffix string // the end of the name
	Prefix string // the start of the name; "": "tmp", unless NoPrefix
	Dir    string // "": the default directory, see Gettempdir; a relative path is made absolute at creation

	// Name takes the place of the random part of the name: one attempt, EEXIST if the file exists.
	Name string

	Mode      string  // Python's mode: one of r w a x, with + and b or t; "": "w+b". "a" starts at the end, and no more
	Encoding  string  // text modes: the encoding of the file, by any of Python's names; "": UTF-8
	Errors    string  // text modes: strict, ignore, replace, backslashreplace or xmlcharrefreplace; "": strict
	Newline   *string // text modes: "", "\n", "\r" or "\r\n", which mean what they mean to Python; nil: translate
	Buffering int64   // the size of the buffer in bytes, for reading ahead and for BufferedWrites; 0, -1 and 1:
	// DefaultBuffering; Unbuffered: no reading ahead

	// MaxSize is the position in bytes past which a write makes a SpooledTemporaryFile roll over; 0: no write does.
	MaxSize int64

	NoPrefix            bool // an empty Prefix is an empty prefix
	NoDelete            bool // Python's delete=False: nothing but Cleanup removes it
	NoDeleteOnClose     bool // Python's delete_on_close=False: Free removes a NamedTemporaryFile, not Close
	IgnoreCleanupErrors bool // TemporaryDirectory: Cleanup and Free return no error
	Text                bool // Python's text of mkstemp, which means nothing on Unix
	NoTmpfile           bool // TemporaryFile: create a name and remove it; never O_TMPFILE
	OnlyTmpfile         bool // TemporaryFile: O_TMPFILE or an error

	Permissions uint32 // at most 0777, less the umask; 0: 0600 for a file, 0700 for a directory

	// BufferedWrites holds back what is written, up to Buffering bytes; File.Flush tells when it reaches the system. Without
	// it each Write has reached the system, or the memory of a SpooledTemporaryFile, when it returns.
	BufferedWrites bool
	// Append makes each write go to the end of the file, wherever the position is and whoever else writes (O_APPEND).
	Append bool

	// Beside is a path, and its directory takes the place of Dir. So the file is on the path's file system, and can be renamed
	// to it. Nothing needs to have the path. A link there is not followed. With Dir it is EINVAL.
	Beside string

	// MinFree, OnDisk and InMemory choose among the candidates for the default directory; see Gettempdir. The error says why
	// each candidate was refused. A directory that SetTempdir set is the only candidate then. With Dir or Beside, which leave
	// nothing to choose, they are EINVAL.
	MinFree  int64 // the bytes that the user must be able to fill on the file system at the time of the choice; 0: any number
	OnDisk   bool  // the file system is neither tmpfs nor ramfs
	InMemory bool  // the file system is tmpfs or ramfs
	// Lock makes a TemporaryDirectory hold its directory by a shared flock until it is freed. Programs that clean up by age,
	// such as systemd-tmpfiles, leave such a directory alone. Processes that are forked and do not exec hold it too.
	Lock bool
	// Recoverable makes the creation of a NamedTemporaryFile or TemporaryDirectory fail if the journal of recovery cannot have
	// it: EOPNOTSUPP without EnableRecovery, ENOSPC on a full disk. Otherwise it is made without a record.
	Recoverable bool
}

const (
	// Unbuffered, -2, as Options.Buffering makes every read a read of the system.
	Unbuffered = engine.Unbuffered
	// DefaultBuffering, 8192, is the size of the buffer in bytes where none is asked for, as io.DEFAULT_BUFFER_SIZE in Python.
	DefaultBuffering = engine.DefaultBuffering
)

// engine gives the options as the engine has them. Were a field in one of the two alone, this would not compile.
func (o *Options) engine() *engine.Options { return (*engine.Options)(o) }
