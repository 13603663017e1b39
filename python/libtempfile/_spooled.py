"""What SpooledTemporaryFile needs beside itself."""

from _operator import attrgetter as attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Arguments:
    """The attribute _TemporaryFileArgs: a dictionary that is made when it is first asked for. Most files are never rolled over,
    and making it took a third of the time that making a file does."""

    def __get__(self, file: "Any", owner: object = None) -> "Any":
        if file is None or file._rolled:
            raise AttributeError("_TemporaryFileArgs")
        names = 'mode', 'buffering', 'encoding', 'newline', 'suffix', 'prefix', 'dir', 'errors'
        arguments = file._TemporaryFileArgs = dict(zip(names, file._arguments))
        return arguments


def abandon(file: "Any") -> None:
    """Closes a file whose data does not matter: what it holds back cannot be written, and must not hide why."""
    try:
        file.close()
    except OSError:
        pass
