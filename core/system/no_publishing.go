//go:build !linux || tempfile_portable

package system

// The calls that publish a file. Only Linux has them: elsewhere a publication fails before it begins.

func (Kernel) HoldFrom(directory int, path string) (int, error)           { return -1, ErrUnsupported }
func (Kernel) HoldBeneath(directory int, path string) (int, error)        { return -1, ErrUnsupported }
func (Kernel) ReadLinkBelow(directory int, name string) (string, error)   { return "", ErrUnsupported }
func (Kernel) StatusBelow(directory int, name string) (s Status, e error) { return s, ErrUnsupported }
func (Kernel) CreateBelow(directory int, name string, flags int, p uint32) (int, error) {
	return -1, ErrUnsupported
}
func (Kernel) CreateUnnamedBelow(directory int, flags int, p uint32) (int, error) {
	return -1, ErrUnsupported
}
func (Kernel) OpenToLook(directory int, name string) (int, error)            { return -1, ErrUnsupported }
func (Kernel) MkdirBelow(directory int, name string, p uint32) error         { return ErrUnsupported }
func (Kernel) LinkDescriptor(descriptor, directory int, name string) error   { return ErrUnsupported }
func (Kernel) LinkBelow(from int, name string, to int, newName string) error { return ErrUnsupported }
func (Kernel) RenameBelow(from int, name string, to int, newName string, how Rename) error {
	return ErrUnsupported
}
func (Kernel) ChangeMode(descriptor int, permissions uint32) error          { return ErrUnsupported }
func (Kernel) ChangeOwner(descriptor, user, group int) error                { return ErrUnsupported }
func (Kernel) Attributes(descriptor int) ([]string, error)                  { return nil, ErrUnsupported }
func (Kernel) Attribute(descriptor int, name string) ([]byte, error)        { return nil, ErrUnsupported }
func (Kernel) SetAttribute(descriptor int, name string, value []byte) error { return ErrUnsupported }
func (Kernel) SyncAll(descriptor int) error                                 { return ErrUnsupported }
func (Kernel) TakeOver(descriptor, from int) error                          { return ErrUnsupported }
