"""adopt(): a forked process becomes the owner of a file or directory that its parent made."""

import io
import weakref

from . import _directory, _process
from . import tempfile as _tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _adopt_file(closer: "_tempfile._TemporaryFileCloser") -> None:
    if closer.delete and not closer._is_owned():
        closer._own()


def _adopt_directory(directory: "Any") -> None:
    if directory._owner[0]:
        return
    directory._owner = _process.this()
    finalizer = directory._finalizer.detach()
    if finalizer is not None:  # None: it is cleaned up already, or is to stay
        _, clean_up, arguments, keywords = finalizer
        directory._finalizer = weakref.finalize(directory, clean_up, directory._owner, *arguments[1:], **keywords)
        if _directory.watch is not None:
            _directory.watch(directory)


def adopt(file_or_directory: "Any") -> None:
    """Make this process the owner of a file or directory that was made before a fork.

    Only its owner deletes a NamedTemporaryFile or TemporaryDirectory: when it is closed, at the end of the with statement,
    when the object is garbage, and at exit. The owner is the process that created it. A program that becomes a daemon is
    another process afterwards, so the daemon adopts its files, and the process before it ends by os._exit.

    A second call does nothing, nor does a call for a TemporaryFile or SpooledTemporaryFile, which have no name. Other
    objects are a TypeError.
    """
    if isinstance(file_or_directory, _tempfile._TemporaryFileWrapper):
        _adopt_file(file_or_directory._closer)
    elif isinstance(file_or_directory, _tempfile.TemporaryDirectory):
        _adopt_directory(file_or_directory)
    elif not isinstance(file_or_directory, _tempfile.SpooledTemporaryFile) and not _is_unnamed(file_or_directory):
        raise TypeError("%r was not made by libtempfile" % (file_or_directory,))


def _is_unnamed(file: object) -> bool:
    """Whether it can be a TemporaryFile: the name of one is its descriptor."""
    return isinstance(file, io.IOBase) and isinstance(getattr(file, "name", None), int)
