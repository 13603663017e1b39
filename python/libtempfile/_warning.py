"""Warnings that the standard module gives of itself."""

import sys
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# Finalizers call it, and may do so when the globals are gone.
def warn(message: str, category: "type[Warning]" = ResourceWarning, frame: "Any" = sys._getframe,
         explicit: "Any" = warnings.warn_explicit) -> None:
    """warnings.warn, where the caller stands, but as from the module 'tempfile': filters name that module, under whichever name
    the program has imported this one."""
    caller = frame(1)
    # Not with the globals themselves, for which the source would be read each time.
    registry = caller.f_globals.setdefault("__warningregistry__", {})
    explicit(message, category, caller.f_code.co_filename, caller.f_lineno, "tempfile", registry)
