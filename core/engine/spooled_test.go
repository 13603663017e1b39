//go:build unix

package engine

import (
	"bytes"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"

	"libtempfile/core/system"
)

// model is what Python's SpooledTemporaryFile is: io.BytesIO until it rolls over, and a file from then on.
type model struct {
	data     []byte
	position int64
	maxSize  int64
	rolled   bool
}

func (m *model) write(p []byte) {
	m.rolled = m.rolled || m.maxSize != 0 && m.position+int64(len(p)) > m.maxSize
	if len(p) == 0 {
		return
	}
	end := m.position + int64(len(p))
	m.grow(end)
	copy(m.data[m.position:], p)
	m.position = end
}

func (m *model) grow(size int64) {
	if missing := size - int64(len(m.data)); missing > 0 {
		m.data = append(m.data, make([]byte, missing)...)
	}
}

func (m *model) read(n int) []byte {
	rest := m.data[min(m.position, int64(len(m.data))):]
	rest = rest[:min(n, len(rest))]
	m.position += int64(len(rest))
	return rest
}

func (m *model) readLine(n int) []byte {
	start := m.position
	line := m.read(n)
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i+1]
	}
	m.position = start + int64(len(line))
	return line
}

// seek gives the new position, or that there is none.
func (m *model) seek(offset int64, whence int) (int64, bool) {
	target := offset + [...]int64{0, m.position, int64(len(m.data))}[whence]
	if target < 0 && (m.rolled || whence == io.SeekStart) {
		return 0, false
	}
	m.position = max(target, 0)
	return m.position, true
}

func (m *model) truncate(size int64) int64 {
	if size < 0 {
		size = m.position
	} else if size > m.maxSize {
		m.rolled = true
	}
	if m.rolled {
		m.grow(size)
	}
	m.data = m.data[:min(size, int64(len(m.data)))]
	return size
}

// compare runs a program, three bytes an operation, on a spooled file and on the model.
func compare(t *testing.T, maxSize, buffering int64, program []byte) {
	t.Helper()
	f, err := standard.SpooledTemporaryFile(&Options{MaxSize: maxSize, Buffering: buffering, Dir: quickFolder(t)})
	must(t, err)
	defer f.Free()
	m := &model{maxSize: maxSize}
	for step := 0; len(program) >= 3; step++ {
		a, b := program[1], program[2]
		size := int64(a)
		if b&0x80 != 0 {
			size *= 70 // past the default read-ahead
		}
		switch program[0] % 8 {
		case 0, 1:
			p := bytes.Repeat([]byte{b, b, '\n', b}, int(size+3)/4)[:size]
			n, err := f.Write(p)
			m.write(p)
			expect(t, step, "write", n, err, len(p), true)
		case 2:
			p := make([]byte, size)
			n, err := f.Read(p)
			want := m.read(len(p))
			expectBytes(t, step, "read", p, n, err, want)
		case 3:
			p := make([]byte, size)
			n, err := f.ReadLine(p)
			want := m.readLine(len(p))
			expectBytes(t, step, "readline", p, n, err, want)
		case 4, 5:
			whence, offset := int(b%3), size
			if b&0x40 != 0 {
				offset = -offset
			}
			position, err := f.Seek(offset, whence)
			want, possible := m.seek(offset, whence)
			expect(t, step, "seek", position, err, want, possible)
			if !possible && !errors.Is(err, syscall.EINVAL) {
				t.Fatalf("step %d: seek to nowhere: %v", step, err)
			}
		case 6:
			if b&0x20 != 0 {
				size = -1
			}
			newSize, err := f.Truncate(size)
			expect(t, step, "truncate", newSize, err, m.truncate(size), true)
		case 7:
			if b%16 == 0 {
				must(t, f.Rollover())
				m.rolled = true
			}
			p := make([]byte, 16)
			n, err := f.ReadAt(p, size)
			if err != nil && err != io.EOF {
				t.Fatal(err)
			}
			want := m.data[min(size, int64(len(m.data))):]
			if !bytes.Equal(p[:n], want[:min(16, len(want))]) {
				t.Fatalf("step %d: read at %d: %q, want %q", step, size, p[:n], want)
			}
		}
		position, err := f.Tell()
		expect(t, step, "tell", position, err, m.position, true)
		rolled, err := f.Rolled()
		expect(t, step, "rolled", rolled, err, m.rolled, true)
		program = program[3:]
	}
	all := make([]byte, len(m.data)+1)
	n, err := f.ReadAt(all, 0)
	if err != io.EOF || !bytes.Equal(all[:n], m.data) {
		t.Fatalf("at the end: %d bytes, want %d (%v)", n, len(m.data), err)
	}
}

func expect[T comparable](t *testing.T, step int, what string, got T, err error, want T, possible bool) {
	t.Helper()
	if possible != (err == nil) || possible && got != want {
		t.Fatalf("step %d: %s gives %v, %v; want %v, possible %t", step, what, got, err, want, possible)
	}
}

func expectBytes(t *testing.T, step int, what string, p []byte, n int, err error, want []byte) {
	t.Helper()
	if len(p) > 0 && len(want) == 0 {
		if n != 0 || err != io.EOF {
			t.Fatalf("step %d: %s gives %d, %v; want io.EOF", step, what, n, err)
		}
	} else if err != nil || !bytes.Equal(p[:n], want) {
		t.Fatalf("step %d: %s gives %q, %v; want %q", step, what, p[:n], err, want)
	}
}

var spoolSizes = []int64{0, 1, 64, 1000, 20_000, -1}
var bufferings = []int64{0, Unbuffered, 1, 2, 7, 100, 65536}

func TestSpooledIsTheModel(t *testing.T) {
	for _, maxSize := range spoolSizes {
		for _, buffering := range bufferings {
			for seed := range uint64(12) {
				source := rand.New(rand.NewPCG(seed, uint64(maxSize)))
				program := make([]byte, 3*120)
				for i := range program {
					program[i] = byte(source.Uint32())
				}
				compare(t, maxSize, buffering, program)
			}
		}
	}
}

func FuzzSpooled(f *testing.F) {
	f.Add(uint8(2), uint8(0), []byte("\x00\x40\x00\x00\x01\x00\x04\x00\x00\x02\xff\xff"))
	f.Add(uint8(0), uint8(1), []byte("\x04\xff\x80\x00\x01\x00\x06\x10\x00\x04\x00\x02\x02\xff\x00"))
	f.Add(uint8(3), uint8(3), []byte("\x00\xff\x81\x04\x00\x00\x03\xff\x00\x03\xff\x00\x06\x10\x20\x07\x00\x10"))
	f.Add(uint8(4), uint8(4), []byte("\x00\x10\x41\x04\x20\x41\x06\x08\x00\x00\x05\x00\x07\x00\x00"))
	f.Fuzz(func(t *testing.T, maxSize, buffering uint8, program []byte) {
		compare(t, spoolSizes[int(maxSize)%len(spoolSizes)], bufferings[int(buffering)%len(bufferings)], program[:min(len(program), 3000)])
	})
}

func TestSpooledThreshold(t *testing.T) {
	f, err := standard.SpooledTemporaryFile(&Options{MaxSize: 10, Dir: quickFolder(t)})
	must(t, err)
	defer f.Free()
	rolled := func() bool {
		rolled, err := f.Rolled()
		must(t, err)
		return rolled
	}
	f.Write(make([]byte, 10))
	if rolled() {
		t.Error("rolled over at the size, not past it")
	}
	f.Write(nil)
	if f.Truncate(10); rolled() {
		t.Error("rolled over without growing")
	}
	f.Write([]byte{1})
	if !rolled() {
		t.Error("did not roll over past the size")
	}
	if position, err := f.Tell(); position != 11 || err != nil {
		t.Errorf("position %d, %v", position, err)
	}
}

func TestSpooledDescriptorRollsOver(t *testing.T) {
	f, err := standard.SpooledTemporaryFile(&Options{Dir: quickFolder(t)})
	must(t, err)
	defer f.Free()
	f.Write([]byte("0123456789"))
	f.Seek(4, io.SeekStart)
	descriptor, err := f.Fd()
	must(t, err)
	rest := make([]byte, 20)
	if n, err := syscall.Read(descriptor, rest); string(rest[:n]) != "456789" || err != nil {
		t.Errorf("the descriptor reads %q, %v", rest[:n], err)
	}
	if f.Name() != "" {
		t.Errorf("a spooled file has the name %q", f.Name())
	}
}

// TestSpooledKeepsDataWhenRollingOverFails fills a file past its size on a system that has no room on disk, and then on
// one that has.
func TestSpooledKeepsDataWhenRollingOverFails(t *testing.T) {
	system := &faulty{System: system.Kernel{}, method: "Write", nth: 1, errno: syscall.ENOSPC, lasting: true}
	f, err := New(system).SpooledTemporaryFile(&Options{MaxSize: 10, Dir: quickFolder(t)})
	must(t, err)
	defer f.Free()
	f.Write([]byte("0123456789"))
	f.Seek(8, io.SeekStart)
	for range 3 {
		if n, err := f.Write([]byte("abc")); n != 0 || !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("wrote %d, %v", n, err)
		}
	}
	if _, err := f.Fd(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("fileno: %v", err)
	}
	if _, err := f.Truncate(11); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("truncate: %v", err)
	}
	rest := make([]byte, 10)
	if n, err := f.Read(rest); string(rest[:n]) != "89" || err != nil {
		t.Errorf("read %q, %v: the position moved or bytes were lost", rest[:n], err)
	}
	f.Seek(8, io.SeekStart)
	f.engine = standard
	if n, err := f.Write([]byte("abc")); n != 3 || err != nil {
		t.Fatalf("with room: wrote %d, %v", n, err)
	}
	all := make([]byte, 20)
	if n, _ := f.ReadAt(all, 0); string(all[:n]) != "01234567abc" {
		t.Errorf("on disk: %q", all[:n])
	}
}

// TestSpooledRefusesTheImpossible asks for more memory than there is, which must not end the program.
func TestSpooledRefusesTheImpossible(t *testing.T) {
	f, err := standard.SpooledTemporaryFile(nil)
	must(t, err)
	defer f.Free()
	f.Write([]byte("data"))
	for offset, want := range map[int64]error{1 << 46: syscall.ENOMEM, 1 << 52: syscall.ENOMEM, math.MaxInt64: syscall.EFBIG} {
		f.Seek(offset, io.SeekStart)
		if n, err := f.Write([]byte("x")); n != 0 || !errors.Is(err, want) {
			t.Errorf("a byte at %d: %d, %v", offset, n, err)
		}
	}
	if _, err := f.Seek(math.MaxInt64, io.SeekCurrent); !errors.Is(err, syscall.EOVERFLOW) {
		t.Errorf("past the last position: %v", err)
	}
	if position, err := f.Seek(math.MinInt64, io.SeekCurrent); position != 0 || err != nil {
		t.Errorf("far before the start: %d, %v", position, err)
	}
	data := make([]byte, 10)
	if n, _ := f.Read(data); string(data[:n]) != "data" {
		t.Errorf("%q is left", data[:n])
	}
}
