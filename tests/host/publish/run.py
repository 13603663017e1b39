"""Interrupts publications at every system call, and looks at what a reader, a crash and a power loss find.

usage: run.py BUILD [--rounds N]

BUILD is the folder of the build. N is how often each writer writes beside the readers. What this machine cannot do is
skipped by name.
"""

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Callable, Iterator, List, Tuple

import cases
import disks
from cases import CASES, FAR, Case, Place

import matrix
import mounts
import strace

ERRNOS = ("ENOSPC", "EIO", "EDQUOT", "EROFS", "EACCES")
MISSING = ("renameat2", "linkat", "copy_file_range")


class Bench:
    """Where the publications take place."""

    def __init__(self, build: Path, base: Path, rounds: int) -> None:
        self.publisher = build / "tests/host/publish/publisher"
        self.storm = build / "tests/host/publish/storm"
        self.base, self.rounds = base, rounds
        self.far = self._far()
        self._nth = 0

    def _far(self) -> "Path | None":
        """A directory on another file system."""
        for place in ("/dev/shm", "/var/tmp", "/run"):
            if os.access(place, os.W_OK) and os.stat(place).st_dev != os.stat(self.base).st_dev:
                return Path(tempfile.mkdtemp(prefix="libtempfile-publish-", dir=place))
        return None

    def cases(self) -> List[Case]:
        return CASES + (FAR if self.far else [])

    def place(self, case: Case) -> Place:
        self._nth += 1
        return Place(self.base, self.far if case.elsewhere else None, case, self._nth)

    def calls(self, case: Case) -> List[strace.Call]:
        """The system calls of a publication that nothing disturbs."""
        place = self.place(case)
        outcome = place.run(self.publisher)
        answer = cases.answer(outcome)
        assert answer.result == 0 and answer.became in ("published", "-"), f"{case}: {answer}"
        place.check_published(answer)
        place.remove()
        assert outcome.calls, f"{case}: no call was seen"
        return outcome.calls


def parallel(one: Callable[[Tuple[Case, strace.Call, str]], None], work: List[Tuple[Case, strace.Call, str]]) -> int:
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        for _ in pool.map(one, work):
            pass
    return len(work)


def in_place(bench: Bench, case: Case, what: str, check: Callable[[Place], None]) -> None:
    """Checks one publication; a failure says which one it was."""
    place = bench.place(case)
    try:
        check(place)
    except AssertionError as reason:
        raise AssertionError(f"{case}, {what}: {reason}") from reason
    place.remove()


def killed(bench: Bench) -> str:
    """SIGKILL at each system call."""
    strays = {True: 0, False: 0}

    def one(item: Tuple[Case, strace.Call, str]) -> None:
        case, call, _ = item

        def check(place: Place) -> None:
            outcome = place.run(bench.publisher, f"{call.name}:signal=KILL:when={call.nth}")
            assert outcome.status == -9, f"it was not killed: {outcome.describe()}"
            contents = place.contents()
            place.check_whole(contents)
            found = place.strays(contents)
            assert len(found) <= (0 if case.links else 1), f"there are {found}"
            own = list(place.source.iterdir())
            assert len(own) <= (case.kind == "named"), f"beside the temporary file there are {own}"
            strays[case.links] += len(found)

        in_place(bench, case, f"killed at {call}", check)

    tries = parallel(one, [(case, call, "") for case in bench.cases() for call in bench.calls(case)])
    assert strays[False] > 0, "no kill ever left a sibling: the harness looks at nothing"
    others = f"else never more than one ({strays[False]} times)"
    return f"{tries} kills: 0 torn targets, {strays[True]} stray names by linkat, {others}"


def failing(bench: Bench) -> str:
    """Each errno at each system call."""
    kinds = {"failed and changed nothing": 0, "published all the same": 0, "failed after the rename": 0}

    def one(item: Tuple[Case, strace.Call, str]) -> None:
        case, call, errno = item

        def check(place: Place) -> None:
            outcome = place.run(bench.publisher, f"{call.name}:error={errno}:when={call.nth}")
            assert outcome.injected, f"nothing was injected: {outcome.describe()}"
            answer = cases.answer(outcome)
            assert answer.became != "damaged", f"the file is damaged: {answer}"
            if answer.result != 0 and not answer.came_after:
                assert answer.became in ("temporary", "-"), str(answer)
                place.check_unchanged()
                kinds["failed and changed nothing"] += 1
                return
            assert answer.became in ("published", "-"), str(answer)
            place.check_published(answer)
            kinds["published all the same" if answer.result == 0 else "failed after the rename"] += 1

        in_place(bench, case, f"{errno} at {call}", check)

    work = [(case, call, errno) for case in bench.cases() for call in bench.calls(case) for errno in ERRNOS]
    tries = parallel(one, work)
    assert all(kinds.values()), f"of one kind there is nothing: {kinds}"
    return f"{tries} faults: " + ", ".join(f"{count} {kind}" for kind, count in kinds.items())


def without(bench: Bench) -> str:
    """A kernel or a sandbox that lacks a call."""
    work = [
        (case, missing, errno)
        for case in bench.cases()
        for missing in MISSING
        for errno in ("ENOSYS", "EINVAL")
        if any(call.name == missing for call in bench.calls(case))
    ]
    for case, missing, errno in work:

        def check(place: Place) -> None:
            outcome = place.run(bench.publisher, f"{missing}:error={errno}")
            answer = cases.answer(outcome)
            assert outcome.injected and answer.result == 0 and answer.became in ("published", "-"), str(answer)
            place.check_published(answer)

        in_place(bench, case, f"without {missing} ({errno})", check)
    assert {missing for _, missing, _ in work} == set(MISSING if bench.far else MISSING[:2]), "not each was tried"
    return f"{len(work)} publications without {', '.join(MISSING)}: all succeeded"


def storms(bench: Bench) -> str:
    """Writers and readers of one path."""
    seen, modes = 0, (0, cases.LIKE_TARGET | cases.WHERE_POSSIBLE, cases.BACKUP)
    for flags in modes:
        folder = bench.base / f"storm{flags:x}"
        folder.mkdir()
        target = folder / "target"
        target.write_bytes(b"A" * 40_000)
        command = [str(bench.storm), str(target), hex(flags), "8", "8", str(bench.rounds)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
        assert done.returncode == 0, f"flags {flags:#x}: {done.stderr}"
        seen += int(done.stdout)
        left = sorted(path.name for path in folder.iterdir())
        assert left == ["target", "target~"][: 2 if flags & cases.BACKUP else 1], f"flags {flags:#x} leave {left}"
        shutil.rmtree(folder)
    return f"8 writers, {bench.rounds} rounds, {len(modes)} modes: 8 readers saw {seen} files, each whole"


def tests(bench: Bench) -> Iterator[Tuple[str, Callable[[], str]]]:
    yield "publish/killed", lambda: killed(bench)
    yield "publish/faults", lambda: failing(bench)
    yield "publish/without", lambda: without(bench)
    yield "publish/storm", lambda: storms(bench)
    for name in disks.NAMES:
        yield f"publish/{name}", lambda name=name: disks.attributes(bench, name)
    for name in disks.LASTING:
        yield f"publish/{name}-power", lambda name=name: disks.power_loss(bench, name)
    yield "publish/between", lambda: disks.between(bench)


def run_all(bench: Bench) -> bool:
    """Runs all and prints a line for each; tells whether all held."""
    held = True
    for name, test in tests(bench):
        start = time.monotonic()
        try:
            said = test()
        except matrix.Skip as reason:
            print(f"skip {name} {reason}", flush=True)
            continue
        except Exception as reason:
            held = False
            text = str(reason) if isinstance(reason, AssertionError) else traceback.format_exc()
            print(f"FAIL {name} " + text.replace("\n", "\n      "), flush=True)
            continue
        print(f"ok {name} {said} ({time.monotonic() - start:.0f} s)", flush=True)
    return held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()
    os.umask(0o022)
    os.environ["LD_LIBRARY_PATH"] = str(arguments.build.resolve())
    base = Path(tempfile.mkdtemp(prefix="libtempfile-publish-")).resolve()
    base.chmod(0o755)  # others than root publish in it, too
    mounts.enter()
    bench = Bench(arguments.build.resolve(), base, arguments.rounds)
    try:
        return 0 if run_all(bench) else 1
    finally:
        disks.unmount_all()
        for folder in filter(None, (base, bench.far)):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
