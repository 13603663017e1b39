"""Large trees: any depth with 64 descriptors, any number of entries with at most 35 MB of extra memory."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Tuple

from bench import Bench
from matrix import Seen, Skip, row

MOST = 35 * 1024  # kB, the limit of coreutils for 200,000 entries
_LIMIT = 900  # seconds, for a machine that is very busy


def remove(bench: Bench, kind: str, count: int) -> int:
    """Builds and removes a tree. Returns the memory that the removal took, in kB."""
    if not os.access("/dev/shm", os.W_OK):
        raise Skip("there is no /dev/shm to build large trees in")
    folder = Path(tempfile.mkdtemp(dir="/dev/shm", prefix="libtempfile-large-"))
    try:
        program = bench.build / "tests/host/faults/large"
        done = subprocess.run(
            [str(program), kind, str(folder), str(count)],
            env=bench.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=_LIMIT,
            check=False,
        )
        fields = done.stdout.split()
        assert done.returncode == 0 and fields[:2] == ["large", "0"], f"{kind} {count}: {done.stdout} {done.stderr}"
        assert int(fields[2]) <= MOST, f"{kind} {count}: {fields[2]} kB"
        return int(fields[2])
    finally:
        if any(folder.iterdir()):
            subprocess.run(["rm", "-rf", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def sizes(bench: Bench) -> Tuple[int, int]:
    """Returns the depth and the number of entries to try."""
    return (100_000, 1_000_000) if bench.big else (5_000, 100_000)


@row(15, "a deep tree, 64 descriptors", quick=True)
def deep(bench: Bench) -> Seen:
    depth = sizes(bench)[0]
    return Seen(f"{depth} directories deep; setrlimit", 1, f"removed with {remove(bench, 'deep', depth)} kB")


@row(16, "paths longer than PATH_MAX", quick=True)
def long(bench: Bench) -> Seen:
    return Seen("300 names of 200 bytes; setrlimit", 1, f"removed with {remove(bench, 'long', 300)} kB")


@row(17, "very many entries in one directory, and in many", quick=True)
def many(bench: Bench) -> Seen:
    entries = sizes(bench)[1]
    return Seen(
        f"{entries} entries; VmHWM",
        2,
        f"{remove(bench, 'flat', entries)} kB in one directory, "
        f"{remove(bench, 'wide', entries)} kB in {entries // 100}; at most {MOST} kB",
    )
