"""Python's own file objects, on descriptors that come from the library."""

import _io
import io
import os

from . import _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional


def opened(opener: "Callable[[Any, int], int]", directory: "Any", mode: str, buffering: int, newline: "Optional[str]",
           encoding: "Optional[str]", errors: "Optional[str]") -> "tuple[Any, Any]":
    """A file object, and its raw one, on the descriptor that opener(directory, flags) gives."""
    if (mode == 'w+b' and buffering == -1 and newline is encoding is errors is None and type(directory) is str
            and _versions.ASKS_FOR_A_TERMINAL and io.open is _io.open):
        # The default: what io.open does, but for the system call that asks whether the file is a terminal.
        raw: "Any" = _io.FileIO(directory, 'w+', opener=opener)
        return _io.BufferedRandom(raw, raw._blksize), raw
    file: "Any"
    if _versions.OPENER:
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
