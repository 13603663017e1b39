// Package tempfile makes temporary files and directories that are safe by construction. It is Python's tempfile for Go
// programs, and the same code serves the C library and every binding.
//
//	file, err := tempfile.NamedTemporaryFile(&tempfile.Options{Suffix: ".txt"})
//	if err != nil {
//		return err
//	}
//	defer file.Free() // closes it and removes its name
//
// NamedTemporaryFile has a name until it is closed. TemporaryFile has no name, where the system can do that.
// SpooledTemporaryFile stays in memory up to a size and then becomes a TemporaryFile. TemporaryDirectory is removed with all
// that it holds. Mkstemp, Mkdtemp and Mktemp make a name and leave everything else to the caller.
//
// # Threat model
//
// The directory for temporary files is shared with other users, some of them hostile. At any moment they may create, rename
// and link whatever they like in it. Against them the package promises:
//
//   - A name has 8 characters from the kernel's random source. A file is opened only by the call that creates it (O_EXCL,
//     O_NOFOLLOW). What has the name already, such as a link, is left alone, and another name is drawn.
//   - Nothing is readable by others, not even for an instant: the creating call itself sets the permissions.
//   - A prefix, suffix or name cannot lead out of the directory: a separator in one of them is an error.
//   - Removal resolves no path twice. It goes by descriptor from a directory whose device and inode are those of the
//     directory that was made. It follows no link, enters no mount, and changes permissions only of the user's own
//     directories.
//   - A path is absolute from the creation on, so that a later chdir cannot send a deletion elsewhere.
//   - Only the process that made an object removes it implicitly; a forked child never does.
//
// It cannot promise two things. Only a later process can remove files after SIGKILL or a power cut; see EnableRecovery. And
// where others may rename a file, because its directory is writable for them and has no sticky bit, they can put another one
// under its name; use the descriptor there.
//
// # Text
//
// With an Options.Mode without "b" a file has text. The program reads and writes UTF-8; the file has Options.Encoding, and
// Errors and Newline mean what they mean to Python's io.TextIOWrapper. As in Python, a write after a read without a Seek in
// between goes behind the bytes that were read ahead. A Write that does not encode has written nothing.
//
// # Goroutines, memory and errors
//
// Every function works on the thread that calls it and starts no goroutine, timer or signal handler. A File and a Directory
// lock themselves, so any goroutine may use them. The garbage collector closes nothing.
//
// An error of the system is an *fs.PathError with the errno, which errors.Is finds, as in errors.Is(err, fs.ErrExist). A wrong
// argument is EINVAL, and nothing was done. Two errors list several causes: *TempdirError and *RemovalError.
//
// # Systems
//
// All of this holds on Linux. On other Unix systems a directory that is not empty is not removed (ErrUnsupported), and a
// TemporaryFile has a name for an instant. Elsewhere only a SpooledTemporaryFile in memory works; all else is
// ErrUnsupported.
package tempfile
