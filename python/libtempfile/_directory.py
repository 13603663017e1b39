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
        try:
            clean_up(*args, **kwargs)
        except BaseException as error:
            if not of_the_removal(error):
                clean_up(*args, **kwargs)  # nobody else will, and whoever sees the interruption has no more to do with it
            raise
        _removal.forget(args[0])


def of_the_removal(error: BaseException) -> bool:
    """Whether an exception tells that something could not be removed, or comes after it was: a warning that is an error. What else
    comes is an interruption, such as the error of a signal's handler, which may be an OSError too."""
    if not isinstance(error, OSError):
        return isinstance(error, Warning)
    said = error.args[0] if error.args else None
    return error.errno is not None or type(said) is str and said == _removal.A_LINK  # by its type first: see -bb
