"""The random part of names, from the kernel's random source, so that a parent and its forked child never draw the same."""

import os
from _operator import itemgetter

from . import _process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"
LENGTH = 8

_AT_ONCE = 32  # asking the kernel is most of what a name costs

# Bytes become characters in one step. What is no multiple of 37 below 256 is left out: it would make the first characters
# likelier than the others.
_FAIR = 256 // len(CHARACTERS) * len(CHARACTERS)
_UNFAIR = bytes(range(_FAIR, 256))
_CHARACTER_OF = (CHARACTERS * 256)[:256].encode()

_split = itemgetter(*(slice(i * LENGTH, (i + 1) * LENGTH) for i in range(_AT_ONCE)))


_ready: "list[str]" = []
_owner: "Any" = _process.NOBODY  # the mark of the process that they are for


def _forget(owner: "Any" = _process.NOBODY) -> None:
    global _ready, _owner
    _ready, _owner = [], owner


# Before a fork, so that a child does not know the parent's next names; and after it, because other threads draw meanwhile.
# A server that is written in C forks its workers without either (uWSGI does), so who draws also looks whose process it is.
os.register_at_fork(before=_forget, after_in_child=_forget)


def _new_names() -> "list[str]":
    text = ""
    while len(text) < _AT_ONCE * LENGTH:
        text += os.urandom(_AT_ONCE * (LENGTH + 2)).translate(_CHARACTER_OF, _UNFAIR).decode()
    return list(_split(text))


def draw() -> str:
    """Eight characters that nobody has drawn."""
    if not _owner[0]:
        _forget(_process.this())
    ready = _ready  # what follows is this side's of a fork, whenever that comes
    try:
        return ready.pop()
    except IndexError:
        names = _new_names()
    name = names.pop()
    ready += names
    return name
