package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// goPackage is a Go package with what is needed to print its declarations.
type goPackage struct {
	*doc.Package
	set *token.FileSet
}

// readGo reads a package with its examples.
func readGo(folder, importPath string) (*goPackage, error) {
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "example_test.go") {
			continue
		}
		files = append(files, file)
	}
	p, err := doc.NewFromFiles(set, files, importPath)
	if err != nil {
		return nil, err
	}
	if p.Doc == "" || len(p.Types) == 0 {
		return nil, fmt.Errorf("package %s has no documentation", importPath)
	}
	return &goPackage{p, set}, nil
}

// source prints a declaration as gofmt does, without a function's body and its comment.
func (p *goPackage) source(node ast.Node) (string, error) {
	switch d := node.(type) {
	case *ast.FuncDecl:
		bare := *d
		bare.Body, bare.Doc = nil, nil
		node = &bare
	case *ast.GenDecl:
		bare := *d
		bare.Doc = nil
		node = &bare
	}
	var out bytes.Buffer
	err := format.Node(&out, p.set, node)
	return out.String(), err
}

// body prints an example without its braces and its "Output:" comment, which is given apart.
func (p *goPackage) body(e *doc.Example) (string, error) {
	text, err := p.source(e.Code)
	if err != nil {
		return "", err
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "{\n"), "\n}")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "\t")
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), nil
}
