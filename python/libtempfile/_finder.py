"""Puts the drop-in in the standard module's place: for a process, or by the line of a .pth file for an environment."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional
    from importlib.machinery import ModuleSpec
    from types import ModuleType

NAME = "tempfile"
DROP_IN = __package__ + ".tempfile"


class _Loader:
    """Gives the drop-in as it is, under another name."""

    def create_module(self, spec: "ModuleSpec") -> "ModuleType":
        from importlib import import_module

        module = import_module(DROP_IN)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: "ModuleType") -> None:
        module.__spec__ = self.spec  # importing has put the other name's there, by which a reload would go


class _Finder:
    """Answers for one name. It is first on sys.meta_path, for the standard library is found by the others."""

    standard: "Optional[ModuleType]" = None  # the standard module, if the process had imported it

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Optional[ModuleSpec]":
        if name != NAME:
            return None
        from importlib.machinery import ModuleSpec

        loader: "Any" = _Loader()  # importlib.abc, whose class it should have for a type checker, is slow to import
        return ModuleSpec(NAME, loader, origin=DROP_IN)


_finder = _Finder()


def is_installed() -> bool:
    """Whether an import of tempfile gives the drop-in in this process."""
    return _finder in sys.meta_path and getattr(sys.modules.get(NAME), "__name__", DROP_IN) == DROP_IN


def insert() -> None:
    """Makes imports from now on find the drop-in, without importing anything. For the start of an interpreter."""
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    if NAME in sys.modules:
        install()


def install() -> str:
    """Make this process's 'tempfile' the drop-in: for every import from now on, also of modules that import it themselves.

    Modules that have imported the standard one before keep it. Doing it again changes nothing.

    Returns one line that says what was done.
    """
    if is_installed() and NAME in sys.modules:
        return "tempfile is %s already" % DROP_IN
    from importlib import import_module

    drop_in = import_module(DROP_IN)
    standard = sys.modules.get(NAME)
    if standard is not drop_in:
        _finder.standard = standard
    sys.modules[NAME] = drop_in
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    keep = sorted(name for name, module in list(sys.modules.items())
                  if standard is not None and module is not None and getattr(module, "__dict__", {}).get(NAME) is standard)
    return "tempfile is %s now%s" % (DROP_IN, "; these have imported the standard one: " + ", ".join(keep) if keep else "")


def uninstall() -> str:
    """Make this process's 'tempfile' the standard module again. What install() gave out before stays usable.

    Returns one line that says what was done.
    """
    if _finder not in sys.meta_path:
        return "tempfile is the standard module already"
    sys.meta_path.remove(_finder)
    if getattr(sys.modules.get(NAME), "__name__", None) == DROP_IN:
        del sys.modules[NAME]
        if _finder.standard is not None:
            sys.modules[NAME] = _finder.standard
    _finder.standard = None
    return "tempfile is the standard module again"
