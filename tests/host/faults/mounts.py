"""Mounts in a mount namespace of the harness. They disappear with it."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path
from typing import List

from matrix import Skip

_CLONE_NEWNS = 0x00020000
_entered: List[str] = []


def enter() -> None:
    """Moves the calling thread, and all that it starts later, to a new mount namespace. The main thread calls it, before
    other threads exist."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0:
        _entered.append("needs root, to mount")
    elif libc.unshare(_CLONE_NEWNS) != 0:
        _entered.append("no mount namespace: " + os.strerror(ctypes.get_errno()))
    elif shutil.which("mount") is None:
        _entered.append("mount is missing (apt-get install mount)")
    elif subprocess.run(["mount", "--make-rprivate", "/"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        _entered.append("mounts cannot be made private, as in a chroot or a container that forbids it")


def mount(*arguments: str) -> None:
    """Runs mount(8) with these arguments."""
    if _entered:
        raise Skip(_entered[0])
    done = subprocess.run(["mount", *arguments], stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Skip(done.stderr.decode(errors="replace").strip())


def unmount(where: Path) -> None:
    subprocess.run(["umount", str(where)], check=True)
