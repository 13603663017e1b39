"""The rows of the fault matrix: what is registered, run and printed."""

import time
import traceback
from typing import Callable, List, NamedTuple


class Seen(NamedTuple):
    """What a row has tried and seen."""

    injection: str
    tries: int
    seen: str


class Skip(Exception):
    """A row cannot be tried here; the text says why."""


class Row(NamedTuple):
    number: int
    fault: str
    quick: bool  # part of make test
    test: Callable[..., Seen]


rows: List[Row] = []


def row(number: int, fault: str, quick: bool = False) -> Callable[[Callable[..., Seen]], Callable[..., Seen]]:
    """Registers the test of a row. A row may have several."""

    def register(test: Callable[..., Seen]) -> Callable[..., Seen]:
        rows.append(Row(number, fault, quick, test))
        return test

    return register


def run_all(bench: object, only: List[int], quick: bool) -> bool:
    """Runs the rows and prints a line for each; tells whether all held."""
    held = skipped = failed = tries = 0
    print(f"{'row':>3}  {'fault':<58} {'injection':<44} {'tries':>5}  seen")
    for entry in sorted(rows, key=lambda entry: entry.number):
        if only and entry.number not in only or quick and not entry.quick:
            continue
        start = time.monotonic()
        try:
            seen = entry.test(bench)
            if seen.tries == 0:
                raise AssertionError("nothing was tried")
        except Skip as reason:
            skipped += 1
            print(f"{entry.number:>3}  {entry.fault:<58} skip: {reason}", flush=True)
            continue
        except AssertionError as reason:
            failed += 1
            print(f"{entry.number:>3}  {entry.fault:<58} FAIL: {reason}", flush=True)
            continue
        except Exception:
            failed += 1
            print(f"{entry.number:>3}  {entry.fault:<58} FAIL: {traceback.format_exc()}", flush=True)
            continue
        held += 1
        tries += seen.tries
        print(
            f"{entry.number:>3}  {entry.fault:<58} {seen.injection:<44} {seen.tries:>5}  {seen.seen} "
            f"({time.monotonic() - start:.0f} s)",
            flush=True,
        )
    counts = [f"{held} passed"] + [
        f"{number} {word}" for number, word in ((failed, "failed"), (skipped, "skipped")) if number
    ]
    print(f"faults: {', '.join(counts)}; {tries} tries")
    return failed == 0 and held > 0
