package main

/*
#include "fast.h"
*/
import "C"

import (
	"fmt"
	"syscall"

	"libtempfile/core/engine"
)

// options turns C's struct, which the shim has brought to our size, into the core's.
func options(c *C.tempfile__options) (*engine.Options, error) {
	const known = C.TEMPFILE_NO_DELETE | C.TEMPFILE_NO_DELETE_ON_CLOSE | C.TEMPFILE_IGNORE_CLEANUP_ERRORS | C.TEMPFILE_TEXT |
		C.TEMPFILE_NO_O_TMPFILE | C.TEMPFILE_ONLY_O_TMPFILE
	if unknown := c.flags &^ known; unknown != 0 {
		return nil, &engine.BadArgument{Errno: syscall.EINVAL, Reason: fmt.Sprintf("flags %#x are unknown", uint32(unknown))}
	}
	has := func(flag C.uint32_t) bool { return c.flags&flag != 0 }
	var refused error
	take := func(what string, c *C.char) string {
		text, short := copyString(c)
		if !short && refused == nil {
			refused = tooLong(what)
		}
		return text
	}
	o := &engine.Options{
		Suffix: take("suffix", c.suffix), Prefix: take("prefix", c.prefix), NoPrefix: c.prefix != nil, Name: take("name", c.name),
		Mode: take("mode", c.mode), Encoding: take("encoding", c.encoding), Errors: take("errors", c.errors),
		Buffering: int64(c.buffering), MaxSize: int64(c.max_size), Permissions: uint32(c.permissions),
		NoDelete: has(C.TEMPFILE_NO_DELETE), NoDeleteOnClose: has(C.TEMPFILE_NO_DELETE_ON_CLOSE),
		IgnoreCleanupErrors: has(C.TEMPFILE_IGNORE_CLEANUP_ERRORS), Text: has(C.TEMPFILE_TEXT),
		NoTmpfile: has(C.TEMPFILE_NO_O_TMPFILE), OnlyTmpfile: has(C.TEMPFILE_ONLY_O_TMPFILE),
	}
	if c.dir != nil {
		o.Dir = orHere(take("dir", c.dir))
	}
	if c.newline != nil {
		newline := take("newline", c.newline)
		o.Newline = &newline
	}
	if refused != nil {
		return nil, refused
	}
	for _, given := range [...]struct {
		what string
		c    *C.char
		core string
	}{{"mode", c.mode, o.Mode}, {"name", c.name, o.Name}, {"encoding", c.encoding, o.Encoding}, {"errors", c.errors, o.Errors}} {
		if given.c != nil && given.core == "" {
			return nil, &engine.BadArgument{Errno: syscall.EINVAL, Reason: given.what + " is empty; NULL is the default"}
		}
	}
	return o, nil
}
