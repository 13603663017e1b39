package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"sync"

	tempfile "libtempfile/core"
)

// The jobs of reading and writing; see ../io.h.

const (
	lines      = 2000
	buffering  = 64 << 10
	spoolWrite = 64
	spoolSize  = 64 * spoolWrite
)

var line = []byte("0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmn\n")

func writeLines(w io.Writer) error {
	for range lines {
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

var coreFile *tempfile.File

func coreLines() (err error) {
	if coreFile == nil {
		if coreFile, err = tempfile.NamedTemporaryFile(&tempfile.Options{Buffering: buffering, BufferedWrites: true}); err != nil {
			return err
		}
	}
	if _, err = coreFile.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err = writeLines(coreFile); err != nil {
		return err
	}
	return coreFile.Flush()
}

var (
	osFile   *os.File
	osWriter *bufio.Writer
)

// locked is what a bufio.Writer needs so that goroutines can share it, as they can share a file of ours.
type locked struct {
	sync.Mutex
	w io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.w.Write(p)
}

var lockedWriter locked

func goLines(lock bool) (err error) {
	if osFile == nil {
		if osFile, err = os.CreateTemp("", "tmp"); err != nil {
			return err
		}
		osWriter = bufio.NewWriterSize(osFile, buffering)
	}
	if _, err = osFile.Seek(0, io.SeekStart); err != nil {
		return err
	}
	to := io.Writer(osWriter)
	if lock {
		lockedWriter.w = osWriter
		to = &lockedWriter
	}
	if err = writeLines(to); err != nil {
		return err
	}
	return osWriter.Flush()
}

// back reads all of a spool, from its start.
func back(spool io.Reader) error {
	var data [spoolSize]byte
	_, err := io.ReadFull(spool, data[:])
	return err
}

func coreSpool(maxSize int64) error {
	spool, err := tempfile.SpooledTemporaryFile(&tempfile.Options{MaxSize: maxSize})
	if err != nil {
		return err
	}
	for range spoolSize / spoolWrite {
		if _, err := spool.Write(line); err != nil {
			return err
		}
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := back(spool); err != nil {
		return err
	}
	return spool.Free()
}

// goSpool is what a program has without a spooled file: a bytes.Buffer, and a file when there is more than maxSize.
func goSpool(maxSize int) error {
	var memory bytes.Buffer
	var file *os.File
	for range spoolSize / spoolWrite {
		if file == nil && memory.Len()+len(line) > maxSize {
			var err error
			if file, err = os.CreateTemp("", "tmp"); err != nil {
				return err
			}
			if _, err := memory.WriteTo(file); err != nil {
				return err
			}
		}
		to := io.Writer(&memory)
		if file != nil {
			to = file
		}
		if _, err := to.Write(line); err != nil {
			return err
		}
	}
	if file == nil {
		return back(&memory)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := back(file); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Remove(file.Name())
}
