"""Swaps during a removal. It is stopped after each call in turn, and a stranger changes the tree before the next call."""

import os
from collections import Counter
from pathlib import Path
from typing import Counter as Counted, List, NamedTuple

import swap
import victim
from bench import NOBODY, Bench
from matrix import Seen, Skip, row


class Case(NamedTuple):
    operation: str
    part: str
    stop: str  # the call after which the process stops, as strace's inject option
    moment: str  # what the removal does next


def cases(bench: Bench, operations: List[str], parts: List[str], denied: str = "") -> List[Case]:
    """Lists every moment between two calls of the operations, with each part of the tree."""
    found = []
    for operation in operations:
        plan = bench.plan(operation) if not denied else bench.attempt(operation, deny=denied).outcome
        stops = [f"access:signal=STOP:when={plan.begin}"]
        stops += [f"{call.name}:signal=STOP:when={call.nth}" for call in plan.calls]
        for part in parts:
            found += [
                Case(operation, part, stop, call.moment)
                for stop, call in zip(stops, plan.calls)
                if not stop.startswith("syscall_")
            ]
    return found


def try_all(bench: Bench, work: List[Case], change: swap.Swap, allowed: str = "", denied: str = "") -> "Counted[str]":
    """Tries all cases and counts the swaps by part and moment. The victim must not change, except for the allowed
    entries."""
    done: Counted[str] = Counter()

    def one(case: Case) -> None:
        outside = bench.folder(bench.locked(case.operation))
        precious = victim.make(outside / "victim")
        if bench.locked(case.operation):
            for path in [precious, *precious.rglob("*")]:
                os.chown(path, NOBODY, NOBODY)
        before = victim.portrait(precious)
        swapped: List[bool] = []

        def at_stop(folder: Path) -> None:
            swapped.append(change(folder / swap.PARTS[case.part], outside / "aside", precious))

        attempt = bench.attempt(case.operation, case.stop, how="once", deny=denied, keep=True, at_stop=at_stop)
        where = f"{case.operation}, {case.part} swapped before {case.moment} ({case.stop}), result {attempt.result}"
        here = precious
        if change is swap.directory and swapped == [True]:
            here = attempt.folder / swap.PARTS[case.part]
        assert here.exists(), f"{where}: the victim is gone"
        after = [line for line in victim.portrait(here) if not (allowed and line.startswith(allowed))]
        if allowed:  # the folder itself has one more entry
            after, before = after[1:], before[1:]
        assert after == before, f"{where}: the victim was {before} and is {after}"
        if swapped == [True]:
            done[f"{case.part} before {case.moment}"] += 1
        bench.discard(attempt.folder)
        bench.discard(outside)

    bench.parallel(one, work)
    return done


def seen(done: "Counted[str]", tries: int) -> Seen:
    moments = sorted({name.rsplit(" ", 1)[1] for name in done})
    parts = sorted({name.split(" ", 1)[0] for name in done})
    assert done, "nothing was swapped"
    return Seen(
        "strace: SIGSTOP after the Nth call; renameat2",
        tries,
        f"{sum(done.values())} swaps of {', '.join(parts)} before {', '.join(moments)}: the victim is untouched",
    )


def need_root() -> None:
    if os.geteuid() != 0:
        raise Skip("needs root, to make the tree another user's")


@row(11, "a link swapped for root, middle, leaf or file")
def links(bench: Bench) -> Seen:
    work = cases(bench, ["rmtree", "cleanup"], list(swap.PARTS))
    return seen(try_all(bench, work, swap.link), len(work))


@row(11, "a link swapped for a part, quickly", quick=True)
def links_quick(bench: Bench) -> Seen:
    work = cases(bench, ["rmtree"], ["middle", "leaf"])[::3]
    return seen(try_all(bench, work, swap.link), len(work))


@row(11, "a link swapped for a locked part, before chmod too")
def locked_links(bench: Bench) -> Seen:
    need_root()
    work = cases(bench, ["rmtree_locked"], list(swap.PARTS)) + cases(bench, ["rmtree_locked_root"], ["root"])
    done = try_all(bench, work, swap.link)
    assert any(name.endswith("chmod") for name in done), f"no chmod was met: {done}"
    return seen(done, len(work))


@row(11, "another directory swapped for the root of a TemporaryDirectory")
def roots(bench: Bench) -> Seen:
    work = cases(bench, ["cleanup"], ["root"])
    return seen(try_all(bench, work, swap.directory), len(work))


@row(12, "a directory moved out of the tree while inside it")
def moved_out(bench: Bench) -> Seen:
    work = cases(bench, ["rmtree"], ["middle", "leaf"]) + cases(bench, ["rmtree_deep"], ["middle"])[::4]
    return seen(try_all(bench, work, swap.moved, allowed="moved"), len(work))


@row(13, "a fifo, socket or device swapped for a directory")
def special(bench: Bench) -> Seen:
    tries, done = 0, Counter()  # type: int, Counted[str]
    kinds = [swap.fifo, swap.bound] + ([swap.device] if os.geteuid() == 0 else [])
    for kind in kinds:
        work = cases(bench, ["rmtree"], ["root", "middle", "leaf"])
        done += try_all(bench, work, kind)
        tries += len(work)
    return seen(done, tries)._replace(seen=f"{sum(done.values())} swaps, none waited for")
