"""Rows with programs of their own: C tests and tests of the core. A control shows that the gate finds violations."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import List

import control
import gate
import strace
from bench import Bench
from matrix import Seen, Skip, row

_CORE = [
    (2, "names that are taken by files, links, fifos, ...", "^TestTakenNamesAreLeftAlone$"),
    (11, "a tree that others change all the while, with helpers", "^TestHelpersInTreesThatChange$"),
    (14, "slashes, ., .., empty and / as root", "^TestRefusedRoots$"),
    (18, "mode-000 and 0500 directories of a user without rights", "^TestRemovesLockedTrees$|^TestForeignDirectories"),
    (19, "a parent that cannot be read", "^TestRemovesBelowUnreadableParents$"),
    (
        29,
        "chdir before clean-up; another directory under the name",
        "^TestAnotherRootIsLeftAlone$|^TestPathsAreAbsoluteFromCreationOn$",
    ),
    (30, "umask 0777 and 0000", "^TestPermissionsAndUmask$"),
]

_PROGRAMS = [
    (
        27,
        "fork in every state",
        ["tests/c/fork_chain", "tests/c/fork_window", "tests/c/fork_busy_hooks", "tests/c/removal_fork_hooks"],
    ),
    (28, "TMPDIR set after loading, in every form", ["tests/c/environment"]),
    (
        31,
        "the host's signals and limits",
        ["tests/c/signals_first_call", "tests/c/signals_hooks", "tests/c/signals_faults", "tests/c/limits", "tests/c/lazy"],
    ),
    (32, "a panic in Go", ["tests/c/misuse/panic_hooks"]),
    (
        33,
        "NULL, huge sizes, stale handles",
        ["tests/c/misuse/handles_hooks", "tests/c/misuse/options", "tests/c/misuse/buffers", "tests/c/misuse/sizes"],
    ),
    (34, "many threads, short threads, small stacks", ["tests/c/misuse/odd_threads", "tests/c/misuse/threads_hooks"]),
    (35, "the host ends with live objects", ["tests/c/exit"]),
    (36, "user, landlock and filter of the thread, with helpers", ["tests/c/removal_identity_hooks"]),
    (37, "Go cannot start", ["tests/c/refused", "tests/c/refused_reasons", "tests/c/fork_vfork_hooks"]),
]


def core(bench: Bench, pattern: str) -> Seen:
    """Runs tests of the core."""
    if shutil.which("go") is None:
        raise Skip("Go is missing (https://go.dev/dl/)")
    done = subprocess.run(
        ["go", "test", "-count=1", "-v", "-run", pattern, "./core/..."],
        cwd=bench.root,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    ran = re.findall(r"^--- PASS: (\w+)", done.stdout, re.MULTILINE)
    assert done.returncode == 0, done.stdout
    if not ran:
        raise Skip(f"every test of {pattern} was skipped")
    return Seen("core: " + pattern.split("$")[0].lstrip("^"), len(ran), "passed: " + ", ".join(ran))


def programs(bench: Bench, names: List[str]) -> Seen:
    """Runs C tests."""
    for name in names:
        program = bench.build / name
        if not program.exists():
            raise Skip(f"{name} is not built (make test-c)")
        library = bench.build / "hooks" if name.endswith("_hooks") else bench.build
        done = subprocess.run(
            [str(bench.root / "tests/c/run"), str(library), str(program)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            universal_newlines=True,
        )
        if done.stdout.startswith("skip"):
            raise Skip(done.stdout.strip())
        assert done.returncode == 0, done.stdout
    return Seen(
        names[0] + ("" if len(names) == 1 else ", ..."),
        len(names),
        "passed: " + ", ".join(Path(name).name for name in names),
    )


for _number, _fault, _pattern in _CORE:
    row(_number, _fault, elsewhere=True)(lambda bench, pattern=_pattern: core(bench, pattern))
for _number, _fault, _names in _PROGRAMS:
    row(_number, _fault, elsewhere=True)(lambda bench, names=_names: programs(bench, names))


@row(39, "symbols and generated files", elsewhere=True)
def symbols(bench: Bench) -> Seen:
    for target in ("check-symbols", "check-header"):
        done = subprocess.run(
            ["make", "-s", target], cwd=bench.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        assert done.returncode == 0, done.stdout.decode()
    return Seen("make check-symbols, check-header", 2, "no drift")


@row(40, "the gate: nothing below the root by path", quick=True)
def no_paths(bench: Bench) -> Seen:
    for operation in ("rmtree", "cleanup", "steps", "rmtree_deep"):
        bench.plan(operation)
    log = bench.base / "control.log"
    folder = bench.folder()
    outcome = strace.run([control.interpreter([]), "-I", "-S", "-c", control.PROGRAM, str(folder)], log)
    hits = [
        hit for hit in gate.violations(outcome.calls, f"{folder}/tree") if re.match("unlink|rmdir|chmod|fchmodat|open", hit)
    ]
    bench.discard(folder)
    assert hits, "CPython's remover goes through the gate, which then catches nothing"
    return Seen(
        "strace -f",
        bench.gated,
        f"no path in the log of any removal above; control: CPython's is caught ({hits[0][:40]}...)",
    )
