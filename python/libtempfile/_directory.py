"""TemporaryDirectory."""

import errno as _errno
import os as _os
import warnings as _warnings
import weakref as _weakref

from . import _ffi, _process, _removal, _versions
from . import tempfile as _tempfile

_mkdtemp = _tempfile.mkdtemp
_watch = None  # cleanup_on_signals() puts a function here, which is told of each directory


def _if_ours(owner, clean_up, *args, **kwargs):
    """For finalizers: does nothing in a forked child, where the garbage collector and the end of the interpreter come to the
    parent's directories too."""
    if owner[0]:
        try:
            clean_up(*args, **kwargs)
        except BaseException as error:
            if not _of_the_removal(error):
                clean_up(*args, **kwargs)  # nobody else will, and whoever sees the interruption has no more to do with it
            raise
        _removal.forget(args[0])


def _of_the_removal(error):
    """Whether an exception tells that something could not be removed. What else comes is an interruption, such as the error of a
    signal's handler, which may be an OSError too."""
    return isinstance(error, OSError) and error.errno is not None


class TemporaryDirectory:
    """A directory as mkdtemp makes it, which is removed with all it holds: at the end of a with statement, which gives its
    path, by cleanup(), or when nobody refers to it any more.

    'suffix', 'prefix', 'dir' -- as for mkdtemp.
    'ignore_cleanup_errors' -- leave what cannot be removed, without an error. From 3.10 on.
    'delete' -- False: only cleanup() removes it. From 3.12 on.
    """

    if _versions.DIRECTORY_DELETE:
        def __init__(self, suffix=None, prefix=None, dir=None,
                     ignore_cleanup_errors=False, *, delete=True):
            self._make(suffix, prefix, dir, ignore_cleanup_errors, delete,
                       ignore_errors=ignore_cleanup_errors, delete=delete)

        @classmethod
        def _rmtree(cls, name, ignore_errors=False, repeated=False):
            _removal.rmtree(name, ignore_errors=ignore_errors)

        @classmethod
        def _cleanup(cls, name, warn_message, ignore_errors=False, delete=True):
            if delete:
                cls._rmtree(name, ignore_errors=ignore_errors)
                _warnings.warn(warn_message, ResourceWarning)
    elif _versions.IGNORE_CLEANUP_ERRORS:
        def __init__(self, suffix=None, prefix=None, dir=None,
                     ignore_cleanup_errors=False):
            self._make(suffix, prefix, dir, ignore_cleanup_errors, True, ignore_errors=ignore_cleanup_errors)

        @classmethod
        def _rmtree(cls, name, ignore_errors=False):
            _removal.rmtree(name, ignore_errors=ignore_errors)

        @classmethod
        def _cleanup(cls, name, warn_message, ignore_errors=False):
            cls._rmtree(name, ignore_errors=ignore_errors)
            _warnings.warn(warn_message, ResourceWarning)
    else:
        def __init__(self, suffix=None, prefix=None, dir=None):
            self._make(suffix, prefix, dir, False, True)

        @classmethod
        def _rmtree(cls, name):
            _removal.rmtree(name)

        @classmethod
        def _cleanup(cls, name, warn_message):
            cls._rmtree(name)
            _warnings.warn(warn_message, ResourceWarning)

    def _make(self, suffix, prefix, dir, ignore_cleanup_errors, delete, /, **for_cleanup):
        making = _ffi.making_directory()
        try:
            if _tempfile.mkdtemp is _mkdtemp:
                self.name = name = _tempfile._make_directory(suffix, prefix, dir, making)
                _removal.remember(name)
            else:
                self.name = _tempfile.mkdtemp(suffix, prefix, dir)  # which may give a directory that is not new
            self._ignore_cleanup_errors = ignore_cleanup_errors
            self._delete = delete
            self._owner = _process.this()
            self._finalizer = _weakref.finalize(self, _if_ours, self._owner, self._cleanup, self.name,
                                                warn_message=f"Implicitly cleaning up {self!r}", **for_cleanup)
            if _watch is not None:
                _watch(self)
        except BaseException as error:
            self._give_up(making, error)
            raise
        making.settle()

    def _give_up(self, making, error):
        """Removes what this was to be for, unless it is another directory than the one that was made."""
        finalizer = self.__dict__.get("_finalizer")
        if finalizer is not None:
            finalizer.detach()
        if not (isinstance(error, OSError) and error.errno == _errno.ESTALE):
            making.undo()
        _removal.forget(self.__dict__.get("name"))

    def __repr__(self):
        return f"<{self.__class__.__name__} {self.name!r}>"

    def __enter__(self):
        return self.name

    def __exit__(self, exc, value, tb):
        if self._delete and self._owner[0]:
            self.cleanup()

    def cleanup(self):
        finalizer = self._finalizer
        if not finalizer.alive and not (_versions.IGNORE_CLEANUP_ERRORS and _os.path.exists(self.name)):
            _removal.forget(self.name)
            return
        try:
            if _versions.IGNORE_CLEANUP_ERRORS:
                self._rmtree(self.name, ignore_errors=self._ignore_cleanup_errors)
            else:
                self._rmtree(self.name)
        except BaseException as error:
            if _of_the_removal(error):
                finalizer.detach()
            raise  # what was interrupted is left to the finalizer
        finalizer.detach()
        _removal.forget(self.name)

    __class_getitem__ = classmethod(type(list[int]))
