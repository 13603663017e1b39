"""The library's functions that this package calls, with their types; loaded at the first use.

Importing loads nothing: tempfile is imported everywhere, often without being used, and ctypes would make the import a third
slower. Loading the library starts nothing either. Its threads start at the first call that needs Go, in a forked child at
the child's first such call.
"""

import errno
import os
import _thread

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
asks_environment = True  # whether TEMPFILE_RECOVERY counts; enable_recovery() goes before it

# From include/tempfile.h; Header in tests/python/test_modules.py compares them.
ONLY_O_TMPFILE = 0x20
IGNORE_CLEANUP_ERRORS = 0x04

PATH_SIZE = 4096

_OWN_WORDS = {errno.EINVAL, errno.ENOTRECOVERABLE}  # the system's text would not say what is wrong
_REFUSALS = {errno.EAGAIN, errno.ENOMEM, errno.EBUSY, errno.EOWNERDEAD}  # a refused start, if the operation is one of these:
_OF_A_START = {b"start", b"sigaltstack", b"fork"}


def declare(functions: "Any", library: "Any", table: "Any") -> None:
    """Sets the functions of a table as attributes. A row is the name, the result's type and the arguments' types."""
    for name, result, arguments in table:
        function = getattr(library, "tempfile_" + name)
        function.restype, function.argtypes = result, arguments
        setattr(functions, name, function)


class _Functions:
    """The part of include/tempfile.h that this package uses."""

    def __init__(self, ctypes: "Any", library: "Any") -> None:
        number, text, size = ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t
        handle, flags = ctypes.c_void_p, ctypes.c_uint32
        fields = [("struct_size", size)]
        fields += [(name, text) for name in ("suffix", "prefix", "dir", "mode", "encoding", "errors", "newline", "name")]
        fields += [("buffering", ctypes.c_int64), ("max_size", ctypes.c_int64), ("flags", flags), ("permissions", flags)]
        self.Options = type("tempfile_options", (ctypes.Structure,), {"_fields_": fields})
        self.options_size = ctypes.sizeof(self.Options)
        fields = [("struct_size", size), ("code", number)]
        fields += [("operation", text), ("path", text), ("message", text), ("needed", size)]
        self.Error = type("tempfile_error", (ctypes.Structure,), {"_fields_": fields})
        self.PathBuffer = ctypes.c_char * PATH_SIZE
        # ctypes writes no zero after a value that fills its buffer, so one stands behind the buffer.
        self.Name = type("name", (ctypes.Structure,), {"_fields_": [("value", self.PathBuffer), ("zero", ctypes.c_char)]})
        self.addressof, self.Descriptor, self.Byte = ctypes.addressof, number, ctypes.c_byte
        self.Handle, self.Count, self.Size, self.byref = handle, ctypes.c_uint64, size, ctypes.byref
        out_handle, out_count = ctypes.POINTER(handle), ctypes.POINTER(self.Count)
        table = (
            ("version", text, ()),
            ("last_error", ctypes.POINTER(self.Error), ()),
            ("mkstemp_into", number, None),  # the arguments of a Pending need no conversion
            ("mkdtemp", number, None),
            ("unnamed_into", number, None),
            ("removal_start", number, (text, flags, out_handle)),
            ("identify_directory", number, None),
            ("removal_resume", number, (text, flags, self.Count, self.Count, out_handle)),
            ("removal_step", number, (handle, flags, out_count)),
            ("removal_free", None, (handle,)),
        )
        declare(self, library, table)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _open(file: str) -> _Functions:
    import ctypes

    from . import _search

    functions = _Functions(ctypes, ctypes.CDLL(file))
    version = functions.version().decode("ascii", "replace")
    if version.split(".")[:2] != [str(part) for part in _search.INTERFACE]:
        raise _search.LibraryError("it is version %s, and this package needs %d.%d" % ((version,) + _search.INTERFACE))
    return functions


def functions() -> _Functions:
    """The library's functions; loads them at the first call. LibraryError if that is impossible."""
    global _functions, path
    if _functions is None:
        wanted = ""
        with _lock:
            if _functions is None:
                from . import _search

                try:
                    import ctypes  # noqa: F401 - it may be missing, and an isolated subinterpreter of 3.12 cannot load it
                except ImportError as error:
                    raise _search.LibraryError("libtempfile needs ctypes, which cannot be imported: %s" % error) from error
                path, _functions = _search.load(_open)
                # Where everything is kept, there is nothing to recover.
                if os.environ.get("TEMPFILE_KEEP") == "1":
                    wanted = "_keep"
                elif asks_environment and os.environ.get("TEMPFILE_RECOVERY") == "1":
                    wanted = "_recovery"
        if wanted:
            from importlib import import_module

            # By its name, as it stands on this module.
            import_module("%s.%s" % (__package__, wanted)).enable_by_environment()
    assert _functions is not None
    return _functions


def library_path() -> str:
    """Return the path of the library in use, and load it if it is not loaded yet. The path is a bare name if the system's
    loader found the library. LibraryError if no usable library is found.
    """
    functions()
    return path


def _renew_lock() -> None:
    """In a forked child, where the thread that held the lock does not exist."""
    global _lock
    _lock = _thread.allocate_lock()


os.register_at_fork(after_in_child=_renew_lock)


def error(code: int, filename: "Union[str, bytes, None]") -> OSError:
    """The OSError for a function's negative result. Its text is the system's, or the library's where that one would not say
    what is wrong. For a refused start it is a StartError."""
    if -code in _OWN_WORDS or -code in _REFUSALS:
        detail = functions().last_error().contents
        if detail.code == code:
            said = detail.message.decode("utf-8", "replace")
            if -code in _OWN_WORDS:
                return OSError(-code, said, filename)
            if detail.operation in _OF_A_START:
                return StartError(-code, said, filename)
    return OSError(-code, os.strerror(-code), filename)


def identify(directory: "Union[str, bytes]") -> "tuple[int, int]":
    """Device and inode of a directory that was just made; OSError (ESTALE) if another has taken its place."""
    f = functions()
    device, inode = f.Count(), f.Count()
    result = f.identify_directory(os.fsencode(directory), 0, f.byref(device), f.byref(inode))
    if result < 0:
        raise error(result, directory)
    return device.value, inode.value


def remove(
    directory: "Union[str, bytes]", entries: int, ignore_errors: bool, identity: "Optional[tuple[int, int]]"
) -> "Iterator[int]":
    """Removes a directory in steps of so many entries, and yields the number of removed entries after each step. OSError at
    the end, for the first entry that could not be removed. A caller that stops earlier leaves the rest in place.

    'identity' -- device and inode that the directory must have, or it is ESTALE and left alone. None: any."""
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
        f.removal_free(removal)  # harmless for NULL and for a handle that was freed before
        raise
