from contextlib import AbstractContextManager
from io import BufferedWriter, TextIOWrapper
from os import PathLike
from typing import IO, Any, BinaryIO, Callable, Literal, Optional, Union, overload

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

_Path = Union[str, bytes, PathLike[str], PathLike[bytes]]

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
def persist(
    file: Union[_TemporaryFileWrapper[Any], SpooledTemporaryFile[Any], IO[Any]],
    path: _Path,
    *,
    sync: bool = False,
    replace: bool = True,
    across: bool = False,
    like_target: bool = False,
    where_possible: bool = False,
    follow: bool = False,
    backup: Union[_Path, bool, None] = None,
    permissions: Optional[int] = None,
    within: Optional[_Path] = None,
) -> None: ...
@overload
def atomic_write(
    path: _Path,
    mode: Literal["wb", "bw"] = "wb",
    *,
    sync: bool = False,
    replace: bool = True,
    like_target: bool = True,
    where_possible: bool = False,
    follow: bool = True,
    backup: Union[_Path, bool, None] = None,
    permissions: Optional[int] = None,
    within: Optional[_Path] = None,
    buffering: Literal[-1] = -1,
) -> AbstractContextManager[BufferedWriter]: ...
@overload
def atomic_write(
    path: _Path,
    mode: Literal["wb", "bw"] = "wb",
    *,
    sync: bool = False,
    replace: bool = True,
    like_target: bool = True,
    where_possible: bool = False,
    follow: bool = True,
    backup: Union[_Path, bool, None] = None,
    permissions: Optional[int] = None,
    within: Optional[_Path] = None,
    buffering: int,
) -> AbstractContextManager[BinaryIO]: ...
@overload
def atomic_write(
    path: _Path,
    mode: Literal["w", "wt", "tw"],
    *,
    sync: bool = False,
    replace: bool = True,
    like_target: bool = True,
    where_possible: bool = False,
    follow: bool = True,
    backup: Union[_Path, bool, None] = None,
    permissions: Optional[int] = None,
    within: Optional[_Path] = None,
    buffering: int = -1,
    encoding: Optional[str] = None,
    errors: Optional[str] = None,
    newline: Optional[str] = None,
) -> AbstractContextManager[TextIOWrapper]: ...
def cleanup_on_signals(*signals: int) -> None: ...
def enable_recovery(directory: Optional[_Path] = None) -> None: ...
def keep_all() -> None: ...
