"""Finds and loads the shared library, and explains why it cannot be used."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Literal, Optional, TypeVar

    Library = TypeVar("Library")

NAME = "libtempfile.so"
SONAME = "libtempfile.so.0"
INTERFACE = (0, 1)  # the library's major and minor version that the functions in _ffi are written for

_MACHINES = {
    0x03: "i386",
    0x08: "mips",
    0x14: "ppc",
    0x15: "ppc64le",
    0x16: "s390x",
    0x28: "arm",
    0x3E: "x86_64",
    0xB7: "aarch64",
    0xF3: "riscv64",
    0x102: "loongarch64",
}

HOW = (
    "Build it with 'make build' in a checkout of libtempfile, which also puts it beside the package; "
    "or install a package that has it: 'python -m pip install --force-reinstall libtempfile'."
)


IN_ARCHIVE = "it is in an archive, and cannot be loaded from memory: %s. Unpack the archive, or install the package"


class LibraryError(ImportError):
    """The shared library of libtempfile is missing or unusable. The message names each path that was tried."""


def candidates() -> "list[str]":
    """The paths to try, in order: beside the package, then wherever the system's loader looks."""
    return [os.path.join(os.path.dirname(os.path.abspath(__file__)), NAME), SONAME]


def load(open_library: "Callable[[str], Library]") -> "tuple[str, Library]":
    """The path of the first candidate that can be opened, and open_library's result; LibraryError if there is none."""
    reasons = []
    for path in candidates():
        if os.sep in path and not os.path.exists(path):
            archived = from_archive(path)
            if archived is None:
                reasons.append((path, "no such file"))
                continue
            try:
                return path, load_from_memory(archived, open_library)
            except (OSError, AttributeError, LibraryError) as error:
                reasons.append((path, IN_ARCHIVE % explain(SONAME if isinstance(error, OSError) else path, error)))
            continue
        if is_cut_off(path):
            reasons.append((path, "it is not whole: a copy or an installation was broken off"))
            continue
        try:
            return path, open_library(path)
        except (OSError, AttributeError, LibraryError) as error:
            reasons.append((path, explain(path, error)))
    tried = "".join("\n  %s: %s" % reason for reason in reasons)
    raise LibraryError(
        "the library of libtempfile cannot be loaded. Tried:%s\n%s" % (tried, HOW), name="libtempfile", path=reasons[0][0]
    )


def from_archive(path: str) -> "Optional[bytes]":
    """The contents of a path in the archive that this package was imported from; None without an archive or such a path."""
    loader = getattr(__spec__, "loader", None)
    try:
        data: "Optional[bytes]" = loader.get_data(path)  # type: ignore[union-attr]
    except (AttributeError, OSError):
        return None
    return data


def load_from_memory(data: bytes, open_library: "Callable[[str], Library]") -> "Library":
    """Loads a library from its contents, by a file in memory that ends with the process."""
    fd = os.memfd_create(NAME)
    try:
        with open(fd, "wb", closefd=False) as file:
            file.write(data)
        return open_library("/proc/self/fd/%d" % fd)
    finally:
        os.close(fd)


def explain(path: str, error: Exception) -> str:
    """Says what is wrong with a library, for a reader who has to mend it."""
    said = str(error)
    if isinstance(error, LibraryError):
        return said
    if isinstance(error, AttributeError):
        return "it is another version: a function is missing (%s)" % said
    machine = machine_of(path)
    here = os.uname().machine
    bits = 64 if sys.maxsize > 2**32 else 32
    if machine and (machine[0] != bits or machine[1] not in (here, None) and not _same_family(machine[1], here)):
        return "it is built for %s (%d bits), and this Python is %s (%d bits)" % (machine[1], machine[0], here, bits)
    if is_musl():
        return "it is built for the GNU C library, and this Python runs on musl (%s)" % said
    if is_noexec(path):
        return (
            "it is on a file system that is mounted noexec, from which no library can be loaded (%s); "
            "put the package elsewhere" % said
        )
    if os.sep in path and "No such file" in said:
        return "a library that it needs is missing (%s)" % said
    if os.sep not in path:
        return (
            "the system refuses it (%s)" if "/proc/self/fd" in said else "the system's loader does not find it (%s)"
        ) % said
    return "the system refuses to load it (%s)" % said


def _same_family(machine: str, here: str) -> bool:
    """Whether it is the same machine by another name: a 32-bit interpreter on a 64-bit kernel sees the kernel's."""
    return (
        {"i386": "x86_64", "arm": "aarch64"}.get(machine) == here
        or (machine == "i386" and here in ("i586", "i686"))
        or (machine == "arm" and here.startswith("arm"))
        or machine.startswith(here)
    )


def machine_of(path: str) -> "Optional[tuple[int, str]]":
    """The width in bits and the machine of an ELF file; None for any other file, and for one that cannot be read."""
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return None
    if len(head) < 20 or head[:4] != b"\x7fELF":
        return None
    order: "Literal['big', 'little']" = "big" if head[5] == 2 else "little"
    number = int.from_bytes(head[18:20], order)
    return {1: 32, 2: 64}.get(head[4], 0), _MACHINES.get(number, "machine %#x" % number)


def is_cut_off(path: str) -> bool:
    """Whether an ELF file ends before its table of sections, which comes last: loading it would end in a bus error."""
    try:
        with open(path, "rb") as file:
            head = file.read(64)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return False
    if len(head) < 64 or head[:4] != b"\x7fELF":
        return False
    order: "Literal['big', 'little']" = "big" if head[5] == 2 else "little"
    if head[4] == 2:
        offset, entries = head[0x28:0x30], head[0x3A:0x3E]
    else:
        offset, entries = head[0x20:0x24], head[0x2E:0x32]
    entry, count = int.from_bytes(entries[:2], order), int.from_bytes(entries[2:], order)
    return size < int.from_bytes(offset, order) + entry * count


def is_noexec(path: str) -> bool:
    """Whether a file's mount forbids the kernel to run code from it."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_NOEXEC)
    except (AttributeError, OSError):
        return False


def is_musl() -> bool:
    """Whether this Python runs on musl, where a library that was built for the GNU C library cannot be loaded."""
    try:
        return not os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        return True
