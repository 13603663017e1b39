# The types are the standard module's own: what is annotated with those takes what comes from here, and the overloads are as
# exact as the type checker's copy of typeshed.
import sys
from tempfile import (
    TMP_MAX as TMP_MAX,
    NamedTemporaryFile as NamedTemporaryFile,
    SpooledTemporaryFile as SpooledTemporaryFile,
    TemporaryDirectory as TemporaryDirectory,
    TemporaryFile as TemporaryFile,
    _TemporaryFileWrapper as _TemporaryFileWrapper,
    gettempdir as gettempdir,
    gettempdirb as gettempdirb,
    gettempprefix as gettempprefix,
    gettempprefixb as gettempprefixb,
    mkdtemp as mkdtemp,
    mkstemp as mkstemp,
    mktemp as mktemp,
    tempdir as tempdir,
    template as template,
)
from random import Random
from typing import Any, Iterator

__all__ = [
    "NamedTemporaryFile",
    "TemporaryFile",
    "SpooledTemporaryFile",
    "TemporaryDirectory",
    "mkstemp",
    "mkdtemp",
    "mktemp",
    "TMP_MAX",
    "gettempprefix",
    "tempdir",
    "gettempdir",
    "gettempprefixb",
    "gettempdirb",
]

# What the package itself uses.
class _RandomNameSequence:
    characters: str
    @property
    def rng(self) -> Random: ...
    def __iter__(self) -> _RandomNameSequence: ...
    def __next__(self) -> str: ...

class _TemporaryFileCloser:
    file: Any
    name: Any
    delete: bool
    close_called: bool
    _owner: Any
    if sys.version_info >= (3, 14):
        def __init__(
            self, file: Any, name: Any, delete: bool = True, delete_on_close: bool = True, warn_message: str = ...
        ) -> None: ...
    elif sys.version_info >= (3, 12):
        def __init__(self, file: Any, name: Any, delete: bool = True, delete_on_close: bool = True) -> None: ...
    else:
        def __init__(self, file: Any, name: Any, delete: bool = True) -> None: ...
    def __del__(self) -> None: ...
    def _own(self) -> None: ...
    def _is_owned(self) -> bool: ...
    def close(self) -> None: ...
    def cleanup(self) -> None: ...  # from 3.12 on

def _candidate_tempdir_list() -> list[str]: ...
def _is_usable(dir: str, names: Iterator[str]) -> bool: ...
