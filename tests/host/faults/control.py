"""The control: the same swaps make the removal of CPython lose a stranger's files (gh-157579), so the swaps are
effective."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

import strace
import swap
import victim
from bench import NOBODY, Bench
from matrix import Seen, Skip, row

# Python's TemporaryDirectory on the tree that the driver locks, between the driver's markers.
PROGRAM = """
import os, sys, tempfile
folder = sys.argv[1]
tree = os.path.join(folder, 'tree')
os.makedirs(os.path.join(tree, 'middle', 'leaf'))
for below in ('', 'middle', 'middle/leaf'):
    open(os.path.join(tree, below, 'file'), 'w').close()
os.chmod(os.path.join(tree, 'middle', 'leaf'), 0)
os.chmod(os.path.join(tree, 'middle'), 0o500)
os.access('/libtempfile/begin', os.F_OK)
try:
    tempfile.TemporaryDirectory._rmtree(tree)
except OSError as error:
    print(error)
os.access('/libtempfile/end', os.F_OK)
"""


def interpreter(user: List[str]) -> str:
    """Finds a Python that the user can run."""
    for name in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        if not name or not os.path.exists(name):
            continue
        done = subprocess.run(
            [*user, "strace", "-o", "/dev/null", name, "-I", "-c", "import tempfile; tempfile.TemporaryDirectory._rmtree"],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        if done.returncode == 0:
            return name
    raise Skip("no Python that a user without rights can run")


def lost(bench: Bench, user: List[str], python: str, stop: str) -> Optional[bool]:
    """Replaces the middle of the tree by a symbolic link at a stop. Returns whether the victim was changed, or None if
    the swap failed."""
    folder, outside = bench.folder(True), bench.folder(True)
    precious = victim.make(outside / "victim")
    for path in [precious, *precious.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    before = victim.portrait(precious)
    swapped: List[bool] = []
    log = folder.with_name(folder.name + ".log")
    log.touch()
    os.chown(log, NOBODY, NOBODY)
    strace.run(
        [python, "-I", "-S", "-c", PROGRAM, str(folder)],
        log,
        stop,
        None,
        user,
        lambda: swapped.append(swap.link(folder / "tree/middle", outside / "aside", precious)),
    )
    after = victim.portrait(precious)
    log.unlink()
    bench.discard(folder)
    bench.discard(outside)
    return after != before if swapped == [True] else None


@row(11, "control: the swaps of the middle, on CPython's remover")
def cpython(bench: Bench) -> Seen:
    if os.geteuid() != 0:
        raise Skip("needs root, to make the tree another user's")
    user = bench.as_user()
    python = interpreter(user)
    bench.base.chmod(0o1777)
    folder = bench.folder(True)
    log = Path(f"{folder}.log")
    log.touch()
    os.chown(log, NOBODY, NOBODY)
    plan = strace.run([python, "-I", "-S", "-c", PROGRAM, str(folder)], log, "", None, user)
    shutil.rmtree(folder, ignore_errors=True)
    assert plan.calls, f"no calls were seen: {plan.describe()}"
    outcomes = []
    bench.parallel(
        lambda call: outcomes.append(lost(bench, user, python, f"{call.name}:signal=STOP:when={call.nth}")), plan.calls
    )
    hurt, swaps = sum(1 for outcome in outcomes if outcome), sum(1 for outcome in outcomes if outcome is not None)
    version = subprocess.run([python, "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    if not hurt:
        raise AssertionError(f"{version} lost nothing in {swaps} swaps: is gh-157579 fixed in it, or do the swaps miss?")
    return Seen(
        "strace: SIGSTOP after the Nth call; renameat2",
        len(outcomes),
        f"{version} damaged the victim in {hurt} of {swaps} swaps",
    )
