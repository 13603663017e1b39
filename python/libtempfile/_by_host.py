"""Removing a directory with shutil.rmtree, called as the standard module calls it. For hosts that have put something of their own
in the place of that, or of os: to them the directory may be there when it is not in the kernel's world."""

import os

from . import _aliases, _versions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def rmtree(remove: "Callable[..., Any]", again: "Callable[..., Any]", name: "Any", ignore_errors: bool, repeated: bool) -> None:
    """Removes a directory with the host's rmtree. What the host reports to the handler is made removable once and tried again.

    'again' -- removes what turns out to be a directory; a method of the standard module's name, which hosts override too.
    'repeated' -- this is such a second try.
    """
    keywords = {"ignore_errors": ignore_errors} if _versions.IGNORE_CLEANUP_ERRORS else {}

    def failed(path: "Any", error: BaseException) -> None:
        if isinstance(error, FileNotFoundError):
            return
        if not isinstance(error, PermissionError) or repeated and path == name:
            if ignore_errors:
                return
            raise error
        try:
            if path != name:
                _aliases._resetperms(os.path.dirname(path))
            _aliases._resetperms(path)
            try:
                os.unlink(path)
            except IsADirectoryError:
                again(path, **keywords)
            except PermissionError:
                if not _versions.DIRECTORY_DELETE:
                    again(path, **keywords)
                elif os.path.isdir(path):  # else a second try would hide why
                    again(path, repeated=path == name, **keywords)
                elif not ignore_errors:
                    raise
        except FileNotFoundError:
            pass

    if _versions.RMTREE_ONEXC:
        remove(name, onexc=lambda function, path, error: failed(path, error))
    else:
        remove(name, onerror=lambda function, path, error: failed(path, error[1]))
