// Package systemtest is for tests of the packages that stand on system.
package systemtest

import "libtempfile/core/system"

// Watched is a System that shows each call of a publication to a function before it is made. An error of the function is the
// call's, which is then not made.
type Watched struct {
	system.System
	Before func(call Call) error
}

// Call is a call of Watched's.
type Call struct {
	Method     string
	Descriptor int    // the first that the call has; -1: it has none
	Name       string // the last that the call has
	How        system.Rename
}

// watch is for calls with a result, which is failure with an error.
func watch[T any](w Watched, call Call, failure T, do func() (T, error)) (T, error) {
	if err := w.Before(call); err != nil {
		return failure, err
	}
	return do()
}

func (w Watched) watch(method string, descriptor int, name string, do func() error) error {
	if err := w.Before(Call{Method: method, Descriptor: descriptor, Name: name}); err != nil {
		return err
	}
	return do()
}

func (w Watched) open(method string, descriptor int, name string, do func() (int, error)) (int, error) {
	return watch(w, Call{Method: method, Descriptor: descriptor, Name: name}, -1, do)
}

func (w Watched) OpenParent(path string) (int, error) {
	return w.open("OpenParent", -1, path, func() (int, error) { return w.System.OpenParent(path) })
}

func (w Watched) OpenBelow(directory int, name string) (int, error) {
	return w.open("OpenBelow", directory, name, func() (int, error) { return w.System.OpenBelow(directory, name) })
}

func (w Watched) IdentifyOpen(descriptor int) (system.Identity, error) {
	return watch(w, Call{Method: "IdentifyOpen", Descriptor: descriptor}, system.Identity{}, func() (system.Identity, error) {
		return w.System.IdentifyOpen(descriptor)
	})
}

func (w Watched) UnlinkBelow(directory int, name string) error {
	return w.watch("UnlinkBelow", directory, name, func() error { return w.System.UnlinkBelow(directory, name) })
}

func (w Watched) RmdirBelow(directory int, name string) error {
	return w.watch("RmdirBelow", directory, name, func() error { return w.System.RmdirBelow(directory, name) })
}

// Close closes whatever it says, as Linux does.
func (w Watched) Close(descriptor int) error {
	err := w.System.Close(descriptor)
	return w.watch("Close", descriptor, "", func() error { return err })
}

func (w Watched) ReadAt(descriptor int, p []byte, offset int64) (int, error) {
	return w.open("ReadAt", descriptor, "", func() (int, error) { return w.System.ReadAt(descriptor, p, offset) })
}

func (w Watched) Seek(descriptor int, offset int64, whence int) (int64, error) {
	method := "Seek"
	if whence == system.SeekData {
		method = "Seek/data"
	}
	return watch(w, Call{Method: method, Descriptor: descriptor}, -1, func() (int64, error) {
		return w.System.Seek(descriptor, offset, whence)
	})
}

func (w Watched) Truncate(descriptor int, size int64) error {
	return w.watch("Truncate", descriptor, "", func() error { return w.System.Truncate(descriptor, size) })
}

func (w Watched) Random(p []byte) error {
	return w.watch("Random", -1, "", func() error { return w.System.Random(p) })
}

func (w Watched) HoldFrom(directory int, path string) (int, error) {
	return w.open("HoldFrom", directory, path, func() (int, error) { return w.System.HoldFrom(directory, path) })
}

func (w Watched) HoldBeneath(directory int, path string) (int, error) {
	return w.open("HoldBeneath", directory, path, func() (int, error) { return w.System.HoldBeneath(directory, path) })
}

func (w Watched) ReadLinkBelow(directory int, name string) (string, error) {
	return watch(w, Call{Method: "ReadLinkBelow", Descriptor: directory, Name: name}, "", func() (string, error) {
		return w.System.ReadLinkBelow(directory, name)
	})
}

func (w Watched) Status(descriptor int) (system.Status, error) {
	return watch(w, Call{Method: "Status", Descriptor: descriptor}, system.Status{}, func() (system.Status, error) {
		return w.System.Status(descriptor)
	})
}

func (w Watched) StatusBelow(directory int, name string) (system.Status, error) {
	return watch(w, Call{Method: "StatusBelow", Descriptor: directory, Name: name}, system.Status{}, func() (system.Status, error) {
		return w.System.StatusBelow(directory, name)
	})
}

func (w Watched) CreateBelow(directory int, name string, flags int, permissions uint32) (int, error) {
	return w.open("CreateBelow", directory, name, func() (int, error) {
		return w.System.CreateBelow(directory, name, flags, permissions)
	})
}

func (w Watched) CreateUnnamedBelow(directory int, flags int, permissions uint32) (int, error) {
	return w.open("CreateUnnamedBelow", directory, "", func() (int, error) {
		return w.System.CreateUnnamedBelow(directory, flags, permissions)
	})
}

func (w Watched) OpenToLook(directory int, name string) (int, error) {
	return w.open("OpenToLook", directory, name, func() (int, error) { return w.System.OpenToLook(directory, name) })
}

func (w Watched) MkdirBelow(directory int, name string, permissions uint32) error {
	return w.watch("MkdirBelow", directory, name, func() error { return w.System.MkdirBelow(directory, name, permissions) })
}

func (w Watched) LinkDescriptor(descriptor, directory int, name string) error {
	return w.watch("LinkDescriptor", descriptor, name, func() error {
		return w.System.LinkDescriptor(descriptor, directory, name)
	})
}

func (w Watched) LinkBelow(from int, name string, to int, newName string) error {
	return w.watch("LinkBelow", from, newName, func() error { return w.System.LinkBelow(from, name, to, newName) })
}

func (w Watched) RenameBelow(from int, name string, to int, newName string, how system.Rename) error {
	if err := w.Before(Call{"RenameBelow", from, newName, how}); err != nil {
		return err
	}
	return w.System.RenameBelow(from, name, to, newName, how)
}

func (w Watched) ChangeMode(descriptor int, permissions uint32) error {
	return w.watch("ChangeMode", descriptor, "", func() error { return w.System.ChangeMode(descriptor, permissions) })
}

func (w Watched) ChangeOwner(descriptor, user, group int) error {
	return w.watch("ChangeOwner", descriptor, "", func() error { return w.System.ChangeOwner(descriptor, user, group) })
}

func (w Watched) Attributes(descriptor int) ([]string, error) {
	return watch(w, Call{Method: "Attributes", Descriptor: descriptor}, nil, func() ([]string, error) {
		return w.System.Attributes(descriptor)
	})
}

func (w Watched) Attribute(descriptor int, name string) ([]byte, error) {
	return watch(w, Call{Method: "Attribute", Descriptor: descriptor, Name: name}, nil, func() ([]byte, error) {
		return w.System.Attribute(descriptor, name)
	})
}

func (w Watched) SetAttribute(descriptor int, name string, value []byte) error {
	return w.watch("SetAttribute", descriptor, name, func() error { return w.System.SetAttribute(descriptor, name, value) })
}

func (w Watched) CopyRange(from int, fromOffset int64, to int, toOffset, size int64) (int64, error) {
	return watch(w, Call{Method: "CopyRange", Descriptor: from}, 0, func() (int64, error) {
		return w.System.CopyRange(from, fromOffset, to, toOffset, size)
	})
}

func (w Watched) WriteAt(descriptor int, p []byte, offset int64) (int, error) {
	return w.open("WriteAt", descriptor, "", func() (int, error) { return w.System.WriteAt(descriptor, p, offset) })
}

func (w Watched) Sync(descriptor int, dataOnly bool) error {
	return w.watch("Sync", descriptor, "", func() error { return w.System.Sync(descriptor, dataOnly) })
}

func (w Watched) SyncAll(descriptor int) error {
	return w.watch("SyncAll", descriptor, "", func() error { return w.System.SyncAll(descriptor) })
}

func (w Watched) TakeOver(descriptor, from int) error {
	return w.watch("TakeOver", descriptor, "", func() error { return w.System.TakeOver(descriptor, from) })
}
