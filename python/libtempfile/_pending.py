"""What was created and has no owner yet.

An exception raised by a signal's handler may come between any two instructions, and so between the return of a C function
and the statement that stores its result. So a Pending exists before the call, and the library writes what it made into the
Pending's memory. claim() ends it when somebody owns what was made; undo() closes and removes it.
"""

import errno
import os
from _io import FileIO as _FileIO

from . import _ffi

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union

FILE, DIRECTORY, UNNAMED = 0, 1, 2
_NO_DIRECTORY = object()


# enable_recovery() sets two functions here. The first is called with the path and the kind of what is about to be made, the
# second with the path when it has an owner, or could not be made.
announce: "Optional[Any]" = None
withdraw: "Any" = None


class _Cell:
    """Stands in for C's memory when the host made the object and the library did not."""

    __slots__ = ("value",)

    def __init__(self, value: "Any") -> None:
        self.value = value


class Pending:
    """A file or directory between its creation and its owner. A claimed one is kept for the next call: making the arguments
    of a call takes longer than the call."""

    __slots__ = (
        "kind",
        "recycle",
        "cell",
        "nothing",
        "path",
        "file",
        "handed",
        "identity",
        "options",
        "name",
        "directory",
        "function",
        "arguments",
        "identified",
        "identify_arguments",
    )

    def __init__(self, kind: int) -> None:
        self.kind, self.recycle = kind, _idle[kind].append
        # The cell's value while there is nothing. The cell is the first byte of the path of a directory, else a descriptor.
        self.nothing = 0 if kind == DIRECTORY else -1
        self.cell: "Any" = _Cell(self.nothing)
        self.path: "Any" = None  # the name that undo() removes, if it was made
        self.file: "Any" = None  # a file object that has the descriptor or is about to get it
        self.handed: "Optional[dict[Any, int]]" = None  # holds the descriptor until io.open takes it; see _file._Opener
        # Of the file, where nothing else tells whether a failing io.open has closed the descriptor.
        self.identity: "Optional[tuple[int, int]]" = None
        self.options: "Any" = None
        self.arguments: "tuple[Any, ...]" = ()
        self.identify_arguments: "tuple[Any, ...]" = ()  # they fill the numbers of `identified`
        self.identified: "tuple[Any, ...]" = ()
        self.directory: "Any" = _NO_DIRECTORY  # the object that options.dir was encoded from

    def _prepare(self) -> None:
        f = _ffi.functions()
        options = f.Options(struct_size=f.options_size, prefix=b"", flags=_ffi.ONLY_O_TMPFILE if self.kind == UNNAMED else 0)
        buffer = f.PathBuffer()
        cell = f.Byte.from_buffer(buffer) if self.kind == DIRECTORY else f.Descriptor(-1)
        # Arguments in the form that needs no conversion.
        reference, path, size = f.byref(options), f.byref(buffer), f.Size.from_param(_ffi.PATH_SIZE)
        if self.kind == FILE:
            self.function, self.arguments = f.mkstemp_into, (reference, path, size, f.byref(cell))
        elif self.kind == DIRECTORY:
            self.function, self.arguments = f.mkdtemp, (reference, path, size)
            self.identified = f.Count(), f.Count()
            self.identify_arguments = path, 0, f.byref(self.identified[0]), f.byref(self.identified[1])
        else:
            self.function, self.arguments = f.unnamed_into, (reference, f.byref(cell))
        if self.kind != UNNAMED:
            self.name = f.Name()  # setting its value takes a third of the time of setting options.name
            options.name = f.addressof(self.name)
        self.cell, self.options = cell, options

    def _set_directory(self, directory: "Any") -> None:
        if self.options is None:
            self._prepare()
        self.directory = _NO_DIRECTORY
        self.options.dir = os.fsencode(directory)
        if type(directory) is str:  # the path of a path-like object may change
            self.directory = directory

    def create(self, directory: "Any", name: bytes, path: "Union[str, bytes]") -> int:
        """Creates a FILE, and gives the descriptor, or a DIRECTORY, for the user alone; FileExistsError if the name is
        taken. Neither argument may contain NUL, at which a C string stops. 'path' is for OSError and for undo()."""
        if self.directory is not directory:
            self._set_directory(directory)
        self.path = path
        if announce is not None:
            announce(path, self.kind)
        try:
            self.name.value = name
            result: int = self.function(*self.arguments)
        except ValueError:
            result = -errno.ERANGE
        if result < 0:
            if result == -errno.ERANGE:  # a path that does not fit the buffer is longer than the kernel accepts
                result = -errno.ENAMETOOLONG
            raise _ffi.error(result, path)
        return result

    def identify(self, path: "Union[str, bytes]") -> "tuple[int, int]":
        """Device and inode of the DIRECTORY that was just made; OSError (ESTALE) if another has taken its place. 'path' is
        for a directory that the host made, and for OSError."""
        if self.options is None:
            return _ffi.identify(path)
        result = _ffi.functions().identify_directory(*self.identify_arguments)  # of the path that the creation wrote
        if result < 0:
            raise _ffi.error(result, path)
        device, inode = self.identified
        return device.value, inode.value

    def create_unnamed(self, directory: "Any") -> int:
        """Creates a file that never has a name, and gives the descriptor; OSError where the file system has no such
        files."""
        if self.directory is not directory:
            self._set_directory(directory)
        result: int = self.function(*self.arguments)
        if result < 0:
            raise _ffi.error(result, directory)
        return result

    def take_over(self, made: "Any", path: "Any") -> None:
        """Holds a descriptor, or True for a directory, that a function of the host's has made."""
        self.path = path
        self.cell, self.options, self.directory = _Cell(made), None, _NO_DIRECTORY

    def claim(self) -> None:
        """What was made has an owner."""
        if announce is not None and self.path is not None:
            withdraw(self.path)
        self.cell.value = self.nothing
        self.path = self.file = self.handed = self.identity = None
        self.recycle(self)

    def undo(self) -> None:
        """Closes and removes what was made."""
        try:
            self._undo()
        finally:
            if announce is not None and self.path is not None:
                withdraw(self.path)

    def _undo(self) -> None:
        if self.cell.value == self.nothing:
            return
        if self.kind == DIRECTORY:
            try:
                os.rmdir(self.path)
            except OSError:
                pass  # it is gone, or another directory has its name
            return
        try:
            self._close()
        finally:
            if self.path is not None:
                try:
                    os.unlink(self.path)
                except FileNotFoundError:
                    pass  # the file object has already removed it

    def _close(self) -> None:
        """Closes the descriptor, unless closing the file object has done so."""
        descriptor, file = self.cell.value, self.file
        taken = file is not None
        if self.handed is not None:
            taken = not self.handed
        elif type(file) is _FileIO:
            taken = "name" in file.__dict__  # FileIO sets it last, after it has the descriptor
        if file is not None:
            file.close()
        if self.identity is not None:
            taken = identity(descriptor) != self.identity
        if not taken:
            os.close(descriptor)


def identity(descriptor: int) -> "Optional[tuple[int, int]]":
    """Device and inode; None if the descriptor is closed."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


_idle: "tuple[list[Pending], list[Pending], list[Pending]]" = [], [], []  # by kind, those that no thread uses now
_take_file, _take_directory, _take_unnamed = (idle.pop for idle in _idle)


def for_file() -> Pending:
    """For a file with a name. The caller of this function, and of the next two, calls claim() or undo()."""
    try:
        return _take_file()
    except IndexError:
        return Pending(FILE)


def for_directory() -> Pending:
    """For a directory."""
    try:
        return _take_directory()
    except IndexError:
        return Pending(DIRECTORY)


def for_unnamed() -> Pending:
    """For a file without a name."""
    try:
        return _take_unnamed()
    except IndexError:
        return Pending(UNNAMED)
