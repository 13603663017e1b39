"""Injects every fault of the matrix into the real library, and prints the result of each row.

usage: run.py BUILD [--quick] [--big] [--own] [ROW...]

BUILD is the folder of the build. --quick is the part that make test runs. --big makes the large trees as large as the
documented limits. --own leaves out the rows that are tests of the core and of C. Rows are chosen by number. A row that this
machine cannot run is skipped by name.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matrix
import mounts
from bench import Bench

import control  # noqa: F401
import rows_creation  # noqa: F401
import rows_errors  # noqa: F401  (importing them registers their rows)
import rows_elsewhere  # noqa: F401
import rows_helpers  # noqa: F401
import rows_kill  # noqa: F401
import rows_large  # noqa: F401
import rows_swaps  # noqa: F401
import rows_system  # noqa: F401


def cannot_trace() -> str:
    """Returns why strace cannot be used here, or "" if it can."""
    if shutil.which("strace") is None:
        return "strace is missing (apt-get install strace)"
    probe = [
        "strace",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-e",
        "trace=openat2",
        "-e",
        "inject=openat2:error=EIO:when=1",
        "-o",
        "/dev/null",
        "true",
    ]
    done = subprocess.run(probe, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    return "" if done.returncode == 0 else "strace cannot trace here: " + done.stderr.decode(errors="replace").strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--own", action="store_true")
    parser.add_argument("rows", type=int, nargs="*")
    arguments = parser.parse_intermixed_args()
    reason = cannot_trace()
    if reason:
        print("skip faults " + reason)
        return 0
    base = Path(tempfile.mkdtemp(prefix="libtempfile-faults-"))
    mounts.enter()
    try:
        bench = Bench(arguments.build.resolve(), base.resolve(), arguments.quick, arguments.big)
        return 0 if matrix.run_all(bench, arguments.rows, arguments.quick, arguments.own) else 1
    finally:
        subprocess.run(["chmod", "-R", "u+rwx", str(base)], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
