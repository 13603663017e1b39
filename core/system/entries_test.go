//go:build linux && !tempfile_portable

package system

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestEntriesInEveryBuffer reads a directory with buffers of growing size, so that entries end at their very end.
func TestEntriesInEveryBuffer(t *testing.T) {
	folder := t.TempDir()
	want := []string{"d/"}
	must(t, os.Mkdir(folder+"/d", 0o700))
	for _, n := range []int{1, 2, 4, 5, 6, 100, 255} {
		want = append(want, strings.Repeat("n", n))
		must(t, os.WriteFile(folder+"/"+strings.Repeat("n", n), nil, 0o600))
	}
	slices.Sort(want)
	for size := 280; size < 800; size += 8 {
		here, err := unix.Open(folder, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		must(t, err)
		var got []string
		for {
			buffer := make([]byte, size)
			n, err := Kernel{}.Entries(here, buffer)
			must(t, err)
			if n == 0 {
				break
			}
			exact := slices.Clone(buffer[:n]) // so that reading past the end is seen
			for rest, ok := exact, true; ok; {
				var entry Entry
				if entry, rest, ok = NextEntry(rest); ok && entry.Directory {
					got = append(got, entry.Name+"/")
				} else if ok {
					got = append(got, entry.Name)
				}
			}
		}
		unix.Close(here)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("by %d bytes: %q", size, got)
		}
	}
}

func FuzzNextEntry(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 24))
	f.Add(append(make([]byte, 16), 24, 0, 4, 'n', 'a', 'm', 'e', 0))
	f.Add(append(make([]byte, 16), 255, 255, 4, 'n', 'a', 'm', 'e', 0))
	f.Fuzz(func(t *testing.T, buffer []byte) {
		for rest, ok := buffer, true; ok; {
			before := len(rest)
			if _, rest, ok = NextEntry(rest); ok && len(rest) >= before {
				t.Fatal("no progress")
			}
		}
	})
}
