"""TemporaryDirectory."""

import os as _os
import warnings as _warnings
import weakref as _weakref

from . import _process, _removal, _versions
from . import tempfile as _tempfile

_mkdtemp = _tempfile.mkdtemp
_watch = None  # cleanup_on_signals() puts a function here, which is told of each directory


def _if_ours(owner, clean_up, *args, **kwargs):
    """For finalizers: does nothing in a forked child, where the garbage collector and the end of the interpreter come to the
    parent's directories too."""
    if owner[0]:
        clean_up(*args, **kwargs)
        _removal.forget(args[0])


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
        self.name = _tempfile.mkdtemp(suffix, prefix, dir)
        if _tempfile.mkdtemp is _mkdtemp:  # a host's own may give a directory that is not new
            _removal.remember(self.name)
        self._ignore_cleanup_errors = ignore_cleanup_errors
        self._delete = delete
        self._owner = _process.this()
        self._finalizer = _weakref.finalize(self, _if_ours, self._owner, self._cleanup, self.name,
                                            warn_message=f"Implicitly cleaning up {self!r}", **for_cleanup)
        if _watch is not None:
            _watch(self)

    def __repr__(self):
        return f"<{self.__class__.__name__} {self.name!r}>"

    def __enter__(self):
        return self.name

    def __exit__(self, exc, value, tb):
        if self._delete and self._owner[0]:
            self.cleanup()

    def cleanup(self):
        if _versions.IGNORE_CLEANUP_ERRORS:
            if self._finalizer.detach() or _os.path.exists(self.name):
                self._rmtree(self.name, ignore_errors=self._ignore_cleanup_errors)
        elif self._finalizer.detach():
            self._rmtree(self.name)
        _removal.forget(self.name)

    __class_getitem__ = classmethod(type(list[int]))
