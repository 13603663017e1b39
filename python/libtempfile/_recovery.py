"""enable_recovery(), and the command 'python -m libtempfile recover'.

The library writes records for registered objects. So each object of Python's is registered, as cleanup_on_signals() does it.
It is announced before it is made, as the process may be killed before the registration.
"""

import os
import sys

from . import _ffi, _pending, _signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, NamedTuple, Optional, Union
else:
    from collections import namedtuple

DRY_RUN = 0x1000000
FILE, DIRECTORY, JOURNAL = 1, 2, 3
REMOVED, WOULD_REMOVE, LEFT = 1, 2, 3
ENTRIES = 4096  # of a directory in one step; a KeyboardInterrupt waits for at most one step

_functions: "Optional[_Functions]" = None


class _Functions:
    """The part of include/tempfile.h that only this module uses."""

    def __init__(self, ctypes: "Any", library: "Any") -> None:
        number, text, flags = ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32
        fields = [("struct_size", ctypes.c_size_t), ("code", number)]
        fields += [(name, flags) for name in ("kind", "action", "reserved")]
        fields += [("age", ctypes.c_int64), ("size", ctypes.c_int64), ("path", text), ("reason", text)]
        self.Item = type("tempfile_recovered", (ctypes.Structure,), {"_fields_": fields})
        self.item_size = ctypes.sizeof(self.Item)
        self.Handle, self.byref = ctypes.c_void_p, ctypes.byref
        table = (
            ("recovery_enable", number, (text,)),
            ("recovery_announce", number, (text, flags)),
            ("recovery_withdraw", number, (text,)),
            ("recovery_start", number, (text, flags, ctypes.POINTER(self.Handle))),
            ("recovery_step", number, (self.Handle, flags, self.Handle)),
            ("recovery_free", None, (self.Handle,)),
        )
        _ffi.declare(self, library, table)

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


def _load() -> "Any":
    global _functions
    if _functions is None:
        _ffi.functions()
        import ctypes

        _functions = _Functions(ctypes, ctypes.CDLL(_ffi.path))  # the path that is loaded already gives the same library
    return _functions


def _announce(path: "Union[str, bytes]", kind: int) -> None:
    # A failure is the journal's: the caller asked for a file, and gets it.
    _load().recovery_announce(os.fsencode(os.path.abspath(path)), DIRECTORY if kind == _pending.DIRECTORY else FILE)


def _withdraw(path: "Union[str, bytes]") -> None:
    _load().recovery_withdraw(os.fsencode(os.path.abspath(path)))


def _encoded(directory: "Any") -> "Optional[bytes]":
    if directory is None:
        return None
    where = os.fsencode(directory)
    if b"\0" in where:
        raise ValueError("embedded null byte")
    return where


def _error(code: int, directory: "Any") -> OSError:
    """The error of a function that has no object: its detail has the path."""
    detail = _ffi.functions().last_error().contents
    path = os.fsdecode(detail.path or b"") if detail.code == code else directory
    return _ffi.error(code, path or directory)


def enable_recovery(directory: "Union[str, bytes, os.PathLike[str], os.PathLike[bytes], None]" = None) -> None:
    """Make this process write a journal of its temporary files and directories, so that a later process can remove them if
    this one is killed.

    From then on each NamedTemporaryFile and TemporaryDirectory gets a record in the journal before it is made. The record is
    struck out when the object is gone or will stay. Objects that exist already are added. The call also removes the objects
    of dead processes, for 0.2 seconds at most. 'python -m libtempfile recover' removes the rest, and so does the next
    process that enables recovery.

    'directory' -- the directory of the user's journals. It is made if it is missing. It must belong to the user, and others
       must not be able to write to it: PermissionError. None is libtempfile in $XDG_RUNTIME_DIR if that is the user's, or
       else libtempfile-UID in the default directory.

    OSError if the journal cannot be made. TEMPFILE_RECOVERY=1 in the environment does the same at the first use. A failure
    is then told on standard error, and the program goes on. Forked children write their own journals. No journal names the
    objects of a program's own subclasses, nor those of mkstemp and mkdtemp.
    """
    _ffi.asks_environment = False
    code = _load().recovery_enable(_encoded(directory))
    if code < 0:
        raise _error(code, directory)
    _pending.withdraw = _withdraw
    _pending.announce = _announce
    _signals.watch_all()


def enable_by_environment() -> None:
    """For TEMPFILE_RECOVERY=1."""
    try:
        enable_recovery()
    except OSError as error:
        sys.stderr.write("TEMPFILE_RECOVERY=1 has no effect: %s\n" % error)


if TYPE_CHECKING:

    class Recovered(NamedTuple):
        path: str
        kind: int
        action: int
        age: int
        size: int
        reason: str

else:
    Recovered = namedtuple("Recovered", "path kind action age size reason")


def recover(directory: "Any" = None, dry_run: bool = False) -> "Iterator[Optional[Recovered]]":
    """Removes the objects of killed processes, and yields the outcome for each. It yields None in between, while a large
    directory is being removed."""
    f = _load()
    recovery, item = f.Handle(), f.Item(struct_size=f.item_size)
    code = f.recovery_start(_encoded(directory), DRY_RUN if dry_run else 0, f.byref(recovery))
    if code < 0:
        raise _error(code, directory)
    try:
        while True:
            progress = f.recovery_step(recovery, ENTRIES, f.byref(item))
            if progress < 0:
                raise _error(progress, directory)
            if progress == 0:
                return
            if progress == 2:
                yield None
                continue
            reason = (item.reason or b"").decode("utf-8", "replace")
            yield Recovered(os.fsdecode(item.path), item.kind, item.action, item.age, item.size, reason)
    finally:
        f.recovery_free(recovery)


# --- python -m libtempfile recover

_KINDS = {FILE: "file", DIRECTORY: "directory", JOURNAL: "journal"}
_ACTIONS = {REMOVED: "removed", WOULD_REMOVE: "would remove", LEFT: "left"}
_UNITS = (86400, "d"), (3600, "h"), (60, "min"), (1, "s")

USAGE = """usage: python -m libtempfile recover [--dry-run] [DIRECTORY]

Removes the temporary files and directories of killed processes. It reads the journals in DIRECTORY that no living process
holds. Without DIRECTORY it reads them where enable_recovery() writes them. The exit status is 1 if something was left."""


def _age(seconds: int) -> str:
    for size, unit in _UNITS:
        if seconds >= size:
            break
    return "%d %s" % (seconds // size, unit)


def _printable(text: str) -> str:
    """The terminal must not obey what is in a path, and its encoding may lack a character of it."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def main(arguments: "list[str]") -> int:
    """The exit status: 0, 1 if something was left, 2 if the journals could not be read or an argument is unknown."""
    if arguments in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    dry_run = "--dry-run" in arguments
    rest = [argument for argument in arguments if argument != "--dry-run"]
    if len(rest) > 1 or rest and rest[0].startswith("-"):
        sys.stderr.write("there is no %s; %s\n" % (rest[-1], USAGE.splitlines()[0]))
        return 2
    row = "%-12s  %-9s  %8s  %12s  %s"
    left, printed, steps = 0, 0, 0
    try:
        for item in recover(rest[0] if rest else None, dry_run):
            if item is None:
                steps += 1
                if sys.stderr.isatty():
                    sys.stderr.write("\rremoving, %d entries so far " % (steps * ENTRIES))
                continue
            if not printed:
                print(row % ("action", "kind", "age", "bytes", "path"))
            printed, steps = printed + 1, 0
            left |= item.action == LEFT
            where = _printable(item.path) + (": " + item.reason if item.reason else "")
            size = str(item.size) if item.kind == FILE else ""
            print(row % (_ACTIONS[item.action], _KINDS[item.kind], _age(item.age), size, where))
    except OSError as error:
        sys.stderr.write("%s\n" % error)
        return 2
    if not printed:
        print("nothing was left behind")
    return int(left)
