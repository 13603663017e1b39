"""Python's own file objects, on descriptors that come from the library."""

import _io
import io
import os

from ._versions import LARGE_BUFFERS, OPENER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Union


OWN_OPEN = _io.open


def opened(opener: "Callable[[Any, int], int]", directory: "Any", mode: str, buffering: int, newline: "Optional[str]",
           encoding: "Optional[str]", errors: "Optional[str]") -> "tuple[Any, Any]":
    """A file object, and its raw one, on the descriptor that opener(directory, flags) gives."""
    file: "Any"
    if OPENER:
        file = io.open(directory, mode, buffering, newline=newline, encoding=encoding, errors=errors, opener=opener)
    else:
        fd = opener(os.fspath(directory), 0)
        try:
            file = io.open(fd, mode, buffering, newline=newline, encoding=encoding, errors=errors)
        except BaseException:
            os.close(fd)
            raise
    raw = getattr(file, 'buffer', file)
    return file, getattr(raw, 'raw', raw)


_FileIO, _new, _init, _BufferedRandom = _io.FileIO, _io.FileIO.__new__, _io.FileIO.__init__, _io.BufferedRandom
_yes = True.__bool__


def _large(raw: "Any") -> int:
    return max(min(getattr(raw, "_blksize", 0), 8 << 20), _io.DEFAULT_BUFFER_SIZE)


def buffered(fd: int, name: "Union[int, str]") -> "Any":
    """What io.open gives for the mode w+b, on the descriptor of a new file, which is closed if there can be none. It does not ask
    the system what is known: that the file is no terminal, can be positioned, and is at its beginning. 'name' is the raw file's
    where the opener's files have names."""
    raw: "Any" = _new(_FileIO)  # named before it has the descriptor: an interrupt leaves it to one of the two
    try:
        _init(raw, fd, "w+")
        attributes = raw.__dict__
        if OPENER:
            attributes["name"] = name
        attributes["seekable"], attributes["tell"] = _yes, int  # which gives 0
        file = _BufferedRandom(raw, _large(raw) if LARGE_BUFFERS else raw._blksize)
        del attributes["seekable"], attributes["tell"]
        return file
    except BaseException:
        if raw.closed:  # it never had it
            os.close(fd)
        else:
            raw.close()
        raise
