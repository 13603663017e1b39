"""What tempfile_rmtree costs beside rm -rf and shutil.rmtree: the same tree is built anew for each, turn by turn, so that all
meet the same machine. Prints medians and, as the ratio, the median of the ratios of each round.

usage: removal.py LIBRARY [FILES [ROUNDS]]

FILES, 100,000 unless given, is how many files a tree has. Each tree is removed in memory (/dev/shm) and on the file
system of TMPDIR.
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
from typing import Callable, Dict, List

DIRECTORIES = 1000


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


def removers(library: Path) -> Dict[str, Callable[[Path], None]]:
    c = ctypes.CDLL(str(library))

    def ours(root: Path) -> None:
        if c.tempfile_rmtree(os.fsencode(root), 0) != 0:
            sys.exit("bench-removal: tempfile_rmtree failed")

    ours(Path("/nonexistent/libtempfile"))  # loads the Go side
    return {"libtempfile": ours, "rm -rf": lambda root: void(subprocess.run(["rm", "-rf", str(root)], check=True)),
            "shutil.rmtree": shutil.rmtree}


def void(_: object) -> None:
    pass


def compare(where: Path, files: int, directories: int, rounds: int, remove: Dict[str, Callable[[Path], None]]) -> None:
    taken: Dict[str, List[float]] = {name: [] for name in remove}
    for turn in range(rounds):
        names = list(remove)
        for name in names[turn % 3:] + names[:turn % 3]:  # nobody is always the first
            root = where / "tree"
            build(root, files, directories)
            os.sync()
            start = time.perf_counter()
            remove[name](root)
            taken[name].append(time.perf_counter() - start)
            if root.exists():
                sys.exit(f"bench-removal: {name} left the tree")
    ours = taken["libtempfile"]
    kind = f"{files} files in {directories} directories" if directories else f"{files} files in one directory"
    print(f"{str(where.parent):<12} {kind:<36} libtempfile {statistics.median(ours) * 1000:7.1f} ms", end="")
    for name in ("rm -rf", "shutil.rmtree"):
        ratio = statistics.median(a / b for a, b in zip(ours, taken[name]))
        print(f"   {name} {statistics.median(taken[name]) * 1000:7.1f} ms, ratio {ratio:.2f}", end="")
    print(flush=True)


def main() -> int:
    library = Path(sys.argv[1])
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    remove = removers(library)
    for parent in dict.fromkeys(["/dev/shm", tempfile.gettempdir()]):
        if not os.path.isdir(parent):
            print(f"skip  bench-removal: there is no {parent}")
            continue
        with tempfile.TemporaryDirectory(dir=parent, prefix="libtempfile-bench-") as where:
            compare(Path(where), files, min(DIRECTORIES, files), rounds, remove)
            compare(Path(where), files, 0, rounds, remove)
    return 0


if __name__ == "__main__":
    sys.exit(main())
