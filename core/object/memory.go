package object

import (
	"sync"
	"syscall"
	"unsafe"

	"libtempfile/core/system"
)

// Memory is the Storage of Go programs. Its zero value is ready for use.
type Memory struct {
	sync.Mutex
	state  State
	fields [FieldCount]string
}

// State gives the state.
func (m *Memory) State() *State { return &m.state }

// Field gives a string.
func (m *Memory) Field(which Field) string { return m.fields[which] }

// SetField keeps a string.
func (m *Memory) SetField(which Field, value string) error { m.fields[which] = value; return nil }

// PreparePath keeps the path; the collector keeps the old one for whoever has it.
func (m *Memory) PreparePath(path string) (NewPath, error) { return memoryPath{m, path}, nil }

type memoryPath struct {
	memory *Memory
	path   string
}

func (p memoryPath) Set()  { p.memory.fields[Path] = p.path }
func (p memoryPath) Drop() {}

// AdvanceDescriptorSerial does nothing: a Go program cannot go on in a forked child.
func (m *Memory) AdvanceDescriptorSerial() {}

// Owned is always true, for the same reason.
func (m *Memory) Owned() bool { return true }

// Epoch is always the same, for the same reason.
func (m *Memory) Epoch() uint64 { return 0 }

// Resize moves the block.
func (m *Memory) Resize(keep, capacity int64) error {
	var block []byte
	if !system.Affordable(capacity) {
		return syscall.ENOMEM
	}
	if capacity > 0 {
		block = make([]byte, capacity)
		copy(block, m.state.Block()[:keep])
	}
	m.state.Data, m.state.Capacity = unsafe.Pointer(unsafe.SliceData(block)), capacity
	return nil
}
