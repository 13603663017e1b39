"""What is published in each mode, and what may be seen of it from outside."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "faults"))

import strace  # noqa: E402

NO_REPLACE, SYNC, ACROSS, LIKE_TARGET = 0x10000, 0x20000, 0x40000, 0x80000
FOLLOW, BACKUP, WHERE_POSSIBLE = 0x100000, 0x200000, 0x400000

OLD, NEW = b"o" * 15_000, b"n" * 20_000
MODE = 0o604  # of the old file; no umask gives it
STRAY = re.compile(r"\.?tmp[a-z0-9_]{8}$")  # a name that the library draws
LINKS = ("unnamed", "spooled", "replace")  # classes whose file has no name: one linkat gives it the target's


class Case(NamedTuple):
    """One way to publish."""

    kind: str
    flags: int = 0
    exists: bool = True  # the target
    elsewhere: bool = False  # the temporary file is on another file system

    def __str__(self) -> str:
        names = ("NO_REPLACE", "SYNC", "ACROSS", "LIKE_TARGET", "FOLLOW", "BACKUP")
        flags = [name for name in names if self.flags & globals()[name]]
        return " ".join([self.kind, *flags, "over a file" if self.exists else "to a free name"])

    @property
    def links(self) -> bool:
        """One linkat does all, so that no other name is ever seen."""
        return self.kind in LINKS and not self.exists


CASES: List[Case] = [
    Case(kind, flags, exists)
    for kind in ("named", "unnamed", "spooled", "replace")
    for flags, exists in ((0, False), (SYNC, True), (NO_REPLACE | SYNC, False))
]
CASES += [
    Case("named", LIKE_TARGET | SYNC),
    Case("unnamed", LIKE_TARGET | FOLLOW),
    Case("replace", LIKE_TARGET | SYNC),
    Case("named", BACKUP | SYNC),
    Case("unnamed", BACKUP),
]
# From another file system, by a copy.
FAR: List[Case] = [
    Case("named", ACROSS, exists=True, elsewhere=True),
    Case("unnamed", ACROSS | SYNC, exists=True, elsewhere=True),
    Case("named", ACROSS | NO_REPLACE, exists=False, elsewhere=True),
    Case("unnamed", ACROSS | LIKE_TARGET | BACKUP, exists=True, elsewhere=True),
]


class Answer(NamedTuple):
    """What the publisher printed."""

    result: int
    operation: str
    became: str
    message: str

    @property
    def came_after(self) -> bool:
        """The failure is one after the rename: the file is published all the same."""
        return self.operation in ("sync directory", "unlink", "dup3", "close")


class Place:
    """A folder for one publication: one for the temporary file, one for the target."""

    def __init__(self, base: Path, source: Optional[Path], case: Case, nth: int) -> None:
        self.case = case
        self.base = base / f"p{nth}"
        self.folder, self.target = self.base / "folder", self.base / "folder" / "target"
        self.source = (source or base) / f"s{nth}"
        self.log = base / f"log{nth}"
        for path in (self.base, self.folder, self.source):
            path.mkdir()
        if case.exists:
            self.target.write_bytes(OLD)
            self.target.chmod(MODE)
        self.before = self.target.stat() if case.exists else None

    def remove(self) -> None:
        subprocess.run(["rm", "-rf", str(self.base), str(self.source), str(self.log)], check=True)

    def command(self, publisher: Path) -> List[str]:
        return [str(publisher), self.case.kind, hex(self.case.flags), str(self.source), str(self.target)]

    def run(self, publisher: Path, inject: str = "", user: Optional[List[str]] = None) -> strace.Outcome:
        return strace.run(self.command(publisher), self.log, inject, {"TMPDIR": str(self.source)}, user)

    def contents(self) -> Dict[str, str]:
        """What is in the target's directory: "old", "new", or anything else."""
        known = {OLD: "old", NEW: "new"}
        return {path.name: known.get(path.read_bytes(), f"{path.stat().st_size} bytes") for path in self.folder.iterdir()}

    def check_whole(self, contents: Dict[str, str]) -> None:
        """A reader sees the old file or the new one."""
        allowed = ["old", "new"] if self.case.exists else [None, "new"]
        assert contents.get("target") in allowed, f"a reader sees {contents.get('target')}"
        assert contents.get("target~", "old") == "old", f"the backup has {contents['target~']}"

    def strays(self, contents: Dict[str, str]) -> List[str]:
        """Names that nobody asked for."""
        strays = [name for name in contents if name not in ("target", "target~")]
        assert all(STRAY.match(name) for name in strays), f"{strays}: no name of ours"
        return strays

    def check_unchanged(self) -> None:
        """All is as it was before the publication."""
        contents = self.contents()
        assert contents == ({"target": "old"} if self.case.exists else {}), f"after the failure there is {contents}"
        if self.before is not None:
            now = self.target.stat()
            assert (now.st_ino, now.st_mode) == (self.before.st_ino, self.before.st_mode), "the target is another file"
        assert not list(self.source.iterdir()), f"the temporary file stays: {list(self.source.iterdir())}"

    def check_published(self, answer: Answer) -> None:
        contents = self.contents()
        assert contents.get("target") == "new", f"the target has {contents}"
        if answer.result == 0:
            backup = {"target~": "old"} if self.case.flags & BACKUP else {}
            assert contents == {"target": "new", **backup}, f"there is {contents}"
            assert not list(self.source.iterdir()), f"the old name stays: {list(self.source.iterdir())}"
        if self.case.flags & LIKE_TARGET:
            assert self.target.stat().st_mode & 0o7777 == MODE, oct(self.target.stat().st_mode)


def answer(outcome: strace.Outcome) -> Answer:
    """Reads the publisher's line."""
    parts = outcome.printed.rstrip("\n").split("\t")
    assert outcome.status == 0 and len(parts) == 4, outcome.describe()
    return Answer(int(parts[0]), *parts[1:])
