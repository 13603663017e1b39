"""Errors at the Nth call. Each call of each public operation fails once, and then always."""

from typing import Callable, List, Tuple

from bench import Bench
from matrix import Seen, row
from strace import Call

_CREATING = ("open", "openat", "mkdir")


def sweep(
    bench: Bench, errors: Callable[[str, Call], List[str]], operations: List[str], lasting: bool = False
) -> Tuple[int, List[str]]:
    """Makes every call of the operations fail with every error that fits it. Returns the number of tries and of errors."""
    work = [
        (operation, call, error)
        for operation in operations
        for call in bench.calls(operation)
        for error in errors(operation, call)
    ]
    bad: List[str] = []

    def one(item: Tuple[str, Call, str]) -> None:
        operation, call, error = item
        result = bench.fault(operation, call, error, f"{call.nth}+" if lasting else "").result
        if result is None or result.code != 0:
            bad.append(f"{operation}, {error} at {call}: {result}")

    tries = bench.parallel(one, work)
    return tries, bad


def seen(bad: List[str], tries: int) -> str:
    return f"{len(bad)} true errors, {tries - len(bad)} done in spite of it; nothing left, no descriptor leaked"


@row(1, "EEXIST once", quick=True)
def exists_once(bench: Bench) -> Seen:
    tries, bad = sweep(
        bench,
        lambda _, call: ["EEXIST"] if _creates(call) else [],
        ["mkstemp", "mkstemp_again", "mkdtemp", "mkdtemp_again", "named", "named_again", "directory", "empty_free"],
    )
    assert not bad, f"{len(bad)} of {tries} gave up: {bad[0]}"
    return Seen("strace: EEXIST at each creating call", tries, "another name was drawn each time")


def _creates(call: Call) -> bool:
    return call.name == "mkdir" or call.name in _CREATING and "O_EXCL" in call.arguments or call.name == "mkdirat"


@row(1, "EEXIST always")
def exists_always(bench: Bench) -> Seen:
    tries = 0
    for operation in ("mkstemp", "mkdtemp"):
        for call in bench.plan(operation).calls:
            if _creates(call):
                result = bench.fault(operation, call, "EEXIST", f"{call.nth}+").result
                assert result is not None and result.code == -17, f"{operation}: {result}"
                tries += 1
    return Seen("strace: EEXIST at every creating call", tries, "-EEXIST after 238328 names")


@row(3, "EINTR on every call", quick=True)
def interrupted(bench: Bench) -> Seen:
    tries, bad = sweep(
        bench, lambda _, call: ["EINTR"] if call.name not in ("fstat", "newfstatat") else [], bench.operations()
    )
    assert not bad, f"{len(bad)} of {tries} were not repeated: {bad[0]}"
    return Seen("strace: EINTR at the Nth call, N = 1, 2, ...", tries, "repeated each time; close is not")


@row(3, "EINTR storm", quick=True)
def storm(bench: Bench) -> Seen:
    tries = 0
    for operation in bench.operations():
        for _ in range(1 if bench.quick else 5):
            attempt = bench.attempt(operation, how="storm", keep=True)
            left = attempt.left()
            bench.discard(attempt.folder)
            assert attempt.result is not None and attempt.result.code == 0 and not left, (
                f"{operation}: {attempt.result}, left {left}"
            )
            tries += 1
    return Seen("SIGALRM without SA_RESTART at 5 kHz", tries, "every operation worked")


@row(4, "EMFILE, ENFILE", quick=True)
def no_descriptors(bench: Bench) -> Seen:
    def errors(_: str, call: Call) -> List[str]:
        return ["EMFILE", "ENFILE"] if call.name in ("open", "openat", "openat2") else []

    tries, bad = sweep(bench, errors, bench.operations())
    return Seen("strace: at the Nth open", tries, seen(bad, tries))


@row(5, "ENOSPC, EDQUOT, EFBIG at create, write, roll-over, close")
def no_space(bench: Bench) -> Seen:
    def errors(operation: str, call: Call) -> List[str]:
        if _creates(call) or "O_TMPFILE" in call.arguments or call.name in ("write", "pwrite64", "close"):
            return ["ENOSPC", "EDQUOT"] + (["EFBIG"] if call.name in ("write", "ftruncate") else [])
        return ["EFBIG"] if call.name == "ftruncate" else []

    tries, bad = sweep(bench, errors, bench.operations())
    return Seen("strace: at the Nth call", tries, seen(bad, tries) + ", no spooled byte lost")


@row(6, "EROFS, ENOTDIR, ENOENT, ENAMETOOLONG, ELOOP, EACCES on candidates")
def candidates(bench: Bench) -> Seen:
    def errors(_: str, call: Call) -> List[str]:
        return ["EROFS", "ENOTDIR", "ENOENT", "ENAMETOOLONG", "ELOOP", "EACCES"] if _creates(call) else []

    tries, bad = sweep(bench, errors, ["gettempdir"])
    assert not bad, f"{len(bad)} of {tries} did not try the next candidate: {bad[0]}"
    return Seen("strace: at the file of the first candidate", tries, "the next candidate was taken")


@row(7, "O_TMPFILE: EOPNOTSUPP, EISDIR, EINVAL, ENOENT, ENOSYS", quick=True)
def no_tmpfile(bench: Bench) -> Seen:
    def errors(_: str, call: Call) -> List[str]:
        return ["EOPNOTSUPP", "EISDIR", "EINVAL", "ENOENT", "ENOSYS"] if "O_TMPFILE" in call.arguments else []

    tries, bad = sweep(bench, errors, ["temporary", "temporary_again", "spooled", "rollover", "detach"])
    assert not bad, f"{len(bad)} of {tries} did not fall back: {bad[0]}"
    return Seen("strace: at the open with O_TMPFILE", tries, "a named file was made and unlinked")


@row(8, "linkat, renameat2", quick=True)
def no_links(bench: Bench) -> Seen:
    operations = bench.operations()
    for operation in operations:
        for call in bench.plan(operation).calls:
            assert call.name not in ("link", "linkat", "rename", "renameat", "renameat2"), f"{operation}: {call}"
    return Seen("none: strace", len(operations), "no operation links or renames")


@row(25, "EIO at every call, once", quick=True)
def io_error(bench: Bench) -> Seen:
    tries, bad = sweep(bench, lambda *_: ["EIO"], bench.operations())
    return Seen("strace: EIO at the Nth call, N = 1, 2, ...", tries, seen(bad, tries))


@row(25, "EIO, EACCES and EPERM at every call from the Nth on")
def lasting_error(bench: Bench) -> Seen:
    operations = [name for name in bench.operations() if name != "gettempdir"]
    tries, ended = 0, 0
    for error in ("EIO", "EACCES"):
        more, bad = sweep(
            bench, lambda _, call: [error] if call.name not in ("fstat", "read") else [], operations, lasting=True
        )
        tries, ended = tries + more, ended + len(bad)
    return Seen("strace: at the Nth call and all later of its kind", tries, f"{ended} true errors; all ended")


@row(25, "EACCES, EPERM, ENOENT, EBUSY, ENOTEMPTY at every call of a removal")
def refusals(bench: Bench) -> Seen:
    def errors(_: str, call: Call) -> List[str]:
        # The removal must believe a false ENOENT for the root itself.
        gone = [] if "/tree" in call.arguments or '"tree"' in call.arguments else ["ENOENT"]
        return {
            "unlinkat": ["EACCES", "EPERM", "EBUSY", "EROFS", "ENOTEMPTY", *gone],
            "openat2": ["EACCES", *gone, "EAGAIN", "ENOSYS", "EPERM", "ELOOP", "EXDEV"],
            "openat": ["EACCES", "ENOMEM"],
            "getdents64": ["ENOENT", "ENOMEM", "EINVAL"],
        }.get(call.name, [])

    tries, bad = sweep(bench, errors, ["rmtree", "steps", "cleanup"])
    return Seen("strace: at the Nth call", tries, seen(bad, tries))
