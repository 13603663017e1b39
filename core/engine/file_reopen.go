package engine

import (
	"errors"
	"strings"
	"syscall"

	"libtempfile/core/object"
	"libtempfile/core/system"
)

// Reopen opens the file once more: the descriptor has a position of its own and is the caller's.
func (f *File) Reopen(text string) (descriptor int, err error) {
	access, truncate, err := parseReopen(text)
	if err != nil {
		return -1, failed("reopen", "", err)
	}
	s, err := f.enter("reopen", 0)
	defer f.storage.Unlock()
	if err != nil {
		return -1, err
	}
	held, err := f.onDisk(s, "reopen")
	if err != nil {
		return -1, err
	}
	if descriptor, err = f.openAgain(s, held, access); err != nil {
		return -1, f.fail("reopen", err)
	}
	if err = f.same(held, descriptor); err == nil && truncate {
		err = f.engine.system.Truncate(descriptor, 0)
	}
	if err != nil {
		f.engine.system.Close(descriptor)
		return -1, f.fail("reopen", err)
	}
	return descriptor, nil
}

// parseReopen reads a mode for a file that exists; "": "r+".
func parseReopen(text string) (access system.Access, truncate bool, err error) {
	if text == "" {
		text = "r+"
	}
	m, err := parseMode(text)
	if err == nil && strings.ContainsRune(text, 'x') {
		err = invalid("mode %q creates a file, and this one exists", text)
	}
	access = system.Access{Read: m.readable, Write: m.writable, Append: strings.ContainsRune(text, 'a')}
	return access, strings.ContainsRune(text, 'w'), err
}

// openAgain opens the file by its name, or else by the descriptor that is held.
func (f *File) openAgain(s *object.State, held int, access system.Access) (int, error) {
	if path := f.storage.Field(object.Path); s.Has(object.FlagNamed) && path != "" {
		return f.engine.system.OpenAgain(path, access)
	}
	descriptor, err := f.engine.system.OpenAgainBy(held, access)
	if errors.Is(err, syscall.ENOENT) {
		return -1, &BadArgument{Errno: syscall.ENOENT, Reason: "a file without a name is opened by /proc, which is not there"}
	}
	return descriptor, err
}

// same is ESTALE unless two descriptors are of one file.
func (f *File) same(held, descriptor int) error {
	mine, err := f.engine.system.IdentifyOpen(held)
	if err != nil {
		return err
	}
	its, err := f.engine.system.IdentifyOpen(descriptor)
	if err == nil && its != mine {
		err = syscall.ESTALE
	}
	return err
}
