"""The rows of the fault matrix. Registers, runs and prints them."""

import time
import traceback
from typing import Callable, List, NamedTuple


class Seen(NamedTuple):
    """The tries of a row and their result."""

    injection: str
    tries: int
    seen: str


class Skip(Exception):
    """A row cannot run on this machine; the text is the reason."""


class Row(NamedTuple):
    number: int
    fault: str
    quick: bool  # part of make test
    elsewhere: bool  # a test of the core or of C, which make test runs, too
    test: Callable[..., Seen]


rows: List[Row] = []


def row(
    number: int, fault: str, quick: bool = False, elsewhere: bool = False
) -> Callable[[Callable[..., Seen]], Callable[..., Seen]]:
    """Registers the test of a row. A row may have several."""

    def register(test: Callable[..., Seen]) -> Callable[..., Seen]:
        rows.append(Row(number, fault, quick, elsewhere, test))
        return test

    return register


def run_all(bench: object, only: List[int], quick: bool, own: bool) -> bool:
    """Runs the rows and prints a line for each. Returns True if all of them hold."""
    held = True
    for entry in sorted(rows, key=lambda entry: entry.number):
        if only and entry.number not in only or quick and not entry.quick or own and entry.elsewhere:
            continue
        start = time.monotonic()
        try:
            seen = entry.test(bench)
            if seen.tries == 0:
                raise AssertionError("nothing was tried")
        except Skip as reason:
            print(f"skip faults/{entry.number} {entry.fault}: {reason}", flush=True)
            continue
        except Exception as reason:
            held = False
            said = str(reason) if isinstance(reason, AssertionError) else traceback.format_exc()
            print(f"FAIL faults/{entry.number} {entry.fault}: " + said.replace("\n", "\n      "), flush=True)
            continue
        print(
            f"ok faults/{entry.number} {entry.fault} | {seen.injection} | {seen.tries} tries: {seen.seen} "
            f"({time.monotonic() - start:.0f} s)",
            flush=True,
        )
    return held
