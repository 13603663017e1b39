"""Removing a directory tree: for TemporaryDirectory, and as the function rmtree().

Python runs between the steps of a removal, so that Ctrl-C and a report of progress come through.
"""

import os
import posix
import sys
from types import FunctionType

from . import _ffi, _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Union

    from ._pending import Pending

A_LINK = "Cannot call rmtree on a symbolic link"  # the standard module's words, without an errno

STEP = 4096  # entries; a KeyboardInterrupt waits for at most one step

# --- Which directory is meant.

# Device and inode of each TemporaryDirectory, by its name as bytes. If the name has come to another directory, that one is
# not removed. The identities stand here because the methods that lead to the removal have the standard module's arguments.
# The keys are all bytes: a str and a bytes of the same letters have the same hash, so a dictionary compares them, an error
# under -bb.
_identities: "dict[bytes, tuple[int, int]]" = {}


def _key(path: "Any") -> "Any":
    return os.fsencode(path) if isinstance(path, (str, bytes)) else path  # a host's own mkdtemp may return anything


def remember_identity(path: "Union[str, bytes]", pending: "Pending") -> None:
    """For a directory that was just made and is pending. OSError (ESTALE) if somebody who may rename in the directory above
    has put another one in its place already."""
    try:
        _identities[_key(path)] = pending.identify(path)
    except FileNotFoundError:
        pass  # it exists in a host's own file system only, or is gone and needs no removal


def forget_identity(path: "Union[str, bytes]") -> None:
    """For a directory that is removed, or that is to stay."""
    _identities.pop(_key(path), None)


# --- The removal.


def rmtree(
    path: "Union[str, bytes, os.PathLike[str], os.PathLike[bytes]]",
    *,
    ignore_errors: bool = False,
    progress: "Optional[Callable[[int], object]]" = None,
) -> None:
    """Remove a directory with its contents, such as one that mkdtemp made.

    The removal works by descriptor: it follows no symbolic link, enters no mount, and does not touch another directory that
    takes the place of this one meanwhile. If an entry cannot be removed, the others still are; the first error is raised at
    the end.

    'path' -- the directory. A missing one is no error; a symbolic link or a file is NotADirectoryError.
    'ignore_errors' -- True: leave entries that cannot be removed, and raise no error.
    'progress' -- called with the number of entries removed so far, at the end and at least every 4,096 entries. If it
       raises, the removal stops; another call removes the rest.
    """
    path = os.fspath(path)
    replaced = _replaced_rmtree()
    if replaced is not None:
        _remove_by_host(replaced, _again, path, ignore_errors, False)
    else:
        _remove(path, ignore_errors, progress)


def clean_up(
    again: "Callable[..., Any]",
    path: "Any",
    ignore_errors: bool = False,
    repeated: bool = False,
    dir_fd: "Optional[int]" = None,
    fullname: "Any" = None,
) -> None:
    """rmtree for TemporaryDirectory, with the standard module's error for a link in the directory's place.

    'again' -- its method _rmtree, which a host's rmtree comes back to, from 3.15 on with a name relative to a descriptor."""
    replaced = _replaced_rmtree()
    if replaced is None and dir_fd is not None:
        from shutil import rmtree as replaced
    if replaced is not None:
        _remove_by_host(replaced, again, path, ignore_errors, repeated, dir_fd, fullname)
        return
    try:
        _remove(os.fspath(path), ignore_errors, None)
    except NotADirectoryError:
        if not os.path.islink(path):
            raise
        raise OSError(A_LINK) from None


def _remove(path: "Union[str, bytes]", ignore_errors: bool, progress: "Optional[Callable[[int], object]]") -> None:
    if _versions.RMTREE_EVENT_DIR_FD:
        sys.audit("shutil.rmtree", path, None)
    else:
        sys.audit("shutil.rmtree", path)
    try:
        # It removes an empty directory, and can do no other harm. The library's removal does the same, but only after it has
        # opened the directory above, and takes three calls: 24 us more.
        posix.rmdir(path)
    except OSError:
        pass
    else:
        if progress is not None:
            progress(1)
        return
    for removed in _ffi.remove(path, STEP, ignore_errors, _identities.get(_key(path))):
        if progress is not None:
            progress(removed)


def _again(
    path: "Any", ignore_errors: bool = False, repeated: bool = False, dir_fd: "Optional[int]" = None, fullname: "Any" = None
) -> None:
    replaced = _replaced_rmtree()
    if replaced is not None:
        _remove_by_host(replaced, _again, path, ignore_errors, repeated, dir_fd, fullname)


# --- The end of a TemporaryDirectory.

# cleanup_on_signals() sets a function here, which is called with each new TemporaryDirectory.
watch: "Optional[Callable[[Any], None]]" = None


def in_owner(owner: "Any", clean_up: "Callable[..., Any]", *args: "Any", **kwargs: "Any") -> None:
    """A finalizer's call: cleans up in the process that made the directory. In a forked child it does nothing, since the
    child's garbage collector and exit finalize the parent's directories too."""
    if owner[0]:
        try:
            clean_up(*args, **kwargs)
        except BaseException as error:
            if not is_of_removal(error):
                clean_up(*args, **kwargs)  # an interruption; the finalizer is used up, so nothing else cleans up later
            raise
        forget_identity(args[0])


def is_of_removal(error: BaseException) -> bool:
    """Whether an exception says that something could not be removed, or is a warning raised as an error after the removal.
    Any other one is an interruption, such as the error of a signal's handler, which may be an OSError too."""
    if not isinstance(error, OSError):
        return isinstance(error, Warning)
    said = error.args[0] if error.args else None
    return error.errno is not None or type(said) is str and said == A_LINK  # the type first: comparing bytes fails under -bb


# --- Hosts that have replaced shutil.rmtree or a function of os. The directory may exist in their own file system only.

_shutil_rmtree: "Optional[Callable[..., Any]]" = None  # shutil's own, once it was seen


def _replaced_rmtree() -> "Optional[Callable[..., Any]]":
    """The rmtree that a host has put in the place of shutil's, or shutil's if the host has replaced what that calls; else
    None."""
    global _shutil_rmtree
    # None while another thread is importing shutil
    rmtree: "Optional[Callable[..., Any]]" = getattr(sys.modules.get("shutil"), "rmtree", None)
    if rmtree is not None and rmtree is not _shutil_rmtree:
        # By its globals, because a wrapper may have taken the name and the module of the function that it wraps.
        shutil_own = (
            rmtree.__globals__ is vars(sys.modules["shutil"])
            if isinstance(rmtree, FunctionType)
            else type(rmtree).__module__ == "shutil"
        )
        if not shutil_own:
            return rmtree
        _shutil_rmtree = rmtree
    if os.open is posix.open and os.unlink is posix.unlink and os.rmdir is posix.rmdir and os.scandir is posix.scandir:
        return None
    import shutil

    return shutil.rmtree


_MAY_BE_LOCKED = (PermissionError, IsADirectoryError) if _versions.RMTREE_EISDIR else (PermissionError,)


def _remove_by_host(
    remove: "Callable[..., Any]",
    again: "Callable[..., Any]",
    name: "Any",
    ignore_errors: bool,
    repeated: bool,
    dir_fd: "Optional[int]" = None,
    fullname: "Any" = None,
) -> None:
    """Removes a directory with the host's rmtree, called as the standard module calls it. An entry that it reports to the
    handler gets permissions once and is tried again.

    'again' -- removes an entry that turns out to be a directory; a method of the standard module's name, which hosts
    override.
    'repeated' -- this is such a second attempt.
    'dir_fd', 'fullname' -- from 3.15 on: the directory that the name is relative to, and the whole path.
    """
    keywords: "dict[str, Any]" = {"ignore_errors": ignore_errors} if _versions.IGNORE_CLEANUP_ERRORS else {}

    def failed(path: "Any", error: BaseException, direntry: "Any" = None, dir_fd: "Optional[int]" = None) -> None:
        if isinstance(error, FileNotFoundError):
            return
        if not isinstance(error, _MAY_BE_LOCKED) or repeated and path == name:
            if ignore_errors:
                return
            raise error
        whole, here, below = path, path, {}
        if _versions.RMTREE_BY_DESCRIPTOR:
            whole = path if fullname is None else fullname + path[len(name) :]
            here = path if dir_fd is None or direntry is None else direntry.name
            below = {"dir_fd": dir_fd}
            keywords.update(repeated=path == name, dir_fd=dir_fd, fullname=whole)
        try:
            if path != name:
                _resetperms_fd(dir_fd, os.path.dirname(whole))
            _resetperms_at(here, dir_fd, whole)
            try:
                os.unlink(here, **below)
            except IsADirectoryError:
                again(here, **keywords)
            except PermissionError:
                if not _versions.DIRECTORY_DELETE:
                    again(here, **keywords)
                elif os.path.isdir(whole):  # for a file, a second attempt would hide the reason
                    again(here, **{**keywords, "repeated": path == name})
                elif not ignore_errors:
                    raise
        except FileNotFoundError:
            pass
        except OSError:
            if not (ignore_errors and _versions.RMTREE_BY_DESCRIPTOR):
                raise

    if _versions.RMTREE_BY_DESCRIPTOR:
        remove(
            name, onexc=lambda function, path, error, **more: failed(path, error, **more), dir_fd=dir_fd, _onexc_kwargs=True
        )
    elif _versions.RMTREE_ONEXC:
        remove(name, onexc=lambda function, path, error: failed(path, error))
    else:
        remove(name, onerror=lambda function, path, error: failed(path, error[1]))


# --- The standard module's own helpers, under its names. Hosts that call them find them in the drop-in.


def _dont_follow_symlinks(func: "Any", path: "Any", *args: "Any") -> None:
    if func in os.supports_follow_symlinks:
        func(path, *args, follow_symlinks=False)
    elif not os.path.islink(path):
        func(path, *args)


def _resetflags(path: "Any") -> None:
    chflags = getattr(os, "chflags", None)
    if chflags is not None:
        _dont_follow_symlinks(chflags, path, 0)


def _resetperms(path: "Any") -> None:
    _resetflags(path)
    _dont_follow_symlinks(os.chmod, path, 0o700)


def _resetperms_fd(dir_fd: "Optional[int]", path: "Any") -> None:
    if dir_fd is None:
        _resetperms(path)
    else:
        _resetflags(path)
        os.chmod(dir_fd, 0o700)


def _resetperms_at(name: "Any", dir_fd: "Optional[int]", path: "Any") -> None:
    if dir_fd is None:
        _resetperms(path)
        return
    _resetflags(path)
    try:
        fd = os.open(name, _nofollow_mode, dir_fd=dir_fd)
    except OSError:  # it may not be read
        os.chmod(name, 0o700, dir_fd=dir_fd, follow_symlinks=False)
    else:
        try:
            os.chmod(fd, 0o700)
        finally:
            os.close(fd)


_rmtree_use_dir_fd = True
_nofollow_mode = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW

# The standard module's have no annotations, and inspect.signature() shows them.
for _function in (_dont_follow_symlinks, _resetflags, _resetperms, _resetperms_fd, _resetperms_at):
    _function.__annotations__ = {}
