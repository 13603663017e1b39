// Command gendocs writes the man pages and the site from the comments that programmers read: those of include/tempfile.h
// (which genapi copies from the export files), of bindings/cpp/tempfile.hpp, of package core and of the Python package. Run it from the root of the
// tree, as make man and make docs do.
package main

import (
	"cmp"
	stderrors "errors"
	"flag"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gendocs: ")
	man := flag.String("man", "", "the folder that receives man3 and man7")
	site := flag.String("site", "", "the folder that receives the site")
	flag.Parse()
	if err := generate(*man, *site); err != nil {
		log.Fatal(err)
	}
}

func generate(man, site string) error {
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
	if site == "" {
		return nil
	}
	classes, err := readCpp("bindings/cpp/tempfile.hpp")
	if err != nil {
		return err
	}
	core, err := readGo("core", "libtempfile/core")
	if err != nil {
		return err
	}
	python, err := readPython(cmp.Or(os.Getenv("PYTHON"), "python3"), "python")
	if stderrors.Is(err, errNoPython) {
		log.Printf("skip  docs: there is no page for Python: %v", err)
	} else if err != nil {
		return err
	}
	files, err := sitePages(header, pages, classes, core, python)
	if err != nil {
		return err
	}
	return write(site, files)
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
