package engine

import (
	"libtempfile/core/object"
	"libtempfile/core/system"
)

// What tests create, as a Go program does: with its state in Go memory.

// standard is over the real system.
var standard = New(system.Kernel{})

func created(e *Engine, create func(object.Storage, *Options) error, o *Options) (*File, error) {
	storage := &object.Memory{}
	return fileIn(e, storage, create(storage, o))
}

func fileIn(e *Engine, storage object.Storage, err error) (*File, error) {
	if err != nil {
		return nil, err
	}
	f := e.FileIn(storage)
	return &f, nil
}

func directoryIn(e *Engine, storage object.Storage, err error) (*Directory, error) {
	if err != nil {
		return nil, err
	}
	d := e.DirectoryIn(storage)
	return &d, nil
}

func (e *Engine) NamedTemporaryFile(o *Options) (*File, error) {
	return created(e, e.NamedTemporaryFileIn, o)
}

func (e *Engine) TemporaryFile(o *Options) (*File, error) { return created(e, e.TemporaryFileIn, o) }

func (e *Engine) SpooledTemporaryFile(o *Options) (*File, error) {
	return created(e, e.SpooledTemporaryFileIn, o)
}

func (e *Engine) TemporaryDirectory(o *Options) (*Directory, error) {
	storage := &object.Memory{}
	return directoryIn(e, storage, e.TemporaryDirectoryIn(storage, o))
}

func (e *Engine) RegisterFile(path string) (*File, error) {
	storage := &object.Memory{}
	return fileIn(e, storage, e.RegisterFileIn(storage, path))
}

func (e *Engine) RegisterDirectory(path string) (*Directory, error) {
	storage := &object.Memory{}
	return directoryIn(e, storage, e.RegisterDirectoryIn(storage, path))
}
