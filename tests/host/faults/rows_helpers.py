"""Removals with helper threads from the first entry on. The rules for one thread hold for each of them.

strace counts the calls of each thread, so the Nth call that fails may be a call of any thread, or of several.
"""

import errno
from pathlib import Path
from typing import List, Tuple

import victim
from bench import Bench
from matrix import Seen, Skip, row

HELPERS = 3
CALLS = ("openat2", "getdents64", "unlinkat")  # calls that loading a program does not make


def bush(folder: Path) -> None:
    """Makes a tree that several threads can remove."""
    for one in range(5):
        for other in range(4):
            here = folder / "tree" / str(one) / str(other)
            here.mkdir(parents=True)
            for below in (here.parent.parent, here.parent, here):
                (below / f"file-{one}-{other}").touch()


def need_hooks(bench: Bench) -> None:
    if not (bench.base / "hooks").exists():
        raise Skip("the build with hooks is missing (make faults)")


@row(40, "the gate, with helpers")
def helped(bench: Bench) -> Seen:
    need_hooks(bench)
    calls, tries = 0, 0
    for operation in (
        "rmtree",
        "cleanup",
        "directory_free",
        "steps",
        "rmtree_deep",
        "rmtree_locked",
        "rmtree_locked_root",
        "remove",
    ):
        for helpers in (1, HELPERS):
            prepare = bush if operation == "remove" else None
            attempt = bench.attempt(operation, how="once", helpers=helpers, prepare=prepare, keep=True)
            assert attempt.result is not None and attempt.result.code == 0 and not attempt.left(), (
                f"{operation}: {attempt.result}, {attempt.left()}"
            )
            bench.discard(attempt.folder)
            seen = [call for call in attempt.outcome.helpers if call.name == "unlinkat"]
            assert seen or operation != "remove", "no helper has removed anything"
            calls += len(seen)
            tries += 1
    return Seen("strace -f, each thread", tries, f"no path in any log; {calls} entries were removed by helpers")


@row(25, "EIO and EMFILE at every call, once in each thread, with helpers")
def failing(bench: Bench) -> Seen:
    need_hooks(bench)
    codes: List[int] = []
    work = [(name, nth, error) for name in CALLS for nth in range(1, 11) for error in ("EIO", "EMFILE")]

    def one(item: Tuple[str, int, str]) -> None:
        name, nth, error = item
        attempt = bench.attempt(
            "remove", f"{name}:error={error}:when={nth}", how="once", helpers=HELPERS, prepare=bush, keep=True
        )
        where = f"{error} at call {nth} of {name}: {attempt.result}"
        assert attempt.result is not None and attempt.result.code in (0, -getattr(errno, error)), where
        assert attempt.result.detail == attempt.result.code, where
        assert attempt.result.code != 0 or not attempt.left(), f"{where}, left {attempt.left()}"
        codes.append(attempt.result.code)
        again = bench.attempt("remove", how="once", into=attempt.folder, keep=True)
        assert again.result is not None and again.result.code == 0 and not again.left(), f"{where}, then {again.result}"
        bench.discard(attempt.folder)

    tries = bench.parallel(one, work)
    return Seen(
        "strace: EIO, EMFILE at the Nth call",
        tries,
        f"{sum(1 for code in codes if code)} true errors, {codes.count(0)} done in spite of it; "
        "a second run removed the rest",
    )


@row(26, "SIGKILL at every call, with helpers")
def killed(bench: Bench) -> Seen:
    need_hooks(bench)
    beside = victim.make(bench.folder() / "victim")
    before = victim.portrait(beside)

    def plant(folder: Path) -> None:
        bush(folder)
        for part in ("tree", "tree/1", "tree/1/1"):
            (folder / part / "link").symlink_to(beside)

    def one(item: Tuple[str, int]) -> None:
        name, nth = item
        attempt = bench.attempt("remove", f"{name}:signal=KILL:when={nth}", helpers=HELPERS, prepare=plant, keep=True)
        assert all(path.split("/")[0] == "tree" for path in attempt.left()), attempt.left()
        again = bench.attempt("remove", how="once", into=attempt.folder, keep=True)
        assert again.result is not None and again.result.code == 0 and not again.left(), (
            f"killed at call {nth} of {name}, then {again.result}"
        )
        bench.discard(attempt.folder)

    tries = bench.parallel(one, [(name, nth) for name in CALLS for nth in range(1, 11)])
    assert victim.portrait(beside) == before, "the victim was touched"
    return Seen("strace: SIGKILL at the Nth call", tries, "a second run cleaned; no victim touched")
