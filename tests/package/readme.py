"""Checks the README and the guides: their programs compile and run, their targets and paths exist.

A program is a block of ```c, ```cpp, ```go or ```python. The next block of ```text is its output, with 8 question marks for
the random part of a name and /tmp for TMPDIR. Each program runs with a TMPDIR of its own, which it must
leave empty. A block that includes a file (--8<--) is a program that other tests run.

usage: readme.py ROOT CC CXX GO
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, NamedTuple, NoReturn, Optional


def fail(message: str) -> NoReturn:
    sys.exit(f"FAIL readme {message}")


def run(command: List[str], where: Path, environment: Optional[Dict[str, str]] = None) -> str:
    """Runs a command, which must succeed, and returns its output."""
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


class Program(NamedTuple):
    name: str
    source: str
    expected: str


def programs(document: Path, language: str) -> List[Program]:
    """Returns the programs of a document. A program without output is a failure."""
    text = document.read_text(encoding="utf-8")
    blocks = list(re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    found = []
    for block, after in zip(blocks, [*blocks[1:], None]):
        if block[1] != language or block[2].startswith("--8<--"):
            continue
        name = f"{document.name}:{text.count(chr(10), 0, block.start()) + 1}, {language}"
        if after is None or after[1] != "text":
            fail(f"{name} is not followed by what it prints")
        found.append(Program(name, block[2], after[2]))
    return found


def run_program(program: Program, command: List[str], where: Path, environment: Dict[str, str]) -> None:
    with tempfile.TemporaryDirectory(prefix="readme-") as own:
        printed = run(command, where, {**environment, "TMPDIR": own})
        left = os.listdir(own)
    printed = re.sub(re.escape(own) + r"/([\w.]*[-_]|tmp)[a-z0-9_]{8}\b", r"/tmp/\1????????", printed)
    if printed != program.expected:
        fail(f"{program.name} prints\n{printed}where the text says\n{program.expected}")
    if left:
        fail(f"{program.name} leaves {left} in TMPDIR")
    print(f"ok readme {program.name}")


def run_c(root: Path, command: List[str], suffix: str, program: Program) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / f"example{suffix}").write_text(program.source, encoding="utf-8")
        run(
            [
                *command,
                "-Wall",
                "-Wextra",
                "-Werror",
                f"-I{root}/include",
                f"-I{root}/bindings/cpp",
                f"example{suffix}",
                f"-L{root}/build",
                "-ltempfile",
                "-o",
                "example",
            ],
            here,
        )
        run_program(program, ["./example"], here, {"LD_LIBRARY_PATH": f"{root}/build"})


def run_python(root: Path, program: Program) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "example.py").write_text(program.source, encoding="utf-8")
        run_program(program, [sys.executable, "example.py"], here, {"PYTHONPATH": f"{root}/python"})


def run_go(root: Path, go: str, all_programs: List[Program]) -> None:
    """Builds the programs as packages of one module, because linking takes most of the time."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for i, program in enumerate(all_programs):
            (here / f"example{i}").mkdir()
            (here / f"example{i}" / "main.go").write_text(program.source, encoding="utf-8")
        # The checksums of the tree's own dependencies, so that Go does not ask the network.
        (here / "go.sum").write_bytes((root / "go.sum").read_bytes())
        # If an older Go has fetched a newer one for the tree, it does so for this module, too.
        wanted = re.search(r"^go (\S+)$", (root / "go.mod").read_text(), re.MULTILINE)
        run([go, "mod", "init", "example"], here)
        version = wanted.group(1) if wanted else "1.26"
        run([go, "mod", "edit", f"-go={version}", "-require=libtempfile@v0.0.0", f"-replace=libtempfile={root}"], here)
        found = subprocess.run(
            [go, "list", "-mod=mod", "-deps", "./..."], cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if found.returncode != 0 and (root / "vendor").exists():
            print("skip readme the Go programs, as their modules are in vendor/ alone, and cannot be fetched")
            return
        run([go, "build", "-mod=mod", "-o", "bin/", "./..."], here)
        for i, program in enumerate(all_programs):
            run_program(program, [f"bin/example{i}"], here, {})


def targets(root: Path, text: str) -> None:
    """Checks that every `make X` of the documents is a target in make help."""
    told = set(re.findall(r"\bmake ([a-z][a-z-]*)", " ".join(re.findall(r"`[^`\n]+`|^ {4}.*$", text, re.MULTILINE))))
    fragments = [path for folder in ("bindings", "capi", "python", "tests") for path in (root / folder).glob("**/*.mk")]
    makefiles = "".join(path.read_text() for path in [root / "Makefile", *fragments])
    known = set(re.findall(r"^([a-z-]+):.*## ", makefiles, re.MULTILINE))
    if not told:
        fail("no make target is mentioned")
    if told - known:
        fail(f"make help does not list {sorted(told - known)}")
    print(f"ok readme {len(told)} make targets exist")


def paths(root: Path, text: str) -> None:
    """Checks that every path in the layout exists. The layout is a table with the path in its first column."""
    told = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    if not told:
        fail("the layout has no path")
    missing = [path for path in told if not (root / path).exists()]
    if missing:
        fail(f"there is no {missing}")
    print(f"ok readme {len(told)} paths of the layout exist")


def links(root: Path, documents: List[Path]) -> None:
    """Checks that every link of the documents, except those of the site, leads to a file of the tree."""
    told = [
        (document, link)
        for document in documents
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    ]
    missing = [f"{link} in {document.relative_to(root)}" for document, link in told if not (document.parent / link).exists()]
    if missing or not told:
        fail(f"there is no {missing}")
    print(f"ok readme {len(told)} links lead to files")


def main() -> None:
    root, cc, cxx, go = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3], sys.argv[4]
    documents = [root / "README.md", *sorted((root / "bindings/docs/pages").glob("*.md"))]
    found = {
        language: [program for document in documents for program in programs(document, language)]
        for language in ("c", "cpp", "go", "python")
    }
    for language in found:
        for name in ("README.md", f"{language}.md"):
            if not any(program.name.startswith(f"{name}:") for program in found[language]):
                fail(f"{name} has no program in {language}")
    for program in found["c"]:
        run_c(root, [cc, "-std=gnu11"], ".c", program)
    if shutil.which(cxx):
        for program in found["cpp"]:
            run_c(root, [cxx, "-std=c++17"], ".cpp", program)
    else:
        print(f"skip readme the C++ programs, as {cxx} is missing (apt-get install g++)")
    for program in found["python"]:
        run_python(root, program)
    run_go(root, go, found["go"])
    text = documents[0].read_text(encoding="utf-8")
    others = [root / "python/README.md", *sorted((root / ".github").glob("*.md"))]
    targets(root, "\n".join(document.read_text(encoding="utf-8") for document in documents + others))
    paths(root, text)
    links(root, [documents[0], *others])


main()
