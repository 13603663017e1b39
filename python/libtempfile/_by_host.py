"""Removing a directory with shutil.rmtree, called as the standard module calls it. For hosts that have put something of their
own in the place of that, or of os: to them the directory may be there when it is not in the kernel's world."""

import os

from . import _aliases, _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

_MAY_BE_LOCKED = (PermissionError, IsADirectoryError) if _versions.RMTREE_EISDIR else (PermissionError,)


def rmtree(remove: "Callable[..., Any]", again: "Callable[..., Any]", name: "Any", ignore_errors: bool,
           repeated: bool, dir_fd: "Optional[int]" = None, fullname: "Any" = None) -> None:
    """Removes a directory with the host's rmtree. What the host reports to the handler is made removable once and tried again.

    'again' -- removes what turns out to be a directory; a method of the standard module's name, which hosts override too.
    'repeated' -- this is such a second try.
    'dir_fd', 'fullname' -- from 3.15 on: what the name is relative to, and the path that it is by itself.
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
            whole = path if fullname is None else fullname + path[len(name):]
            here = path if dir_fd is None or direntry is None else direntry.name
            below = {"dir_fd": dir_fd}
            keywords.update(repeated=path == name, dir_fd=dir_fd, fullname=whole)
        try:
            if path != name:
                _aliases._resetperms_fd(dir_fd, os.path.dirname(whole))
            _aliases._resetperms_at(here, dir_fd, whole)
            try:
                os.unlink(here, **below)
            except IsADirectoryError:
                again(here, **keywords)
            except PermissionError:
                if not _versions.DIRECTORY_DELETE:
                    again(here, **keywords)
                elif os.path.isdir(whole):  # else a second try would hide why
                    again(here, **{**keywords, "repeated": path == name})
                elif not ignore_errors:
                    raise
        except FileNotFoundError:
            pass
        except OSError:
            if not (ignore_errors and _versions.RMTREE_BY_DESCRIPTOR):
                raise

    if _versions.RMTREE_BY_DESCRIPTOR:
        remove(name, onexc=lambda function, path, error, **more: failed(path, error, **more),
               dir_fd=dir_fd, _onexc_kwargs=True)
    elif _versions.RMTREE_ONEXC:
        remove(name, onexc=lambda function, path, error: failed(path, error))
    else:
        remove(name, onerror=lambda function, path, error: failed(path, error[1]))
