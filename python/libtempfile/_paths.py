"""Paths of what is about to be made. os.path does the same, but takes longer than the system call that they are for."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The last directory that was absolute already, and the last to whose path a slash and a name can be added. Directories are
# recognized by identity: mostly it is the one of the call before.
_made_absolute: "Any" = object()
_plain: "Any" = object()


def absolute(directory: "Any") -> "Any":
    """os.path.abspath."""
    global _made_absolute
    if directory is _made_absolute:
        return directory
    path = os.path.abspath(directory)
    if type(directory) is str and path == directory:
        _made_absolute = directory
    return path


def within(directory: "Any", prefix: "Any", name: "Any", suffix: "Any") -> "tuple[Any, Any]":
    """The name with what goes before and after it, and its path. ValueError if it would not be in the directory itself."""
    global _plain
    whole = prefix + name + suffix
    if (b"/" if isinstance(whole, bytes) else "/") in whole:
        raise ValueError("a name within the directory may not have a directory part: %r" % (whole,))
    if directory is _plain and type(whole) is str:
        return whole, directory + "/" + whole
    if type(directory) is str and directory[-1:] not in ("", "/"):
        _plain = directory
    return whole, os.path.join(directory, whole)
