// Package tempfile makes temporary files and directories that are safe by construction: Python's tempfile for Go programs,
// and the one implementation behind the C library and every binding.
//
// # Threat model
//
// The directory for temporary files is shared with people who wish the program harm. They may create, rename and link
// whatever they like in it, at any moment, and wait for a program that follows. Against them the package promises:
//
//   - A name is 8 characters from the kernel's random source, and is never opened unless this call created it
//     (O_EXCL, O_NOFOLLOW): what lies there already, a link above all, is left alone and another name is drawn.
//   - Nothing is readable by others, not even for an instant: the permissions are in the creating call itself.
//   - A prefix, suffix or name cannot lead out of the directory: a separator in one is an error, not a path.
//   - Removal resolves no path twice. It goes by descriptor from a directory whose device and inode agree with what
//     was made, follows no link, enters no mount, and changes permissions only of directories that belong to the user.
//   - A path is absolute from creation on, so a later chdir cannot send a deletion elsewhere.
//   - Only the process that made an object deletes it implicitly; a forked child never does.
//
// What it cannot promise: nothing removes files after SIGKILL or a power cut, and a file that others may rename, because
// the directory is writable for them and has no sticky bit, can be replaced under its name at any time; use the descriptor.
//
// # Classes
//
// NamedTemporaryFile has a name for as long as it is wanted. TemporaryFile has none, where the system can do that.
// SpooledTemporaryFile stays in memory up to a size and then rolls over to a TemporaryFile. TemporaryDirectory is removed
// with all that it holds. Mkstemp, Mkdtemp and Mktemp make a name and leave the rest to the caller.
//
// # Text
//
// With a Mode without "b" a file has text: the program reads and writes UTF-8, and the file has Options.Encoding, Errors
// and Newline, which mean what they mean to Python's io.TextIOWrapper. Read gives whole characters, and Reader serves
// those who offer buffers of any size. Tell gives positions for Seek, which cannot be reckoned with. As in Python, a
// write after a read that no Seek separates goes where reading ahead has come to. What does not encode or decode is a
// *TextError with the offset, unless Errors says what to do about it; a Write that fails so has written nothing.
//
// Every function works on the calling goroutine's thread: no goroutine, timer or signal is started. Files and
// directories lock themselves, so any goroutine may use them. Nothing is closed by the garbage collector: a File that is
// dropped unclosed leaks its descriptor and leaves its file behind, as an os.File from os.CreateTemp does.
//
// Failures are *fs.PathError with the system's errno, so errors.Is(err, fs.ErrNotExist) and the like answer; where the
// default directory could not be chosen they are *TempdirError, and where a removal left something behind *RemovalError.
//
// All of this is for Linux. On other Unix systems the same holds but for the removal of directories that are not empty,
// which is ErrUnsupported, and for TemporaryFile, which has a name for an instant. Elsewhere the package compiles and is
// ErrUnsupported altogether, but for a SpooledTemporaryFile in memory.
package tempfile
