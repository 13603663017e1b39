"""The library's functions as this package uses them: the table of those of the C ABI, loaded at the first use.

Not at import: tempfile is imported everywhere, often without being used, and ctypes would make that a third slower. Loading the
library starts nothing. Its threads come with the first call that needs Go, in a forked child with the first one there.
"""

import errno
import os
import sys
import _thread
from _io import FileIO as _FileIO

from . import _search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Optional, Union


class StartError(OSError):
    """Go cannot start in this process now: a limit or a filter leaves no room for it. A later call tries again.

    The class keeps EAGAIN from becoming a BlockingIOError, which programs answer by trying again at once. It also tells the
    refusal from an error of a directory, for which another directory would be taken.
    """


_lock = _thread.allocate_lock()
_functions: "Optional[_Functions]" = None
path = ""  # of the library that was loaded

ONLY_O_TMPFILE = 0x20
IGNORE_CLEANUP_ERRORS = 0x04

PATH_SIZE = 4096

_OWN_WORDS = {errno.EINVAL, errno.ENOTRECOVERABLE}  # no system call says what these mean
_REFUSALS = {errno.EAGAIN, errno.ENOMEM, errno.EBUSY, errno.EOWNERDEAD}  # if the operation is one of a start
_OF_A_START = {b"start", b"sigaltstack", b"fork"}


def declare(functions: "Any", library: "Any", table: "Any") -> None:
    """Gives an object the library's functions of a table, as attributes: name, type of the result, types of the arguments."""
    for name, result, arguments in table:
        function = getattr(library, "tempfile_" + name)
        function.restype, function.argtypes = result, arguments
        setattr(functions, name, function)


class _Functions:
    """What include/tempfile.h declares, as far as it is used here, with its types."""

    def __init__(self, ctypes: "Any", library: "Any") -> None:
        number, text, size = ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t
        handle, flags = ctypes.c_void_p, ctypes.c_uint32
        fields = [("struct_size", size)]
        fields += [(name, text) for name in ("suffix", "prefix", "dir", "mode", "encoding", "errors", "newline", "name")]
        fields += [("buffering", ctypes.c_int64), ("max_size", ctypes.c_int64), ("flags", flags), ("permissions", flags)]
        self.Options = type("tempfile_options", (ctypes.Structure,), {"_fields_": fields})
        self.options_size = ctypes.sizeof(self.Options)
        self.Error = type("tempfile_error", (ctypes.Structure,), {"_fields_": [
            ("struct_size", size), ("code", number), ("operation", text), ("path", text), ("message", text), ("needed", size)]})
        self.PathBuffer = ctypes.c_char * PATH_SIZE
        self.Name = type("name", (ctypes.Structure,), {  # what fills all of the value has its zero after it
            "_fields_": [("value", self.PathBuffer), ("zero", ctypes.c_char)]})
        self.addressof, self.Descriptor, self.Byte = ctypes.addressof, number, ctypes.c_byte
        self.Handle, self.Count, self.Size, self.byref = handle, ctypes.c_uint64, size, ctypes.byref
        out_handle = ctypes.POINTER(handle)
        declare(self, library, (
            ("version", text, ()),
            ("last_error", ctypes.POINTER(self.Error), ()),
            ("mkstemp_into", number, None),  # see Making: what it has ready needs no conversion
            ("mkdtemp", number, None),
            ("unnamed_into", number, None),
            ("removal_start", number, (text, flags, out_handle)),
            ("identify_directory", number, (text, flags, ctypes.POINTER(ctypes.c_uint64), ctypes.POINTER(ctypes.c_uint64))),
            ("removal_resume", number, (text, flags, ctypes.c_uint64, ctypes.c_uint64, out_handle)),
            ("removal_step", number, (handle, flags, ctypes.POINTER(self.Count))),
            ("removal_free", None, (handle,)),
        ))

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...


def _open(library_path: str) -> _Functions:
    import ctypes

    functions = _Functions(ctypes, ctypes.CDLL(library_path))
    version = functions.version().decode("ascii", "replace")
    if version.split(".")[:2] != [str(part) for part in _search.INTERFACE]:
        raise _search.LibraryError("it is version %s, and this package needs %d.%d" % ((version,) + _search.INTERFACE))
    return functions


def functions() -> _Functions:
    """The library's functions; loads them at the first call. LibraryError if that is impossible."""
    global _functions, path
    if _functions is None:
        with _lock:
            if _functions is None:
                try:
                    import ctypes  # noqa: F401 - is it there at all? An isolated subinterpreter of 3.12 cannot load it
                except ImportError as error:
                    raise _search.LibraryError("libtempfile needs ctypes, which cannot be imported: %s" % error) from error
                path, _functions = _search.load(_open)
    assert _functions is not None
    return _functions


def _renew_lock() -> None:
    """In a forked child: a thread that held the lock is not there to release it."""
    global _lock
    _lock = _thread.allocate_lock()


os.register_at_fork(after_in_child=_renew_lock)


def error(code: int, filename: "Union[str, bytes, None]") -> OSError:
    """The OSError for what a function returned. It has the library's words where those of the system would not tell: for a
    refused start, which is a StartError, and for what no system call says."""
    if -code in _OWN_WORDS or -code in _REFUSALS:
        detail = functions().last_error().contents
        if detail.code == code:
            said = detail.message.decode("utf-8", "replace")
            if -code in _OWN_WORDS:
                return OSError(-code, said, filename)
            if detail.operation in _OF_A_START:
                return StartError(-code, said, filename)
    return OSError(-code, os.strerror(-code), filename)


FILE, DIRECTORY, UNNAMED = 0, 1, 2
_NONE = object()  # no directory


class _Cell:
    """In the place of C's memory, for what the library does not make."""

    __slots__ = ("value",)

    def __init__(self, value: "Any") -> None:
        self.value = value


class Making:
    """What is being made, for as long as it is nobody's. An exception of a signal's handler may come between any two instructions,
    and above all between the return of a call in C and what follows it. So there is an object of this class before the call, the
    library writes into its memory what it made, and undo() closes and removes that. settle() ends it: somebody has what was made.
    The object is kept for the next call then, as making the arguments of one takes longer than the call does.
    """

    __slots__ = ("kind", "give_back", "cell", "nothing", "path", "file", "handed", "identity", "options", "name", "directory", "function",
                 "arguments")

    def __init__(self, kind: int) -> None:
        self.kind, self.give_back = kind, _ready[kind].append
        self.nothing = 0 if kind == DIRECTORY else -1  # the first byte of the path, or the descriptor
        self.cell: "Any" = _Cell(self.nothing)
        self.path: "Any" = None  # what undo() removes, if it was made
        self.file: "Any" = None  # a file object that has the descriptor or is about to get it
        self.handed: "Optional[dict[Any, int]]" = None  # see _files.opened, for this and the next
        self.identity: "Optional[tuple[int, int]]" = None
        self.options: "Any" = None
        self.directory: "Any" = _NONE  # what options.dir was encoded from

    def _load(self) -> None:
        f = functions()
        options = f.Options(struct_size=f.options_size, prefix=b"", flags=ONLY_O_TMPFILE if self.kind == UNNAMED else 0)
        buffer = f.PathBuffer()
        cell = f.Byte.from_buffer(buffer) if self.kind == DIRECTORY else f.Descriptor(-1)
        # as arguments, which ctypes would make anew for each call
        reference, path, size = f.byref(options), f.byref(buffer), f.Size.from_param(PATH_SIZE)
        self.function = (f.mkstemp_into, f.mkdtemp, f.unnamed_into)[self.kind]
        self.arguments = ((reference, path, size, f.byref(cell)), (reference, path, size), (reference, f.byref(cell)))[self.kind]
        if self.kind != UNNAMED:
            self.name = f.Name()  # setting its value takes a third of what setting options.name would
            options.name = f.addressof(self.name)
        self.cell, self.options = cell, options

    def _enter(self, directory: "Any") -> None:
        if self.options is None:
            self._load()
        self.directory = _NONE
        self.options.dir = os.fsencode(directory)
        if type(directory) is str:  # a path-like object's path may change
            self.directory = directory

    def create(self, directory: "Any", name: bytes, path: "Union[str, bytes]") -> int:
        """Creates a FILE, and gives the descriptor, or a DIRECTORY, if there is none of this name, for the user alone. Neither the
        directory nor the name may contain NUL, at which a C string would stop. 'path' is what OSError tells of."""
        if self.directory is not directory:
            self._enter(directory)
        self.path = path
        try:
            self.name.value = name
            result: int = self.function(*self.arguments)
        except ValueError:
            result = -errno.ERANGE
        if result < 0:
            if result == -errno.ERANGE:  # what does not fit a buffer is longer than any path that the kernel takes
                result = -errno.ENAMETOOLONG
            raise error(result, path)
        return result

    def create_unnamed(self, directory: "Any") -> int:
        """Creates a file that never has a name, and gives the descriptor; OSError where the file system has no such files."""
        if self.directory is not directory:
            self._enter(directory)
        result: int = self.function(*self.arguments)
        if result < 0:
            raise error(result, directory)
        return result

    def by_host(self, made: "Any", path: "Any") -> None:
        """Takes what something of the host's has made."""
        self.path = path
        self.cell, self.options, self.directory = _Cell(made), None, _NONE

    def settle(self) -> None:
        """Somebody has what was made."""
        self.cell.value = self.nothing
        self.path = self.file = self.handed = self.identity = None
        self.give_back(self)

    def undo(self) -> None:
        """Closes and removes what was made."""
        if self.cell.value == self.nothing:
            return
        if self.kind == DIRECTORY:
            try:
                os.rmdir(self.path)
            except OSError:
                pass  # it is gone, or another one
            return
        try:
            self._close()
        finally:
            if self.path is not None:
                try:
                    os.unlink(self.path)
                except FileNotFoundError:
                    pass  # what is to remove it has done so already

    def _close(self) -> None:
        """Closes the descriptor, or the file object that has it."""
        descriptor, file = self.cell.value, self.file
        taken = file is not None
        if self.handed is not None:
            taken = not self.handed
        elif type(file) is _FileIO:
            taken = "name" in file.__dict__  # its last step towards having it
        if file is not None:
            file.close()
        if self.identity is not None:
            taken = _identity(descriptor) != self.identity
        if not taken:
            os.close(descriptor)


def _identity(descriptor: int) -> "Optional[tuple[int, int]]":
    """Device and inode; None if it is closed."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


_ready: "tuple[list[Making], list[Making], list[Making]]" = [], [], []  # those that no thread uses now
_take_file, _take_directory, _take_unnamed = (ready.pop for ready in _ready)


def making_file() -> Making:
    """Who has called this settles it, or undoes it."""
    try:
        return _take_file()
    except IndexError:
        return Making(FILE)


def making_directory() -> Making:
    """The same for a directory."""
    try:
        return _take_directory()
    except IndexError:
        return Making(DIRECTORY)


def making_unnamed() -> Making:
    """The same for a file without a name."""
    try:
        return _take_unnamed()
    except IndexError:
        return Making(UNNAMED)


def identify(directory: "Union[str, bytes]") -> "tuple[int, int]":
    """Device and inode of a directory that was just made; OSError (ESTALE) if another has taken its place."""
    f = functions()
    device, inode = f.Count(), f.Count()
    result = f.identify_directory(os.fsencode(directory), 0, f.byref(device), f.byref(inode))
    if result < 0:
        raise error(result, directory)
    return device.value, inode.value


def remove(directory: "Union[str, bytes]", entries: int, ignore_errors: bool, identity: "Optional[tuple[int, int]]") -> "Iterator[int]":
    """Removes a directory in steps of so many entries, and yields after each how many are removed. OSError at the end,
    for the first that could not be removed. What a caller that stops has not removed by then stays.

    'identity' -- device and inode of the directory that is meant: another one is ESTALE, and left alone. None: any."""
    f = functions()
    where = os.fsencode(directory)
    if b"\0" in where:
        raise ValueError("embedded null byte")
    removal, removed = f.Handle(), f.Count()
    flags = IGNORE_CLEANUP_ERRORS if ignore_errors else 0
    try:
        if identity is None:
            result = f.removal_start(where, flags, f.byref(removal))
        else:
            result = f.removal_resume(where, flags, identity[0], identity[1], f.byref(removal))
        if result < 0:
            if ignore_errors:
                return
            raise error(result, directory)
        more = 1
        while more == 1:
            more = f.removal_step(removal, entries, f.byref(removed))
            if more >= 0:
                yield removed.value
        if more < 0:
            failed = f.last_error().contents.path or where  # a refused start has none
            raise error(more, failed if isinstance(directory, bytes) else os.fsdecode(failed))
        f.removal_free(removal)
    except BaseException:
        f.removal_free(removal)  # one that is none, or freed already, is nothing to it
        raise
