"""Kills processes that journal what they make, and looks at what recovery leaves.

usage: run.py BUILD [SECONDS [NAME...]]

SECONDS is how long processes, threads and forks are killed at random moments. Each row works in a folder of its own with
decoys: objects with the look of temporary ones that no journal names. After recovery the folder must hold the decoys as they
were, what was kept, and nothing else.
"""

import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Tuple

BUILD = Path(sys.argv[1]).resolve()
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 10
WANTED = sys.argv[3:]
DRIVER, RECOVER = str(BUILD / "tests/host/recovery/driver"), str(BUILD / "tempfile-recover")
LIBRARY = {"LD_LIBRARY_PATH": str(BUILD)}
LIMIT = 120  # seconds for one run; none takes a tenth of that

# The actions of the driver that end by themselves.
ENDING = (
    "make_file free_file chosen_name long_path detach_file keep_file make_directory free_directory empty_directory "
    "keep_directory nested named_for_an_instant unnamed left_for_exit cleanup in_child"
).split()
SLOT, HEADER, PATH_AT = 256, 152, 56


class Failure(Exception):
    """A row does not hold."""


def must(holds: object, said: str) -> None:
    if not holds:
        raise Failure(said)


class Place:
    """A folder to work in, with decoys, and one for the journals."""

    def __init__(self, root: Path) -> None:
        self.root, self.work, self.journals = root, root / "work", root / "journals"
        self.work.mkdir()
        self.journals.mkdir(mode=0o700)
        self.decoys: "Dict[str, Tuple[int, int]]" = {}
        self.restore()

    def restore(self) -> None:
        """Empties the place but for the decoys."""
        for folder in (self.work, self.journals):
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
        (self.work / "tmpdecoy_01").write_text("a file with the look of one of ours")
        (self.work / "tmpdecoy_02").write_text("")
        (self.work / "tmpdecoy_03" / "below").mkdir(parents=True)
        (self.work / "tmpdecoy_03" / "below" / "file").write_text("")
        (self.work / "tmpdecoy_04").mkdir()
        self.decoys = self.look()

    def look(self) -> "Dict[str, Tuple[int, int]]":
        found = {}
        for path in self.work.rglob("*"):
            status = path.lstat()
            found[str(path)] = (status.st_ino, status.st_mtime_ns)
        return found

    def environment(self) -> "Dict[str, str]":
        return {**os.environ, **LIBRARY, "TMPDIR": str(self.work)}

    def command(self, action: str) -> "List[str]":
        return [DRIVER, str(self.journals), action]

    def start(self, action: str, prefix: "Tuple[str, ...]" = ()) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*prefix, *self.command(action)],
            env=self.environment(),
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def recover(self, *flags: str, expected: "Tuple[int, ...]" = (0,), prefix: "Tuple[str, ...]" = ()) -> str:
        done = subprocess.run(
            [*prefix, RECOVER, *flags, str(self.journals)],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        must(done.returncode in expected, f"tempfile-recover ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def check(self, kept: "List[str]" = (), journals: int = 0) -> None:  # type: ignore[assignment]
        """The decoys are untouched, what was kept is there, nothing else is, and so many journals are left."""
        now = self.look()
        allowed = {path for path in now for one in kept if path == one or path.startswith(one + "/")}
        must(set(kept) <= set(now), f"kept and gone: {set(kept) - set(now)}")
        must({path: now.get(path) for path in self.decoys} == self.decoys, "a decoy was touched")
        must(set(now) - allowed == set(self.decoys), f"left: {sorted(set(now) - allowed - set(self.decoys))}")
        names = os.listdir(self.journals)
        must(len(names) == journals, f"{len(names)} journals are left, not {journals}")


def lines_of(text: str, word: str) -> "List[str]":
    return [line.split(" ", 1)[1] for line in text.splitlines() if line.startswith(word + " ")]


def until_ready(process: "subprocess.Popen[str]") -> str:
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line == "ready\n":
            return said
    raise Failure("the driver ended early")


def kill_all(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


# --- The rows.


BEGIN = "/libtempfile/begin"  # the driver looks for it when recovery is enabled
WAITS = ("futex", "sched_yield", "nanosleep", "clock_nanosleep", "rt_sigreturn")  # as many as the load brings


def calls_of(place: Place, action: str, whole: bool) -> "List[Tuple[str, int]]":
    """The system calls of the main thread by name, each with its number among those of the name, as strace counts them."""
    trace = place.root / "trace"
    process = place.start(action, ("strace", "-qq", "-o", str(trace)))
    process.communicate(timeout=LIMIT)
    must(process.returncode == 0, f"the driver ended with {process.returncode}")
    seen: "Dict[str, int]" = {}
    calls: "List[Tuple[str, int]]" = []
    for line in trace.read_text().splitlines():
        name = line.partition("(")[0]
        if not name.isidentifier():
            continue
        seen[name] = seen.get(name, 0) + 1
        calls.append((name, seen[name]))
        if BEGIN in line and not whole:
            calls.clear()
    return calls[1:]  # execve is strace's own


def killed_at_each_call(place: Place, action: str) -> str:
    """SIGKILL at the Nth system call of the main thread, for every N."""
    calls = calls_of(place, action, whole=action == "make_file")
    killed = missed = 0
    for name, nth in calls:
        place.restore()
        killer = ("strace", "-qq", "-o", "/dev/null", "-e", f"inject={name}:signal=KILL:when={nth}")
        process = place.start(action, killer)
        said, _ = process.communicate(timeout=LIMIT)
        killed += process.returncode == -signal.SIGKILL
        missed += process.returncode != -signal.SIGKILL and name not in WAITS
        if action == "in_child":
            time.sleep(0.05)  # the child ends by itself
        kept = lines_of(said, "kept")
        must(all(map(os.path.lexists, kept)), f"{name} {nth}: what was kept is gone")
        told = place.recover(expected=(0, 1))
        if action.startswith("keep"):  # kept, and killed before it said so
            kept = [str(path) for path in place.work.iterdir() if str(path) not in place.decoys]
            must(len(kept) <= 1, f"{name} {nth}: left: {kept}")
        chosen = place.work / "tmpchosen"
        if action == "chosen_name" and chosen.exists():  # made and not identified, and the name was not drawn
            must("died while making it" in told and chosen.stat().st_size == 0, f"left: {told}")
            chosen.unlink()
        try:
            place.check(kept)
        except Failure as failure:
            raise Failure(f"killed at {name} {nth}: {failure}") from failure
    must(killed > 0 and missed <= len(calls) * 0.1, f"only {killed} of {len(calls)} were killed")
    return f"{killed} of {len(calls)} calls"


def killed_at_random(place: Place) -> str:
    until, rounds = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        processes = [place.start("busy") for _ in range(16)]
        time.sleep(random.uniform(0.05, 1))
        recovering = subprocess.Popen([RECOVER, str(place.journals)], env=place.environment(), stdout=subprocess.DEVNULL)
        time.sleep(random.uniform(0, 0.2))
        random.shuffle(processes)
        for process in processes:
            kill_all(process)
        recovering.wait(LIMIT)
        time.sleep(0.05)  # the children of a killed group are gone
        place.recover()
        place.check()
        rounds += 1
    return f"{rounds} times 16 processes with 3 threads and forks"


def owners_live(place: Place) -> str:
    for action in ("waiting", "closing"):
        place.restore()
        process = place.start(action)
        made = lines_of(until_ready(process), "made")
        place.recover()
        must(
            all(os.path.lexists(path) for path in made) and len(made) == 2,
            f"{action}: an object of a living process is gone",
        )
        must(os.listdir(place.journals), f"{action}: the journal of a living process is gone")
        kill_all(process)
        place.recover()
        place.check()
    return "also one that has closed all its descriptors"


def children_live(place: Place) -> str:
    for action in ("orphan", "adopting"):
        place.restore()
        process = place.start(action)
        said = until_ready(process)
        (path,), (child,) = lines_of(said, "made"), lines_of(said, "pid")
        process.kill()
        process.wait()
        place.recover()
        must(os.path.lexists(path), f"{action}: the child's file is gone")
        os.kill(int(child), signal.SIGKILL)
        while os.path.exists(f"/proc/{child}") and b") Z " not in Path(f"/proc/{child}/stat").read_bytes():
            time.sleep(0.01)
        time.sleep(0.02)
        place.recover()
        place.check()
    return "a child of a dead process keeps what it uses, and what it adopted"


def given_directory(place: Place) -> str:
    """Living processes' files are in a dead one's directory, which they know under another path."""
    for path in ("link", "dots"):
        place.restore()
        owner = place.start("waiting")
        made = Path(lines_of(until_ready(owner), "made")[1])
        link = place.root / path
        link.symlink_to(made)
        place.work, work = link if path == "link" else Path(f"{made}/../{made.name}"), place.work
        user = place.start("waiting")
        place.work = work
        used = lines_of(until_ready(user), "made")
        kill_all(owner)
        place.recover(expected=(1,))
        must(all(map(os.path.lexists, used)), f"{path}: an object of a living process is gone")
        kill_all(user)
        place.recover(expected=(0, 1))
        place.recover()
        place.check()
    return "through a link, and by '..'"


def unreadable_journal(place: Place) -> str:
    """A living process's journal cannot be read, and its files are in a dead one's directory."""
    owner = place.start("waiting")
    made = lines_of(until_ready(owner), "made")[1]
    place.work, work = Path(made), place.work
    user = place.start("waiting")
    place.work = work
    until_ready(user)
    kill_all(owner)
    told = place.recover("-n", expected=(1,))
    must("left          directory" in told, told)
    tried = 0
    for call, error in (("openat", "EMFILE"), ("flock", "ENOLCK"), ("pread64", "EIO"), ("newfstatat", "EIO")):
        for nth in range(1, 100):
            trace = place.root / "trace"
            killer = ("strace", "-f", "-qq", "-o", str(trace), "-e", f"inject={call}:error={error}:when={nth}")
            told = place.recover("-n", expected=(0, 1, 2, 127), prefix=killer)
            must("would remove  directory" not in told, f"{call} {nth}: {told}")
            tried += 1
            if "INJECTED" not in trace.read_text():
                break
    kill_all(user)
    place.recover(expected=(0, 1))
    place.recover()
    place.check()
    return f"{tried} failures"


def dots(place: Place) -> str:
    process = place.start("dots")
    until_ready(process)
    kill_all(process)
    place.recover()
    place.check()
    return "a path with '..' is as good as another"


def terminal(place: Place) -> str:
    process = place.start("control")
    until_ready(process)
    kill_all(process)
    told = place.recover()
    must("\\x1b[31m" in told and "\x1b" not in told and "\x9b" not in told, f"the terminal is told {told!r}")
    place.check()
    return "is not told what could be an order"


def without_locks(place: Place) -> str:
    process = place.start("free_file", ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=flock:error=ENOLCK"))
    process.communicate(timeout=LIMIT)
    must(process.returncode == 3, f"enabling without locks ended with {process.returncode}")
    place.check()
    return "refused, and no file is left"


def size_limit(place: Place) -> str:
    for limit in (0, 100, 8192):
        quiet = 'exec "$0" "$@" 2>/dev/null'  # standard error may be a file
        process = place.start("free_file", ("prlimit", f"--fsize={limit}", "sh", "-c", quiet))
        process.communicate(timeout=LIMIT)
        must(process.returncode == 3, f"enabling with a limit of {limit} bytes ended with {process.returncode}")
        place.check()
    return "refused before a signal ends the process"


def replace_first(place: Place) -> str:
    """The environment enables recovery, and the first call makes no object, but a sibling of its target."""
    runtime = place.root / "runtime"
    runtime.mkdir(mode=0o700)
    place.journals = runtime / "libtempfile"
    process = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=renameat,renameat2:signal=KILL", DRIVER, "-", "replace"],
        env={**place.environment(), "XDG_RUNTIME_DIR": str(runtime), "TEMPFILE_RECOVERY": "1"},
        timeout=LIMIT,
    )
    must(process.returncode == -signal.SIGKILL, f"the driver ended with {process.returncode}")
    must(set(place.look()) - set(place.decoys), "nothing was left to recover")
    place.recover()
    now = place.look()
    must(set(now) == set(place.decoys), f"left: {set(now) - set(place.decoys)}")
    return "its sibling is in the journal"


def two_at_once(place: Place) -> str:
    for _ in range(10):
        place.restore()
        for process in [place.start("waiting") for _ in range(4)]:
            until_ready(process)
            kill_all(process)
        both = [subprocess.Popen([RECOVER, str(place.journals)], env=place.environment(), stdout=-3) for _ in range(4)]
        must(all(one.wait(LIMIT) == 0 for one in both), "one of four recoveries failed")
        place.recover()
        place.check()
    return "four, ten times"


def dead_journal(place: Place, action: str = "waiting") -> "Tuple[Path, bytes, List[str]]":
    process = place.start(action)
    made = lines_of(until_ready(process), "made")
    kill_all(process)
    (name,) = os.listdir(place.journals)
    return place.journals / name, (place.journals / name).read_bytes(), made


def dry_run(place: Place) -> str:
    _, _, made = dead_journal(place)
    told = place.recover("--dry-run")
    must(all(path in told for path in made) and told.count("would remove") == 2, f"it does not say what it would do: {told}")
    place.check(made, journals=1)
    place.recover()
    place.check()
    return "removes nothing"


def journal_cut(place: Place) -> str:
    journal, whole, made = dead_journal(place)
    used = 3 * SLOT
    must(not any(whole[used:]), "more slots are in use than were thought")
    for size in range(used):
        journal.write_bytes(whole[:size])
        told = place.recover("-n", expected=(0, 1))
        told_of = [path for path in made if path + "\n" in told]
        ends = [i for i, at in enumerate((SLOT, 2 * SLOT)) if size >= at + PATH_AT + (len(made[i]) + 7) // 8 * 8]
        must(len(told_of) == len(ends), f"cut at {size}: {told}")
    journal.write_bytes(whole)
    place.recover()
    place.check()
    return f"at each of {used} bytes"


def bits_flipped(place: Place) -> str:
    journal, whole, made = dead_journal(place)
    tried = 0
    for at in [*range(HEADER), *range(SLOT, SLOT + PATH_AT + len(made[0]))]:
        for bit in range(8) if at >= SLOT or at % 5 == 0 else (random.randrange(8),):
            changed = bytearray(whole)
            changed[at] ^= 1 << bit
            journal.write_bytes(changed)
            told = place.recover("-n", expected=(0, 1))
            tried += 1
            if at < HEADER:
                must("would" not in told, f"bit {bit} of byte {at} of the header: {told}")
                continue
            # Without the identity the file is only an intent, and it is not empty.
            must(made[0] + "\n" not in told, f"bit {bit} of byte {at} of a record: {told}")
            must(made[1] + "\n" in told, f"bit {bit} of byte {at} of another record: {told}")
    journal.write_bytes(whole)
    place.recover()
    place.check()
    return f"{tried} bits"


def intent_of_directory(place: Place) -> str:
    """A directory without an identity that is not empty is left for good, and its journal goes."""
    journal, whole, made = dead_journal(place)
    changed = bytearray(whole)
    changed[2 * SLOT + 16] ^= 1
    journal.write_bytes(changed)
    told = place.recover(expected=(1,))
    must("died while making it" in told, told)
    place.check(made[1:])
    return "left, and not told again"


def check_of(seed: int, words: bytes) -> int:
    for (word,) in struct.iter_unpack("=Q", words):
        seed = (seed ^ word) * 0x9E3779B97F4A7C15 & (1 << 64) - 1
        seed ^= seed >> 32
    return seed or 1


def forge(place: Place, **fields: int) -> Path:
    """A journal of a dead process with other words in its header."""
    journal, whole, _ = dead_journal(place)
    names = {"user": 24, "process": 32, "start": 40, "namespace": 48}
    changed = bytearray(whole)
    for name, value in fields.items():
        if name in names:
            struct.pack_into("=Q", changed, names[name], value)
        else:
            at = {"boot": 56, "machine": 104}[name]
            changed[at] ^= 1
    struct.pack_into("=Q", changed, 8, check_of(0, bytes(changed[16:HEADER])))
    journal.write_bytes(changed)
    return journal


def other_processes(place: Place) -> str:
    """Journals that say something else of their process than what is so."""
    stat = Path("/proc/self/stat").read_text()
    start = int(stat.rpartition(")")[2].split()[19])
    cases: "List[Tuple[Dict[str, int], bool]]" = [
        ({"process": os.getpid(), "start": start}, False),  # it lives
        ({"process": os.getpid(), "start": start - 1}, True),  # the number is used again
        ({"namespace": 1}, False),  # of another pid namespace
        ({"boot": 1, "machine": 1}, False),  # of another machine
        ({"boot": 1}, True),  # of before a restart
        ({"user": 12345}, False),  # another user's, by its words
        ({"start": 0}, False),  # it does not say enough
    ]
    for fields, removes in cases:
        place.restore()
        forge(place, **fields)
        place.recover(expected=(0, 1))
        left = set(place.look()) != set(place.decoys)
        must(left != removes, f"{fields}: {'left' if left else 'removed'}")
    place.restore()
    return f"{len(cases)} of them"


def other_users(place: Place) -> str:
    if os.geteuid() != 0:
        raise Failure("it needs root")
    journal, _, _ = dead_journal(place)
    before = place.look()
    for change in (
        lambda: os.chown(journal, 65534, 65534),
        lambda: (os.chown(journal, 0, 0), journal.chmod(0o666)),
        lambda: (journal.chmod(0o600), os.link(journal, place.journals / "second.journal")),
    ):
        change()
        place.recover(expected=(1,))
        must(place.look() == before, "a journal that somebody else could have written was believed")
    os.unlink(place.journals / "second.journal")
    os.rename(journal, place.root / "away")
    os.symlink(place.root / "away", journal)
    place.recover(expected=(1,))
    must(place.look() == before, "a link was followed to a journal")
    journal.unlink()
    os.rename(place.root / "away", journal)
    for mode, owner in ((0o777, 0), (0o770, 0), (0o700, 65534)):
        place.journals.chmod(mode)
        os.chown(place.journals, owner, owner)
        place.recover(expected=(2,))
        must(place.look() == before, "journals in a folder of others were believed")
    os.chown(place.journals, 0, 0)
    place.journals.chmod(0o700)
    place.recover()
    place.check()
    return "owner, mode, links of the journal and of its folder"


def other_objects(place: Place) -> str:
    """Another object has the place of one that was made."""
    for swap in ("file", "link", "directory", "parent", "owner"):
        place.restore()
        _, _, made = dead_journal(place)
        file, directory = (Path(path) for path in made)
        os.rename(file, place.root / "file")
        os.rename(directory, place.root / "directory")
        if swap in ("file", "owner"):
            file.write_text("somebody's")
            directory.mkdir()
            (directory / "somebody's").write_text("")
        elif swap == "link":
            file.symlink_to(place.root / "file")
            directory.symlink_to(place.root / "directory")
        elif swap == "directory":
            file.mkdir()
            directory.write_text("")
        else:  # the objects are where they were, through a link
            os.rename(place.root / "file", file)
            os.rename(place.root / "directory", directory)
            os.rename(place.work, place.root / "moved")
            place.work.symlink_to(place.root / "moved")
        if swap == "owner":
            file.unlink()
            os.rename(place.root / "file", file)
            os.chown(file, 65534, 65534)
        before = {str(path): path.lstat().st_ino for path in place.root.rglob("*") if "journal" not in str(path)}
        place.recover(expected=(1,))
        after = {str(path): path.lstat().st_ino for path in place.root.rglob("*") if "journal" not in str(path)}
        must(before == after, f"{swap}: {set(before) ^ set(after)}")
        if swap == "parent":
            place.work.unlink()
            os.rename(place.root / "moved", place.work)
        for name in ("file", "directory"):
            one = place.root / name
            if one.is_dir():
                shutil.rmtree(one)
            elif one.exists():
                one.unlink()
    place.restore()
    return "files, links, directories, a link on the way, another owner"


def locked(place: Place) -> str:
    """A directory that somebody holds by a shared lock, as systemd-tmpfiles respects."""
    import fcntl

    _, _, made = dead_journal(place)
    holder = os.open(made[1], os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_SH)
    told = place.recover(expected=(1,))
    must("flock" in told, told)
    place.check(made[1:], journals=1)
    os.close(holder)
    below = Path(made[1], "below")  # of a living process that writes no journal
    holder = os.open(below, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_SH)
    place.recover(expected=(1,))
    must(len(os.listdir(below)) == 3, "a directory that is held is empty")
    place.check(made[1:], journals=1)
    os.close(holder)
    place.recover()
    place.check()
    return "left until it is released, also within another directory"


def namespaces(place: Place) -> str:
    """A journal of another pid namespace is left as long as its process cannot be looked up."""
    inside = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
    process = place.start("waiting", inside)
    made = lines_of(until_ready(process), "made")
    outside = place.start("waiting")
    made_outside = lines_of(until_ready(outside), "made")
    place.recover(prefix=inside, expected=(0, 1))
    place.recover(expected=(0, 1))
    must(all(map(os.path.lexists, made + made_outside)), "an object of a living process is gone")
    kill_all(outside)
    place.recover(prefix=inside, expected=(1,))  # it cannot know
    must(all(map(os.path.lexists, made + made_outside)), "an object was removed from where its process cannot be looked up")
    place.recover(expected=(0, 1))
    must(not any(map(os.path.lexists, made_outside)), "an object of this namespace is left")
    must(all(map(os.path.lexists, made)), "an object of the other namespace is gone")
    kill_all(process)
    told, until = "", time.monotonic() + LIMIT
    while not told and time.monotonic() < until:  # unshare has ended, and its child may still be ending
        told = place.recover(expected=(0, 1))
    must("another pid namespace" in told and all(map(os.path.lexists, made)), told)
    place.restore()
    return "side by side with this one's"


def sizes(place: Place) -> str:
    seen = []
    for action, most in (("many", 2 << 20), ("million", 1 << 20)):
        place.restore()
        process = place.start(action)
        until_ready(process)
        (name,) = os.listdir(place.journals)
        size = os.stat(place.journals / name).st_size
        must(size < most, f"{action}: {size} bytes")
        seen.append(f"{action}: {size >> 10} KB")
        kill_all(process)
        place.recover()
        place.check()
    return ", ".join(seen)


def full_disk(place: Place) -> str:
    """A full file system for the journals: objects are made all the same, and nothing crashes."""
    if os.geteuid() != 0:
        raise Failure("it needs root")
    for size in ("8k", "24k", "100k"):
        place.restore()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(place.journals)], check=True)
        try:
            if size == "8k":  # no room for a journal at all: enabling says so
                process = place.start("many", ("sh", "-c", 'exec "$0" "$@" 2>/dev/null'))
                process.communicate()
                must(process.returncode == 3, f"{size}: enabling a journal without room ended with {process.returncode}")
                continue
            process = place.start("many")
            until_ready(process)
            kill_all(process)
            place.recover()
            place.check()
        finally:
            subprocess.run(["umount", str(place.journals)], check=True)
    return "8, 24 and 100 KB"


def memory_group() -> "Tuple[Path, str]":
    """A cgroup of a controller for memory, of either version, and the name of its limit."""
    name = f"libtempfile-recovery-{os.getpid()}"
    for parent, limit in (("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")):
        group = Path(parent, name)
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / limit).exists():
            return group, limit
        group.rmdir()
    raise Skip("no memory cgroup can be made here")


def out_of_memory(place: Place) -> str:
    """The kernel's own SIGKILL, in a memory cgroup where one can be made. The driver stops at 256 MB if there is none."""
    group, limit = memory_group()
    try:
        (group / limit).write_text("64M")
        join = 'echo $$ > "$0" && exec "$@"'
        process = place.start("eating", ("sh", "-c", join, str(group / "cgroup.procs")))
        said, _ = process.communicate(timeout=LIMIT)
        must(process.returncode == -signal.SIGKILL, f"the kernel did not kill: {process.returncode}")
        must(len(lines_of(said, "made")) == 2, said)
        place.recover()
        place.check()
    finally:
        for _ in range(100):
            try:
                group.rmdir()
                break
            except OSError:
                time.sleep(0.05)
    return "killed by the kernel"


class Skip(Exception):
    """A row cannot be tried here."""


ROWS: "Dict[str, Callable[[Place], str]]" = {
    **{f"killed_in_{action}": (lambda place, action=action: killed_at_each_call(place, action)) for action in ENDING},
    "killed_at_random": killed_at_random,
    "owners_live": owners_live,
    "children_live": children_live,
    "given_directory": given_directory,
    "unreadable_journal": unreadable_journal,
    "dots": dots,
    "terminal": terminal,
    "without_locks": without_locks,
    "size_limit": size_limit,
    "replace_first": replace_first,
    "two_at_once": two_at_once,
    "dry_run": dry_run,
    "journal_cut": journal_cut,
    "bits_flipped": bits_flipped,
    "intent_of_directory": intent_of_directory,
    "other_processes": other_processes,
    "other_users": other_users,
    "other_objects": other_objects,
    "locked": locked,
    "namespaces": namespaces,
    "sizes": sizes,
    "full_disk": full_disk,
    "out_of_memory": out_of_memory,
}


def main() -> int:
    failed = 0
    for name in WANTED or ROWS:
        root = Path(tempfile.mkdtemp(prefix="recovery-"))
        try:
            print(f"ok {name} {ROWS[name](Place(root))}", flush=True)
        except Skip as reason:
            print(f"skip {name} {reason}", flush=True)
        except Exception as error:  # a row that fails must not keep the others from being tried
            failed += 1
            print(f"FAIL {name} {type(error).__name__}: {error}", flush=True)
        finally:
            shutil.rmtree(root, ignore_errors=True)
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
