"""python -m libtempfile: prints which library and which default directory are in use, and why."""

import os
import sys

from . import _ffi, _finder, _search, __version__
from . import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

USAGE = """usage: python -m libtempfile [recover [--dry-run] [DIRECTORY]]

Tells which library is in use, whether 'import tempfile' gives libtempfile, and which default directory is taken and why.
python -m libtempfile recover --help is about what killed processes have left.
python -m libtempfile.shadow --help is about 'import tempfile' in an environment."""

_UNTESTED = "+untested-go"  # the end of the version of a build by a Go that the library was not tested with


def _sources() -> "list[str]":
    """Where each candidate for the default directory comes from, in the order of the list."""
    found = [name for name in ("TMPDIR", "TEMP", "TMP") if os.environ.get(name)]
    named = ["%s=%s" % (name, os.environ[name]) for name in found]
    return named + ["a usual place"] * 3 + ["the current directory", "the user's home"]


def _why(chosen: "Optional[str]") -> "list[str]":
    """A line for each candidate up to the chosen one."""
    lines = []
    for source, candidate in zip(_sources(), tempfile._candidate_tempdir_list()):
        path = os.path.abspath(candidate)
        if path == chosen:
            lines.append("  %s (%s): the first that can be used" % (path, source))
            break
        try:
            usable = tempfile._is_usable(path, tempfile._RandomNameSequence())
            reason = "a file can be created there now" if usable else "every name that was tried is taken"
        except OSError as error:
            reason = error.strerror or str(error)
        lines.append("  %s (%s): %s" % (path, source, reason))
    return lines


def main(arguments: "list[str]") -> int:
    """The exit status: 0, 1 if something cannot be used, 2 for an unknown argument."""
    if arguments in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    if arguments[:1] == ["recover"]:
        from . import _recovery

        return _recovery.main(arguments[1:])
    if arguments:
        print("there is no %s; %s" % (arguments[0], USAGE.splitlines()[0]), file=sys.stderr)
        return 2
    print("libtempfile %s for Python %s" % (__version__, sys.version.split()[0]))
    try:
        functions = _ffi.functions()
    except _search.LibraryError as error:
        print(error)
        return 1
    version = functions.version().decode()
    print("library: %s, version %s" % (_ffi.path, version))
    if version.endswith(_UNTESTED):
        print("warning: the library was built with a version of Go that it was not tested with (by TEMPFILE_UNTESTED_GO)")
    print("'import tempfile' gives: %s" % ("libtempfile" if _finder.is_installed() else "the standard module"))
    try:
        chosen = tempfile.gettempdir()
    except FileNotFoundError as error:
        print("default directory: %s" % error)
        print("\n".join(_why(None)))
        return 1
    except _ffi.StartError as error:
        print("default directory: %s" % error)
        return 1
    print("default directory: %s\n%s" % (chosen, "\n".join(_why(chosen))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
