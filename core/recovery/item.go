package recovery

import "time"

// Item tells the outcome for one object of a dead process, or for one journal that was left.
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

// Action says how an object was treated.
type Action int

// The actions.
const (
	Removed     Action = iota + 1
	WouldRemove        // in a dry run
	Left               // Item.Err says why
)

// Progress says how far a step has come.
type Progress int

// The progress of a step.
const (
	Done    Progress = iota // no item is left
	GotItem                 // the step has ended one item
	AtItem                  // a large directory: the next step goes on with it
)
