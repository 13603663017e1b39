"""Puts the drop-in in the standard module's place: for a process, or by the line of a .pth file for an environment."""

# Every interpreter that starts in a shadowed environment imports this module and the package, and nothing else. The .pth
# files name this module, so that it keeps its name.
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional
    from importlib.machinery import ModuleSpec
    from types import ModuleType

NAME = "tempfile"
DROP_IN = __package__ + ".tempfile"


def _drop_in() -> "ModuleType":
    import libtempfile.tempfile as module  # a statement, which programs that freeze others see

    return module


def _own_spec() -> "Optional[ModuleSpec]":
    """How the drop-in is found under its own name. It is not imported for that."""
    module = sys.modules.get(DROP_IN)
    if module is not None:
        return _finder.own or module.__spec__
    for finder in sys.meta_path:
        spec = finder.find_spec(DROP_IN, sys.modules[__package__].__path__)
        if spec is not None:
            return spec
    return None


class _Loader:
    """Gives the drop-in under the standard module's name. Questions about the source go to the drop-in's own loader:
    inspect, pyclbr, pdb and 'python -m tempfile' ask them."""

    made = False  # whether create_module has just run: exec_module is then part of an import, and else of a reload

    def __init__(self, own: "Any") -> None:
        self.own = own

    def create_module(self, spec: "ModuleSpec") -> "ModuleType":
        module = _drop_in()
        self.made, _finder.own = True, _own_spec()
        return module

    def exec_module(self, module: "Any") -> None:
        _give(module, DROP_IN)  # the import system has set the spec of the standard name
        if self.made:
            self.made = False
        else:
            self.own.exec_module(module)
        _give(module, NAME)

    def get_code(self, name: str) -> "Any":
        return self.own.get_code(DROP_IN)

    def get_source(self, name: str) -> "Any":
        return self.own.get_source(DROP_IN)

    def get_filename(self, name: str) -> "Any":
        return self.own.get_filename(DROP_IN)

    def get_data(self, path: str) -> "Any":
        return self.own.get_data(path)

    def is_package(self, name: str) -> bool:
        return False


class _Finder:
    """Finds one name, tempfile. It is first on sys.meta_path, before the finders of the standard library."""

    standard: "Optional[ModuleType]" = None  # the standard module, if the process had imported it
    own: "Optional[ModuleSpec]" = None  # the drop-in's own spec, while it is in the standard module's place

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Optional[ModuleSpec]":
        if name != NAME:
            return None
        own = _own_spec()
        if own is None:
            return None
        loader: "Any" = _Loader(own.loader)  # Any: its type would be in importlib.abc, which is slow to import
        spec = type(own)(NAME, loader, origin=own.origin)
        spec.has_location = own.has_location
        spec.cached = own.cached
        return spec


_finder = _Finder()


def _give(drop_in: "ModuleType", name: str) -> None:
    """Sets the module name of the drop-in's classes and functions. In the standard module's place it is "tempfile", so that
    they are shown and pickled under the name by which other processes find them. The module's __name__ stays, and tells it
    from the standard module."""
    if name == NAME:
        _finder.own = _own_spec()
        drop_in.__spec__ = _finder.find_spec(NAME)
    elif _finder.own is not None:
        drop_in.__spec__, _finder.own = _finder.own, None
    drop_in.__name__, drop_in.__package__ = DROP_IN, __package__
    kinds = type(_give), type
    for value in list(vars(drop_in).values()):
        if isinstance(value, kinds) and value.__module__ in (NAME, DROP_IN):
            line = vars(value).get("__firstlineno__")
            value.__module__ = name  # from 3.13 on this deletes a class's line number
            if line is not None:
                setattr(value, "__firstlineno__", line)


def _users_of(standard: "ModuleType") -> "list[str]":
    """The names of the modules that have imported the standard module."""
    modules = list(sys.modules.items())
    return sorted(name for name, module in modules if getattr(module, "__dict__", {}).get(NAME) is standard)


def is_installed() -> bool:
    """Whether an import of tempfile gives the drop-in in this process."""
    return _finder in sys.meta_path and (NAME not in sys.modules or sys.modules[NAME] is sys.modules.get(DROP_IN))


def insert() -> None:
    """Makes later imports find the drop-in, and imports nothing itself. For the start of an interpreter."""
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    if NAME in sys.modules:
        install()


def install() -> str:
    """Make each later 'import tempfile' of this process, in any module, import the drop-in.

    Modules that have imported the standard module already keep it. Attributes that the host has set in it, such as tempdir
    or a replacement of _get_candidate_names, are set in the drop-in, too. A second call changes nothing.

    Returns a line of text that describes the change.
    """
    if is_installed() and NAME in sys.modules:
        return "tempfile is %s already" % DROP_IN
    drop_in = _drop_in()
    standard = sys.modules.get(NAME)
    if standard is not drop_in:
        _finder.standard = standard
        if standard is not None:
            from . import _settings

            _settings.take_over(standard, drop_in)
    sys.modules[NAME] = drop_in
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    _give(drop_in, NAME)
    said = "tempfile is %s now" % DROP_IN
    unchanged = [] if standard is None else _users_of(standard)
    return said + "; these have imported the standard one: " + ", ".join(unchanged) if unchanged else said


def uninstall() -> str:
    """Make every later 'import tempfile' of this process import the standard module again. Objects of the drop-in stay
    usable.

    Returns a line of text that describes the change.
    """
    if _finder not in sys.meta_path:
        return "tempfile is the standard module already"
    sys.meta_path.remove(_finder)
    drop_in = sys.modules.get(DROP_IN)
    if drop_in is not None:
        _give(drop_in, DROP_IN)
        if sys.modules.get(NAME) is drop_in:
            del sys.modules[NAME]
            if _finder.standard is not None:
                sys.modules[NAME] = _finder.standard
    _finder.standard = None
    return "tempfile is the standard module again"
