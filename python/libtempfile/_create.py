"""Creating under a random name: draw it, raise the audit events, call the library once.

Where the host has replaced os.open or os.mkdir, the call goes through the replacement: fakes and fault tests mean these
loops too. The module posix keeps the originals.
"""

import os
import posix
import sys
from _operator import itemgetter

from . import _process, _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from ._pending import Pending

# --- The random part of a name. It comes from the kernel, so that a parent and its forked child never draw the same.

CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
LENGTH = 8

_AT_ONCE = 32  # names drawn together: most of what a name costs is the system call

# Each byte becomes one character. Bytes from the last multiple of 37 on are dropped: they would make the first characters
# likelier than the others.
_FAIR = 256 // len(CHARACTERS) * len(CHARACTERS)
_UNFAIR = bytes(range(_FAIR, 256))
_CHARACTER_OF = (CHARACTERS * 256)[:256].encode()

_split = itemgetter(*(slice(i * LENGTH, (i + 1) * LENGTH) for i in range(_AT_ONCE)))

_ready: "list[str]" = []
_owner: "Any" = _process.NOBODY  # the mark of the process that _ready belongs to


def _forget_names(owner: "Any" = _process.NOBODY) -> None:
    global _ready, _owner
    _ready, _owner = [], owner


# Before a fork, so that a child does not know its parent's next names. After it, because other threads may have drawn in
# between. A server written in C forks without calling either (uWSGI does), so draw() checks the process as well.
os.register_at_fork(before=_forget_names, after_in_child=_forget_names)


def _new_names() -> "list[str]":
    text = ""
    while len(text) < _AT_ONCE * LENGTH:
        text += os.urandom(_AT_ONCE * (LENGTH + 2)).translate(_CHARACTER_OF, _UNFAIR).decode()
    return list(_split(text))


def draw() -> str:
    """Eight random characters."""
    if not _owner[0]:
        _forget_names(_process.this())
    ready = _ready  # this process's list, even if a fork replaces the global one below
    try:
        return ready.pop()
    except IndexError:
        names = _new_names()
    name = names.pop()
    ready += names
    return name


def within(directory: "Any", prefix: "Any", name: "Any", suffix: "Any") -> "tuple[Any, Any]":
    """The whole name, and its path in the directory. ValueError if that path would lead out of the directory."""
    whole = prefix + name + suffix
    if type(directory) is str and type(whole) is str and directory and "/" not in whole:
        # The usual case, written out: os.path.join takes longer than the system call that the path is for.
        return whole, directory + whole if directory[-1] == "/" else directory + "/" + whole
    if (b"/" if isinstance(whole, bytes) else "/") in whole:
        raise ValueError("a name within the directory may not have a directory part: %r" % (whole,))
    return whole, os.path.join(directory, whole)


# The last directory that was absolute already. It is recognized by identity, as calls in a row mostly pass the same object.
_absolute: "Any" = object()


def absolute(directory: "Any") -> "Any":
    """os.path.abspath, which is slow."""
    global _absolute
    if directory is _absolute:
        return directory
    path = os.path.abspath(directory)
    if type(directory) is str and path == directory:
        _absolute = directory
    return path


# --- One attempt, with one name.

OWN_OPEN, OWN_MKDIR = posix.open, posix.mkdir

FILE_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_FILE_EVENT_FLAGS = FILE_FLAGS | os.O_CLOEXEC
_O_TMPFILE = getattr(os, "O_TMPFILE", 0)
_UNNAMED_FLAGS = (FILE_FLAGS | _O_TMPFILE) & ~os.O_CREAT
_UNNAMED_EVENT_FLAGS = _UNNAMED_FLAGS | os.O_CLOEXEC
if _versions.UNNAMED_CAN_BE_LINKED:
    _UNNAMED_EVENT_FLAGS &= ~os.O_EXCL


def _encoded(name: "Any", path: "Any") -> bytes:
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:
        os.fsencode(path)  # raises the same error, about the whole path
        raise


def create_file(directory: "Any", name: "Any", path: "Any", flags: int, pending: "Pending") -> int:
    """Creates the file and gives its descriptor; FileExistsError if the name is taken. 'path' is directory and name
    joined."""
    # Python's own call obeys flags that are not the library's, and refuses NUL.
    if os.open is not OWN_OPEN or flags != FILE_FLAGS or (b"\0" if isinstance(path, bytes) else "\0") in path:
        fd = os.open(path, flags, 0o600)
        pending.take_over(fd, path)
        return fd
    sys.audit("open", path, None, _FILE_EVENT_FLAGS)
    return pending.create(directory, _encoded(name, path), path)


def create_directory(directory: "Any", name: "Any", path: "Any", pending: "Pending") -> None:
    """Creates a directory as create_file does a file."""
    if os.mkdir is not OWN_MKDIR or (b"\0" if isinstance(path, bytes) else "\0") in path:
        os.mkdir(path, 0o700)
        pending.take_over(True, path)
        return
    sys.audit("os.mkdir", path, 0o700, -1)
    pending.create(directory, _encoded(name, path), path)


def create_unnamed(directory: "Any", pending: "Pending") -> int:
    """Creates a file without a name and gives its descriptor. IsADirectoryError means an old kernel; another OSError, that
    the file system has no such files or that there is no such directory."""
    if os.open is not OWN_OPEN or (b"\0" if isinstance(directory, bytes) else "\0") in directory:
        fd = os.open(directory, _UNNAMED_FLAGS, 0o600)
        pending.take_over(fd, None)
        return fd
    sys.audit("open", directory, None, _UNNAMED_EVENT_FLAGS)
    return pending.create_unnamed(directory)


# --- The short way, for calls in a row that differ in nothing but the random name.


class Plan:
    """Prefix, suffix and directory of a call, checked once. Each method does what the loops of mkstemp and mkdtemp do with
    the first name; None means that the name is taken."""

    __slots__ = "_prefix", "_suffix", "_directory", "_start"

    def __init__(self, prefix: str, suffix: str, directory: str) -> None:
        self._prefix, self._suffix, self._directory = prefix, suffix, directory
        self._start = os.path.join(directory, "")

    def create_file(self, pending: "Pending") -> "Optional[tuple[int, str]]":
        """The descriptor, and the path."""
        name = self._prefix + draw() + self._suffix
        path = self._start + name
        sys.audit("tempfile.mkstemp", path)
        sys.audit("open", path, None, _FILE_EVENT_FLAGS)
        try:
            return pending.create(self._directory, name.encode(), path), path
        except FileExistsError:
            return None

    def create_directory(self, pending: "Pending") -> "Optional[str]":
        """The path."""
        name = self._prefix + draw() + self._suffix
        path = self._start + name
        sys.audit("tempfile.mkdtemp", path)
        sys.audit("os.mkdir", path, 0o700, -1)
        try:
            pending.create(self._directory, name.encode(), path)
        except FileExistsError:
            return None
        return path

    def create_unnamed(self, pending: "Pending") -> int:
        """The descriptor. OSError where the file system has no files without a name."""
        return create_unnamed(self._directory, pending)


def plan(prefix: "Any", suffix: "Any", directory: "Any") -> "Optional[Plan]":
    """The plan; None if only the long way handles these three: bytes, characters beyond ASCII, a relative directory."""
    if not (type(prefix) is type(suffix) is type(directory) is str and os.path.abspath(directory) == directory):
        return None
    name = prefix + suffix
    if not name.isascii() or "/" in name or "\0" in name + directory:
        return None
    return Plan(prefix, suffix, directory)
