from os import PathLike
from typing import IO, Any, Callable, Optional, Union

from . import tempfile as tempfile
from .tempfile import (
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

__version__: str

class LibraryError(ImportError): ...

def library_path() -> str: ...
def install() -> str: ...
def uninstall() -> str: ...
def rmtree(
    path: Union[str, bytes, PathLike[str], PathLike[bytes]],
    *,
    ignore_errors: bool = False,
    progress: Optional[Callable[[int], object]] = None,
) -> None: ...
def adopt(
    file_or_directory: Union[_TemporaryFileWrapper[Any], TemporaryDirectory[Any], SpooledTemporaryFile[Any], IO[Any]],
) -> None: ...
def cleanup_on_signals(*signals: int) -> None: ...
