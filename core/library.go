package core

import (
	"sync"

	"libtempfile/core/system"
)

// Prefix is what names begin with where no prefix is given, as Python's tempfile.template.
const Prefix = "tmp"

// Library is what Python keeps in the module: the system to work on and the choice of the default directory. Programs
// use the package's functions, which have one over the real system; tests and the C library make their own with New.
type Library struct {
	system system.System

	mutex   sync.Mutex
	tempdir *string // SetTempdir
	choice  choice
}

// New makes a library over a system. Its methods are the package's functions.
func New(s system.System) *Library { return &Library{system: s} }

// standard is the library behind the package's functions.
var standard = New(system.Kernel{})

// Mkstemp creates a file and hands over its descriptor, open for reading and writing and closed on exec, and its path.
// Both are the caller's from then on: nothing closes or removes the file.
func Mkstemp(o *Options) (descriptor int, path string, err error) { return standard.Mkstemp(o) }

// Unnamed creates a file that has no name and hands over its descriptor, open for reading and writing and closed on exec. The
// file is gone when that is closed, and its copies.
func Unnamed(o *Options) (descriptor int, err error) { return standard.Unnamed(o) }

// Mkdtemp creates a directory that only the user can enter. It is the caller's to remove, with RemoveAll for instance.
func Mkdtemp(o *Options) (path string, err error) { return standard.Mkdtemp(o) }

// Mktemp names a file that does not exist.
//
// Deprecated: by the time the name is used somebody else may have taken it. Use Mkstemp.
func Mktemp(o *Options) (path string, err error) { return standard.Mktemp(o) }

// NamedTemporaryFile creates a file with a name, which goes when the file is closed (or freed, with NoDeleteOnClose, or
// never, with NoDelete or after Keep).
func NamedTemporaryFile(o *Options) (*File, error) { return standard.NamedTemporaryFile(o) }

// TemporaryFile creates a file without a name: nobody else can open it, and it is gone when it is closed, however the
// program ends. Where the file system cannot do that, the file has a name for the instant of its creation.
func TemporaryFile(o *Options) (*File, error) { return standard.TemporaryFile(o) }

// SpooledTemporaryFile makes a file that lives in memory until a write goes past MaxSize or somebody wants its
// descriptor; then it rolls over to a TemporaryFile. A roll-over that fails leaves everything in memory.
func SpooledTemporaryFile(o *Options) (*File, error) { return standard.SpooledTemporaryFile(o) }

// TemporaryDirectory creates a directory that is removed with all it holds by Cleanup, or by Free unless NoDelete.
func TemporaryDirectory(o *Options) (*Directory, error) { return standard.TemporaryDirectory(o) }

// RegisterFile takes over a file that is there already: what Mkstemp made, or another program.
func RegisterFile(path string) (*File, error) { return standard.RegisterFile(path) }

// RegisterDirectory takes over a directory that is there already: what Mkdtemp made, or another program.
func RegisterDirectory(path string) (*Directory, error) { return standard.RegisterDirectory(path) }

// RemoveAll removes a directory that Mkdtemp made, with all it holds. See Library.RemoveAll.
func RemoveAll(path string) error { return standard.RemoveAll(path) }

// StartRemoval begins a removal that goes in steps. See Library.StartRemoval.
func StartRemoval(path string) (*Removal, error) { return standard.StartRemoval(path) }

// Gettempdir gives the default directory.
func Gettempdir() (string, error) { return standard.Gettempdir() }

// SetTempdir sets the default directory, unchecked, as an assignment to tempfile.tempdir does in Python; nil: choose.
func SetTempdir(directory *string) { standard.SetTempdir(directory) }

// Candidates lists the directories that Gettempdir tries, in order.
func Candidates() []string { return standard.Candidates() }
