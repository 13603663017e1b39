"""Whose process this is. What was made before a fork is the parent's to delete, so every clean-up asks; and os.getpid() is a
system call each time, of which a small file has few.

A mark is true in its first byte, in the process that made it; in every other it is false there: it is a page of memory that
the kernel wipes when it forks a child, whether or not Python knows of the fork.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WIPE_ON_FORK = 18  # MADV_WIPEONFORK, which the module mmap does not name in all versions


class _NumberedMark:
    """A mark where no page can be had that the kernel wipes."""

    def __init__(self) -> None:
        self._process = os.getpid()

    def __getitem__(self, _: int, getpid: "Any" = os.getpid) -> bool:
        return bool(self._process == getpid())


def _new() -> "Any":
    try:
        import mmap

        class Page(mmap.mmap):
            __slots__ = ()

            def __reduce__(self) -> "tuple[Any, ...]":
                return _unpickled, (os.getpid() if self[0] else 0,)

        page = Page(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.madvise(_WIPE_ON_FORK)
        try:
            page.madvise(-1)
        except OSError:
            page[0] = 1
            return page
    except Exception:  # an old kernel, a limit on memory, an audit hook that refuses
        pass
    return _NumberedMark()  # an emulated kernel may say yes to everything, and do nothing


def _unpickled(process: int) -> "Any":
    """For objects that have a mark, and are copied or sent elsewhere."""
    return this() if process == os.getpid() else NOBODY


NOBODY, ANYBODY = b"\0", b"\1"  # marks that are true nowhere, and everywhere

mark: "Any" = NOBODY  # this process's, if it is true


def this() -> "Any":
    """The mark of this process."""
    global mark
    if not mark[0]:
        mark = _new()
    return mark
