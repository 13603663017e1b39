"""Python's own file objects, on descriptors that come from the library."""

import _io
import io
import os

from ._ffi import _identity
from ._versions import LARGE_BUFFERS, OPENER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Union

    from ._ffi import Making


OWN_OPEN = _io.open


# No functions within functions here: Python 3.12 and 3.13 crash when there is no memory for one.
class _HostsOpener:
    """Creates the file when an io.open of the host's asks for its descriptor."""

    def __init__(self, create: "Callable[..., int]", making: "Making", directory: "Any", arguments: "tuple[Any, ...]") -> None:
        self._create, self._making, self._directory, self._arguments = create, making, directory, arguments

    def __call__(self, *_: "Any") -> int:
        fd = self._create(self._making, self._directory, *self._arguments)
        self._making.handed = {}
        return fd


class _Opener(_HostsOpener):
    """Creates the file when io.open asks for its descriptor, which is not before the other arguments were looked at.

    What is called is not a function of Python's, which could be interrupted at its return, when nobody knows whether the file
    object has the descriptor yet. It is what a property gives: pop of a dictionary, which has the descriptor until that moment.
    """

    @property
    def __call__(self) -> "Callable[[Any, int], int]":
        fd = self._create(self._making, self._directory, *self._arguments)
        self._making.handed = handed = {self._directory: fd}
        return handed.pop  # for (directory, flags)


def opened(create: "Callable[..., int]", making: "Making", arguments: "tuple[Any, ...]", directory: "Any", mode: str, buffering: int,
           newline: "Optional[str]", encoding: "Optional[str]", errors: "Optional[str]") -> "tuple[Any, Any]":
    """A file object, and its raw one, on the descriptor that create(making, directory, *arguments) gives."""
    directory = os.fspath(directory)
    if OPENER:
        opener = (_Opener if io.open is OWN_OPEN else _HostsOpener)(create, making, directory, arguments)
        making.file = io.open(directory, mode, buffering, newline=newline, encoding=encoding, errors=errors, opener=opener)
    else:
        fd = create(making, directory, *arguments)
        if making.options is not None:  # not of a host's own system
            making.identity = _identity(fd)  # io.open may close it, or not
        making.file = io.open(fd, mode, buffering, newline=newline, encoding=encoding, errors=errors)
    file = making.file  # that is the first name it has: nothing else keeps it when this is interrupted
    raw = getattr(file, 'buffer', file)
    return file, getattr(raw, 'raw', raw)


_FileIO, _new, _init, _BufferedRandom = _io.FileIO, _io.FileIO.__new__, _io.FileIO.__init__, _io.BufferedRandom
_yes = True.__bool__


def _large(raw: "Any") -> int:
    return max(min(getattr(raw, "_blksize", 0), 8 << 20), _io.DEFAULT_BUFFER_SIZE)


def buffered(fd: int, name: "Union[int, str]", making: "Making") -> "Any":
    """What io.open gives for the mode w+b, on the descriptor of a new file. It does not ask the system what is known: that the file
    is no terminal, can be positioned, and is at its beginning. 'name' is the raw file's where the opener's files have names."""
    raw: "Any" = _new(_FileIO)
    making.file = raw  # before it has the descriptor: an interruption leaves that to one of the two
    _init(raw, fd, "w+")
    attributes = raw.__dict__
    if OPENER:
        attributes["name"] = name
    attributes["seekable"], attributes["tell"] = _yes, int  # which gives 0
    file = _BufferedRandom(raw, _large(raw) if LARGE_BUFFERS else raw._blksize)
    del attributes["seekable"], attributes["tell"]
    return file
