package main

import (
	_ "embed"
	"encoding/json"
	stderrors "errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// python.py asks Python itself, which knows docstrings and signatures best.
//
//go:embed python.py
var pythonReader string

// pyPackage is the Python package, as the version that was asked has it.
type pyPackage struct {
	Version  string
	Overview string
	Module   string // what the standard module says of itself
	Standard []pyEntry
	Extras   []pyEntry
	Commands []pyEntry
}

// pyEntry is a name, its declaration, and its docstring with the margin removed.
type pyEntry struct{ Name, Code, Doc string }

// errNoPython is that of a machine without a Python that can import the package.
var errNoPython = stderrors.New("python3 of 3.9 or later is missing (apt-get install python3)")

// readPython reads the package in a folder by running an interpreter, which writes nothing there.
func readPython(interpreter, folder string) (*pyPackage, error) {
	if _, err := exec.LookPath(interpreter); err != nil {
		return nil, errNoPython
	}
	command := exec.Command(interpreter, "-I", "-B", "-", folder)
	command.Stdin, command.Stderr = strings.NewReader(pythonReader), os.Stderr
	said, err := command.Output()
	if exit := (*exec.ExitError)(nil); stderrors.As(err, &exit) && exit.ExitCode() == 3 { // as python.py says it
		return nil, errNoPython
	}
	if err != nil {
		return nil, fmt.Errorf("reading the Python package with %s: %w", interpreter, err)
	}
	p := &pyPackage{}
	if err := json.Unmarshal(said, p); err != nil {
		return nil, err
	}
	for _, e := range append(append(p.Standard, p.Extras...), p.Commands...) {
		if e.Doc == "" && !strings.Contains(e.Code, " = ") {
			return nil, fmt.Errorf("%s of the Python package has no documentation", e.Name)
		}
	}
	return p, nil
}
