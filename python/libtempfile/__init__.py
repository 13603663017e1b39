"""libtempfile: Python's tempfile, made safer by a library that serves many languages.

'import libtempfile as tempfile' replaces the standard module in one file. It has all names, keywords, warnings and
exceptions of the running version. libtempfile.install() replaces the standard module in a process, and
'python -m libtempfile.shadow enable' in an environment. The package adds:

    rmtree(path, progress=...)     removes a directory of mkdtemp, and reports its progress
    atomic_write(path)             writes a file as a whole or not at all
    persist(file, path)            makes a temporary file a lasting one, atomically and durably
    adopt(file)                    makes a forked process the owner of a file of its parent
    cleanup_on_signals()           makes signals clean up before they end the process
    enable_recovery()              lets others remove what this process leaves when it is killed
    keep_all()                     deletes nothing and prints each path at exit, for debugging
    install(), uninstall()         replace the standard module in this process, and undo it
    library_path()                 the path of the library in use
    LibraryError                   an ImportError: the library cannot be loaded
    __version__

'python -m libtempfile' prints which library and which default directory are in use, and why.
"""

# Every interpreter that starts in a shadowed environment imports this file, so it imports next to nothing.
import sys as _sys

_ModuleType = type(_sys)

__version__ = "0.1.0"

# The names that the package adds, and the submodule that each is imported from when it is first read.
_EXTRAS = {
    "rmtree": "_directory",
    "LibraryError": "_search",
    "library_path": "_ffi",
    "install": "_finder",
    "uninstall": "_finder",
    "adopt": "_adopt",
    "persist": "_publish",
    "atomic_write": "_publish",
    "cleanup_on_signals": "_signals",
    "enable_recovery": "_recovery",
    "keep_all": "_keep",
}


def _for_analysers():
    """Never called. Programs that freeze others look for import statements, and __getattr__ imports by string."""
    from . import _adopt, _directory, _ffi, _finder, _keep, _publish, _recovery, _search, _signals, tempfile  # noqa: F401


class _Package(_ModuleType):
    """Forwards all names but the package's own to the drop-in: libtempfile.tempdir = x is an assignment there."""

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
        """For dunders, extras, and the submodules, which the import system assigns."""
        return (
            name in self.__dict__
            or name in _EXTRAS
            or name.startswith("__")
            and name.endswith("__")
            or value is not None
            and _sys.modules.get("%s.%s" % (self.__name__, name)) is value
        )

    def __dir__(self):
        extras = [name for name in self.__dict__ if not name.startswith("_") or name.startswith("__")]
        return sorted({*extras, *_EXTRAS, *dir(self.tempfile)})


_package = _sys.modules[__name__]
_package.__class__ = _Package


def _is_submodule(name):
    """Whether the import system finds a submodule of this name. Nothing is imported."""
    name = __name__ + "." + name
    for finder in _sys.meta_path or ():
        find_spec = getattr(finder, "find_spec", None)  # a host's finder of the old kind lacks it
        if find_spec is not None and find_spec(name, __path__) is not None:
            return True
    return False


# A function and not a method of _Package: with the method, every read of the package costs a quarter of a microsecond more.
def __getattr__(name):
    # First the usual case, a name of the drop-in when that is imported: the rest takes longer than making a small file.
    drop_in = _package.__dict__.get("tempfile")
    if drop_in is not None and name in drop_in.__dict__:
        if not (name.startswith("__") and name.endswith("__")):
            # From now on Python reads it there without this function, and sees later assignments.
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
    # A submodule that is not imported yet has no attribute; the import system asks before it imports one. The drop-in must
    # not be asked, which would import it and then be asked by the imports in it.
    if name.startswith("__") and name != "__all__" or _is_submodule(name):
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    return getattr(_package.tempfile, name)
