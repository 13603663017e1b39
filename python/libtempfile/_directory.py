"""What TemporaryDirectory needs beside itself."""

from . import _removal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

# cleanup_on_signals() puts a function here, which is told of each directory.
watch: "Optional[Callable[[Any], None]]" = None


def if_ours(owner: "Any", clean_up: "Callable[..., Any]", *args: "Any", **kwargs: "Any") -> None:
    """For finalizers: does nothing in a forked child, where the garbage collector and the end of the interpreter come to the
    parent's directories too."""
    if owner[0]:
        clean_up(*args, **kwargs)
        _removal.forget(args[0])
