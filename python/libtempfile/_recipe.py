"""Recipes: what prefix, suffix and directory of a call come to. They are worked out and checked once, as calls in a row mostly
differ in nothing but the name, and what is left is a short way: a name, the audit events, and one call of the library."""

import os
import sys

from ._ffi import DIRECTORY, FILE, create
from ._files import buffered
from ._names import draw
from ._primitives import FILE_EVENT_FLAGS, open_unnamed
from ._versions import OPENER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

_audit = sys.audit
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()  # os.fsencode, in one call


class Recipe:
    """For one prefix, suffix and directory. It does what the loops of mkstemp and mkdtemp do with the first candidate:
    FileExistsError if there is a file of that name."""

    __slots__ = "_prefix", "_suffix", "_directory", "_start"

    def __init__(self, prefix: str, suffix: str, directory: str) -> None:
        self._prefix, self._suffix, self._directory = prefix, suffix, directory
        self._start = os.path.join(directory, "")

    def create_file(self) -> "tuple[int, str]":
        """The descriptor, and the path."""
        name = self._prefix + draw() + self._suffix
        path = self._start + name
        _audit("tempfile.mkstemp", path)
        _audit("open", path, None, FILE_EVENT_FLAGS)
        return create(FILE, self._directory, name.encode(_ENCODING, _ERRORS), path), path

    def create_directory(self) -> str:
        """The path."""
        name = self._prefix + draw() + self._suffix
        path = self._start + name
        _audit("tempfile.mkdtemp", path)
        _audit("os.mkdir", path, 0o700, -1)
        create(DIRECTORY, self._directory, name.encode(_ENCODING, _ERRORS), path)
        return path

    def open_file(self) -> "tuple[Any, str]":
        """What NamedTemporaryFile wraps, for the default mode, and the path."""
        fd, path = self.create_file()
        try:
            return buffered(fd, path if OPENER else fd), path
        except BaseException:
            os.unlink(path)
            raise

    def open_unnamed(self) -> "Any":
        """What TemporaryFile gives for the default mode. OSError where the file system has no files without a name."""
        fd = open_unnamed(self._directory)
        return buffered(fd, fd)


def written(prefix: "Any", suffix: "Any", directory: "Any") -> "Optional[Recipe]":
    """The recipe; None where there is something about the three that only the long way sees to."""
    if not (type(prefix) is type(suffix) is type(directory) is str and os.path.abspath(directory) == directory):
        return None
    whole = prefix + suffix
    if "/" in whole or "\0" in whole + directory:
        return None
    try:
        os.fsencode(whole + directory)
    except UnicodeEncodeError:
        return None
    return Recipe(prefix, suffix, directory)
