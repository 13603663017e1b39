"""What NamedTemporaryFile returns: Python's own file object, and something that deletes the name after it."""

import os as _os
import sys as _sys
from _weakref import ref as _ref

from . import _ffi, _versions

_watch = None  # cleanup_on_signals() puts a function here, which is told of each file that is to be deleted


class _AtEnd:
    """Deletes the names of the files that nothing ever finalizes: what a daemon thread holds at exit, for instance, since its
    frames are never taken down. It is an attribute of sys, which the interpreter takes down when all other modules are gone;
    this module's own globals may outlive that."""

    def __init__(self):
        self.closers = set()  # weak references, which leave by themselves

    def add(self, closer):
        self.closers.add(_ref(closer, self.closers.discard))

    def __del__(self):
        for closer in list(self.closers):
            closer = closer()
            if closer is not None:
                closer._forsaken()


def _at_end(name="_libtempfile_at_end"):
    return _sys.__dict__.get(name) or _sys.__dict__.setdefault(name, _AtEnd())


class _TemporaryFileCloser:
    """Closes the file and deletes its name. It is apart from the wrapper because the wrapper's methods, which may outlive
    the wrapper, keep this alive too."""

    # Only the process that made a file deletes its name implicitly: a forked child has these objects too.
    #
    # A finalizer may run when the interpreter has taken the globals of this module away, so that whatever it needs is an
    # attribute or a default argument, and the name is encoded beforehand.
    close_called = False
    _owner = None  # the process; None: whoever has the object
    _encoded = None  # the name for the library, and the object that it was encoded from
    _encoded_from = None
    _unlink = None  # the library's function
    _getpid = _os.getpid

    def _remember(self, name, delete):
        if delete:
            self._owner = self._getpid()
            encoded = _os.fsencode(name)
            if b"\0" in encoded:  # a C string would stop there and name another file
                raise ValueError("embedded null byte")
            self._encoded, self._encoded_from, self._unlink = encoded, name, _ffi.functions().unlink
            _at_end().add(self)
            if _watch is not None:
                _watch(self)

    def _is_ours(self):
        return self._owner is None or self._owner == self._getpid()

    def _finally_unlink(self, name, audit=_sys.audit, strerror=_os.strerror, unlink=_os.unlink):
        """os.unlink for a finalizer."""
        if self._unlink is None or name is not self._encoded_from:
            unlink(name)
            return
        audit("os.remove", name, -1)
        code = self._unlink(self._encoded, self._owner)
        if code < 0:
            raise OSError(-code, strerror(-code), name)

    def _forsaken(self):
        """Deletes the name, if that was still to be done, and leaves the rest."""
        done = getattr(self, "cleanup_called", self.close_called)  # closing may have left the name, with delete_on_close
        if self.delete and not done and self.name is self._encoded_from:
            self._unlink(self._encoded, self._owner)

    if _versions.DELETE_ON_CLOSE:
        cleanup_called = False

        if _versions.DROPPED_FILE_WARNS:
            def __init__(self, file, name, delete=True, delete_on_close=True,
                         warn_message="Implicitly cleaning up unknown file"):
                self.file = file
                self.name = name
                self.delete = delete
                self.delete_on_close = delete_on_close
                self.warn_message = warn_message
                self._remember(name, delete)
        else:
            def __init__(self, file, name, delete=True, delete_on_close=True):
                self.file = file
                self.name = name
                self.delete = delete
                self.delete_on_close = delete_on_close
                self._remember(name, delete)

        def cleanup(self, windows=(_os.name == 'nt'), unlink=_os.unlink):
            if not self.cleanup_called:
                self.cleanup_called = True
                try:
                    if not self.close_called:
                        self.close_called = True
                        self.file.close()
                finally:
                    if self.delete and self._is_ours():
                        try:
                            unlink(self.name)
                        except FileNotFoundError:
                            pass

        def close(self):
            if not self.close_called:
                self.close_called = True
                try:
                    self.file.close()
                finally:
                    if self.delete and self.delete_on_close:
                        self.cleanup()

        if _versions.DROPPED_FILE_WARNS:
            def __del__(self):
                dropped = not self.close_called and self._is_ours()
                self.cleanup(unlink=self._finally_unlink)
                if dropped:
                    import warnings

                    warnings.warn(self.warn_message, ResourceWarning)
        else:
            def __del__(self):
                self.cleanup(unlink=self._finally_unlink)
    else:
        file = None

        def __init__(self, file, name, delete=True):
            self.file = file
            self.name = name
            self.delete = delete
            self._remember(name, delete)

        def close(self, unlink=_os.unlink):
            if not self.close_called and self.file is not None:
                self.close_called = True
                try:
                    self.file.close()
                finally:
                    if self.delete and self._is_ours():
                        unlink(self.name)

        def __del__(self):
            self.close(self._finally_unlink)


class _TemporaryFileWrapper:
    """A file object that looks like the one it is made of, and whose file is deleted after it."""

    if _versions.DROPPED_FILE_WARNS:
        def __init__(self, file, name, delete=True, delete_on_close=True):
            self.file = file
            self.name = name
            self._closer = _TemporaryFileCloser(file, name, delete, delete_on_close,
                                                warn_message="Implicitly cleaning up {!r}".format(self))

        def __repr__(self):
            return "<{} file={!r}>".format(self.__class__.__name__, self.__dict__["file"])
    elif _versions.DELETE_ON_CLOSE:
        def __init__(self, file, name, delete=True, delete_on_close=True):
            self.file = file
            self.name = name
            self._closer = _TemporaryFileCloser(file, name, delete, delete_on_close)
    else:
        def __init__(self, file, name, delete=True):
            self.file = file
            self.name = name
            self.delete = delete
            self._closer = _TemporaryFileCloser(file, name, delete)

    def __getattr__(self, name):
        # What is no number is kept as an attribute of this object: methods are, closed and the like are asked anew.
        file = self.__dict__['file']
        value = getattr(file, name)
        if hasattr(value, '__call__'):
            value = _holding(self._closer, value)
        if not isinstance(value, int):
            setattr(self, name, value)
        return value

    def __enter__(self):
        self.file.__enter__()
        return self

    if _versions.DELETE_ON_CLOSE:
        def __exit__(self, exc, value, tb):
            result = self.file.__exit__(exc, value, tb)
            self._closer.cleanup()
            return result
    else:
        def __exit__(self, exc, value, tb):
            result = self.file.__exit__(exc, value, tb)
            self.close()
            return result

    def close(self):
        """Close the file, and delete it if that is what closing is to do."""
        self._closer.close()

    def __iter__(self):
        # A generator over the lines: iter(file) is the file itself, without what keeps its name (bpo-23700), and
        # "yield from" would close it with the generator.
        for line in self.file:
            yield line


def _holding(closer, method):
    """The method, with a reference to what would delete the file: write = f.write; del f leaves the file (bpo-18879)."""
    from functools import wraps

    @wraps(method)
    def func_wrapper(*args, **kwargs):
        return method(*args, **kwargs)
    func_wrapper._closer = closer
    return func_wrapper
