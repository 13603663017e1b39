package object

import (
	"bytes"
	"testing"
	"unsafe"
)

func TestResizeKeepsTheFirstBytes(t *testing.T) {
	var m Memory
	s := m.State()
	for _, capacity := range []int64{4, 100, 3} {
		if err := m.Resize(min(s.Capacity, 3), capacity); err != nil || s.Capacity != capacity || len(s.Block()) != int(capacity) {
			t.Fatalf("capacity %d, not %d: %v", s.Capacity, capacity, err)
		}
		if capacity == 4 {
			copy(s.Block(), "abcd")
		}
		if !bytes.HasPrefix(s.Block(), []byte("abc")) {
			t.Errorf("capacity %d: %q", capacity, s.Block())
		}
	}
	if err := m.Resize(0, 0); err != nil || s.Data != nil || s.Capacity != 0 {
		t.Errorf("a block of %d bytes is left: %v", s.Capacity, err)
	}
}

// TestBytesAhead: a state without a block has nothing ahead, and what is ahead lies in the block.
func TestBytesAhead(t *testing.T) {
	var m Memory
	s := m.State()
	if s.Ahead() != nil || s.Unread() != 0 {
		t.Errorf("%q is ahead of nothing", s.Ahead())
	}
	if err := m.Resize(0, 8); err != nil {
		t.Fatal(err)
	}
	copy(s.Block(), "01234567")
	s.AheadStart, s.AheadEnd = 2, 5
	if string(s.Ahead()) != "234" || s.Unread() != 3 {
		t.Errorf("%q, %d", s.Ahead(), s.Unread())
	}
}

func TestFlags(t *testing.T) {
	var s State
	s.Set(FlagNamed|FlagDelete, true)
	s.Set(FlagDelete, false)
	if !s.Has(FlagNamed) || s.Has(FlagDelete) || s.Flags != FlagNamed {
		t.Errorf("flags %#x", s.Flags)
	}
}

// TestTextStateIsEightBytes: the C library has as many.
func TestTextStateIsEightBytes(t *testing.T) {
	if size := unsafe.Sizeof(TextState{}); size != 8 {
		t.Errorf("%d bytes", size)
	}
}
