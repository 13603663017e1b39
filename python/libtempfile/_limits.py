"""What the library's Go runtime cannot survive, as far as it can be known before it is loaded: it would end the process."""

import _thread
import os
import resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

_ADDRESSES = 1 << 30  # what the runtime reserves when it starts, and some more
_THREADS, _PROCESSORS = 6, 16  # what it starts, and what collecting garbage adds for each processor up to so many
_MANY_THREADS = 4096  # a limit from there on is nobody's wish, and trying takes as long as some first uses
_UNITS = {"TiB": 40, "GiB": 30, "MiB": 20, "KiB": 10, "B": 0, "": 0}  # the powers of 2


def _address_space() -> "Optional[str]":
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return None
    import mmap

    try:
        mmap.mmap(-1, _ADDRESSES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=0).close()
    except (OSError, MemoryError):
        return "the limit on address space (ulimit -v) leaves less than the 1 GB that it needs"
    return None


def _threads() -> "Optional[str]":
    """Starts as many threads as the runtime would: nothing else can tell whether it may."""
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    if os.geteuid() == 0 or limit == resource.RLIM_INFINITY or limit >= _MANY_THREADS:
        return None
    all_started = _thread.allocate_lock()

    def wait() -> None:
        with all_started:
            pass

    needed = _THREADS + min(_PROCESSORS, len(os.sched_getaffinity(0)))
    with all_started:
        try:
            for _ in range(needed):
                _thread.start_new_thread(wait, ())
        except RuntimeError:
            return "the limit on processes (ulimit -u) leaves fewer than the %d threads that it needs" % needed
    return None


def _is_size(value: str) -> bool:
    """Whether Go can read it."""
    if value == "off":
        return True
    unit = next(unit for unit in _UNITS if value.endswith(unit))
    digits = value[:len(value) - len(unit)]
    number = digits[1:] if digits[:1] == "+" else digits
    return number.isdigit() and number.isascii() and int(number) << _UNITS[unit] < 1 << 63


def _memory_limit() -> "Optional[str]":
    # Go's environment is the one that the process began with, but for some changes that were made to it in place.
    values = [os.environb.get(b"GOMEMLIMIT", b"")]
    try:
        with open("/proc/self/environ", "rb") as file:
            values += [entry[11:] for entry in file.read().split(b"\0") if entry.startswith(b"GOMEMLIMIT=")]
    except OSError:
        pass
    for value in values:
        if value and not _is_size(value.decode("latin-1")):
            return "GOMEMLIMIT was or is %r, which is no size; Go, which reads it at the start, takes 500MiB and the like" \
                % value.decode("latin-1")
    return None


def obstacle() -> "Optional[str]":
    """Why the library cannot be loaded into this process; None if nothing is known."""
    return _memory_limit() or _address_space() or _threads()
