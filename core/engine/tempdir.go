package engine

import (
	"io/fs"
	"strings"

	"libtempfile/core/system"
)

// choice is a default directory that was tried, and the environment it was chosen for.
type choice struct {
	made        bool
	environment system.Environment
	directory   string
}

// suits tells whether the choice is still the one to make. CPython keeps its first choice for ever; a C library cannot,
// because its host may set TMPDIR at any time and expects the next call to see it.
func (c *choice) suits(now *system.Environment) bool {
	return c.made && c.environment.TMPDIR == now.TMPDIR && c.environment.TEMP == now.TEMP &&
		c.environment.TMP == now.TMP && c.environment.HOME == now.HOME
}

// SetTempdir sets the default directory. See the package's function.
func (e *Engine) SetTempdir(directory *string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if directory != nil {
		copied := strings.Clone(*directory)
		directory = &copied
	}
	e.tempdir = directory
}

// Gettempdir gives the default directory: what SetTempdir set, or else the first candidate in which a file can be
// created, written and removed. The choice is kept for as long as the environment that led to it stays the same. If no
// candidate is usable, the *TempdirError has the reason of each.
func (e *Engine) Gettempdir() (string, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.tempdir != nil {
		return *e.tempdir, nil
	}
	environment := e.system.Environment()
	if environment.Tempdir != nil {
		return *environment.Tempdir, nil
	}
	if e.choice.suits(&environment) {
		return e.choice.directory, nil
	}
	refusals := []*fs.PathError{}
	for _, candidate := range e.candidates(&environment) {
		err := e.try(candidate)
		if err == nil {
			e.choice = choice{made: true, environment: environment, directory: candidate}
			return candidate, nil
		}
		refusals = append(refusals, &fs.PathError{Op: "try", Path: candidate, Err: err})
	}
	return "", &TempdirError{Refusals: refusals}
}

// Candidates lists the directories that Gettempdir tries, in order and absolute: TMPDIR, TEMP and TMP where they are
// set, /tmp, /var/tmp, /usr/tmp, the current directory, and the user's home.
func (e *Engine) Candidates() []string {
	environment := e.system.Environment()
	return e.candidates(&environment)
}

func (e *Engine) candidates(environment *system.Environment) []string {
	var list []string
	for _, wish := range [...]string{environment.TMPDIR, environment.TEMP, environment.TMP} {
		if wish == "" {
			continue
		}
		if absolute, err := e.absolute(wish); err == nil {
			wish = absolute
		}
		list = append(list, wish)
	}
	list = append(list, "/tmp", "/var/tmp", "/usr/tmp")
	// Without a current directory, "." stands for it as in Python: creating there tells the reason.
	here, err := e.system.Getwd()
	if err != nil {
		here = "."
	}
	list = append(list, here)
	home := environment.HOME
	if home == "" {
		home, _ = e.system.Home()
	}
	if strings.HasPrefix(home, "/") {
		list = append(list, tidy(home))
	}
	return list
}

// try finds out whether files can be created, written and removed in a directory, by doing it: permissions, quotas,
// read-only mounts and sandboxes have no other common question.
func (e *Engine) try(directory string) error {
	absolute, err := e.absolute(directory)
	if err != nil {
		return err
	}
	p := Plan{engine: e, directory: absolute, permissions: 0o600}
	descriptor, path, err := p.create()
	if err != nil {
		return errnoOf(err)
	}
	// More than the limit on a file's size would raise SIGXFSZ, which ends a host that does not expect it.
	probe := []byte("blat")
	probe = probe[:min(int64(len(probe)), e.system.FileSizeLimit())]
	_, writeErr := writeAll(e.system, descriptor, probe)
	closeErr := e.system.Close(descriptor)
	unlinkErr := e.system.Unlink(path)
	for _, err := range [...]error{writeErr, closeErr, unlinkErr} {
		if err != nil {
			return err
		}
	}
	return nil
}

// absolute makes a path absolute and tidy.
func (e *Engine) absolute(path string) (string, error) {
	if !strings.HasPrefix(path, "/") {
		here, err := e.system.Getwd()
		if err != nil {
			return "", failed("getcwd", path, err)
		}
		path = here + "/" + path
	}
	return tidy(path), nil
}

// isTidy tells in one pass what nearly always holds: after no slash comes another, a lone dot, or the end.
func isTidy(path string) bool {
	for i := 0; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		rest := path[i+1:]
		if rest == "" || rest[0] == '/' || rest[0] == '.' && (len(rest) == 1 || rest[1] == '/') {
			return false
		}
	}
	return true
}

// tidy drops doubled and trailing slashes and "." from an absolute path. It keeps "..", which cannot be dropped without
// knowing what is a link: a/../b is not b where a leads elsewhere.
func tidy(path string) string {
	if isTidy(path) {
		return path
	}
	var parts strings.Builder
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." {
			parts.WriteByte('/')
			parts.WriteString(part)
		}
	}
	if parts.Len() == 0 {
		return "/"
	}
	return parts.String()
}
