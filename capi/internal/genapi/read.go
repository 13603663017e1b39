package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// function is one function of the library.
type function struct {
	name   string // without tempfile_ or tfgo_
	doc    []string
	since  string // the version that introduced it
	scope  scope
	inC    bool   // written in C; everything else enters Go
	first  string // the C function that may do it without Go
	makes  bool   // it may make something without a handle, so the environment is asked before
	result string
	params []param
}

// scope is who sees a function.
type scope int

const (
	public   scope = iota
	internal       // C alone
	hook           // tests, in the build with hooks
)

// param is a parameter, by its public C type.
type param struct {
	name, ctype string
	role        role
	kind        string // of a handle: "file", "directory", "removal", "recovery"
}

// role is what a shim does with a parameter.
type role int

const (
	plain    role = iota
	existing      // a handle to be found
	created       // a handle to be made
	raw           // a record or another struct of C's own, for functions that C alone calls
)

// plainTypes are the Go types that stand for a C type as it is. A type that is missing here has no place in the ABI.
var plainTypes = map[string]string{
	"C.int": "int", "C.size_t": "size_t", "C.int64_t": "int64_t", "C.uint32_t": "uint32_t", "C.uint64_t": "uint64_t",
	"C.tempfile_fd": "tempfile_fd", "*C.char": "char *", "*C.tempfile__cchar": "const char *",
	"unsafe.Pointer": "void *", "*C.tempfile__cvoid": "const void *", "*C.uint64_t": "uint64_t *",
	"*C.tempfile__cpublish_options": "const tempfile_publish_options *",
	"*C.tempfile_recovered":         "tempfile_recovered *",
}

// firstVersion is the version of everything that does not say otherwise by "//tempfile:since".
const firstVersion = "0.1"

// read collects the functions of the export files.
func read(folder string, order []string) ([]function, error) {
	files, err := filepath.Glob(filepath.Join(folder, "export_*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "export_"), ".go"); !slices.Contains(order, name) {
			return nil, fmt.Errorf("%s has no place in the order of the header", file)
		}
	}
	var all []function
	for _, name := range order {
		some, err := readFile(filepath.Join(folder, "export_"+name+".go"))
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

func readFile(path string) ([]function, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	declared := map[*ast.CommentGroup]*ast.FuncDecl{}
	for _, declaration := range file.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && f.Doc != nil {
			declared[f.Doc] = f
		}
	}
	var functions []function
	for _, group := range file.Comments {
		f, found, err := fromComment(group, declared[group])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", set.Position(group.Pos()), err)
		}
		if found {
			functions = append(functions, f)
		}
	}
	return functions, nil
}

// fromComment reads a function from its documentation and, if it is written in Go, its declaration.
func fromComment(group *ast.CommentGroup, declaration *ast.FuncDecl) (f function, found bool, err error) {
	f.since = firstVersion
	for _, line := range group.List {
		directive, argument, _ := strings.Cut(line.Text, " ")
		switch directive {
		case "//tempfile:c":
			f.inC, found = true, true
			f.result, f.name, f.params, err = parsePrototype(argument)
		case "//export":
			found = true
			f.name = strings.TrimPrefix(argument, "tfgo_")
		case "//tempfile:first":
			f.first = argument
		case "//tempfile:makes":
			f.makes = true
		case "//tempfile:since":
			f.since = argument
		case "//tempfile:internal":
			f.scope = internal
		case "//tempfile:hook":
			f.scope = hook
		}
	}
	if !found || err != nil {
		return f, false, err
	}
	f.doc = strings.Split(strings.TrimSpace(group.Text()), "\n")
	if !strings.HasPrefix(f.doc[0], f.publicName()+" ") && f.scope == public {
		return f, false, fmt.Errorf("the comment does not begin with %s", f.publicName())
	}
	if f.inC {
		return f, true, nil
	}
	if declaration == nil {
		return f, false, fmt.Errorf("%s has no declaration", f.name)
	}
	return f, true, f.fromGo(declaration)
}

func (f *function) publicName() string { return "tempfile_" + f.name }

// parsePrototype takes a C prototype apart.
func parsePrototype(text string) (result, name string, params []param, err error) {
	head, rest, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(text), ";"), "(")
	rest, closed := strings.CutSuffix(rest, ")")
	at := strings.Index(head, "tempfile_")
	if i := strings.LastIndex(head, "tempfile_"); i > at { // a result of a tempfile_ type
		at = i
	}
	if !ok || !closed || at < 0 {
		return "", "", nil, fmt.Errorf("%q is no prototype", text)
	}
	result, name = head[:at], strings.TrimPrefix(head[at:], "tempfile_")
	if rest == "void" {
		return result, name, nil, nil
	}
	for part := range strings.SplitSeq(rest, ",") {
		part = strings.TrimSpace(part)
		i := strings.LastIndexAny(part, " *") + 1
		params = append(params, param{name: part[i:], ctype: strings.TrimSuffix(part[:i], " ")})
	}
	return result, name, params, nil
}

// fromGo reads the signature, and makes sure that the body begins with what every export owes its host.
func (f *function) fromGo(declaration *ast.FuncDecl) error {
	results := declaration.Type.Results
	if results == nil || len(results.List) != 1 {
		return fmt.Errorf("%s must have one result", f.name)
	}
	var ok bool
	if f.result, ok = plainTypes[typeName(results.List[0].Type)]; !ok {
		return fmt.Errorf("%s: the result's type is none of the ABI's", f.name)
	}
	for _, field := range declaration.Type.Params.List {
		for _, name := range field.Names {
			p, err := paramOf(name.Name, typeName(field.Type))
			if err != nil {
				return fmt.Errorf("%s: %w", f.name, err)
			}
			f.params = append(f.params, p)
		}
	}
	return f.checkBody(declaration.Body)
}

// checkBody wants stack.Reserve() and defer rescue(...) before all else but constants.
func (f *function) checkBody(body *ast.BlockStmt) error {
	statements := body.List
	for len(statements) > 0 {
		if _, constant := statements[0].(*ast.DeclStmt); !constant {
			break
		}
		statements = statements[1:]
	}
	if len(statements) >= 2 {
		reserve, ok1 := statements[0].(*ast.ExprStmt)
		rescue, ok2 := statements[1].(*ast.DeferStmt)
		if ok1 && ok2 && typeName(reserve.X) == "stack.Reserve()" && typeName(rescue.Call.Fun) == "rescue" {
			return nil
		}
	}
	return fmt.Errorf("%s does not begin with stack.Reserve() and defer rescue(...)", f.name)
}

func paramOf(name, goType string) (param, error) {
	if ctype, ok := plainTypes[goType]; ok {
		return param{name: name, ctype: ctype}, nil
	}
	if own, ok := strings.CutPrefix(goType, "*C.struct_tempfile__"); ok {
		return param{name: name, ctype: "struct tempfile__" + own + " *", role: raw}, nil
	}
	switch kind := strings.TrimPrefix(goType, "*C.tempfile__"); kind {
	case "record":
		return param{name: name, ctype: "tempfile__record *", role: raw}, nil
	case "file", "directory", "removal", "recovery":
		return param{name: name, ctype: "tempfile_" + kind + " *", role: existing, kind: kind}, nil
	case "cfile":
		return param{name: name, ctype: "const tempfile_file *", role: existing, kind: "file"}, nil
	case "new_file", "new_directory", "new_removal", "new_recovery":
		kind = strings.TrimPrefix(kind, "new_")
		return param{name: name, ctype: "tempfile_" + kind + " **", role: created, kind: kind}, nil
	}
	return param{}, fmt.Errorf("the type %s of %s is none of the ABI's", goType, name)
}

// typeName spells the few forms of expression that occur here.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		return typeName(e.Fun) + "()"
	}
	return ""
}
