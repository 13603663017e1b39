package tempfile_test

import (
	"sync"
	"testing"

	tempfile "libtempfile/core"
)

// TestKeepBesideUnkeep: the race detector looks on.
func TestKeepBesideUnkeep(t *testing.T) {
	f, err := tempfile.NamedTemporaryFile(&tempfile.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for _, call := range []func() error{f.Keep, f.Unkeep, f.Unkeep} {
		group.Go(func() {
			for range 20_000 {
				if err := call(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if err := f.Free(); err != nil {
		t.Error(err)
	}
}
