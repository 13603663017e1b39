"""keep_all(): nothing is deleted, and the paths are printed at exit, for debugging."""

import atexit
import sys

from . import _directory, _file, _process
from . import tempfile as _tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_paths: "dict[str, Any]" = {}  # what was kept, each with the mark of its process: a forked child does not print it again


def _print_paths() -> None:
    for path, owner in _paths.items():
        if owner[0]:
            sys.stderr.write(path + "\n")
    _paths.clear()


def _remember(path: "Any") -> None:
    import os

    _paths[os.fsdecode(path)] = _process.this()


def _leave(*_: "Any", **__: "Any") -> None:
    """In the place of a directory's method that removes it."""


def _keep_closer(closer: "Any") -> None:
    if closer.delete and closer._is_owned() and not getattr(closer, "cleanup_called", closer.close_called):
        closer.delete = False
        _remember(closer.name)


def _keep_directory(directory: "Any") -> None:
    if directory._owner[0] and directory._finalizer.detach() is not None:
        directory._delete, directory._rmtree = False, _leave
        _remember(directory.name)


def keep_all() -> None:
    """Keep everything that this process has made or makes, and print each path once on standard error at exit.

    It is for debugging: what a failing program had in its temporary files can be looked at. Not even cleanup() removes a
    TemporaryDirectory then. Files without a name are gone as ever, and rmtree() removes what it is told to. TEMPFILE_KEEP=1
    in the environment does the same. A process that ends by os._exit() or a signal prints nothing.
    """
    if _file.keeps_all:
        return
    _file.keeps_all = True
    atexit.register(_print_paths)
    _file.watch, _directory.watch = _keep_closer, _keep_directory
    import gc

    for thing in gc.get_objects():
        kind = type(thing)  # not isinstance, which asks a proxy for its class, and so runs any code
        try:
            if issubclass(kind, _tempfile._TemporaryFileCloser):
                _keep_closer(thing)
            elif issubclass(kind, _tempfile.TemporaryDirectory):
                _keep_directory(thing)
        except AttributeError:
            pass  # another thread is making it, and keeps it then


enable_by_environment = keep_all
