//go:build unix

package tempfile_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	tempfile "libtempfile/core"
)

func ExampleNamedTemporaryFile() {
	file, err := tempfile.NamedTemporaryFile(&tempfile.Options{Prefix: "report-", Suffix: ".txt"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Free()

	fmt.Fprintln(file, "written by one program")
	data, err := os.ReadFile(file.Name()) // and read by another
	fmt.Printf("%s%v\n", data, err)

	file.Close()
	_, err = os.Stat(file.Name())
	fmt.Println("gone:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// written by one program
	// <nil>
	// gone: true
}

func ExampleTemporaryFile() {
	file, err := tempfile.TemporaryFile(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()

	fmt.Fprint(file, "first\nsecond\n")
	file.Seek(0, io.SeekStart)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fmt.Println(lines.Text())
	}
	fmt.Printf("its name is %q\n", file.Name())
	// Output:
	// first
	// second
	// its name is ""
}

func ExampleSpooledTemporaryFile() {
	file, err := tempfile.SpooledTemporaryFile(&tempfile.Options{MaxSize: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()

	for _, text := range []string{"in memory", ", and on disk"} {
		fmt.Fprint(file, text)
		rolled, _ := file.Rolled()
		fmt.Println(rolled)
	}
	file.Seek(0, io.SeekStart)
	data, err := io.ReadAll(file)
	fmt.Println(string(data), err)
	// Output:
	// false
	// true
	// in memory, and on disk <nil>
}

// Latin-1 with the line ends of Windows, written and read back as Go's strings.
func ExampleOptions_text() {
	newline := "\r\n"
	file, err := tempfile.NamedTemporaryFile(&tempfile.Options{Mode: "w+", Encoding: "latin-1", Newline: &newline})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Free()

	fmt.Fprint(file, "café\nnaïve\n")
	data, err := os.ReadFile(file.Name())
	fmt.Printf("the file has %q, %v\n", data, err)

	_, err = fmt.Fprint(file, "5 €\n")
	fmt.Println("no euro in it:", errors.Is(err, syscall.EILSEQ))

	file.Seek(0, io.SeekStart)
	text, err := io.ReadAll(file.Reader())
	fmt.Printf("read back: %q, %v\n", text, err)
	// Output:
	// the file has "caf\xe9\r\nna\xefve\r\n", <nil>
	// no euro in it: true
	// read back: "café\r\nnaïve\r\n", <nil>
}

func ExampleTemporaryDirectory() {
	directory, err := tempfile.TemporaryDirectory(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer directory.Free()

	os.MkdirAll(filepath.Join(directory.Name(), "deep", "below"), 0o700)
	os.WriteFile(filepath.Join(directory.Name(), "deep", "file"), []byte("data"), 0o600)

	fmt.Println(directory.Cleanup())
	_, err = os.Stat(directory.Name())
	fmt.Println("gone:", errors.Is(err, fs.ErrNotExist))
	// Output:
	// <nil>
	// gone: true
}

func ExampleMkstemp() {
	descriptor, path, err := tempfile.Mkstemp(&tempfile.Options{Prefix: "data-"})
	if err != nil {
		fmt.Println(err)
		return
	}
	// From here on both are the caller's.
	file := os.NewFile(uintptr(descriptor), path)
	defer os.Remove(path)
	defer file.Close()

	info, err := file.Stat()
	fmt.Println(info.Mode(), filepath.Base(path)[:5], err)
	// Output:
	// -rw------- data- <nil>
}

func ExampleStartRemoval() {
	path, err := tempfile.Mkdtemp(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"a", "b", "c"} {
		os.WriteFile(filepath.Join(path, name), nil, 0o600)
	}

	removal, err := tempfile.StartRemoval(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer removal.Close() // what is left then stays
	for more := true; more; {
		more, err = removal.Step(3)
		fmt.Println(removal.Removed(), more, err)
	}
	// Output:
	// 3 true <nil>
	// 4 false <nil>
}

func ExampleFile_Reader() {
	file, err := tempfile.SpooledTemporaryFile(&tempfile.Options{Mode: "w+"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Free()

	fmt.Fprint(file, "first line\nsecond line\n")
	file.Seek(0, io.SeekStart)
	lines := bufio.NewScanner(file.Reader())
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
	// Output:
	// first line
	// second line
}
