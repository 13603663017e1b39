"""The system calls of the loops over names, through the library; or through what the host has put in their place.

Fakes and fault tests replace os.open or os.mkdir and mean these loops too. The module posix keeps the originals.
"""

import os
import posix
import sys
from types import FunctionType

from . import _ffi, _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

OWN_OPEN, OWN_MKDIR = posix.open, posix.mkdir

FILE_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
FILE_EVENT_FLAGS = FILE_FLAGS | os.O_CLOEXEC
_O_TMPFILE = getattr(os, "O_TMPFILE", 0)
_UNNAMED_FLAGS = (FILE_FLAGS | _O_TMPFILE) & ~os.O_CREAT
_UNNAMED_EVENT_FLAGS = _UNNAMED_FLAGS | os.O_CLOEXEC
if _versions.UNNAMED_CAN_BE_LINKED:
    _UNNAMED_EVENT_FLAGS &= ~os.O_EXCL


def _encoded(name: "Any", file: "Any") -> bytes:
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:
        os.fsencode(file)  # raises the same, about the whole path
        raise


def create_file(directory: "Any", name: "Any", file: "Any", flags: int, making: "_ffi.Making") -> int:
    """Creates the file of this name in the directory, if it is not there, and gives the descriptor: FileExistsError if it is,
    OSError for the rest. 'file' is the path that the two make."""
    # With other flags than the library's, or with NUL, it is Python's own call that does as it is told, or refuses.
    if os.open is not OWN_OPEN or flags != FILE_FLAGS or (b"\0" if isinstance(file, bytes) else "\0") in file:
        fd = os.open(file, flags, 0o600)
        making.by_host(fd, file)
        return fd
    sys.audit("open", file, None, FILE_EVENT_FLAGS)
    return making.create(directory, _encoded(name, file), file)


def open_unnamed(directory: "Any", making: "_ffi.Making") -> int:
    """Creates a file that has no name and gives the descriptor. IsADirectoryError means an old kernel, another OSError that this
    file system has no such files, or that there is no such directory."""
    if os.open is not OWN_OPEN or (b"\0" if isinstance(directory, bytes) else "\0") in directory:
        fd = os.open(directory, _UNNAMED_FLAGS, 0o600)
        making.by_host(fd, None)
        return fd
    sys.audit("open", directory, None, _UNNAMED_EVENT_FLAGS)
    return making.create_unnamed(directory)


def create_directory(directory: "Any", name: "Any", file: "Any", making: "_ffi.Making") -> None:
    """Creates a directory as create_file does a file."""
    if os.mkdir is not OWN_MKDIR or (b"\0" if isinstance(file, bytes) else "\0") in file:
        os.mkdir(file, 0o700)
        making.by_host(True, file)
        return
    sys.audit("os.mkdir", file, 0o700, -1)
    making.create(directory, _encoded(name, file), file)


_shutil_rmtree: "Optional[Callable[..., Any]]" = None  # the one that is shutil's own


def replaced_rmtree() -> "Optional[Callable[..., Any]]":
    """What the host wants directories to be removed with, if it is not the library: a rmtree that it has put in the place
    of shutil's, or shutil's on a system of its own; else None."""
    global _shutil_rmtree
    # None while another thread is just importing it
    rmtree: "Optional[Callable[..., Any]]" = getattr(sys.modules.get("shutil"), "rmtree", None)
    if rmtree is not None and rmtree is not _shutil_rmtree:
        # A wrapper may have taken the name of what it wraps, and of its module.
        shutil_own = (rmtree.__globals__ is vars(sys.modules["shutil"]) if isinstance(rmtree, FunctionType)
                      else type(rmtree).__module__ == "shutil")
        if not shutil_own:
            return rmtree
        _shutil_rmtree = rmtree
    if os.open is OWN_OPEN and os.unlink is posix.unlink and os.rmdir is posix.rmdir and os.scandir is posix.scandir:
        return None
    import shutil

    return shutil.rmtree
