"""Recipes: what prefix, suffix and directory of a call come to. They are worked out and checked once, as calls in a row mostly
differ in nothing but the name, and what is left is a short way: a name, the audit events, and one call of the library."""

import os
import sys

from ._names import draw
from ._primitives import FILE_EVENT_FLAGS, open_unnamed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ._ffi import Making


class Recipe:
    """For one prefix, suffix and directory. It does what the loops of mkstemp and mkdtemp do with the first candidate; None: it
    is taken."""

    __slots__ = "_prefix", "_suffix", "_directory", "_start"

    def __init__(self, prefix: str, suffix: str, directory: str) -> None:
        self._prefix, self._suffix, self._directory = prefix, suffix, directory
        self._start = os.path.join(directory, "")

    def create_file(self, making: "Making") -> "Optional[tuple[int, str]]":
        """The descriptor, and the path."""
        name = self._prefix + draw() + self._suffix
        path = self._start + name
        sys.audit("tempfile.mkstemp", path)
        sys.audit("open", path, None, FILE_EVENT_FLAGS)
        try:
            return making.create(self._directory, name.encode(), path), path
        except FileExistsError:
            return None

    def create_directory(self, making: "Making") -> "Optional[str]":
        """The path."""
        name = self._prefix + draw() + self._suffix
        path = self._start + name
        sys.audit("tempfile.mkdtemp", path)
        sys.audit("os.mkdir", path, 0o700, -1)
        try:
            making.create(self._directory, name.encode(), path)
        except FileExistsError:
            return None
        return path

    def create_unnamed(self, making: "Making") -> int:
        """The descriptor. OSError where the file system has no files without a name."""
        return open_unnamed(self._directory, making)


def written(prefix: "Any", suffix: "Any", directory: "Any") -> "Optional[Recipe]":
    """The recipe; None where there is something about the three that only the long way sees to."""
    if not (type(prefix) is type(suffix) is type(directory) is str and os.path.abspath(directory) == directory):
        return None
    name = prefix + suffix
    if not name.isascii() or "/" in name or "\0" in name + directory:
        return None
    return Recipe(prefix, suffix, directory)
