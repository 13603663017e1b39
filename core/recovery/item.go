package recovery

import "time"

// Item is what became of one object that a dead process left, or of a journal that could not be dealt with.
type Item struct {
	Path   string
	Kind   int // File, Directory or Journal
	Action Action
	Age    time.Duration // since it was made
	Size   int64         // of a file, in bytes
	Err    error         // why it was left, an error of the system's with the path
}

// Journal as an Item's Kind means that the item is about a whole journal.
const Journal = 3

// Action is what was done.
type Action int

// The actions.
const (
	Removed     Action = iota + 1
	WouldRemove        // in a dry run
	Left               // Item.Err says why
)

// Progress is what a step has come to.
type Progress int

// The progress of a step.
const (
	Done    Progress = iota // there is nothing more
	GotItem                 // one item was dealt with
	AtItem                  // a large directory: the next step goes on with it
)
