"""Changes that a stranger makes to a tree while its removal is stopped between two calls."""

import ctypes
import os
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Dict, Iterator

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_libc = ctypes.CDLL(None, use_errno=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchanges two names atomically. Returns False if one of them is gone."""
    if _libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (2, 20):  # ENOENT, ENOTDIR
        return False
    raise OSError(code, os.strerror(code), str(one))


@contextmanager
def somebody_else(user: int) -> Iterator[None]:
    """Gives the calling thread, and no other, a user's rights in the file system."""
    before = _libc.setfsuid(user)
    try:
        assert _libc.setfsuid(-1) == user, "the user cannot be changed"
        yield
    finally:
        _libc.setfsuid(before)


def link(part: Path, aside: Path, victim: Path) -> bool:
    """Replaces a part by a symbolic link to the victim. The part is then at `aside`."""
    aside.symlink_to(victim)
    return exchange(part, aside)


def directory(part: Path, aside: Path, victim: Path) -> bool:
    """Replaces a part by the victim itself."""
    return exchange(part, victim)


def moved(part: Path, aside: Path, victim: Path) -> bool:
    """Moves a part into the victim."""
    try:
        part.rename(victim / "moved")
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def fifo(part: Path, aside: Path, victim: Path) -> bool:
    """Replaces a part by a fifo, on which an open would block."""
    os.mkfifo(aside)
    return exchange(part, aside)


def bound(part: Path, aside: Path, victim: Path) -> bool:
    """Replaces a part by a socket."""
    with socket.socket(socket.AF_UNIX) as one:
        here = os.open(aside.parent, os.O_RDONLY)
        try:
            one.bind(f"/proc/self/fd/{here}/{aside.name}")  # the path itself may be too long for a socket
        finally:
            os.close(here)
    return exchange(part, aside)


def device(part: Path, aside: Path, victim: Path) -> bool:
    """Replaces a part by a device."""
    os.mknod(aside, 0o20600, os.makedev(5, 1))  # /dev/console
    return exchange(part, aside)


Swap = Callable[[Path, Path, Path], bool]
PARTS: Dict[str, str] = {
    "root": "tree",
    "middle": "tree/middle",
    "leaf": "tree/middle/leaf",
    "file": "tree/middle/leaf/file",
}
