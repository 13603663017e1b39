"""What tempfile_rmtree costs beside rm -rf and shutil.rmtree: the same tree for each, turn by turn, so that all meet the same
machine, and nobody is always the first. Prints medians and, as the ratio, the median of the ratios of the rounds.

usage: removal.py LIBRARY [FILES [ROUNDS]]

FILES, 100,000 unless given, is how many files a tree has. Trees are removed in memory (/dev/shm) and on a disk.

On a disk all trees are made before the first is removed: for a minute or more, ext4 gives nobody an inode that was just
deleted, and looks at each of them again for every file that is made, so that making the next tree would take a hundred
times as long. Then they are written out once, by syncfs, lest the journal writes some of them while others are removed.
"""

import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional

DIRECTORIES = 1000
MEMORY = "/dev/shm"

Remover = Callable[[Path], object]


def build(root: Path, files: int, directories: int) -> None:
    """Makes a tree of empty files; in the root itself if there are no directories."""
    root.mkdir()
    for i in range(max(directories, 1)):
        here = root / f"directory-{i}" if directories else root
        if directories:
            here.mkdir()
        descriptor = os.open(here, os.O_RDONLY)
        for j in range(files // max(directories, 1)):
            os.mknod(f"file-{j:06}", 0o600, dir_fd=descriptor)
        os.close(descriptor)


def removers(library: Path) -> Dict[str, Remover]:
    c = ctypes.CDLL(str(library))

    def ours(root: Path) -> None:
        if c.tempfile_rmtree(os.fsencode(root), 0) != 0:
            sys.exit("bench-removal: tempfile_rmtree failed")

    ours(Path("/nonexistent/libtempfile"))  # loads the Go side
    return {"libtempfile": ours, "rm -rf": lambda root: subprocess.run(["rm", "-rf", str(root)], check=True),
            "shutil.rmtree": shutil.rmtree}


def file_system(where: str) -> str:
    return subprocess.run(["stat", "-f", "-c", "%T", where], stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def disk() -> Optional[str]:
    """Finds a folder that is not in memory."""
    for folder in (tempfile.gettempdir(), "/var/tmp", os.getcwd()):
        if os.access(folder, os.W_OK) and file_system(folder) not in ("tmpfs", "ramfs"):
            return folder
    return None


def trees(where: Path, files: int, directories: int, count: int, at_once: bool) -> Iterator[Path]:
    """Makes so many trees: each when it is asked for, or all at once."""
    roots = [where / f"tree-{i}" for i in range(count)]
    if at_once:
        for root in roots:
            build(root, files, directories)
        here = os.open(where, os.O_RDONLY)
        ctypes.CDLL(None).syncfs(here)
        os.close(here)
    for root in roots:
        if not at_once:
            build(root, files, directories)
        yield root


def compare(parent: str, files: int, directories: int, rounds: int, remove: Dict[str, Remover], at_once: bool = False) -> None:
    taken: Dict[str, List[float]] = {name: [] for name in remove}
    with tempfile.TemporaryDirectory(dir=parent, prefix="libtempfile-bench-") as where:
        made = trees(Path(where), files, directories, rounds * len(remove), at_once)
        for turn in range(rounds):
            names = list(remove)
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                root = next(made)
                start = time.perf_counter()
                remove[name](root)
                taken[name].append(time.perf_counter() - start)
                if root.exists():
                    sys.exit(f"bench-removal: {name} left the tree")
    ours = taken["libtempfile"]
    kind = f"{files} files in {directories} directories" if directories else f"{files} files in one directory"
    print(f"{file_system(parent):<10} {kind:<36} libtempfile {statistics.median(ours) * 1000:7.1f} ms", end="")
    for name in list(remove)[1:]:
        ratio = statistics.median(a / b for a, b in zip(ours, taken[name]))
        print(f"   {name} {statistics.median(taken[name]) * 1000:7.1f} ms, ratio {ratio:.2f}", end="")
    print(flush=True)


def main() -> int:
    library = Path(sys.argv[1])
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    remove = removers(library)
    if os.access(MEMORY, os.W_OK):
        compare(MEMORY, files, min(DIRECTORIES, files), rounds, remove)
        compare(MEMORY, files, 0, rounds, remove)
    else:
        print(f"skip  bench-removal  there is no {MEMORY}")
    folder = disk()
    if folder is not None:
        compare(folder, files, min(DIRECTORIES, files), rounds, {name: remove[name] for name in ("libtempfile", "rm -rf")}, at_once=True)
    else:
        print("skip  bench-removal  there is no folder on a disk")
    return 0


if __name__ == "__main__":
    sys.exit(main())
