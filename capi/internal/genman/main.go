// Command genman writes the man pages, and the reference of the C interface for the site, from the comments of
// include/tempfile.h. Run it from the root of the tree, as make man and make docs do.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("genman: ")
	man := flag.String("man", "", "the folder that receives man3 and man7")
	reference := flag.String("reference", "", "the folder that receives the reference, in Markdown")
	flag.Parse()
	if err := generate(*man, *reference); err != nil {
		log.Fatal(err)
	}
}

func generate(man, reference string) error {
	header, err := readHeader("include/tempfile.h")
	if err != nil {
		return err
	}
	pages, err := group(header.functions)
	if err != nil {
		return err
	}
	if man != "" {
		if err := write(man, manPages(header, pages)); err != nil {
			return err
		}
	}
	if reference == "" {
		return nil
	}
	programs, err := readExamples("bindings/c/examples")
	if err != nil {
		return err
	}
	return write(reference, newReference(header, pages, programs).files())
}

// write puts files, by their path below a folder, into it.
func write(folder string, files map[string]string) error {
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
