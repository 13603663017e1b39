"""Removing what mkdtemp made, with Python between the steps, so that Ctrl-C and a report of progress come through."""

import os
import posix
import sys

from . import _ffi, _primitives, _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Union

A_LINK = "Cannot call rmtree on a symbolic link"  # the standard module's words, without an errno

# A KeyboardInterrupt waits for so many entries at most.
STEP = 4096

# Device and inode of each TemporaryDirectory that is there, by its name as bytes: what has the name later and is another
# directory is not removed. They are not passed along, because the methods in between have the standard module's arguments.
# A str and a bytes of the same letters have the same hash, so that a dictionary of both compares them, an error under -bb.
_identities: "dict[bytes, tuple[int, int]]" = {}


def _key(path: "Any") -> "Any":
    return os.fsencode(path) if isinstance(path, (str, bytes)) else path  # a host's own mkdtemp may give what it likes


def remember(path: "Union[str, bytes]") -> None:
    """Keeps the identity of a directory that mkdtemp has just made. OSError (ESTALE) if another is there already, which
    somebody who may rename in the directory above has put in its place."""
    try:
        _identities[_key(path)] = _ffi.identify(path)
    except FileNotFoundError:
        pass  # in a host's own system; or gone, and then so is the danger


def forget(path: "Union[str, bytes]") -> None:
    """For a directory that is removed, or no longer to be."""
    _identities.pop(_key(path), None)


def rmtree(path: "Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]", *, ignore_errors: bool = False,
           progress: "Optional[Callable[[int], object]]" = None) -> None:
    """Remove a directory with all it holds, for what mkdtemp made.

    It goes by descriptor only: no link is followed, no mount entered, and another directory that takes the place of this
    one meanwhile is not touched. A failing entry does not stop the others; the first is raised at the end.

    'path' -- the directory; a missing one is no error, and a link or a file is NotADirectoryError.
    'ignore_errors' -- leave what cannot be removed, without an error.
    'progress' -- called at the end, and after every 4,096 entries at most, with the number of entries removed so far. If it raises,
       the removal stops there; another one finishes it.
    """
    path = os.fspath(path)
    replaced = _primitives.replaced_rmtree()
    if replaced is not None:
        _by_host(replaced, _again, path, ignore_errors, False)
    else:
        _rmtree(path, ignore_errors, progress)


def clean_up(again: "Callable[..., Any]", path: "Any", ignore_errors: bool = False, repeated: bool = False,
             dir_fd: "Optional[int]" = None, fullname: "Any" = None) -> None:
    """What TemporaryDirectory does in the end: rmtree, with the standard module's error for a link in the directory's place.

    'again' -- its method _rmtree, which a host's rmtree comes back to, from 3.15 on with a name relative to a descriptor."""
    replaced = _primitives.replaced_rmtree()
    if replaced is None and dir_fd is not None:
        from shutil import rmtree as replaced
    if replaced is not None:
        _by_host(replaced, again, path, ignore_errors, repeated, dir_fd, fullname)
        return
    try:
        _rmtree(os.fspath(path), ignore_errors, None)
    except NotADirectoryError:
        if not os.path.islink(path):
            raise
        raise OSError(A_LINK) from None


def _rmtree(path: "Union[str, bytes]", ignore_errors: bool, progress: "Optional[Callable[[int], object]]") -> None:
    if _versions.RMTREE_EVENT_DIR_FD:
        sys.audit("shutil.rmtree", path, None)
    else:
        sys.audit("shutil.rmtree", path)
    try:
        posix.rmdir(path)  # an empty one goes by this alone, which can hurt nothing
    except OSError:
        pass
    else:
        if progress is not None:
            progress(1)
        return
    for removed in _ffi.remove(path, STEP, ignore_errors, _identities.get(_key(path))):
        if progress is not None:
            progress(removed)


def _again(path: "Any", ignore_errors: bool = False, repeated: bool = False, dir_fd: "Optional[int]" = None,
           fullname: "Any" = None) -> None:
    replaced = _primitives.replaced_rmtree()
    if replaced is not None:
        _by_host(replaced, _again, path, ignore_errors, repeated, dir_fd, fullname)


def _by_host(*arguments: "Any") -> None:
    from . import _by_host

    _by_host.rmtree(*arguments)
