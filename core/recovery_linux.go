//go:build linux && !tempfile_portable

package tempfile

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"libtempfile/core/recovery"
	"libtempfile/core/system"
)

// journal is the one that EnableRecovery has opened.
var (
	journal      atomic.Pointer[recovery.Writer]
	journalMutex sync.Mutex
)

// kernel is the real system. It also keeps the journal: a record for each name that it makes, until it removes the name.
type kernel struct{ system.Kernel }

func (k kernel) Create(path string, flags int, permissions uint32) (int, error) {
	w := intend(path, recovery.File)
	descriptor, err := k.Kernel.Create(path, flags, permissions)
	if w != nil && (err != nil || w.Identify(path, descriptor, nil) != nil) {
		w.StrikeOut(path)
	}
	return descriptor, err
}

func (k kernel) Mkdir(path string, permissions uint32) error {
	w := intend(path, recovery.Directory)
	err := k.Kernel.Mkdir(path, permissions)
	if w != nil && err != nil {
		w.StrikeOut(path)
	}
	return err
}

// IdentifyNew adds the identity to the journal, unless another directory has the name by now.
func (k kernel) IdentifyNew(path string, permissions uint32) (system.Identity, error) {
	identity, err := k.Kernel.IdentifyNew(path, permissions)
	if w := journal.Load(); w != nil && (err != nil || w.Identify(path, -1, &identity) != nil) {
		w.StrikeOut(path)
	}
	return identity, err
}

func (k kernel) Unlink(path string) error {
	err := k.Kernel.Unlink(path)
	if w := journal.Load(); w != nil && (err == nil || err == syscall.ENOENT) {
		w.StrikeOut(path)
	}
	return err
}

// intend writes a record for an object that is about to be made. nil: the journal does not have it.
func intend(path string, kind uint16) *recovery.Writer {
	w := journal.Load()
	if w == nil || w.Intend(path, kind, true) != nil {
		return nil
	}
	return w
}

// note writes a record for an object that exists already.
func note(path string, kind uint16) {
	if w := journal.Load(); w != nil && w.Intend(path, kind, false) == nil && w.Identify(path, -1, nil) != nil {
		w.StrikeOut(path)
	}
}

// whyNotNoted tells why the journal does not have a path; nil: it does.
func whyNotNoted(path string) error {
	w := journal.Load()
	switch {
	case w == nil:
		return syscall.EOPNOTSUPP
	case !w.Has(path):
		return syscall.ENOSPC
	}
	return nil
}

// strikeOut ends the record of an object that is gone or will stay.
func strikeOut(path string) {
	if w := journal.Load(); w != nil {
		w.StrikeOut(path)
	}
}

// atEnabling is how long EnableRecovery removes the objects of dead processes.
const atEnabling = 200 * time.Millisecond

// EnableRecovery makes this process write a journal of its temporary files and directories, so that a later process can
// remove them if this one is killed. The journal names each NamedTemporaryFile and TemporaryDirectory that is made from now
// on, and each registered object. The call first removes the objects of dead processes, for 0.2 seconds at most; see
// StartRecovery.
//
// The directory holds the journals. It is made if it is missing. It must belong to the user, and others must not be able to
// write to it: EPERM. "" means libtempfile in $XDG_RUNTIME_DIR if that is the user's, or else libtempfile-UID in the default
// directory. If the journal cannot grow later, objects are made without a record. A second call does nothing.
func EnableRecovery(directory string) error {
	journalMutex.Lock()
	defer journalMutex.Unlock()
	if journal.Load() != nil {
		return nil
	}
	path, err := journals(directory)
	if err != nil {
		return public(err)
	}
	if err := recovery.Prepare(path); err != nil {
		return public(err)
	}
	w, err := recovery.NewWriter(path)
	if err != nil {
		return public(err)
	}
	journal.Store(w)
	if r, err := recovery.Start(system.Kernel{}, path, false); err == nil {
		defer r.Close()
		for until := time.Now().Add(atEnabling); time.Now().Before(until); {
			if progress, _ := r.Step(256); progress == recovery.Done {
				break
			}
		}
	}
	return nil
}

// journals gives the absolute directory of the journals.
func journals(directory string) (string, error) {
	path, err := recovery.Place(directory, os.Getenv("XDG_RUNTIME_DIR"), standard.Gettempdir)
	if err != nil {
		return "", err
	}
	return standard.Absolute(path)
}

// Recovery removes the objects of killed processes, one object a step. One goroutine at a time may use it.
type Recovery struct{ recovery *recovery.Recovery }

// Recovered says about one object: it was removed, or left for the reason in Err.
type Recovered = recovery.Item

// StartRecovery reads the journals in a directory, which is as for EnableRecovery. An object is removed only if a dead
// process's journal names it, it belongs to the user, and it is still the object that the dead process made. With dryRun
// nothing is removed, and Next gives the objects that would be.
func StartRecovery(directory string, dryRun bool) (*Recovery, error) {
	path, err := journals(directory)
	if err != nil {
		return nil, public(err)
	}
	r, err := recovery.Start(system.Kernel{}, path, dryRun)
	if err != nil {
		return nil, public(err)
	}
	return &Recovery{r}, nil
}

// Next deals with one object, however large. false: there are no more.
func (r *Recovery) Next() (item Recovered, more bool) {
	for {
		progress, item := r.recovery.Step(1 << 20)
		if progress != recovery.AtItem {
			return item, progress == recovery.GotItem
		}
	}
}

// Close ends the recovery. The next one deals with the rest.
func (r *Recovery) Close() { r.recovery.Close() }
