"""What the classes behind NamedTemporaryFile need beside themselves."""

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

# cleanup_on_signals() puts a function here, which is told of each file that is to be deleted.
watch: "Optional[Callable[[Any], None]]" = None


class _AtEnd:
    """Deletes the names of the files that nothing ever finalizes: what a daemon thread holds at exit, for instance, since its
    frames are never taken down. It is an attribute of sys, which the interpreter takes down when all other modules are gone;
    this module's own globals may outlive that. The garbage collector knows what is left, so that a file costs nothing more
    for its sake."""

    def __init__(self) -> None:
        self.kinds: "list[type]" = []
        self.objects, self.frozen, self.unfreeze = gc.get_objects, gc.get_freeze_count, gc.unfreeze  # globals are gone then

    def __del__(self) -> None:
        if self.frozen():
            self.unfreeze()  # the list would lack them
        for one in self.objects():
            for kind in self.kinds:
                # By no comparison: a metaclass of the host's may have one, which fails now that its globals are gone.
                if issubclass(type(one), kind):
                    one._forsaken()


seen_to: "list[type]" = []  # the classes whose objects are deleted at the end


def see_to(kind: type) -> None:
    """Is called for the first file of a class."""
    seen_to.append(kind)
    name = "_libtempfile_at_end"
    if name not in sys.__dict__:
        setattr(sys, name, _AtEnd())
    getattr(sys, name).kinds.append(kind)


_Method: "Any" = type([].append)  # of an object that is written in C, as Python's files are
_descriptions: "dict[Any, Any]" = {}  # of methods, by type and name: what functools.wraps copies


def holding(closer: "Any", method: "Any", file: "Any") -> "Any":
    """The method, with a reference to what would delete the file: write = f.write; del f leaves the file (bpo-18879)."""
    def func_wrapper(*args, **kwargs):  # type: ignore[no-untyped-def] # annotations would be the method's
        return method(*args, **kwargs)

    if type(method) is _Method and method.__self__ is file:
        key = type(file), method.__name__
        if key not in _descriptions:
            _descriptions[key] = method.__module__, method.__qualname__, method.__doc__
        func_wrapper.__name__ = key[1]
        func_wrapper.__module__, func_wrapper.__qualname__, func_wrapper.__doc__ = _descriptions[key]
        func_wrapper.__wrapped__ = method  # type: ignore[attr-defined]
    else:
        from functools import update_wrapper

        update_wrapper(func_wrapper, method)
    func_wrapper._closer = closer  # type: ignore[attr-defined]
    return func_wrapper
