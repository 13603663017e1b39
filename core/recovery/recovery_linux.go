//go:build linux && !tempfile_portable

package recovery

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"libtempfile/core/removal"
	"libtempfile/core/system"
)

// Recovery goes over the journals of a directory, in steps. One goroutine at a time may use it.
type Recovery struct {
	system    system.System
	path      string
	directory int
	place     place
	dryRun    bool

	living []string                 // the paths in journals that are held or left, with and without their links, sorted
	known  map[system.Identity]bool // the same objects by their identity
	names  []string                 // of the journals that are still to be dealt with
	items  []Item                   // about journals, not given yet

	// the journal at hand, and its records that are still to be dealt with
	journal  journal
	records  []record
	keep     bool // the next recovery may remove an object that this one could not
	now      object
	lockedBy int // the descriptor by which the directory at hand is locked; -1: there is none
	removal  *removal.Removal
}

// Start reads all journals of a directory. A missing directory is one without journals.
func Start(s system.System, path string, dryRun bool) (*Recovery, error) {
	r := &Recovery{system: s, path: path, directory: -1, place: here(), dryRun: dryRun, known: map[system.Identity]bool{},
		lockedBy: -1}
	r.journal.descriptor = -1
	directory, err := openDirectory(path)
	if err != nil {
		if isMissing(err) {
			return r, nil
		}
		return nil, err
	}
	r.directory = directory
	if err = r.surveyAll(); err != nil {
		unix.Close(directory)
		return nil, err
	}
	return r, nil
}

// surveyAll looks at all journals. It fails if one cannot be read now, for want of descriptors for instance: a living
// process's objects would pass for nobody's.
func (r *Recovery) surveyAll() error {
	all, err := names(r.directory)
	if err != nil {
		return failed("read", r.path, err)
	}
	for _, name := range all {
		if !strings.HasSuffix(name, Suffix) {
			continue
		}
		if err = r.survey(name); err != nil {
			return failed("read", r.path+"/"+name, err)
		}
	}
	if err = r.addRealPaths(); err != nil {
		return failed("open", r.path, err)
	}
	slices.Sort(r.living)
	return nil
}

// addRealPaths adds to each path of the living the one without links and "..". A living process may have been given a
// directory of a dead one's under another path.
func (r *Recovery) addRealPaths() (err error) {
	real := map[string]string{}
	for _, path := range slices.Clone(r.living) {
		slash := strings.LastIndexByte(path, '/') + 1
		parent, known := real[path[:slash]]
		if !known {
			if parent, err = realPath(path[:slash]); err != nil {
				return err
			}
			real[path[:slash]] = parent
		}
		if parent != "" {
			r.living = append(r.living, strings.TrimSuffix(parent, "/")+"/"+path[slash:])
		}
	}
	return nil
}

// survey looks at one journal. It gives the lock back, as there may be more journals than descriptors.
func (r *Recovery) survey(name string) error {
	j := r.place.open(r.directory, name)
	if j.unread {
		return j.reason
	}
	switch j.state {
	case held, left:
		for _, one := range j.records {
			r.living = append(r.living, one.path)
			if one.identified {
				r.known[system.Identity{Device: one.Device, Inode: one.Inode}] = true
			}
		}
		if j.state == left {
			path := r.path + "/" + name
			r.items = append(r.items, Item{Path: path, Kind: Journal, Action: Left, Err: failed("recover", path, j.reason)})
		}
	case dead, empty:
		r.names = append(r.names, name)
		unix.Close(j.descriptor)
	}
	return nil
}

// Step deals with one object, or with so many more entries of a directory.
func (r *Recovery) Step(entries int) (Progress, Item) {
	for {
		switch {
		case r.removal != nil:
			return r.goOn(entries)
		case len(r.items) > 0:
			item := r.items[0]
			r.items = r.items[1:]
			return GotItem, item
		case len(r.records) > 0:
			one := r.records[0]
			r.records = r.records[1:]
			if progress, item := r.deal(&one, entries); progress != Done {
				return progress, item
			}
		case r.journal.descriptor >= 0:
			r.endJournal()
		case len(r.names) > 0:
			r.beginJournal()
		default:
			return Done, Item{}
		}
	}
}

// beginJournal takes the next journal whose process is dead. It looks again, as other recoveries may run.
func (r *Recovery) beginJournal() {
	name := r.names[0]
	r.names = r.names[1:]
	j := r.place.open(r.directory, name)
	if j.state != dead && j.state != empty {
		return // somebody else deals with it
	}
	r.journal, r.records, r.keep = j, j.records, r.dryRun
}

// endJournal removes the journal at hand, unless the next recovery needs it.
func (r *Recovery) endJournal() {
	var stat unix.Stat_t
	if !r.keep && unix.Fstat(r.journal.descriptor, &stat) == nil && isAt(r.directory, r.journal.name, &stat) {
		unix.Unlinkat(r.directory, r.journal.name, 0)
	}
	unix.Close(r.journal.descriptor)
	r.journal = journal{descriptor: -1}
}

// deal removes one object, or begins to. Done: the object is gone already.
func (r *Recovery) deal(one *record, entries int) (Progress, Item) {
	o, err := find(one)
	if err == unix.ENOENT {
		return Done, Item{}
	}
	r.now = o
	if err != nil {
		if _, refused := err.(*Refusal); !refused { // the next recovery may be able to look
			r.keep = true
		}
		item := o.item()
		item.Action, item.Err = Left, failed("recover", one.path, err)
		return GotItem, item
	}
	if r.isLiving(&o) {
		return r.finish(refuse(unix.EBUSY, errLiving))
	}
	if one.Kind == Directory {
		var isHeld bool
		if r.lockedBy, isHeld = o.isHeld(); isHeld {
			return r.finish(refuse(unix.EBUSY, errLocked))
		}
	}
	if r.dryRun {
		return r.finish(nil)
	}
	if one.Kind == File || !one.identified {
		return r.finish(o.unlink())
	}
	if r.removal, err = o.startRemoval(r.system); err != nil {
		return r.finish(err)
	}
	return r.goOn(entries)
}

// isLiving tells whether a living process's journal names the object, or something below it.
func (r *Recovery) isLiving(o *object) bool {
	path := o.record.path
	if parent := pathOf(o.parent); parent != "" {
		path = strings.TrimSuffix(parent, "/") + "/" + o.name
	}
	if r.known[system.Identity{Device: unix.Mkdev(o.stat.Dev_major, o.stat.Dev_minor), Inode: o.stat.Ino}] {
		return true
	}
	if _, found := slices.BinarySearch(r.living, path); found {
		return true
	}
	at, _ := slices.BinarySearch(r.living, path+"/")
	return at < len(r.living) && strings.HasPrefix(r.living[at], path+"/")
}

// goOn continues with the directory at hand.
func (r *Recovery) goOn(entries int) (Progress, Item) {
	more, err := r.removal.Step(entries)
	if more {
		item := r.now.item()
		item.Action = Removed
		return AtItem, item
	}
	r.removal = nil
	return r.finish(err)
}

// isFinal tells whether the next recovery would leave the object for the same reason: it is not what was made.
func isFinal(err error) bool {
	refusal, refused := err.(*Refusal)
	return refused && refusal.Errno == unix.ESTALE
}

// finish ends the work on the object at hand.
func (r *Recovery) finish(err error) (Progress, Item) {
	if r.lockedBy >= 0 {
		unix.Close(r.lockedBy)
		r.lockedBy = -1
	}
	unix.Close(r.now.parent)
	item := r.now.item()
	switch {
	case err == unix.ENOENT:
		err = nil
		item.Action = Removed
	case err != nil:
		r.keep = r.keep || !isFinal(err)
		item.Action, item.Err = Left, failed("recover", item.Path, err)
	case r.dryRun:
		item.Action = WouldRemove
	default:
		item.Action = Removed
	}
	return GotItem, item
}

// Close ends the recovery. The next one deals with the rest.
func (r *Recovery) Close() {
	if r.removal != nil {
		r.removal.Close()
		r.removal = nil
		r.finish(nil)
	}
	if r.journal.descriptor >= 0 {
		unix.Close(r.journal.descriptor)
		r.journal.descriptor = -1
	}
	if r.directory >= 0 {
		unix.Close(r.directory)
		r.directory = -1
	}
	r.names, r.records, r.items = nil, nil, nil
}
