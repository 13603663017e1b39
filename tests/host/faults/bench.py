"""Runs the driver: each attempt has a folder of its own, and the checks that hold for every attempt are here."""

import itertools
import os
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, TypeVar

import gate
import strace
from matrix import Skip

NOBODY = 65534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
REMOVALS = ["cleanup", "directory_free", "rmtree", "rmtree_locked", "rmtree_locked_root", "rmtree_deep", "steps", "remove"]
_REMOVING = ("unlink", "unlinkat", "rmdir")

# Loading the library reads a varying number of pages, so a call may be missed.
MISSES = 10

T = TypeVar("T")


class Result(NamedTuple):
    """The line that the driver prints."""

    code: int
    detail: int
    operation: str
    path: str
    message: str
    leaked: int
    again: int


class Attempt(NamedTuple):
    """One run of the driver, which has passed the checks of every attempt."""

    outcome: strace.Outcome
    result: Optional[Result]  # None: the process was killed
    folder: Path

    def left(self) -> List[str]:
        """Lists the entries of the folder."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))


class Bench:
    """The driver and the library, copied to a place that every user can reach, and folders in which it works."""

    def __init__(self, build: Path, base: Path, quick: bool, big: bool) -> None:
        self.build, self.base, self.quick, self.big = build, base, quick, big
        self.root = Path(__file__).resolve().parents[3]
        self.driver = base / "driver"
        shutil.copy(build / "tests/host/faults/driver", self.driver)
        self.library = base / "lib"
        self.library.mkdir()
        shutil.copy((build / "libtempfile.so").resolve(), self.library / "libtempfile.so.0")
        if (build / "hooks/libtempfile.so").exists():  # the build in which helpers can be requested
            (base / "hooks").mkdir()
            shutil.copy(build / "hooks/libtempfile.so", base / "hooks/libtempfile.so.0")
        base.chmod(0o755)
        self._numbers = itertools.count()
        self._plans: Dict[str, strace.Outcome] = {}
        self._lock = threading.Lock()
        self.gated = 0  # the number of logs of removals that went through the gate

    def operations(self) -> List[str]:
        done = subprocess.run([str(self.driver), "list"], env=self.environment(), stdout=subprocess.PIPE, check=True)
        return [name for name in done.stdout.decode().split() if name != "remove"]

    def environment(self, folder: Optional[Path] = None) -> Dict[str, str]:
        environment = {**os.environ, "LD_LIBRARY_PATH": str(self.library)}
        for name in ("TEMP", "TMP", "DENY", "HELPERS"):
            environment.pop(name, None)
        if folder is not None:
            environment["TMPDIR"] = str(folder)
        return environment

    def folder(self, user: bool = False, parent: Optional[Path] = None) -> Path:
        """Makes an empty folder. If user is set, nobody may write to it, as the driver's user."""
        folder = (parent or self.base) / f"try-{next(self._numbers)}"
        folder.mkdir(mode=0o755)
        if user:
            os.chown(folder, NOBODY, NOBODY)
        return folder

    def as_user(self) -> List[str]:
        """Returns the command that changes to a user without rights."""
        if os.geteuid() != 0:
            return []
        if shutil.which("setpriv") is None:
            raise Skip("setpriv is missing (apt-get install util-linux)")
        return AS_NOBODY

    def locked(self, operation: str) -> bool:
        """Tells whether an operation is about permissions, which do not bind root."""
        return "locked" in operation

    def plan(self, operation: str) -> strace.Outcome:
        """Runs an operation without a fault, once, and returns its calls."""
        with self._lock:
            if operation not in self._plans:
                self._plans[operation] = self.attempt(operation).outcome
            return self._plans[operation]

    def calls(self, operation: str) -> List[strace.Call]:
        """Lists the calls of an operation that strace knows by name. For a deep tree, and for every long operation in the
        quick part, it lists only some of them."""
        calls = [call for call in self.plan(operation).calls if not call.name.startswith("syscall_")]
        return calls[:: max(1, len(calls) // (8 if self.quick else 60))]

    def attempt(
        self,
        operation: str,
        inject: str = "",
        how: str = "",
        deny: str = "",
        keep: bool = False,
        prefix: Optional[List[str]] = None,
        parent: Optional[Path] = None,
        at_stop: Optional[Callable[[Path], None]] = None,
        prepare: Optional[Callable[[Path], None]] = None,
        into: Optional[Path] = None,
        user: Optional[bool] = None,
        helpers: int = 0,
    ) -> Attempt:
        """Runs the driver under strace and checks what holds for every attempt. The folder is new, or 'into' if that is
        set, and is removed unless 'keep' is set."""
        as_user = self.as_user() if (self.locked(operation) if user is None else user) else []
        folder = into or self.folder(bool(as_user), parent)
        log = self.base / f"{folder.name}.log"
        if as_user:
            log.touch()
            os.chown(log, NOBODY, NOBODY)
            log.parent.chmod(0o1777)
        if prepare is not None:
            prepare(folder)
        environment = self.environment(folder)
        if deny:
            environment["DENY"] = deny
        if helpers:
            environment.update(HELPERS=str(helpers), LD_LIBRARY_PATH=str(self.base / "hooks"))
        where = f"{operation}, {inject or how or deny or 'nothing'} injected"
        outcome = strace.run(
            [*(prefix or []), str(self.driver), operation, str(folder), how],
            log,
            inject,
            environment,
            as_user,
            (lambda: at_stop(folder)) if at_stop else None,
        )
        if log.exists():
            log.unlink()
        result = None
        fields = outcome.printed.strip().split("\t")
        if len(fields) == 8 and fields[0] == "result":
            result = Result(int(fields[1]), int(fields[2]), *fields[3:6], int(fields[6]), int(fields[7]))
        elif "signal=KILL" not in inject:
            raise AssertionError(f"{where}: {outcome.describe()}")
        if operation in REMOVALS:
            self.gated += 1
            hits = gate.violations(outcome.calls + outcome.helpers, f"{folder}/tree")
            if hits:
                raise AssertionError(f"{where}: by path: {hits[0]}")
        attempt = Attempt(outcome, result, folder)
        # If strace makes a close fail, it is not executed.
        if result is not None and result.leaked != 0 and not inject.startswith("close:error"):
            raise AssertionError(f"{where}: {result.leaked} descriptors leaked")
        if not keep:
            self.discard(folder)
        return attempt

    def discard(self, folder: Path) -> None:
        """Removes the folder of an attempt, including locked directories."""
        subprocess.run(["chmod", "-R", "u+rwx", str(folder)], stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(folder, ignore_errors=True)

    def fault(self, operation: str, call: strace.Call, error: str, when: str = "") -> Attempt:
        """Makes one call of an operation fail. The reported result must be true, and nothing may be left."""
        inject = f"{call.name}:error={error}:when={when or call.nth}"
        for _ in range(MISSES):
            attempt = self.attempt(operation, inject, how="once" if when else "", keep=True)
            if attempt.outcome.injected:
                break
            self.discard(attempt.folder)
        try:
            judge(f"{operation}, {error} at {call}", operation, call, error, attempt, lasting=bool(when))
        finally:
            self.discard(attempt.folder)
        return attempt

    def parallel(self, work: Callable[[T], None], items: Iterable[T]) -> int:
        """Does the work for each item, two at a time, and returns their number. At the end it raises the first failure."""
        with ThreadPoolExecutor(2) as pool:
            return len(list(pool.map(work, items)))


# Operations that go on, or return nothing, if their own small file cannot be removed.
_MUTE = ("gettempdir", "named_outliving", "directory_free", "named_free", "empty_free")

# The reported error of a call, where it is not the call's own error.
_TRANSLATED = {("openat2", "ELOOP"): "ENOTDIR", ("openat2", "EXDEV"): "EBUSY"}


def judge(where: str, operation: str, call: strace.Call, error: str, attempt: Attempt, lasting: bool = False) -> None:
    """Checks that an outcome fits the injected error."""
    result = attempt.result
    if result is None:
        raise AssertionError(f"{where}: killed")
    if not attempt.outcome.injected:
        raise AssertionError(f"{where}: the call was not reached")
    expected = {-strace.number(_TRANSLATED.get((call.name, error), error))}
    if operation == "gettempdir" or lasting:
        expected |= {-strace.number("ENOENT"), -strace.number("ENOTEMPTY")}
    if "locked" in operation:
        expected.add(-strace.number("EACCES"))  # a failed repair leaves the error for which it was needed
    if result.code != 0:
        if result.code not in expected:
            raise AssertionError(f"{where}: the result is {result.code}: {result.message}")
        if result.detail != result.code or not result.operation or not result.message:
            raise AssertionError(
                f"{where}: the detail of {result.code} is {result.detail} {result.operation}: {result.message}"
            )
    if result.again != 0:
        raise AssertionError(f"{where}: the clean-up without faults says {result.again}")
    left = attempt.left()
    # If the failed call was to remove something, and there is no second attempt, it may be left.
    stuck = call.name in _REMOVING or lasting
    if left and not (stuck and (result.code != 0 or operation in _MUTE)):
        raise AssertionError(f"{where}: result {result.code}, left behind {left}")
    if len(left) > 1 and not lasting:
        raise AssertionError(f"{where}: left behind {left}")
