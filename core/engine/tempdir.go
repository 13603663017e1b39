package engine

import (
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// choice is a default directory that was tried, with the environment that it was chosen for.
type choice struct {
	made        bool
	environment system.Environment
	directory   string
}

// needs is what a creation asks of the default directory, besides that it works there.
type needs struct {
	free   int64 // bytes
	disk   bool  // not in memory
	memory bool
}

// medium counts the choices that are kept: each of them is for one kind of file system.
type medium int

const (
	anyMedium medium = iota
	onDisk
	inMemory
	mediums
)

func (n needs) medium() medium {
	switch {
	case n.disk:
		return onDisk
	case n.memory:
		return inMemory
	}
	return anyMedium
}

// suits tells whether the environment is still the one of the choice. CPython keeps its first choice for ever. A C library
// cannot, because its host may set TMPDIR at any time, and expects the next call to follow it.
func (c *choice) suits(now *system.Environment) bool {
	return c.made && c.environment.TMPDIR == now.TMPDIR && c.environment.TEMP == now.TEMP &&
		c.environment.TMP == now.TMP && c.environment.HOME == now.HOME
}

// SetTempdir sets the default directory; nil: choose again.
func (e *Engine) SetTempdir(directory *string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if directory != nil {
		copied := strings.Clone(*directory)
		directory = &copied
	}
	e.tempdir = directory
}

// Gettempdir gives the default directory: the one that SetTempdir set, or else the first candidate in which a file can be
// created, written and removed.
func (e *Engine) Gettempdir() (string, error) { return e.tempdirWith(needs{}) }

// tempdirWith gives the first candidate that has what is needed of it, too.
func (e *Engine) tempdirWith(of needs) (string, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	environment := e.system.Environment()
	set := e.tempdir
	if set == nil {
		set = environment.Tempdir
	}
	if set != nil {
		if err := e.offers(*set, of); err != nil {
			return "", &TempdirError{Refusals: []*fs.PathError{{Op: "try", Path: *set, Err: err}}}
		}
		return *set, nil
	}
	kept := &e.choices[of.medium()]
	if kept.suits(&environment) && of.free == 0 {
		return kept.directory, nil
	}
	refusals := []*fs.PathError{}
	for _, candidate := range e.candidates(&environment) {
		err := e.offers(candidate, of)
		if err == nil {
			err = e.try(candidate)
		}
		if err == nil {
			if of.free == 0 {
				*kept = choice{made: true, environment: environment, directory: candidate}
			}
			return candidate, nil
		}
		refusals = append(refusals, &fs.PathError{Op: "try", Path: candidate, Err: err})
	}
	return "", &TempdirError{Refusals: refusals}
}

// unsuited is why a directory in which files can be made is not the one that is asked for.
type unsuited struct {
	errno  syscall.Errno
	reason string
}

func (e *unsuited) Error() string { return e.reason }
func (e *unsuited) Unwrap() error { return e.errno }

// offers tells why a directory does not have what is needed of it.
func (e *Engine) offers(directory string, of needs) error {
	if of == (needs{}) {
		return nil
	}
	absolute, err := e.absolute(directory)
	if err != nil {
		return errnoOf(err)
	}
	space, err := e.system.Space(absolute)
	switch {
	case err != nil:
		return err
	case of.disk && space.Memory:
		return &unsuited{syscall.ENOTSUP, "it is in memory, not on disk"}
	case of.memory && !space.Memory:
		return &unsuited{syscall.ENOTSUP, "it is not in memory"}
	case space.Free < of.free:
		return &unsuited{syscall.ENOSPC, fmt.Sprintf("%d bytes are free of %d that are needed", space.Free, of.free)}
	}
	return nil
}

// Candidates lists the directories that Gettempdir tries, in order and absolute.
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
	// If there is no current directory, the candidate is ".", as in Python: creating a file there gives the reason.
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

// try creates, writes and removes a file in a directory. Nothing else finds out about permissions, quotas, read-only mounts
// and sandboxes alike.
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
	// A write past the limit on a file's size raises SIGXFSZ, which would end the host.
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
