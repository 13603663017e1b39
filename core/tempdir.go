package tempfile

// Gettempdir gives the default directory: the one that SetTempdir set, or else the first of the Candidates in which a file
// can be created, written and removed. The choice is kept for as long as the environment variables that led to it stay the
// same. If no candidate is usable, the error is a *TempdirError.
func Gettempdir() (string, error) {
	directory, err := standard.Gettempdir()
	return directory, public(err)
}

// SetTempdir sets the default directory of the process without checking it, as an assignment to tempfile.tempdir does in
// Python; nil: choose again.
func SetTempdir(directory *string) { standard.SetTempdir(directory) }

// Candidates lists the directories that Gettempdir tries, in order and absolute: TMPDIR, TEMP and TMP where they are set,
// /tmp, /var/tmp, /usr/tmp, the current directory, and the user's home.
func Candidates() []string { return standard.Candidates() }
