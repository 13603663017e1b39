"""Runs a program under strace and reads the calls that it makes between two markers.

The markers are access(2) of /libtempfile/begin and /libtempfile/end, which is faccessat in Go and on arm64. For when=,
strace counts the calls of each thread and system call from the start of the program. `Call.nth` is that number, so that a
later run can select the same call.
"""

import errno
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

TRACED = (
    "access,faccessat,faccessat2,open,openat,openat2,creat,unlink,unlinkat,rmdir,rename,renameat,renameat2,"
    "link,linkat,symlink,symlinkat,"
    "mkdir,mkdirat,stat,lstat,newfstatat,statx,fstat,getdents64,lseek,read,pread64,write,pwrite64,ftruncate,truncate,"
    "close,getrandom,chmod,fchmod,fchmodat,chown,fchown,fchownat,lchown,getcwd,fcntl,"
    "fsync,fdatasync,syncfs,copy_file_range,dup3,fstatfs,readlinkat,"
    "flistxattr,fgetxattr,fsetxattr,fremovexattr,listxattr,getxattr"
)

_MARKS = ("access", "faccessat", "faccessat2")
BEGIN, END = "/libtempfile/begin", "/libtempfile/end"
LIMIT = 60  # seconds for one run; each takes less than a hundredth of it


class Call(NamedTuple):
    """A system call of the main thread between the markers."""

    name: str
    arguments: str
    result: str
    nth: int

    def __str__(self) -> str:
        return f"{self.name}({self.arguments}) = {self.result}"

    @property
    def moment(self) -> str:
        """Names what the call does in a removal."""
        if self.name == "unlinkat":
            return "rmdir" if "AT_REMOVEDIR" in self.arguments else "unlink"
        return {
            "openat": "open",
            "openat2": "open",
            "getdents64": "read",
            "syscall_0x1c4": "chmod",
            "fchmodat": "chmod",
            "newfstatat": "stat",
            "fstat": "stat",
            "statx": "stat",
        }.get(self.name, self.name)


class Outcome(NamedTuple):
    """The result of a run."""

    status: int  # as in subprocess
    printed: str
    errors: str
    calls: List[Call]
    helpers: List[Call]  # the calls of all other threads between the markers
    injected: bool
    begin: int  # the first marker, as a call of access(2)

    def describe(self) -> str:
        return f"status {self.status}, printed {self.printed!r}, errors {self.errors!r}"


_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (.*)$")


def parse(log: str) -> Outcome:
    """Reads a log of strace -f."""
    lines = log.splitlines()
    main = lines[0].split(" ", 1)[0] if lines else ""
    counts: Dict[Tuple[str, str], int] = {}
    calls: List[Call] = []
    helpers: List[Call] = []
    pending: Dict[str, str] = {}
    begin, inside, injected = 0, False, False
    for line in lines:
        thread = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            pending[thread] = line[: -len("<unfinished ...>")].rstrip()
            continue
        if "<... " in line and " resumed>" in line:
            line = pending.pop(thread, "") + line.split(" resumed>", 1)[1]
        match = _LINE.match(line)
        if not match:
            continue
        _, name, arguments, result = match.groups()
        nth = counts[thread, name] = counts.get((thread, name), 0) + 1
        if thread == main and name in _MARKS and BEGIN in arguments:
            inside, begin = True, nth
        elif thread == main and name in _MARKS and END in arguments:
            break
        elif inside:
            (calls if thread == main else helpers).append(Call(name, arguments, result, nth))
            injected = injected or "(INJECTED)" in result
    return Outcome(0, "", "", calls, helpers, injected, begin)


def run(
    command: List[str],
    log: Path,
    inject: str = "",
    environment: Optional[Dict[str, str]] = None,
    user: Optional[List[str]] = None,
    at_stop: Optional[Callable[[], None]] = None,
    stops: int = 1,
) -> Outcome:
    """Runs a command under strace. inject may contain several rules, separated by spaces. user is a command before strace
    that changes the user. at_stop is called each time that an injected SIGSTOP has stopped the program, which then
    continues; stops is the number of times."""
    # With strace's filter the run is fast, but strace cannot inject a signal at a call that its filter stopped.
    quick = [] if "signal=" in inject else ["--seccomp-bpf"]
    arguments = (user or []) + ["strace", "-f", "-qq", *quick, "-e", "trace=" + TRACED, "-o", str(log)]
    for rule in inject.split():
        arguments += ["-e", "inject=" + rule]
    if log.exists():
        log.unlink()
    process = subprocess.Popen(
        arguments + command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        cwd="/",
        env={**os.environ, **(environment or {})},
    )
    try:
        if at_stop is not None:
            for nth in range(stops):
                stopped = wait_for_stop(process, log, nth)
                if not stopped:
                    break
                at_stop()
                os.kill(stopped, signal.SIGCONT)
            go_on(process, stopped)
        printed, errors = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        end(process, log)
        raise AssertionError(f"{' '.join(command)} with {inject} hangs")
    except BaseException:
        end(process, log)
        raise
    outcome = parse(log.read_text(errors="surrogateescape") if log.exists() else "")
    return outcome._replace(status=process.returncode, printed=printed, errors=errors)


def wait_for_stop(process: "subprocess.Popen[str]", log: Path, before: int = 0) -> int:
    """Waits until the program has been stopped more than `before` times. Returns its process id, or 0 if it has ended."""
    deadline = time.monotonic() + LIMIT
    while process.poll() is None and time.monotonic() < deadline:
        text = log.read_text(errors="surrogateescape") if log.exists() else ""
        main = text.split(" ", 1)[0]
        if main and len(re.findall(rf"^{main} +--- stopped by SIGSTOP", text, re.MULTILINE)) > before:
            return int(main)
        time.sleep(0.001)
    return 0


def go_on(process: "subprocess.Popen[str]", stopped: int) -> None:
    """Continues a program that may be stopped several times: strace counts the calls of each thread, and other threads
    have an Nth call, too."""
    deadline = time.monotonic() + LIMIT
    while stopped and process.poll() is None and time.monotonic() < deadline:
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            try:
                os.kill(stopped, signal.SIGCONT)
            except ProcessLookupError:
                pass


def end(process: "subprocess.Popen[str]", log: Path) -> None:
    """Ends strace and the program."""
    text = log.read_text(errors="surrogateescape") if log.exists() else ""
    main = text.split(" ", 1)[0]
    if main.isdigit() and process.poll() is None:
        try:
            os.kill(int(main), signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.kill()
    process.communicate()


def number(name: str) -> int:
    """Returns the number of an errno."""
    return int(getattr(errno, name))
