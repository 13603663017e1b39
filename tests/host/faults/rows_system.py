"""Faults of the system itself: limits, full file systems, sandboxes, mounts, attributes, owners, other processes."""

import errno
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import List

import mounts
import swap
import victim
from bench import Attempt, Bench
from matrix import Seen, Skip, row
from rows_swaps import cases, try_all

_NUMBERS = {"openat2": 437, "statx": 332, "fchmodat2": 452, "getrandom": 318, "openat": 257, "mkdir": 83, "mkdirat": 258}
if os.uname().machine == "aarch64":
    _NUMBERS.update({"statx": 291, "getrandom": 278, "openat": 56, "mkdirat": 34})
    del _NUMBERS["mkdir"]


def deny(error: int, *names: str) -> str:
    """Returns the denied calls of a sandbox, as the driver reads them."""
    return ",".join(f"{_NUMBERS[name]}:{error}" for name in names if name in _NUMBERS)


def code(attempt: Attempt) -> int:
    assert attempt.result is not None
    return attempt.result.code


def clean(bench: Bench, operation: str, attempt: Attempt) -> None:
    """Fails if an attempt has left an entry, and removes its folder."""
    left = attempt.left()
    bench.discard(attempt.folder)
    assert not left, f"{operation}, result {attempt.result}: left behind {left}"


@row(4, "RLIMIT_NOFILE, hard")
def few_descriptors(bench: Bench) -> Seen:
    tries, needed = 0, 0
    for operation in bench.operations():
        for limit in range(3, 40):
            attempt = bench.attempt(operation, how=f"nofile {limit}", keep=True)
            tries += 1
            if code(attempt) == 0 and attempt.result is not None and attempt.result.again == 0:
                clean(bench, operation, attempt)
                needed = max(needed, limit)
                break
            assert code(attempt) == 0 or code(attempt) == (-errno.ENOENT if operation == "gettempdir" else -errno.EMFILE), (
                f"{operation} with {limit}: {attempt.result}"
            )
            bench.discard(attempt.folder)
        else:
            raise AssertionError(f"{operation} needs more than 40 descriptors")
    return Seen("setrlimit, 3 and up until it works", tries, f"-EMFILE, then success: at most {needed} in all, at any depth")


@row(5, "RLIMIT_FSIZE")
def small_files(bench: Bench) -> Seen:
    tries = 0
    for operation in bench.operations():
        for limit in (0, 1, 10000):
            attempt = bench.attempt(operation, how=f"fsize {limit}", keep=True)
            assert code(attempt) in (0, -errno.EFBIG, -errno.ENOENT), f"{operation} with {limit}: {attempt.result}"
            clean(bench, operation, attempt)
            tries += 1
    return Seen("setrlimit 0, 1, 10000 bytes", tries, "-EFBIG, nothing left, no spooled byte lost")


@row(5, "a full tmpfs, and one without inodes")
def full(bench: Bench) -> Seen:
    tries, failures = 0, 0
    where = bench.folder()
    operations = [
        "mkstemp",
        "mkdtemp",
        "named",
        "temporary",
        "temporary_named",
        "spooled",
        "rollover",
        "detach",
        "directory",
    ]
    for option in ("size=4k", "size=12k", "nr_inodes=2", "nr_inodes=3"):
        mounts.mount("-t", "tmpfs", "-o", option, "none", str(where))
        for operation in operations:
            attempt = bench.attempt(operation, parent=where, keep=True)
            assert code(attempt) in (0, -errno.ENOSPC), f"{operation} with {option}: {attempt.result}"
            failures += code(attempt) != 0
            clean(bench, operation, attempt)
            tries += 1
        mounts.unmount(where)
    assert failures, "nothing was full"
    return Seen(
        "mount -t tmpfs -o size=, nr_inodes=", tries, f"{failures} times -ENOSPC, nothing left, no spooled byte lost"
    )


@row(9, "getrandom: ENOSYS, EPERM, EAGAIN", quick=True)
def no_getrandom(bench: Bench) -> Seen:
    tries = 0
    for error in (errno.ENOSYS, errno.EPERM, errno.EAGAIN):
        for operation in ("mkstemp", "mkdtemp", "named", "random_names", "directory"):
            attempt = bench.attempt(operation, deny=deny(error, "getrandom"), keep=True)
            assert code(attempt) == 0, f"{operation}: {attempt.result}"
            assert any("/dev/urandom" in call.arguments for call in attempt.outcome.calls), f"{operation}: no /dev/urandom"
            clean(bench, operation, attempt)
            tries += 1
    return Seen("seccomp", tries, "/dev/urandom was read")


_HIDDEN = [("openat2",), ("fchmodat2",), ("openat2", "fchmodat2"), ("openat2", "statx", "fchmodat2")]


@row(10, "openat2, statx, fchmodat2: ENOSYS and EPERM", quick=True)
def hidden_calls(bench: Bench) -> Seen:
    tries = 0
    for error in (errno.ENOSYS, errno.EPERM):
        for names in _HIDDEN[-1:] if bench.quick else _HIDDEN:
            for operation in ("rmtree", "cleanup", "rmtree_locked", "rmtree_deep"):
                attempt = bench.attempt(operation, deny=deny(error, *names), keep=True)
                assert code(attempt) == 0, f"{operation} without {names}: {attempt.result}"
                clean(bench, operation, attempt)
                tries += 1
    return Seen("seccomp", tries, "all was removed, by descriptor")


@row(10, "the same, with links swapped for the parts")
def hidden_and_swapped(bench: Bench) -> Seen:
    if os.geteuid() != 0:
        raise Skip("needs root, to make the tree another user's")
    tries, swaps = 0, 0
    for error in (errno.ENOSYS, errno.EPERM):
        denied = deny(error, "openat2", "statx", "fchmodat2")
        work = cases(bench, ["rmtree_locked"], ["root", "middle", "leaf"], denied)[::3]
        swaps += sum(try_all(bench, work, swap.link, denied=denied).values())
        tries += len(work)
    return Seen("seccomp; SIGSTOP after the Nth call", tries, f"{swaps} swaps: the victim is untouched")


@row(20, "a bind mount or a tmpfs inside, or as the root", quick=True)
def mounted(bench: Bench) -> Seen:
    tries = 0
    for part in ("tree", "tree/middle", "tree/middle/leaf"):
        for kind in ("bind", "tmpfs"):
            for denied in ("", deny(errno.ENOSYS, "openat2"), deny(errno.EPERM, "openat2", "statx")):
                folder = bench.folder()
                precious = victim.make(folder / "victim")
                before = victim.portrait(precious)
                where = folder / part
                where.mkdir(parents=True)
                (folder / "tree/sibling").mkdir()
                if kind == "bind":
                    mounts.mount("--bind", str(precious), str(where))
                else:
                    mounts.mount("-t", "tmpfs", "none", str(where))
                    (where / "file").write_text("precious")
                try:
                    attempt = bench.attempt("remove", how="once", deny=denied, into=folder, keep=True)
                    assert code(attempt) == -errno.EBUSY, f"{kind} at {part}, {denied or 'nothing'} denied: {attempt.result}"
                    assert (where / "file").read_text() == "precious"
                    assert part == "tree" or not (folder / "tree/sibling").exists(), "the sibling stays"
                finally:
                    mounts.unmount(where)
                assert victim.portrait(precious) == before, f"{kind} at {part}: the victim was touched"
                bench.discard(folder)
                tries += 1
    return Seen("mount --bind, mount -t tmpfs; seccomp", tries, "-EBUSY, siblings gone, the mount as it was")


@row(21, "an immutable and an append-only file")
def immutable(bench: Bench) -> Seen:
    if shutil.which("chattr") is None:
        raise Skip("chattr is missing (apt-get install e2fsprogs)")
    for flag in ("i", "a"):
        folder = bench.folder()
        for below in ("a", "b", "c"):
            (folder / "tree" / below).mkdir(parents=True)
            for name in ("file-1", "file-2", "file-3"):
                (folder / "tree" / below / name).touch()
        stubborn = folder / "tree/b/file-2"
        if subprocess.run(["chattr", "+" + flag, str(stubborn)], stderr=subprocess.DEVNULL, check=False).returncode != 0:
            raise Skip(f"chattr +{flag} is refused here")
        try:
            attempt = bench.attempt("remove", how="once", into=folder, keep=True)
        finally:
            subprocess.run(["chattr", "-" + flag, str(stubborn)], check=True)
        assert attempt.result is not None and attempt.result.code == -errno.EPERM and attempt.result.path == str(stubborn), (
            attempt.result
        )
        assert attempt.left() == ["tree", "tree/b", "tree/b/file-2"], attempt.left()
        bench.discard(folder)
    return Seen("chattr +i, +a", 2, "-EPERM with its path; all else was removed")


@row(22, "another owner's file in a sticky directory")
def sticky(bench: Bench) -> Seen:
    if os.geteuid() != 0:
        raise Skip("needs root, to make files of another user")
    folder = bench.folder(True)
    tree = folder / "tree"
    tree.mkdir()
    tree.chmod(0o1777)
    (tree / "foreign").touch()
    for name in ("a", "z"):
        (tree / name).touch()
        os.chown(tree / name, 65534, 65534)
    attempt = bench.attempt("remove", how="once", into=folder, keep=True, user=True)
    assert attempt.result is not None and attempt.result.code == -errno.EPERM and attempt.result.path == f"{tree}/foreign", (
        attempt.result
    )
    assert attempt.left() == ["tree", "tree/foreign"], attempt.left()
    bench.discard(folder)
    return Seen("chown, setpriv", 1, "-EPERM with its path; the rest was removed")


@row(23, "somebody creates files in the tree all the while")
def creator(bench: Bench) -> Seen:
    outcomes: List[int] = []
    for _ in range(10):
        folder = bench.folder()
        (folder / "tree").mkdir()
        done = threading.Event()

        def create(tree: Path = folder / "tree") -> None:
            number = 0
            while not done.is_set():
                number += 1
                try:
                    (tree / f"d{number % 50}").mkdir(exist_ok=True)
                    (tree / f"d{number % 50}" / "file").touch()
                except OSError:
                    pass  # another process is removing it

        thread = threading.Thread(target=create)
        thread.start()
        try:
            attempt = bench.attempt("remove", how="once", into=folder, keep=True)
        finally:
            done.set()
            thread.join()
        outcomes.append(code(attempt))
        assert code(attempt) in (0, -errno.ENOTEMPTY), attempt.result
        bench.discard(folder)
    return Seen(
        "a thread that makes files", len(outcomes), f"ended each time: {outcomes.count(0)} removed, the others -ENOTEMPTY"
    )


@row(24, "two removers on one tree", quick=True)
def two_removers(bench: Bench) -> Seen:
    tries = 5 if bench.quick else 20
    for _ in range(tries):
        folder = bench.folder()
        for i in range(20):
            (folder / f"tree/{i}/below").mkdir(parents=True)
            for j in range(20):
                (folder / f"tree/{i}/below/{j}").touch()
        command = [str(bench.driver), "remove", str(folder), "once"]
        both = [subprocess.Popen(command, env=bench.environment(), stdout=subprocess.PIPE) for _ in range(2)]
        printed = [one.communicate(timeout=60)[0].decode() for one in both]
        assert all(text.startswith("result\t0\t") for text in printed), printed
        assert not (folder / "tree").exists()
        bench.discard(folder)
    return Seen("two processes", tries, "both succeeded")


@row(36, "a sandbox of one thread", quick=True)
def thread_sandbox(bench: Bench) -> Seen:
    tries = 0
    for operation, names in (
        ("mkstemp", ("openat",)),
        ("mkdtemp", ("mkdir", "mkdirat")),
        ("temporary", ("openat",)),
        ("rmtree", ("openat", "openat2")),
    ):
        attempt = bench.attempt(operation, how="once", deny=deny(errno.EACCES, *names))
        assert code(attempt) == -errno.EACCES, f"{operation}: {attempt.result}"
        tries += 1
    return Seen("seccomp on the calling thread alone", tries, "-EACCES: no other thread did the work")
