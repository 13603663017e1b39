// The worker in Go: the jobs by the core's own package and by package os; see ../worker.h.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	tempfile "libtempfile/core"
)

// A contestant is one way to do a job.
type contestant struct {
	round   func() error // what is measured
	prepare func() error // before every round, not measured; nil: nothing
}

var contestants = map[string]contestant{
	"core_mkstemp":              {coreMkstemp, nil},
	"core_named":                {func() error { return freed(tempfile.NamedTemporaryFile(nil)) }, nil},
	"core_unnamed":              {func() error { return freed(tempfile.TemporaryFile(nil)) }, nil},
	"core_directory":            {coreDirectory, nil},
	"core_replace_small":        {func() error { return replace(smallFile, 0) }, nil},
	"core_replace_large":        {func() error { return replace(largeFile, 0) }, nil},
	"core_replace_small_synced": {func() error { return replace(smallFile, tempfile.Sync) }, nil},
	"core_replace_large_synced": {func() error { return replace(largeFile, tempfile.Sync) }, nil},
	"core_remove_all":           {func() error { return tempfile.RemoveAll(tree()) }, plant},
	"go_create_temp":            {goCreateTemp, nil},
	"go_mkdir_temp":             {goMkdirTemp, nil},
	"go_os_remove_all":          {func() error { return os.RemoveAll(tree()) }, plant},
	"core_lines":                {coreLines, nil},
	"core_spool":                {func() error { return coreSpool(0) }, nil},
	"core_rolled":               {func() error { return coreSpool(spoolSize / 2) }, nil},
	"go_lines":                  {func() error { return goLines(false) }, nil},
	"go_lines_locked":           {func() error { return goLines(true) }, nil},
	"go_spool":                  {func() error { return goSpool(spoolSize) }, nil},
	"go_rolled":                 {func() error { return goSpool(spoolSize / 2) }, nil},
}

// The sizes of the files that are replaced.
const smallFile, largeFile = 4096, 100 << 20

var replaced = sync.OnceValue(func() []byte { return bytes.Repeat([]byte("x"), largeFile) })

func replace(size int, flags tempfile.PublishFlags) error {
	return tempfile.Replace(filepath.Join(os.TempDir(), "replaced"), replaced()[:size], flags)
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("worker: ")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var name string
		var count int
		if _, err := fmt.Sscan(lines.Text(), &name, &count); err != nil {
			log.Fatal(err)
		}
		c, known := contestants[name]
		if !known {
			log.Fatalf("unknown request: %s", lines.Text())
		}
		took, err := c.measure(count)
		if err != nil {
			log.Fatalf("%s: %v", name, err)
		}
		fmt.Println(took.Nanoseconds())
	}
}

func (c contestant) measure(count int) (total time.Duration, err error) {
	if c.prepare == nil {
		from := time.Now()
		for range count {
			if err := c.round(); err != nil {
				return 0, err
			}
		}
		return time.Since(from), nil
	}
	for range count {
		if err := c.prepare(); err != nil {
			return 0, err
		}
		from := time.Now()
		if err := c.round(); err != nil {
			return 0, err
		}
		total += time.Since(from)
	}
	return total, nil
}

func coreMkstemp() error {
	descriptor, path, err := tempfile.Mkstemp(nil)
	if err != nil {
		return err
	}
	if err := syscall.Close(descriptor); err != nil {
		return err
	}
	return os.Remove(path)
}

func freed(file *tempfile.File, err error) error {
	if err != nil {
		return err
	}
	return file.Free()
}

func coreDirectory() error {
	directory, err := tempfile.TemporaryDirectory(nil)
	if err != nil {
		return err
	}
	return directory.Free()
}

func goCreateTemp() error {
	file, err := os.CreateTemp("", "tmp")
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Remove(file.Name())
}

func goMkdirTemp() error {
	path, err := os.MkdirTemp("", "tmp")
	if err != nil {
		return err
	}
	return os.Remove(path)
}

func tree() string {
	return filepath.Join(os.TempDir(), "tree")
}

// plant makes the tree that is removed: 40 directories of 500 empty files.
func plant() error {
	for i := range 40 {
		directory := filepath.Join(tree(), fmt.Sprintf("directory%02d", i))
		if err := os.MkdirAll(directory, 0o700); err != nil {
			return err
		}
		for j := range 500 {
			if err := os.WriteFile(filepath.Join(directory, fmt.Sprintf("file%03d", j)), nil, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}
