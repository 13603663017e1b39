"""persist() and atomic_write(): a file gets its lasting name, whole or not at all."""

import errno
import io
import os
import sys

from . import _ffi, _file, _pending, _process, _versions
from . import tempfile as _tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

# From include/tempfile.h; Flags in tests/python/test_publish.py compares them.
NO_REPLACE = 0x10000
SYNC = 0x20000
ACROSS = 0x40000
LIKE_TARGET = 0x80000
FOLLOW = 0x100000
BACKUP = 0x200000
WHERE_POSSIBLE = 0x400000

# Errors whose words say more than the system's text.
_OWN_WORDS = {errno.EINVAL, errno.EXDEV, errno.ESTALE, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTRECOVERABLE}
# A failure in one of these steps comes after the file has its name.
_AFTER = {b"sync directory", b"unlink", b"dup3"}

_functions: "Optional[_Functions]" = None


class _Functions:
    """The part of include/tempfile.h that only this module uses."""

    def __init__(self, ctypes: "Any", library: "Any") -> None:
        number, text, flags = ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32
        fields = [
            ("struct_size", ctypes.c_size_t),
            ("flags", flags),
            ("permissions", flags),
            ("within", text),
            ("backup", text),
        ]
        self.Options = type("tempfile_publish_options", (ctypes.Structure,), {"_fields_": fields})
        self.options_size, self.byref = ctypes.sizeof(self.Options), ctypes.byref
        _ffi.declare(self, library, (("publish_descriptor", number, (number, text, text, ctypes.POINTER(self.Options))),))

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _load() -> _Functions:
    global _functions
    if _functions is None:
        _ffi.functions()
        import ctypes

        _functions = _Functions(ctypes, ctypes.CDLL(_ffi.path))  # the path that is loaded already gives the same library
    return _functions


def _encoded(path: "Any") -> bytes:
    """A path as the library takes it, in which a NUL would be the end."""
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError("embedded null byte")
    return encoded


class _Publication:
    """How a file is published, and whether it was: that is so after some errors, too."""

    def __init__(self, path: "Any", flags: "dict[int, bool]", backup: "Any", permissions: "Optional[int]", within: "Any"):
        self.path, self.within = os.fspath(path), within
        self._target = _encoded(path)
        self.flags = sum(flag for flag, wanted in flags.items() if wanted)
        if backup is not None and backup is not False:
            self.flags |= BACKUP
        self._backup = None if backup is None or isinstance(backup, bool) else _encoded(backup)
        self._within = None if within is None else _encoded(within)
        if permissions is not None and not 0 < permissions <= 0o777:
            raise ValueError("permissions must be 1 to 0o777, not %r" % (permissions,))
        self._permissions = permissions or 0
        self._begun = False
        self._published: "Optional[bool]" = None  # None: not known, because the result of the call was lost

    def directory(self) -> str:
        """A directory for a temporary file that will be published: the one in which it is to be, hence on the right file
        system. With 'within' it is the limit itself, as only the call knows which directories below lead out of it; behind a
        mount the file is then copied."""
        if not self.path:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.path)
        if self.within is not None:
            self.flags |= ACROSS
            return os.fsdecode(self.within) or os.curdir
        path = os.fsdecode(self.path).rstrip("/")  # with a slash at its end it is refused, but later
        if self.flags & FOLLOW and os.path.islink(path):
            path = os.path.realpath(path)  # a link above the last part leads the call there, too
        return os.path.dirname(path) or os.curdir

    def name(self) -> "Any":
        """The absolute path of the file that was published."""
        if self.within is not None:
            return os.path.join(os.getcwd(), os.fsdecode(self.within), os.fsdecode(self.path))
        if self.flags & FOLLOW:
            return os.path.realpath(self.path)
        return os.path.join(os.getcwdb() if isinstance(self.path, bytes) else os.getcwd(), self.path)

    def run(self, descriptor: int, name: "Any") -> None:
        """Publishes an open file; 'name' is the one that it has, or None."""
        f = _load()
        options = f.Options(f.options_size, self.flags, self._permissions, self._within, self._backup)
        arguments = (descriptor, None if name is None else os.fsencode(name), self._target, f.byref(options))
        sys.audit("libtempfile.publish", self.path)
        self._begun = True
        result = f.publish_descriptor(*arguments)
        if result < 0:
            detail = _ffi.functions().last_error().contents
            self._published = detail.operation in _AFTER
            raise self._error(result, detail)
        self._published = True

    def was_published(self, descriptor: int) -> bool:
        """Whether the file has its name. An interruption may have come after the call, and before its result was kept."""
        if self._published is None and self._begun:
            self._published = self._has_name(descriptor)
        return bool(self._published)

    def _has_name(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.name(), follow_symlinks=False))
        except OSError:
            return False

    def _error(self, result: int, detail: "Any") -> OSError:
        if -result in _OWN_WORDS and detail.code == result:
            return OSError(-result, detail.message.decode("utf-8", "replace"), self.path)
        return _ffi.error(result, self.path)


# --- persist


def persist(
    file: "Any",
    path: "Any",
    *,
    sync: bool = False,
    replace: bool = True,
    across: bool = False,
    like_target: bool = False,
    where_possible: bool = False,
    follow: bool = False,
    backup: "Any" = None,
    permissions: "Optional[int]" = None,
    within: "Any" = None,
) -> None:
    """Make a temporary file a lasting one: it gets the name 'path', atomically, and nothing deletes it any more.

    'file' -- a NamedTemporaryFile, TemporaryFile or SpooledTemporaryFile. It stays open at its position, with the new name.
    'sync' -- content and name are on the disk when this returns.
    'replace' -- False: FileExistsError if something has the name; else that is replaced.
    'across' -- copy a file that is on another file system; without it that is an OSError with EXDEV.
    'like_target' -- take permissions, owner, group, attributes and access control list of the file that is replaced. What
       cannot be kept is an OSError unless 'where_possible'; the permissions are then narrower, never wider. What is replaced
       must be a regular file, and not a link either unless 'follow'.
    'follow' -- follow a symbolic link at 'path', but not another user's in a directory such as /tmp; else the link itself is
       replaced.
    'backup' -- what is replaced stays: a name in the same directory, or True for the name with "~" added.
    'permissions' -- exactly these; None: those that open() would give a new file.
    'within' -- a directory that 'path' may not leave, in which a relative one begins.

    An OSError leaves the file and the target as they were. The exceptions are errors of the very last steps, such as making
    the name durable: then the file has its new name. In a forked child it works too.
    """
    how = _Publication(
        path,
        {
            SYNC: sync,
            NO_REPLACE: not replace,
            ACROSS: across,
            LIKE_TARGET: like_target,
            WHERE_POSSIBLE: where_possible,
            FOLLOW: follow,
        },
        backup,
        permissions,
        within,
    )
    if isinstance(file, _tempfile._TemporaryFileWrapper):
        _persist_named(file, how)
    elif isinstance(file, _tempfile.SpooledTemporaryFile):
        _persist_spooled(file, how)
    elif _is_open_file(file):
        _persist_unnamed(file, how)
    else:
        raise TypeError("%r was not made by libtempfile" % (file,))


def _is_open_file(file: object) -> bool:
    """Whether it can be a TemporaryFile: the name of one is its descriptor, or the path under which it was published."""
    return isinstance(file, io.IOBase) and isinstance(getattr(file, "name", None), (int, str, bytes))


def _flushed(file: "Any") -> int:
    """The descriptor of a file that has nothing left in Python's buffers."""
    if file.closed:
        raise ValueError("I/O operation on closed file")
    if file.writable():
        file.flush()
    descriptor: int = file.fileno()
    return descriptor


def _raw(file: "Any") -> "Any":
    file = getattr(file, "buffer", file)
    return getattr(file, "raw", file)


def _rename(file: "Any", name: "Any") -> None:
    """Sets the name that a file object shows."""
    try:
        _raw(file).name = name
    except AttributeError:
        pass  # a class of the host's


def _carry_out(how: _Publication, descriptor: int, name: "Any", settle: "Callable[[bool], None]") -> None:
    """Publishes, and calls settle, which says so in Python's objects. It is called again after an interruption, which may
    have come anywhere in it."""
    try:
        how.run(descriptor, name)
        settle(True)
    except BaseException:
        settle(how.was_published(descriptor))
        raise


def _persist_named(wrapper: "Any", how: _Publication) -> None:
    def settle(published: bool) -> None:
        if published:
            _let_go(wrapper, how.name())

    _carry_out(how, _flushed(wrapper.file), wrapper._closer.name, settle)


def _let_go(wrapper: "Any", name: "Any") -> None:
    """Nobody deletes the file any more, a signal neither, before it has the new name here."""
    closer = wrapper._closer
    closer.delete = False  # cleanup_on_signals() forgets the file by this
    closer.name = wrapper.name = name
    if "delete" in wrapper.__dict__:  # before Python 3.12
        wrapper.delete = False
    _rename(wrapper.file, name)


def _persist_unnamed(file: "Any", how: _Publication) -> None:
    def settle(published: bool) -> None:
        if published:
            _rename(file, how.name())

    name = file.name
    _carry_out(how, _flushed(file), None if isinstance(name, int) else name, settle)


def _persist_spooled(spool: "Any", how: _Publication) -> None:
    if spool._rolled:
        _persist_unnamed(spool._file, how)
        return
    memory = spool._file
    if memory.closed:
        raise ValueError("I/O operation on closed file")
    arguments = {**spool._TemporaryFileArgs, "dir": how.directory(), "prefix": None, "suffix": None}
    disk = _tempfile.TemporaryFile(**arguments)

    def settle(published: bool) -> None:
        if published:
            _rename(disk, how.name())
            spool.__dict__.update(_file=disk, _rolled=True)  # in one step, so that no interruption comes between
            spool.__dict__.pop("_TemporaryFileArgs", None)

    try:
        position = memory.tell()
        if hasattr(disk, "buffer"):
            memory.flush()
            disk.buffer.write(memory.buffer.getvalue())
        else:
            disk.write(memory.getvalue())
        disk.flush()
        disk.seek(position, 0)
        _carry_out(how, disk.fileno(), None, settle)
    finally:
        if spool._file is not disk:
            _discard(disk)


def _discard(file: "Any") -> None:
    """Closes a file without writing what is still in its buffers: a forked child has a copy of them."""
    try:
        _raw(file).close()
    finally:
        _file.discard(file)


# --- atomic_write


def atomic_write(
    path: "Any",
    mode: str = "wb",
    *,
    sync: bool = False,
    replace: bool = True,
    like_target: bool = True,
    where_possible: bool = False,
    follow: bool = True,
    backup: "Any" = None,
    permissions: "Optional[int]" = None,
    within: "Any" = None,
    buffering: int = -1,
    encoding: "Optional[str]" = None,
    errors: "Optional[str]" = None,
    newline: "Optional[str]" = None,
) -> "_AtomicWrite":
    """A context manager that writes a file whole or not at all:

        with libtempfile.atomic_write("settings.json", "w", encoding="utf-8") as file:
            json.dump(settings, file)

    It gives a new file object for writing. At the end of the block it gets the name 'path'. Until then, and for good if
    an exception leaves the block, whatever had the name is as it was, and the new content is nowhere. A reader of 'path'
    sees the old content or all of the new.

    'mode' -- "wb", or "w" or "wt" for text; 'buffering', 'encoding', 'errors', 'newline' -- as for open().
    The others are those of persist(). 'like_target' means nothing where nothing is replaced.

    In a forked child that leaves the block, the file is dropped: only the process that entered the block publishes it.
    """
    if mode not in ("wb", "bw", "w", "wt", "tw"):
        raise ValueError("mode %r must be 'w' or 'wb'" % (mode,))
    if _versions.TEXT_ENCODING and "b" not in mode:
        encoding = io.text_encoding(encoding)
    flags = {
        SYNC: sync,
        NO_REPLACE: not replace,
        ACROSS: True,
        LIKE_TARGET: like_target and replace,
        WHERE_POSSIBLE: where_possible and like_target and replace,
        FOLLOW: follow,
    }
    how = _Publication(path, flags, backup, permissions, within)
    return _AtomicWrite(how, (mode, buffering, newline, encoding, errors))


class _AtomicWrite:
    def __init__(self, how: _Publication, arguments: "tuple[Any, ...]") -> None:
        self._how, self._arguments = how, arguments
        self._wrapper: "Any" = None  # of a file with a name, where the file system has no other ones
        self._file: "Any" = None

    def __enter__(self) -> "Any":
        if self._file is not None:
            raise RuntimeError("the block was entered before")
        self._owner = _process.this()
        self._file = self._open(self._how.directory())
        _rename(self._file, self._how.path)  # for messages
        return self._file

    def _open(self, directory: str) -> "Any":
        pending = _pending.for_unnamed()
        try:
            file = _file.open_file(_create_unnamed, pending, (), directory, *self._arguments)[0]
            pending.claim()
            return file
        except BaseException as error:
            pending.undo()
            if not isinstance(error, OSError) or isinstance(error, _ffi.StartError):
                raise
        # The file system has no files without a name; any other error comes again.
        mode, buffering, newline, encoding, errors = self._arguments
        self._wrapper = _tempfile.NamedTemporaryFile(mode, buffering, encoding, newline, dir=directory, errors=errors)
        return self._wrapper.file

    def __exit__(self, kind: "Any", value: "Any", traceback: "Any") -> None:
        if kind is not None or not self._owner[0]:
            self._drop()
            return
        try:
            descriptor = _flushed(self._file)
            self._how.run(descriptor, self._wrapper.name if self._wrapper is not None else None)
            self._end()
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        """The new content goes, unless it was published after all."""
        if self._wrapper is not None and not self._file.closed:
            self._how.was_published(self._file.fileno())
        try:
            _discard(self._file)
        finally:
            self._end()

    def _end(self) -> None:
        if self._wrapper is None:
            self._file.close()
            return
        if self._how.was_published(-1):  # it is known by now
            _let_go(self._wrapper, self._how.name())
        self._wrapper.__exit__(None, None, None)


def _create_unnamed(pending: "Any", directory: "Any") -> int:
    descriptor: int = pending.create_unnamed(directory)
    return descriptor
