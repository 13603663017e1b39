"""Carries over to the drop-in the names that a program has set or replaced in the standard module before install()."""

import os
import sys
from types import FunctionType, ModuleType

from . import _create
from . import tempfile as _tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _defaults() -> "dict[str, Any]":
    """The constants that programs set, in the module and in its classes, with their first values."""
    originals: "Any" = vars(_tempfile)["_originals"]
    return {"tempdir": None, "template": "tmp", "TMP_MAX": originals[0], "_bin_openflags": originals[1],
            "_text_openflags": originals[1], "_O_TMPFILE_WORKS": hasattr(os, "O_TMPFILE"), "characters": _create.CHARACTERS}


def _is(value: "Any", other: "Any") -> bool:
    return value is other or type(value) is type(other) and bool(value == other)


def _is_replaced(value: "Any", standard: ModuleType) -> bool:
    """Whether a function, class or module is not the standard module's. A wrapper may have taken the name and the module of
    the function that it wraps; its globals are those of the place where it was made."""
    function = getattr(value, "__func__", getattr(value, "fget", value))  # behind a method or a property
    if isinstance(function, FunctionType):
        return function.__globals__ is not vars(standard)
    if isinstance(function, type):
        return function.__module__ != standard.__name__
    if isinstance(function, ModuleType):
        return function is not sys.modules.get(function.__name__)
    return callable(function)


def _take_over(theirs: "Any", ours: "Any", standard: ModuleType, defaults: "dict[str, Any]") -> None:
    for name, value in list(vars(theirs).items()):
        if name.startswith("__"):
            continue
        known = name in vars(ours)
        own = vars(ours)[name] if known else vars(_tempfile)["_alias"](name)
        if name in defaults:
            # A value set in the drop-in earlier stays.
            if known and not _is(value, defaults[name]) and _is(own, defaults[name]):
                setattr(ours, name, value)
        elif name == "_name_sequence":  # the first use makes one; only one of another class is a program's
            if value is not None and type(value).__module__ != standard.__name__:
                setattr(ours, name, value)
        elif value is not own and (known or own is not None) and _is_replaced(value, standard):
            setattr(ours, name, value)
        elif isinstance(value, type) and isinstance(own, type) and value is not own:
            _take_over(value, own, standard, defaults)


def take_over(standard: ModuleType, drop_in: ModuleType) -> None:
    """Sets in the drop-in the constants, functions, classes and methods that a program has set in the standard module."""
    _take_over(standard, drop_in, standard, _defaults())
