package publish

import (
	"strings"
	"syscall"

	"libtempfile/core/system"
)

// place is a name in a directory that is held open.
type place struct {
	system    system.System
	directory int
	path      string // of the directory, absolute; "" for "/"
	name      string

	// With a limit all paths are resolved from its directory, and none leads out of it.
	limit     int    // the directory; -1: there is no limit
	limitPath string // absolute
	below     string // the directory's path from there, with a slash at its end unless it is ""
}

// mostLinks is how many links are followed, as by the kernel.
const mostLinks = 40

// mostRaces is how often an operation is tried again because another process was in between.
const mostRaces = 64

// hold opens the directory that an absolute path leads to.
func hold(s system.System, path string) (*place, error) {
	p := &place{system: s, limit: -1, name: lastPart(path)}
	p.path = strings.TrimRight(path[:len(path)-len(p.name)], "/")
	descriptor, err := s.OpenParent(orRoot(p.path))
	if err != nil {
		return nil, failed("open", orRoot(p.path), err)
	}
	p.directory = descriptor
	return p, nil
}

// holdWithin is hold for a path that may not leave the directory within, both absolute.
func holdWithin(s system.System, path, within string) (*place, error) {
	rest, inside := strings.CutPrefix(path, strings.TrimRight(within, "/")+"/")
	if !inside {
		return nil, failed("open", path, leadsOut(within))
	}
	limit, err := s.OpenParent(within)
	if err != nil {
		return nil, failed("open", within, err)
	}
	p := &place{system: s, limit: limit, limitPath: strings.TrimRight(within, "/"), directory: -1}
	if err = p.move(rest); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *place) close() {
	for _, descriptor := range []int{p.directory, p.limit} {
		if descriptor >= 0 {
			p.system.Close(descriptor)
		}
	}
}

// whole is the absolute path of the name.
func (p *place) whole() string { return p.path + "/" + p.name }

// pathOrNone is whole of a place that may not have been found.
func (p *place) pathOrNone() string {
	if p == nil {
		return ""
	}
	return p.whole()
}

// follow follows a symbolic link with the name, and the next one, until the name is no link. A link to a missing file leads
// to the name under which the file will be made.
func (p *place) follow() error {
	for range mostLinks {
		text, err := p.system.ReadLinkBelow(p.directory, p.name)
		if err == syscall.EINVAL || err == syscall.ENOENT {
			return nil
		}
		if err != nil {
			return failed("readlink", p.whole(), err)
		}
		if last := lastPart(text); last == "" || last == "." || last == ".." {
			return failed("open", p.whole(), syscall.EISDIR)
		}
		if err = p.move(text); err != nil {
			return err
		}
	}
	return failed("readlink", p.whole(), syscall.ELOOP)
}

// move goes to another name. Its path begins at the present directory, or at the limit if there is no directory yet.
func (p *place) move(text string) error {
	name := lastPart(text)
	directory, path := text[:len(text)-len(name)], p.path+"/"
	if strings.HasPrefix(directory, "/") {
		path = ""
	}
	if p.limit >= 0 {
		return p.moveWithin(directory, name)
	}
	if directory != "" {
		descriptor, err := p.system.HoldFrom(p.directory, directory)
		if err != nil {
			return failed("open", path+directory, err)
		}
		p.system.Close(p.directory)
		p.directory, p.path = descriptor, strings.TrimRight(path+directory, "/")
	}
	p.name = name
	return nil
}

// moveWithin resolves the whole path from the limit again. The kernel keeps a path within the directory that it begins at.
// But a link may lead to a directory above its own and still stay within the limit.
func (p *place) moveWithin(directory, name string) error {
	if strings.HasPrefix(directory, "/") {
		return failed("open", directory+name, leadsOut(p.limitPath))
	}
	below := p.below + directory
	descriptor, err := p.holdBeneath(below)
	if err != nil {
		return failed("open", p.limitPath+"/"+below, err)
	}
	if p.directory >= 0 {
		p.system.Close(p.directory)
	}
	p.directory, p.below, p.name = descriptor, below, name
	p.path = strings.TrimRight(p.limitPath+"/"+below, "/")
	return nil
}

func (p *place) holdBeneath(below string) (descriptor int, err error) {
	if below == "" {
		below = "."
	}
	for range mostRaces {
		descriptor, err = p.system.HoldBeneath(p.limit, below)
		if err != syscall.EAGAIN {
			break
		}
	}
	switch err {
	case syscall.EXDEV:
		err = leadsOut(p.limitPath)
	case syscall.ENOSYS, syscall.EINVAL, syscall.EPERM:
		err = &Refusal{syscall.ENOSYS, "within needs openat2, which the kernel or a sandbox does not offer"}
	}
	return descriptor, err
}

// leadsOut is the error for a path that leaves its limit. The kernel says EXDEV, which here means another file system.
func leadsOut(within string) error {
	return &Refusal{syscall.EPERM, "the path leads out of " + orRoot(within)}
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
