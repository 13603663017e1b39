"""libtempfile: Python's tempfile over a library of its own that is safer, and the same in every language.

'import libtempfile as tempfile' is the standard module in one file: every name, keyword, warning and exception is the running
version's. libtempfile.install() puts it in the standard module's place in a process, and 'python -m libtempfile.shadow enable'
in an environment. What the standard module lacks is here too:

    rmtree(path, progress=...)     removes what mkdtemp made, and reports in between
    adopt(file)                    a forked process takes over what its parent made
    cleanup_on_signals()           a signal that ends the process cleans up
    install(), uninstall()         for a process
    library_path()                 of the library that is in use
    LibraryError                   it cannot be loaded; an ImportError
    __version__

'python -m libtempfile' tells what is in use, and why.
"""

# Every start of an interpreter in a shadowed environment imports this, so that it imports next to nothing.
import sys as _sys

_ModuleType = type(_sys)

__version__ = "0.1.0"

# Where what the standard module lacks comes from, when it is first asked for.
_EXTRAS = {"rmtree": "_removal", "LibraryError": "_search", "library_path": "_library_path", "install": "_finder",
           "uninstall": "_finder", "adopt": "_adopt", "cleanup_on_signals": "_signals"}

# Submodules: whether they are there is the import system's to say, and asking the drop-in would go round in a circle.
_SUBMODULES = {"_adopt", "_aliases", "_by_host", "_directory", "_ffi", "_files", "_finder", "_library_path", "_names", "_paths", "_primitives",
               "_process", "_pyinstaller", "_recipe", "_removal", "_search", "_settings", "_signals", "_spooled", "_versions",
               "_warning", "_wrapper",
               "__main__", "shadow", "tempfile"}


def _for_analysers():
    """Is never called. What freezes programs looks for import statements, and elsewhere modules are named by strings."""
    from . import _adopt, _by_host, _finder, _library_path, _removal, _search, _settings, _signals, tempfile  # noqa: F401


class _Package(_ModuleType):
    """Forwards what is not the package's own to the drop-in: libtempfile.tempdir = x is an assignment there."""

    def __setattr__(self, name, value):
        if self._is_own(name, value):
            _ModuleType.__setattr__(self, name, value)
        else:
            setattr(self.tempfile, name, value)

    def __delattr__(self, name):
        if name in self.__dict__:
            _ModuleType.__delattr__(self, name)
        else:
            delattr(self.tempfile, name)

    def _is_own(self, name, value):
        """Dunders, extras, and the submodules, which importing assigns."""
        return (name in self.__dict__ or name in _EXTRAS or name.startswith("__") and name.endswith("__")
                or value is not None and _sys.modules.get("%s.%s" % (self.__name__, name)) is value)

    def __dir__(self):
        extras = [name for name in self.__dict__ if not name.startswith("_") or name.startswith("__")]
        return sorted({*extras, *_EXTRAS, *dir(self.tempfile)})


_package = _sys.modules[__name__]
_package.__class__ = _Package


# A function of the module's and not a method: with __getattr__ in its class, every read costs a quarter of a microsecond more.
def __getattr__(name):
    # Most of what is asked for is in the drop-in, once that was imported; the rest took longer than a small file does.
    drop_in = _package.__dict__.get("tempfile")
    if drop_in is not None and name in drop_in.__dict__:
        if not (name.startswith("__") and name.endswith("__")):
            # From now on it is read there at once, whoever has assigned it since.
            from _operator import attrgetter

            setattr(_Package, name, property(attrgetter("tempfile." + name)))
        return drop_in.__dict__[name]

    from importlib import import_module

    if name in _EXTRAS:
        value = getattr(import_module(__name__ + "." + _EXTRAS[name]), name)
        _ModuleType.__setattr__(_package, name, value)
        return value
    if name == "tempfile":
        return import_module(__name__ + ".tempfile")
    if name in _SUBMODULES or name.startswith("__") and name != "__all__":
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    return getattr(_package.tempfile, name)
