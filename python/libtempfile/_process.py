"""Marks, which tell the process that made an object from its forked children.

Only that process deletes the object implicitly, so every clean-up checks its mark: the first byte is true in the process
that made the mark, and false in any other. A mark is a page of memory that the kernel wipes in a forked child, whether or
not Python knows of the fork. os.getpid() would be one more system call for a small file, which needs few.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WIPE_ON_FORK = 18  # MADV_WIPEONFORK, which the module mmap does not name in all versions


class _NumberedMark:
    """A mark for systems whose kernel wipes no page."""

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
    return _NumberedMark()  # also where advice -1 was accepted: such a kernel, an emulated one, accepts all and does nothing


def _unpickled(process: int) -> "Any":
    """The mark of an object that was pickled or copied. Pickles name this function."""
    return this() if process == os.getpid() else NOBODY


NOBODY, ANYBODY = b"\0", b"\1"  # marks that are true in no process, and in every process

mark: "Any" = NOBODY  # this process's mark, if its first byte is true


def this() -> "Any":
    """The mark of this process."""
    global mark
    if not mark[0]:
        mark = _new()
    return mark
