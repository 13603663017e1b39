"""Python's own file objects on the library's descriptors, and what the classes of files need beside themselves."""

import _io
import gc
import io
import os
import sys
from _operator import attrgetter as attrgetter

from ._pending import identity
from ._versions import LARGE_BUFFERS, OPENER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Union

    from ._pending import Pending

# --- File objects.

OWN_OPEN = _io.open


# Classes, and not functions within functions: Python 3.12 and 3.13 crash when there is no memory for one of those.
class _HostsOpener:
    """Creates the file when an io.open of the host's asks for its descriptor."""

    def __init__(
        self, create: "Callable[..., int]", pending: "Pending", directory: "Any", arguments: "tuple[Any, ...]"
    ) -> None:
        self._create, self._pending, self._directory, self._arguments = create, pending, directory, arguments

    def __call__(self, *_: "Any") -> int:
        fd = self._create(self._pending, self._directory, *self._arguments)
        self._pending.handed = {}
        return fd


class _Opener(_HostsOpener):
    """Creates the file when io.open asks for its descriptor, which is after it has checked the other arguments.

    A Python function could be interrupted at its return, when nobody knows whether the file object has the descriptor yet.
    So io.open calls the pop method of a dictionary, which this property gives it. The dictionary has the descriptor until
    then.
    """

    @property
    def __call__(self) -> "Callable[[Any, int], int]":
        fd = self._create(self._pending, self._directory, *self._arguments)
        self._pending.handed = handed = {self._directory: fd}
        return handed.pop  # called with (directory, flags)


def open_file(
    create: "Callable[..., int]",
    pending: "Pending",
    arguments: "tuple[Any, ...]",
    directory: "Any",
    mode: str,
    buffering: int,
    newline: "Optional[str]",
    encoding: "Optional[str]",
    errors: "Optional[str]",
) -> "tuple[Any, Any]":
    """A file object of any mode, and its raw one, on the descriptor that create(pending, directory, *arguments) gives."""
    directory = os.fspath(directory)
    if OPENER:
        opener = (_Opener if io.open is OWN_OPEN else _HostsOpener)(create, pending, directory, arguments)
        pending.file = io.open(directory, mode, buffering, newline=newline, encoding=encoding, errors=errors, opener=opener)
    else:
        fd = create(pending, directory, *arguments)
        if pending.options is not None:  # the file is in the kernel's file system, not in one of the host's own
            pending.identity = identity(fd)  # a failing io.open may or may not close the descriptor
        pending.file = io.open(fd, mode, buffering, newline=newline, encoding=encoding, errors=errors)
    file = pending.file  # stored there first: an interruption must not leave the only reference in a local variable
    raw = getattr(file, 'buffer', file)
    return file, getattr(raw, 'raw', raw)


_FileIO, _new, _init, _BufferedRandom = _io.FileIO, _io.FileIO.__new__, _io.FileIO.__init__, _io.BufferedRandom
_yes = True.__bool__


def _large(raw: "Any") -> int:
    return max(min(getattr(raw, "_blksize", 0), 8 << 20), _io.DEFAULT_BUFFER_SIZE)


def open_plain(fd: int, name: "Union[int, str]", pending: "Pending") -> "Any":
    """The file object that io.open gives for the mode w+b, on a new file's descriptor. It saves the system calls that ask
    whether the file is a terminal, can be positioned, and is at its beginning. 'name' is the raw file's, where io.open would
    set it."""
    raw: "Any" = _new(_FileIO)
    pending.file = raw  # before it has the descriptor, so that undo() sees whether it got it
    _init(raw, fd, "w+")
    attributes = raw.__dict__
    if OPENER:
        attributes["name"] = name
    attributes["seekable"], attributes["tell"] = _yes, int  # int() is 0
    file = _BufferedRandom(raw, _large(raw) if LARGE_BUFFERS else raw._blksize)
    del attributes["seekable"], attributes["tell"]
    return file


# --- For NamedTemporaryFile.

# cleanup_on_signals() sets a function here, which is called with each closer that is to delete its file.
watch: "Optional[Callable[[Any], None]]" = None

keeps_all = False  # keep_all() was called


class _ExitCleanup:
    """Deletes the names of the files that are never finalized, such as those of a daemon thread: its frames outlive the
    exit. This object is an attribute of sys, which the interpreter clears after all other modules. The garbage collector
    knows which files are left, so that a file need not be listed anywhere."""

    def __init__(self) -> None:
        self.kinds: "list[type]" = []
        # As attributes, because the globals are gone at exit.
        self.objects, self.frozen, self.unfreeze = gc.get_objects, gc.get_freeze_count, gc.unfreeze

    def __del__(self) -> None:
        if self.frozen():
            self.unfreeze()  # get_objects() leaves frozen objects out
        for one in self.objects():
            for kind in self.kinds:
                # No comparison: a metaclass of the host's may define one, which fails now that its globals are gone.
                if issubclass(type(one), kind):
                    one._delete_leftover()


kinds_at_exit: "list[type]" = []  # the classes of closers that _ExitCleanup looks for


def clean_up_at_exit(kind: type) -> None:
    """Called for the first file of a class."""
    kinds_at_exit.append(kind)
    name = "_libtempfile_exit_cleanup"
    if name not in sys.__dict__:
        setattr(sys, name, _ExitCleanup())
    getattr(sys, name).kinds.append(kind)


_Method: "Any" = type([].append)  # of an object that is written in C, as Python's files are
_descriptions: "dict[Any, Any]" = {}  # of methods, by type and name: the attributes that functools.wraps copies


def keep_alive(closer: "Any", method: "Any", file: "Any") -> "Any":
    """The method, with a reference to the closer: after write = f.write; del f the file must still be there (bpo-18879)."""

    def func_wrapper(*args, **kwargs):  # type: ignore[no-untyped-def] # annotations would be the method's
        return method(*args, **kwargs)

    if type(method) is _Method and method.__self__ is file:
        key = type(file), method.__name__
        if key not in _descriptions:
            _descriptions[key] = method.__module__, method.__qualname__, method.__doc__
        func_wrapper.__name__ = key[1]
        func_wrapper.__module__, func_wrapper.__qualname__, func_wrapper.__doc__ = _descriptions[key]
        func_wrapper.__wrapped__ = method  # type: ignore[attr-defined]
    else:
        from functools import update_wrapper

        update_wrapper(func_wrapper, method)
    func_wrapper._closer = closer  # type: ignore[attr-defined]
    return func_wrapper


# --- For SpooledTemporaryFile.


class SpooledArguments:
    """The attribute _TemporaryFileArgs: a dictionary that is made when it is first read. Most files never roll over, and
    making the dictionary took a third of the time that making a file takes."""

    def __get__(self, file: "Any", owner: object = None) -> "Any":
        if file is None or file._rolled:
            raise AttributeError("_TemporaryFileArgs")
        names = 'mode', 'buffering', 'encoding', 'newline', 'suffix', 'prefix', 'dir', 'errors'
        arguments = file._TemporaryFileArgs = dict(zip(names, file._arguments))
        return arguments


def discard(file: "Any") -> None:
    """Closes a file whose data is not needed. Its close may fail to write that data, and must not hide the first error."""
    try:
        file.close()
    except OSError:
        pass
