"""Swaps at creation. A program is stopped after each of its calls in turn, from the creation of a TemporaryDirectory to
its end. The user who owns the parent directory then replaces the new directory by one of the program's own directories,
the vault."""

import os
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Callable, Counter as Counted, Dict, List, NamedTuple, Optional, Tuple

import strace
import swap
import victim
from bench import NOBODY, Bench
from matrix import Seen, Skip, row

_HERE = Path(__file__).resolve().parent / "creation"

VAULT = "vault"


class Program(NamedTuple):
    """A program that makes and frees a TemporaryDirectory. Its folder goes before the last arguments."""

    name: str
    command: List[str]
    arguments: List[str]
    environment: Dict[str, str]

    def run(self, bench: Bench, above: Path, stop: str = "", at_stop: Optional[Callable[[], None]] = None) -> strace.Outcome:
        log = Path(f"{above}.log")
        try:
            return strace.run([*self.command, str(above), *self.arguments], log, stop, self.environment, None, at_stop, 2)
        finally:
            if log.exists():
                log.unlink()


def programs(bench: Bench) -> List[Program]:
    c, environment = str(bench.build / "tests/host/faults/creation/creation"), bench.environment()
    go = str(bench.build / "tests/host/faults/creation/creation-go")
    return [
        Program("C, first call", [c], ["first"], environment),
        Program("C, later call", [c], ["later"], environment),
        Program("Go", [go], [], environment),
        python(bench, "libtempfile"),
    ]


def python(bench: Bench, module: str) -> Program:
    environment = {**bench.environment(), "PYTHONPATH": str(bench.root / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
    name = "Python" if module == "libtempfile" else "CPython"
    return Program(name, [sys.executable, "-S", str(_HERE / "creation.py")], [module], environment)


def swappable(bench: Bench, program: Program) -> List[strace.Call]:
    """Lists the calls after which a swap is possible: from the creation on, those that strace knows by name."""
    above = somebodys(bench)
    plan = program.run(bench, above)
    shutil.rmtree(above)
    assert plan.printed == "made\n", f"{program.name}: {plan.describe()}"
    made = next(i for i, call in enumerate(plan.calls) if call.name in ("mkdir", "mkdirat"))
    return [call for call in plan.calls[made:] if not call.name.startswith("syscall_")]


def stops(bench: Bench, program: Program) -> List[Tuple[str, str]]:
    """Lists each moment between two calls, as strace's inject option, with the call before it."""
    return [(f"{call.name}:signal=STOP:when={call.nth}", str(call)) for call in swappable(bench, program)]


def pairs(bench: Bench, program: Program) -> List[Tuple[str, str]]:
    """Lists all pairs of moments between calls. At the first one the vault comes, at the second one it goes."""

    def both(one: strace.Call, other: strace.Call) -> str:
        if one.name == other.name:
            return f"{one.name}:signal=STOP:when={one.nth}..{other.nth}+{other.nth - one.nth}"
        return f"{one.name}:signal=STOP:when={one.nth} {other.name}:signal=STOP:when={other.nth}"

    calls = swappable(bench, program)
    return [(both(one, other), f"{one} and {other}") for i, one in enumerate(calls) for other in calls[i + 1 :]]


def somebodys(bench: Bench) -> Path:
    """Makes a folder of another user, who may rename all its entries."""
    above = bench.folder(user=True)
    above.chmod(0o755)
    return above


def tree(vault: Path) -> None:
    victim.make(vault)


def flat(vault: Path) -> None:
    """Makes a directory without directories, with the permissions of a new one."""
    vault.mkdir(mode=0o700)
    for name in ("file", "secret"):
        (vault / name).write_text("precious")


def put_in_place(above: Path) -> bool:
    """Exchanges the new directory and the vault, with the user's rights. Returns False if there is no new directory."""
    new = [path for path in above.iterdir() if path.name != VAULT]
    if len(new) != 1:
        return False
    with swap.somebody_else(NOBODY):
        return swap.exchange(above / VAULT, new[0])


def is_lost(bench: Bench, program: Program, stop: str, make: Callable[[Path], None]) -> Optional[str]:
    """Runs the program with a swap at a stop. Returns the change of the vault, "" if there is none, or None if there was
    no swap."""
    above = somebodys(bench)
    make(above / VAULT)
    before, inode = victim.portrait(above / VAULT), (above / VAULT).stat().st_ino
    swapped: List[bool] = []
    outcome = program.run(bench, above, stop, lambda: swapped.append(put_in_place(above)))
    assert outcome.printed in ("made\n", "stale\n"), f"{program.name}, {stop}: {outcome.describe()}"
    here = [path for path in above.iterdir() if path.stat().st_ino == inode]
    # The program may have written its own file into the directory that had the name; the first line reports this.
    after = [line for line in victim.portrait(here[0])[1:] if not line.startswith("moved ")] if here else []
    shutil.rmtree(above)
    if True not in swapped:
        return None
    return "" if after == before[1:] else f"it was {before} and is {after or 'gone'}"


Moments = Callable[[Bench, Program], List[Tuple[str, str]]]


def try_all(
    bench: Bench, work: List[Program], vaults: List[Callable[[Path], None]], moments: Moments = stops, every: int = 1
) -> "Tuple[Counted[str], List[str], int]":
    """Swaps at all moments of each program. Returns the number of swaps by program, the losses, and the number of tries."""
    swaps: Counted[str] = Counter()
    lost: List[str] = []

    def one(case: Tuple[Program, Tuple[str, str], Callable[[Path], None]]) -> None:
        program, (stop, call), make = case
        became = is_lost(bench, program, stop, make)
        if became is not None:
            swaps[program.name] += 1
        if became:
            lost.append(f"{program.name}, {make.__name__} swapped after {call} ({stop}): {became}")

    cases = [(program, stop, make) for program in work for stop in moments(bench, program)[::every] for make in vaults]
    return swaps, lost, bench.parallel(one, cases)


def need_root() -> None:
    if os.geteuid() != 0:
        raise Skip("needs root, whose directories another user renames")


def creations(bench: Bench, vaults: List[Callable[[Path], None]], moments: Moments = stops, every: int = 1) -> Seen:
    need_root()
    work = programs(bench)
    swaps, lost, tries = try_all(bench, work, vaults, moments, every)
    assert not lost, lost[0]
    for program in work:
        assert swaps[program.name], f"nothing was swapped in {program.name}"
    return Seen(
        "strace: SIGSTOP after the Nth call; renameat2",
        tries,
        ", ".join(f"{name}: {number}" for name, number in swaps.items()) + " swaps: nothing of the vault is lost",
    )


@row(41, "another directory in a new one's place, from mkdir on")
def whole(bench: Bench) -> Seen:
    return creations(bench, [tree, flat])


@row(41, "another directory in a new one's place, quickly", quick=True)
def quickly(bench: Bench) -> Seen:
    return creations(bench, [flat], every=3)


@row(41, "the same, and back at a later call")
def there_and_back(bench: Bench) -> Seen:
    return creations(bench, [tree, flat], pairs)


@row(41, "control: the same swaps, on CPython's TemporaryDirectory")
def control(bench: Bench) -> Seen:
    need_root()
    swaps, lost, tries = try_all(bench, [python(bench, "tempfile")], [tree, flat])
    assert lost, f"CPython lost nothing in {swaps} swaps: do they miss?"
    return Seen(
        "strace: SIGSTOP after the Nth call; renameat2",
        tries,
        f"CPython lost the vault's files in {len(lost)} of {sum(swaps.values())} swaps",
    )
