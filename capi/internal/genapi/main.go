// Command genapi writes what follows from the exported functions of package capi: the public header, the C functions that
// enter Go, and the symbol map. Run it from the package's folder, as make header does.
//
// Everything is derived from the Go signatures: a parameter of type *C.tempfile__file is a handle to be found, one of type
// *C.tempfile__new_file a handle to be made. Functions that are written in C are declared in a comment group of their own, by a line "//tempfile:c prototype;".
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

// order is the order of the header. Every export_*.go must be here.
var order = []string{"create", "tempdir", "file", "directory", "publish", "register", "removal", "recovery", "process", "info", "internal", "hooks"}

func main() {
	log.SetFlags(0)
	log.SetPrefix("genapi: ")
	into := flag.String("root", "..", "the folder that receives include/ and capi/; another than the tree's own for a comparison")
	flag.Parse()
	functions, err := read(".", order)
	if err != nil {
		log.Fatal(err)
	}
	types, err := publicTypes("types.h")
	if err != nil {
		log.Fatal(err)
	}
	for path, text := range map[string]string{
		"include/tempfile.h":         header(types, functions),
		"capi/public_gen.h":          prototypes(functions),
		"capi/shims_gen.c":           shims(functions),
		"capi/libtempfile.map":       symbols(functions, false),
		"capi/libtempfile_hooks.map": symbols(functions, true),
	} {
		if err := write(filepath.Join(*into, path), text); err != nil {
			log.Fatal(err)
		}
	}
}

// write leaves a file alone that is right already, so that make has nothing to do.
func write(path, text string) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		return fmt.Errorf("cannot write what was generated: %w", err)
	}
	return nil
}
