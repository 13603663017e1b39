"""Private names of the standard module that this package has no use for, but others reach for."""

import importlib
import os


def _dont_follow_symlinks(func, path, *args):
    if func in os.supports_follow_symlinks:
        func(path, *args, follow_symlinks=False)
    elif not os.path.islink(path):
        func(path, *args)


def _resetflags(path):
    chflags = getattr(os, "chflags", None)
    if chflags is not None:
        _dont_follow_symlinks(chflags, path, 0)


def _resetperms(path):
    _resetflags(path)
    _dont_follow_symlinks(os.chmod, path, 0o700)


def _resetperms_fd(dir_fd, path):
    if dir_fd is None:
        _resetperms(path)
    else:
        _resetflags(path)
        os.chmod(dir_fd, 0o700)


def _resetperms_at(name, dir_fd, path):
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


_FROM = {"_Random": ("random", "Random"), "_functools": ("functools", None), "_shutil": ("shutil", None),
         "_stat": ("stat", None), "_types": ("types", None), "_rmtree": ("shutil", "rmtree")}  # _rmtree: Debian's module has it
_OWN = {one: globals()[one] for one in ("_dont_follow_symlinks", "_nofollow_mode", "_resetflags", "_resetperms",
                                        "_resetperms_at", "_resetperms_fd", "_rmtree_use_dir_fd")}


def get(name):
    """The object with a name, or None."""
    if name in _OWN:
        return _OWN[name]
    if name not in _FROM:
        return None
    module, attribute = _FROM[name]
    found = importlib.import_module(module)
    return found if attribute is None else getattr(found, attribute)
