package engine

import "strings"

// absolute makes a path absolute and tidy.
func (e *Engine) absolute(path string) (string, error) {
	if !strings.HasPrefix(path, "/") {
		here, err := e.system.Getwd()
		if err != nil {
			return "", failed("getcwd", path, err)
		}
		path = here + "/" + path
	}
	return tidy(path), nil
}

// Absolute makes a path absolute, and plain where that does not change what it leads to.
func (e *Engine) Absolute(path string) (string, error) { return e.absolute(path) }

// isTidy tells whether tidy would change nothing, which is so for nearly every path. It allocates nothing.
func isTidy(path string) bool {
	for i := 0; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		rest := path[i+1:]
		if rest == "" || rest[0] == '/' || rest[0] == '.' && (len(rest) == 1 || rest[1] == '/') {
			return false
		}
	}
	return true
}

// tidy drops doubled slashes, trailing slashes and "." from an absolute path. It keeps "..", because a/../b is not b where a
// is a link.
func tidy(path string) string {
	if isTidy(path) {
		return path
	}
	var parts strings.Builder
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." {
			parts.WriteByte('/')
			parts.WriteString(part)
		}
	}
	if parts.Len() == 0 {
		return "/"
	}
	return parts.String()
}
