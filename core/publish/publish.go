package publish

import (
	"libtempfile/core/system"
)

// Publisher publishes on a system.
type Publisher struct {
	System     system.System
	RandomName func() (string, error)            // draws the random part of a name
	Absolute   func(path string) (string, error) // makes a path absolute and tidy
}

// Source is the file to be published.
type Source struct {
	Descriptor int    // -1: the content is in memory
	Name       string // the absolute path of the name that it has; "": it has none

	// Of a file in memory:
	Content     []byte
	Position    int64 // where Result.Descriptor is to be
	CreateFlags int   // 0 or system.AppendFlag

	// Announce is called with the absolute path before anything is changed, so that the caller can get ready. If it returns
	// an error, the publication ends. Committed is called when the file has the path and still has its old name. Either may
	// be nil.
	Announce  func(path string) error
	Committed func()
}

// Result is the outcome of a publication.
type Result struct {
	Published  bool // the file has the path, even if something failed later: see the error
	Path       string
	Descriptor int // of the published file: the source's, or a new one for a file in memory, which the caller closes
}

// File publishes a file. Where it had to be copied, the source's descriptor becomes one of the copy.
func (p *Publisher) File(source Source, path string, o *Options) (Result, error) {
	failure := Result{Descriptor: source.Descriptor}
	if err := o.checkFile(); err != nil {
		return failure, err
	}
	j := &job{Publisher: p, source: source, o: o, file: source.Descriptor, directory: -1}
	defer j.close()
	err := j.find(path)
	if err == nil {
		err = j.begin()
	}
	if err == nil {
		err = j.publish()
	}
	if !j.published {
		j.rollback()
		return failure, err
	}
	return Result{true, j.at.whole(), j.descriptor()}, err
}
