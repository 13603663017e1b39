// A TemporaryDirectory from its creation to its end, between the markers of strace.py, in a Go program.
//
// usage: creation-go ABOVE
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	tempfile "libtempfile/core"
)

// strace counts the calls of each thread, so the main thread must make all of them.
func init() { runtime.LockOSThread() }

func main() {
	mark("/libtempfile/begin")
	err := makeAndFree(os.Args[1])
	mark("/libtempfile/end")
	switch {
	case err == nil:
		fmt.Println("made")
	case errors.Is(err, syscall.ESTALE):
		fmt.Println("stale")
	default:
		fmt.Println(err)
	}
}

func mark(path string) { syscall.Access(path, 0) }

// makeAndFree writes a file into the directory by its path, as a host would.
func makeAndFree(above string) error {
	made, err := tempfile.TemporaryDirectory(&tempfile.Options{Dir: above})
	if err != nil {
		return err
	}
	defer made.Free()
	if file, err := os.OpenFile(filepath.Join(made.Name(), "moved"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		file.Close()
	}
	return nil
}
