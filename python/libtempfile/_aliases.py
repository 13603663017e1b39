"""Private names of the standard module that this package has no use for, but others reach for."""

import importlib
import os


def _dont_follow_symlinks(func, path, *args):
    if func in os.supports_follow_symlinks:
        func(path, *args, follow_symlinks=False)
    elif not os.path.islink(path):
        func(path, *args)


def _resetperms(path):
    chflags = getattr(os, "chflags", None)
    if chflags is not None:
        _dont_follow_symlinks(chflags, path, 0)
    _dont_follow_symlinks(os.chmod, path, 0o700)


_FROM = {"_Random": ("random", "Random"), "_functools": ("functools", None), "_shutil": ("shutil", None),
         "_types": ("types", None), "_rmtree": ("shutil", "rmtree")}  # _rmtree: Debian's module has it
_OWN = {"_dont_follow_symlinks": _dont_follow_symlinks, "_resetperms": _resetperms}


def get(name):
    """The object with a name, or None."""
    if name in _OWN:
        return _OWN[name]
    if name not in _FROM:
        return None
    module, attribute = _FROM[name]
    found = importlib.import_module(module)
    return found if attribute is None else getattr(found, attribute)
