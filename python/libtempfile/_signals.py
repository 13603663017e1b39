"""cleanup_on_signals(): removes files and directories when a signal ends the process.

The library's handler removes the names that are registered with the library. From the first call on, each of Python's
objects is registered when it is made, and unregistered when it is cleaned up. A registered object gets a class that
unregisters it, so that the others cost nothing more.
"""

import errno
import os
import signal
import weakref

from . import _directory, _ffi, _file, _process, _versions
from . import tempfile as _tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Union

    _finalize = weakref.finalize[..., Any]
else:
    _finalize = weakref.finalize

_SIGNALS = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM")
_ALWAYS = 1  # TEMPFILE_SIGNAL_ALWAYS

_functions: "Optional[_Functions]" = None
_registrations: "dict[Any, _Registration]" = {}  # by the finalizers of directories, which can have no attribute


class _Functions:
    """The part of include/tempfile.h that only this module uses."""

    def __init__(self, ctypes: "Any", library: "Any") -> None:
        handle, text = ctypes.c_void_p, ctypes.c_char_p
        self.Handle, self.byref = handle, ctypes.byref
        table = (
            ("cleanup_at_signal", ctypes.c_int, (ctypes.c_int, ctypes.c_uint32)),
            ("register_file", ctypes.c_int, (text, ctypes.POINTER(handle))),
            ("register_directory", ctypes.c_int, (text, ctypes.POINTER(handle))),
            ("file_keep", ctypes.c_int, (handle,)),
            ("directory_keep", ctypes.c_int, (handle,)),
            ("file_free", None, (handle,)),
            ("directory_free", None, (handle,)),
        )
        _ffi.declare(self, library, table)


def _load() -> "Any":
    global _functions
    if _functions is None:
        _ffi.functions()
        import ctypes

        _functions = _Functions(ctypes, ctypes.CDLL(_ffi.path))  # the path that is loaded already gives the same library
    return _functions


class _Registration:
    """The library's handle for one of Python's objects. It is valid in the process that registered the object.

    It exists, and the object refers to it, before the library is called: an exception of a signal's handler may come right
    after the call, and the name must be unregistered then too.
    """

    def __init__(self, kind: str) -> None:
        f = _load()
        self._handle, self._owner, self._ended = f.Handle(), _process.this(), False
        self._register = getattr(f, "register_" + kind)
        self._keep, self._free = getattr(f, kind + "_keep"), getattr(f, kind + "_free")

    def start(self, path: "Union[str, bytes]") -> None:
        """Registers the name. A name that cannot be registered, because it is gone for instance, is no error: the caller
        asked for a file, and has it."""
        f = _load()
        if self._register(os.fsencode(path), f.byref(self._handle)) < 0:
            self._ended = True
        elif self._ended:
            self._end()  # another thread has cleaned up in the meantime

    def counts(self) -> bool:
        return not self._ended and bool(self._owner[0])

    def end(self) -> None:
        """Makes the library forget the name; the file or directory stays."""
        try:
            self._end()
        except BaseException:
            self._end()  # after an interruption: nothing else does it later
            raise

    def _end(self) -> None:
        if self._handle.value is not None and self._owner[0]:
            self._keep(self._handle)
            self._free(self._handle)  # a second time is harmless: the library refuses a handle that was freed
        self._ended, self._handle.value = True, None

    __del__ = end  # of a closer that was interrupted before it ended this


class _WatchedCloser(_tempfile._TemporaryFileCloser):
    """A closer whose name the library knows. It may be finalized when this module's globals are gone."""

    _registration: "Optional[_Registration]" = None

    def close(self, *args: "Any", **keywords: "Any") -> None:
        try:
            super().close(*args, **keywords)
        finally:
            self._unregister_when_done()

    if _versions.DELETE_ON_CLOSE:

        def cleanup(self, *args: "Any", **keywords: "Any") -> None:
            try:
                super().cleanup(*args, **keywords)
            finally:
                self._unregister_when_done()

    def _unregister_when_done(self) -> None:
        if getattr(self, "cleanup_called", self.close_called):
            self._unregister()

    def _unregister(self) -> None:
        if self._registration is not None:
            self._registration.end()

    # Programs set it to False to keep a file after all, and may set it to True again.
    @property
    def delete(self) -> bool:
        return bool(self.__dict__["delete"])

    @delete.setter
    def delete(self, value: bool) -> None:
        self.__dict__["delete"] = value
        if value:
            _watch_closer(self)
        else:
            self._unregister()


class _WatchedFinalizer(_finalize):
    """The finalizer of a directory that the library knows. Programs detach it to keep a directory after all.

    It unregisters the directory again after an interruption: nothing else does it later.
    """

    __slots__ = ()

    def __call__(self, _: "Any" = None) -> "Any":
        try:
            return super().__call__(_)
        finally:
            try:
                self._unregister()
            except BaseException:
                self._unregister()
                raise

    def detach(self) -> "Any":
        try:
            return super().detach()
        finally:
            try:
                self._unregister()
            except BaseException:
                self._unregister()
                raise

    def _unregister(self) -> None:
        registration = _registrations.get(self)
        if registration is not None:
            registration.end()
            _registrations.pop(self, None)


def _register(where: "dict[Any, Any]", key: "Any", kind: str, path: "Union[str, bytes]") -> None:
    """Registers an object, once in this process even if two threads try. It has the class that unregisters it already."""
    known = where.get(key)
    if known is not None and not known.counts():
        where.pop(key, None)  # ended, or of a process that this one was forked from
    registration = _Registration(kind)
    if where.setdefault(key, registration) is registration:
        registration.start(path)


# An object of a program's own subclass keeps its class, and so is not registered: nothing would unregister it.
def _watch_closer(closer: "_tempfile._TemporaryFileCloser") -> None:
    if type(closer) not in (_tempfile._TemporaryFileCloser, _WatchedCloser):
        return
    if closer.delete and closer._is_owned() and not getattr(closer, "cleanup_called", closer.close_called):
        closer.__class__ = _WatchedCloser
        _register(closer.__dict__, "_registration", "file", closer.name)


def _watch_directory(directory: "Any") -> None:
    finalizer = directory._finalizer
    if type(finalizer) not in (weakref.finalize, _WatchedFinalizer):
        return
    if directory._delete and directory._owner[0] and finalizer.alive:
        finalizer.__class__ = _WatchedFinalizer
        _register(_registrations, finalizer, "directory", directory.name)


def watch_all() -> None:
    """Registers the objects that exist, and those that are made from now on. Where all are kept, there is nothing to do."""
    if _file.keeps_all:
        return
    _file.watch, _directory.watch = _watch_closer, _watch_directory
    import gc

    for thing in gc.get_objects():
        # Not isinstance, which asks a proxy for its class, and so runs any code.
        kind = type(thing)
        try:
            if issubclass(kind, _tempfile._TemporaryFileCloser):
                _watch_closer(thing)
            elif issubclass(kind, _tempfile.TemporaryDirectory):
                _watch_directory(thing)
        except AttributeError:
            pass  # another thread is making it, and registers it then


def cleanup_on_signals(*signals: int) -> None:
    """Make signals remove the files and directories of this process before they end it.

    'signals' -- the signals. None given: those of SIGHUP, SIGINT, SIGQUIT and SIGTERM that have no handler.

    Without this call, a signal that ends the process leaves NamedTemporaryFile and TemporaryDirectory objects behind. With
    it, the library removes the files of this process, made before or after the call, and then its directories with their
    contents, within bounds that include/tempfile.h names. It runs no Python code for this. Then the signal ends the process
    as usual, and its parent sees that. The objects are also removed if the process ends by exit() of C without the end of
    Python, as under uWSGI.

    A signal with a handler in Python is left to the handler unless you name the signal, because the program may go on and
    need its files. This usually concerns SIGINT: its handler raises KeyboardInterrupt, and the end of the with statements
    and of Python cleans up. If you name a signal with a handler, the files are removed first; then the handler runs.
    You may also name SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU and SIGXFSZ; others are a ValueError. An ignored signal is
    still ignored. signal.signal() replaces the handler that this function installs; if you name the signal again after
    that, it is an OSError (EBUSY), because the new handler may call the replaced one.

    Forked children have the same handlers, and remove the objects that they made or adopted.
    """
    usual = [getattr(signal, name) for name in _SIGNALS]
    defaults = [number for number in usual if signal.getsignal(number) is signal.SIG_DFL]
    f = _load()
    flags = _ALWAYS if signals else 0
    for number in signals or defaults:
        code = f.cleanup_at_signal(signal.Signals(number), flags)  # a ValueError where ctypes would cut a number to 32 bits
        if code == -errno.EINVAL:
            raise ValueError("signal %d is none that can be cleaned up on" % number)
        if code < 0:
            raise _ffi.error(code, None)
    watch_all()
