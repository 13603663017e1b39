"""File systems of their own, in files of this machine: what is kept on each, and what a power loss leaves."""

import errno
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Tuple

import cases
from cases import Case, Place

import matrix
import mounts

# How each is made, how large it must be, and how it is mounted: no timer of its own makes anything durable meanwhile.
_DISKS: Dict[str, Tuple[List[str], int, str]] = {
    "ext4": (["mkfs.ext4", "-q", "-F"], 64, "commit=600"),
    "xfs": (["mkfs.xfs", "-q", "-f"], 320, ""),
    "btrfs": (["mkfs.btrfs", "-q", "-f"], 160, "commit=300"),
}
LASTING = list(_DISKS)
NAMES = [*LASTING, "tmpfs"]

_mounted: Dict[str, Path] = {}


def mounted(base: Path, name: str) -> Path:
    """Gives where a file system is mounted, which is made at the first call."""
    if name not in _mounted:
        where = base / name
        where.mkdir(exist_ok=True)
        if name == "tmpfs":
            mounts.mount("-t", "tmpfs", "-o", "size=64m", "none", str(where))
        else:
            image = base / f"{name}.image"
            _make(name, image)
            _mount_image(name, image, where)
        _mounted[name] = where
    return _mounted[name]


def _make(name: str, image: Path) -> None:
    command, size, _ = _DISKS[name]
    if shutil.which(command[0]) is None:
        raise matrix.Skip(f"{command[0]} is missing")
    with image.open("wb") as file:
        file.truncate(size << 20)
    done = subprocess.run([*command, str(image)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise matrix.Skip(f"{command[0]}: " + done.stdout.decode(errors="replace").strip())


def _mount_image(name: str, image: Path, where: Path) -> None:
    options = ",".join(filter(None, ("loop", _DISKS[name][2])))
    mounts.mount("-t", name, "-o", options, str(image), str(where))


def unmount_all() -> None:
    for where in _mounted.values():
        subprocess.run(["umount", str(where)], stderr=subprocess.DEVNULL, check=False)
    _mounted.clear()


# --- what is kept

_USER, _LIST = "user.libtempfile", "system.posix_acl_access"


def access_list(user: int) -> bytes:
    """Read and write for the owner, read for a user, nothing for the group and others."""
    entries = ((0x01, 6, 0xFFFFFFFF), (0x02, 4, user), (0x04, 0, 0xFFFFFFFF), (0x10, 4, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def _set(path: Path, name: str, value: bytes) -> bool:
    try:
        os.setxattr(path, name, value)
        return True
    except OSError as error:
        if error.errno != errno.EOPNOTSUPP:
            raise
        return False


def attributes(bench: Any, name: str) -> str:
    """Every mode works there; like the target means what it says, for root and for somebody else."""
    where = mounted(bench.base, name)
    where.chmod(0o777)
    kept = set()
    for user in ([], ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]):
        for case in cases.CASES:
            place = Place(where, None, case, 0)
            owner = 65534 if user else 1234
            for path in (place.base, place.folder, place.source):
                os.chown(path, 65534 if user else 0, -1)
            before: Dict[str, bytes] = {}
            if case.exists:
                os.chown(place.target, owner, owner)
                for key, value in ((_USER, b"value"), (_LIST, access_list(33))):
                    if _set(place.target, key, value):
                        before[key] = value
                status = place.target.stat()
            done = subprocess.run(
                [*user, *place.command(bench.publisher)],
                stdout=subprocess.PIPE,
                universal_newlines=True,
                env={**os.environ, "TMPDIR": str(place.source)},
                check=True,
            )
            assert done.stdout.startswith("0\t"), f"{case} on {name} {user[:2]}: {done.stdout}"
            now = place.target.stat()
            if case.flags & cases.LIKE_TARGET:
                mine = (now.st_uid, now.st_gid, now.st_mode)
                assert mine == (status.st_uid, status.st_gid, status.st_mode), f"{case} on {name}: {mine}"
                for key, value in before.items():
                    assert os.getxattr(place.target, key) == value, f"{case} on {name} loses {key}"
                    kept.add(key)
            else:
                assert now.st_mode & 0o7777 == 0o644, f"{case} on {name}: {oct(now.st_mode)}"
                assert _LIST not in os.listxattr(place.target), f"{case} on {name} has a list of another file"
            place.remove()
    if kept != {_USER, _LIST} and name != "tmpfs":
        raise AssertionError(f"{name} keeps {kept}")
    attributes = ", ".join(sorted(kept)) or "no attributes"
    return f"{2 * len(cases.CASES)} publications, as root and not: owner, mode, {attributes} kept"


# --- from one to another


def between(bench: Any) -> str:
    """Each file system to each other: EXDEV, and with ACROSS a copy, with nothing left behind."""
    tries = 0
    ready = []
    for name in NAMES:
        try:
            ready.append((name, mounted(bench.base, name)))
        except matrix.Skip:
            pass
    if len(ready) < 2:
        raise matrix.Skip("there are no two file systems")
    for name, source in ready:
        for other, target in ready:
            if name == other:
                continue
            for case in cases.FAR:
                where = f"{case}, {name} to {other}"
                place = Place(target, source, case, 1)
                plain = case._replace(flags=case.flags & ~cases.ACROSS)
                refused = subprocess.run(
                    Place.command(_Plain(place, plain), bench.publisher),
                    stdout=subprocess.PIPE,
                    universal_newlines=True,
                    check=True,
                ).stdout.split("\t")
                assert refused[0] == str(-errno.EXDEV) and refused[2] == "temporary", f"{where}: {refused}"
                assert "ACROSS" in refused[3], f"{where}: {refused}"
                place.check_unchanged()
                outcome = place.run(bench.publisher)
                answer = cases.answer(outcome)
                assert answer.result == 0 and answer.became == "published", f"{where}: {answer}"
                place.check_published(answer)
                place.remove()
                tries += 1
    return f"{tries} copies between {', '.join(name for name, _ in ready)}; without ACROSS each was refused"


class _Plain:
    """A place for another case."""

    def __init__(self, place: Place, case: Case) -> None:
        self.case, self.source, self.target = case, place.source, place.target


# --- power loss

_POWER = [
    Case("named", cases.SYNC),
    Case("unnamed", cases.SYNC),
    Case("unnamed", cases.SYNC, exists=False),
    Case("replace", cases.SYNC | cases.LIKE_TARGET),
    Case("named", cases.SYNC | cases.BACKUP),
]


def power_loss(bench: Any, name: str) -> str:
    """The power fails at each system call of a publication that syncs: the disk is copied as it is at that moment, without
    what only the kernel has, and the copy is mounted as after a start. After the last call the new file must be there."""
    image, where, cuts, lost = bench.base / f"{name}.image", mounted(bench.base, name), 0, 0
    for case in _POWER:
        calls = [call for call in bench.calls(case) if call.name not in ("close", "fstat", "newfstatat", "getrandom")]
        for call in [*calls, None]:
            place = Place(where, None, case, 2)
            subprocess.run(["sync", "-f", str(where)], check=True)  # from here on the old file is durable
            outcome = place.run(bench.publisher, f"{call.name}:signal=KILL:when={call.nth}" if call else "")
            found = _after_a_start(bench, name, image, place)
            what = f"{case} on {name}, power lost at {call or 'the end'}"
            if call is None:
                assert cases.answer(outcome).result == 0, f"{what}: {outcome.describe()}"
                assert found == "new", f"{what}: the target has {found}"
            else:
                assert found in (("old", "new") if case.exists else (None, "new")), f"{what}: the target has {found}"
            place.remove()
            cuts += 1
    # The control: without SYNC the same harness must see that the new file is not durable.
    if name == "ext4":
        place = Place(where, None, Case("unnamed", 0), 3)
        subprocess.run(["sync", "-f", str(where)], check=True)
        place.run(bench.publisher)
        lost = _after_a_start(bench, name, image, place) == "old"
        place.remove()
        assert lost, "without SYNC nothing was lost: the harness does not see a loss"
    return f"{cuts} power losses: the old file or the new one, and the new one after the last call"


def _after_a_start(bench: Any, name: str, image: Path, place: Place) -> "str | None":
    """What the target has on a copy of the disk."""
    copy, where = bench.base / "copy.image", bench.base / "copy"
    where.mkdir(exist_ok=True)
    subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
    options = "loop,nouuid" if name == "xfs" else "loop"
    if name == "btrfs":  # the kernel takes two disks of one identity for one
        mounts.unmount(_mounted[name])
        subprocess.run(["btrfs", "device", "scan", "--forget"], check=True)
    mounts.mount("-t", name, "-o", options, str(copy), str(where))
    try:
        target = where / place.target.relative_to(_mounted[name])
        if not target.exists():
            return None
        content = target.read_bytes()
        return {cases.OLD: "old", cases.NEW: "new"}.get(content, f"{len(content)} bytes")
    finally:
        mounts.unmount(where)
        copy.unlink()
        if name == "btrfs":
            subprocess.run(["btrfs", "device", "scan", "--forget"], check=True)
            _mount_image(name, image, _mounted[name])
