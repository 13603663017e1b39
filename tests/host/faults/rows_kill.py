"""SIGKILL at the Nth call. At most the object in creation is left, and a second run cleans up."""

from pathlib import Path
from typing import List, Tuple

import victim
from bench import REMOVALS, Bench
from matrix import Seen, row
from strace import Call


@row(26, "SIGKILL at every call", quick=True)
def killed(bench: Bench) -> Seen:
    left: List[int] = []
    work = [(operation, call) for operation in bench.operations() for call in bench.calls(operation)]

    def one(item: Tuple[str, Call]) -> None:
        operation, call = item
        where = f"{operation}, killed at {call}"
        beside = victim.make(bench.folder() / "victim")
        before = victim.portrait(beside)

        def prepare(folder: Path) -> None:
            (folder / "victims").symlink_to(beside)

        attempt = bench.attempt(operation, f"{call.name}:signal=KILL:when={call.nth}", keep=True, prepare=prepare)
        (attempt.folder / "victims").unlink()
        found = attempt.left()
        if operation in REMOVALS:
            assert all(name.split("/")[0] == "tree" for name in found), f"{where}: left {found}"
            again = bench.attempt("remove", prepare=None, how="", keep=True, into=attempt.folder)
            assert again.result is not None and again.result.code == 0, f"{where}: the second run says {again.result}"
            found = attempt.left()
            assert not found, f"{where}: the second run leaves {found}"
        assert len(found) <= 1, f"{where}: left {found}"
        left.append(len(found))
        assert victim.portrait(beside) == before, f"{where}: the victim was touched"
        bench.discard(attempt.folder)
        bench.discard(beside.parent)

    tries = bench.parallel(one, work)
    return Seen(
        "strace: SIGKILL at the Nth call, N = 1, 2, ...",
        tries,
        f"the object itself was left {sum(left)} times, never more; a second run cleaned; no victim touched",
    )
