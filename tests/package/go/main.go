// A stranger's program: it uses the package, and an error as Go programs do.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	tempfile "libtempfile/core"
)

func main() {
	file, err := tempfile.NamedTemporaryFile(nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer file.Free()
	fmt.Fprintln(file, "hello")
	if _, err := tempfile.Mkdtemp(&tempfile.Options{Dir: "/nowhere/at/all"}); !errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "no such directory, and yet:", err)
		defer os.Exit(1)
	}
}
