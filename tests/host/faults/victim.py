"""Files that a removal must not touch, and the check that it did not."""

import os
import stat
from pathlib import Path
from typing import List

# The names are those of the driver's tree, so that a removal on the wrong path finds something to destroy.
FOLDERS = ("", "middle", "middle/leaf", "leaf", "empty")


def make(folder: Path) -> Path:
    """Makes a victim with files, under the names that a removal looks for."""
    for below in FOLDERS:
        here = folder / below
        here.mkdir(mode=0o755, parents=True)
        here.chmod(0o755)
        (here / "file").write_text("precious")
        (here / "file").chmod(0o644)
    return folder


def portrait(folder: Path) -> List[str]:
    """Describes all entries of a folder: type, mode, owner, time of change, identity and content."""
    lines = []
    for path in sorted([folder, *folder.rglob("*")]):
        found = path.lstat()
        content = path.read_text() if stat.S_ISREG(found.st_mode) else ""
        lines.append(
            f"{os.path.relpath(path, folder)} {found.st_mode:o} {found.st_uid} {found.st_mtime_ns} {found.st_ino} {content}"
        )
    return lines
