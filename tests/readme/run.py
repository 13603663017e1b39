"""Takes the README at its word: its C, C++, Go and Python examples are compiled and run, its targets and paths must exist.

An example is a block of ```c, ```cpp, ```go or ```python; the block of ```text that follows it is what it prints, with 8
question marks for the random part of a name and /tmp for TMPDIR. Each runs with a TMPDIR of its own that it must leave
empty.

usage: run.py ROOT CC CXX GO
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, NoReturn, Optional, Tuple


def fail(message: str) -> NoReturn:
    sys.exit(f"FAIL  readme: {message}")


def run(command: List[str], where: Path, environment: Optional[Dict[str, str]] = None) -> str:
    """Runs a command, which must succeed, and gives what it printed."""
    done = subprocess.run(
        command,
        cwd=where,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=300,
    )
    if done.returncode != 0:
        fail(f"{' '.join(command)} exits with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def examples(text: str, language: str) -> List[Tuple[str, str]]:
    """Gives the source and the expected output of each example; no example, or one without output, is a failure."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    found = []
    for i, (kind, source) in enumerate(blocks):
        if kind == language:
            if i + 1 == len(blocks) or blocks[i + 1][0] != "text":
                fail(f"a {language} example is not followed by what it prints")
            found.append((source, blocks[i + 1][1]))
    if not found:
        fail(f"there is no {language} example")
    return found


def run_example(name: str, command: List[str], where: Path, environment: Dict[str, str], expected: str) -> None:
    with tempfile.TemporaryDirectory(prefix="readme-") as own:
        printed = run(command, where, {**environment, "TMPDIR": own})
        left = os.listdir(own)
    printed = re.sub(re.escape(own) + r"/([\w.]*[-_]|tmp)[a-z0-9_]{8}\b", r"/tmp/\1????????", printed)
    if printed != expected:
        fail(f"{name} prints\n{printed}where the README says\n{expected}")
    if left:
        fail(f"{name} leaves {left} in TMPDIR")
    print(f"ok    readme: {name}")


def c_example(root: Path, cc: str, source: str, expected: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "example.c").write_text(source)
        run(
            [
                cc,
                "-std=c11",
                "-Wall",
                "-Wextra",
                "-Werror",
                f"-I{root}/include",
                "example.c",
                f"-L{root}/build",
                "-ltempfile",
                "-o",
                "example",
            ],
            here,
        )
        run_example("the C example", ["./example"], here, {"LD_LIBRARY_PATH": f"{root}/build"}, expected)


def cpp_example(root: Path, cxx: str, source: str, expected: str) -> None:
    if not shutil.which(cxx):
        print(f"skip  readme: the C++ example, as {cxx} is missing (apt-get install g++)")
        return
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "example.cpp").write_text(source)
        run(
            [
                cxx,
                "-std=c++17",
                "-Wall",
                "-Wextra",
                "-Werror",
                f"-I{root}/include",
                f"-I{root}/bindings/cpp",
                "example.cpp",
                f"-L{root}/build",
                "-ltempfile",
                "-o",
                "example",
            ],
            here,
        )
        run_example("the C++ example", ["./example"], here, {"LD_LIBRARY_PATH": f"{root}/build"}, expected)


def python_example(root: Path, source: str, expected: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "example.py").write_text(source)
        run_example("the Python example", [sys.executable, "example.py"], here, {"PYTHONPATH": f"{root}/python"}, expected)


def go_example(root: Path, go: str, source: str, expected: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "main.go").write_text(source)
        # The sums of the tree's own dependencies, so that nothing is asked of the network that the tree has already.
        (here / "go.sum").write_bytes((root / "go.sum").read_bytes())
        # An older Go that has fetched a newer one for the tree does so for a module that asks for it, too.
        wanted = re.search(r"^go (\S+)$", (root / "go.mod").read_text(), re.MULTILINE)
        run([go, "mod", "init", "example"], here)
        run(
            [
                go,
                "mod",
                "edit",
                f"-go={wanted.group(1) if wanted else '1.26'}",
                "-require=libtempfile@v0.0.0",
                f"-replace=libtempfile={root}",
            ],
            here,
        )
        found = subprocess.run(
            [go, "list", "-mod=mod", "-deps", "."],
            cwd=here,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        if found.returncode != 0 and (root / "vendor").exists():
            print("skip  readme: the Go example, as its modules are in vendor/ alone, and cannot be fetched")
            return
        run([go, "build", "-mod=mod", "-o", "example", "."], here)
        run_example("the Go example", ["./example"], here, {}, expected)


def targets(root: Path, text: str) -> None:
    """Every `make X` of the README is a target that make help lists, and the other way round."""
    told = set(re.findall(r"\bmake ([a-z][a-z-]*)", " ".join(re.findall(r"`[^`\n]+`|^ {4}.*$", text, re.MULTILINE))))
    makefiles = "".join(
        path.read_text() for path in [root / "Makefile", *root.glob("bindings/**/*.mk"), *root.glob("tests/**/*.mk")]
    )
    known = set(re.findall(r"^([a-z-]+):.*## ", makefiles, re.MULTILINE))
    if not told:
        fail("no make target is mentioned")
    if told - known:
        fail(f"make help does not list {sorted(told - known)}")
    print(f"ok    readme: {len(told)} make targets exist")


def paths(root: Path, text: str) -> None:
    """Every path in the layout, which is a table with the path in its first column, exists."""
    told = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    if not told:
        fail("the layout has no path")
    missing = [path for path in told if not (root / path).exists()]
    if missing:
        fail(f"there is no {missing}")
    print(f"ok    readme: {len(told)} paths of the layout exist")


def main() -> None:
    root, cc, cxx, go = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3], sys.argv[4]
    text = (root / "README.md").read_text(encoding="utf-8")
    for source, expected in examples(text, "c"):
        c_example(root, cc, source, expected)
    for source, expected in examples(text, "cpp"):
        cpp_example(root, cxx, source, expected)
    for source, expected in examples(text, "go"):
        go_example(root, go, source, expected)
    for source, expected in examples(text, "python"):
        python_example(root, source, expected)
    targets(root, text)
    paths(root, text)


main()
