"""The library's functions as this package uses them: the table of those of the C ABI, loaded at the first use.

Not at import: tempfile is imported everywhere, often without being used, and ctypes would make that a third slower. Loading the
library starts nothing. Its threads come with the first call that needs Go, in a forked child with the first one there.
"""

import errno
import os
import sys
import _thread

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
        self.addressof = ctypes.addressof
        self.Handle, self.Count, self.Size, self.byref = handle, ctypes.c_uint64, size, ctypes.byref
        out_handle = ctypes.POINTER(handle)
        declare(self, library, (
            ("version", text, ()),
            ("last_error", ctypes.POINTER(self.Error), ()),
            ("mkstemp", number, None),  # see _Creation: what it has ready needs no conversion
            ("mkdtemp", number, None),
            ("unnamed", number, None),
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


class _Creation:
    """The arguments of a call that creates something, kept for the next call: making them takes longer than the call does."""

    __slots__ = "functions", "options", "reference", "name", "path", "path_size", "directory"

    def __init__(self, flags: int = 0) -> None:
        f = functions()
        self.functions = f.mkstemp, f.mkdtemp, f.unnamed
        self.options = f.Options(struct_size=f.options_size, prefix=b"", flags=flags)
        self.name = f.Name()  # setting its value takes a third of what setting options.name would
        if flags != ONLY_O_TMPFILE:
            self.options.name = f.addressof(self.name)
        # as arguments, which ctypes would make anew for each call
        self.reference, self.path, self.path_size = f.byref(self.options), f.byref(f.PathBuffer()), f.Size.from_param(PATH_SIZE)
        self.directory: "Optional[str]" = None  # what options.dir was encoded from

    def enter(self, directory: "Any") -> None:
        self.options.dir = os.fsencode(directory)
        self.directory = directory if type(directory) is str else None  # a path-like object's path may change


FILE, DIRECTORY, UNNAMED = 0, 1, 2
_creations: "list[_Creation]" = []
_unnamed_creations: "list[_Creation]" = []  # those that no thread uses now


def create(what: int, directory: "Any", name: bytes, filename: "Union[str, bytes]") -> int:
    """Creates a FILE, and gives the descriptor, or a DIRECTORY, if there is none of this name, for the user alone. Neither the
    directory nor the name may contain NUL, at which a C string would stop. 'filename' is what OSError tells of."""
    try:
        creation: "Optional[_Creation]" = _creations.pop()
    except IndexError:
        creation = None
    if creation is None:  # not in the handler: what goes wrong there is told as an error in the handling of IndexError
        creation = _Creation()
    if creation.directory is not directory:
        creation.enter(directory)
    try:
        creation.name.value = name
        result: int = creation.functions[what](creation.reference, creation.path, creation.path_size)
    except ValueError:
        result = -errno.ERANGE
    _creations.append(creation)
    if result < 0:
        if result == -errno.ERANGE:  # what does not fit a buffer is longer than any path that the kernel takes
            result = -errno.ENAMETOOLONG
        raise error(result, filename)
    return result


def create_unnamed(directory: "Any") -> int:
    """Creates a file that never has a name, and gives the descriptor; OSError where the file system has no such files."""
    try:
        creation: "Optional[_Creation]" = _unnamed_creations.pop()
    except IndexError:
        creation = None
    if creation is None:  # not in the handler: what goes wrong there is told as an error in the handling of IndexError
        creation = _Creation(ONLY_O_TMPFILE)
    if creation.directory is not directory:
        creation.enter(directory)
    result: int = creation.functions[UNNAMED](creation.reference)
    _unnamed_creations.append(creation)
    if result < 0:
        raise error(result, directory)
    return result


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
    if identity is None:
        result = f.removal_start(where, flags, f.byref(removal))
    else:
        result = f.removal_resume(where, flags, identity[0], identity[1], f.byref(removal))
    if result < 0:
        if ignore_errors:
            return
        raise error(result, directory)
    try:
        more = 1
        while more == 1:
            more = f.removal_step(removal, entries, f.byref(removed))
            if more >= 0:
                yield removed.value
        if more < 0:
            failed = f.last_error().contents.path or where  # a refused start has none
            raise error(more, failed if isinstance(directory, bytes) else os.fsdecode(failed))
    finally:
        f.removal_free(removal)
