"""Puts the drop-in in the standard module's place in an environment, for every interpreter that starts there:

    python -m libtempfile.shadow enable | disable | status

It is one file in the environment's site-packages, which every start reads, those with -I too. After libtempfile is
uninstalled that file costs one line and says nothing. Interpreters that are started with -S do not read it.
"""

import os
import sys
import sysconfig

from . import _finder, _search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

PTH = "libtempfile-shadow.pth"

# Python runs the lines of a .pth file that begin with "import". This one does nothing once the package is uninstalled.
_PROGRAM = """try:
    import libtempfile._finder
except ImportError:
    pass
else:
    libtempfile._finder.insert()"""
LINE = 'import sys; exec("%s")\n' % _PROGRAM.replace("\n", "\\n")


def directory() -> str:
    """Where the environment's packages are."""
    return sysconfig.get_path("purelib")


def pth() -> str:
    """The path of the .pth file."""
    return os.path.join(directory(), PTH)


def contents() -> str:
    """The file's contents: the line, and before it the package's folder, unless the environment finds that by itself."""
    package = os.path.dirname(os.path.abspath(__file__))
    if os.path.realpath(os.path.dirname(package)) == os.path.realpath(directory()):
        return LINE
    return os.path.dirname(package) + "\n" + LINE


def _read() -> "Optional[str]":
    try:
        with open(pth(), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def enable() -> str:
    """Makes every interpreter of this environment use the drop-in; returns a line that says so."""
    from . import _ffi

    _ffi.functions()  # a LibraryError now is better than a broken tempfile in the whole environment
    if _read() == contents():
        return "enabled already: %s" % pth()
    os.makedirs(directory(), exist_ok=True)
    new = pth() + ".new"
    with open(new, "w", encoding="utf-8") as file:
        file.write(contents())
    os.replace(new, pth())
    return "enabled: wrote %s" % pth()


def disable() -> str:
    """Gives every interpreter of this environment the standard module again; returns a line that says so."""
    try:
        os.unlink(pth())
    except FileNotFoundError:
        return "disabled already: there is no %s" % pth()
    return "disabled: removed %s" % pth()


def status() -> str:
    """Says whether the environment uses the drop-in, and this process."""
    found = _read()
    if found is None:
        line = "disabled: there is no %s" % pth()
    elif found == contents():
        line = "enabled by %s" % pth()
    else:
        line = "enabled by %s, which another version or another place of the package wrote; 'enable' renews it" % pth()
    return line + ("\nthis process uses it" if _finder.is_installed() else "\nthis process uses the standard module")


USAGE = """usage: python -m libtempfile.shadow enable|disable|status

enable    every interpreter of this environment that starts from now on gets libtempfile by 'import tempfile'
disable   it gets the standard module again
status    whether that is so; the exit status is 1 if not"""

_COMMANDS = {"enable": enable, "disable": disable, "status": status}


def main(arguments: "list[str]") -> int:
    """The exit status: 0, 1 for a failure, 2 for unknown arguments. 'status' gives 1 for disabled."""
    if arguments in (["--help"], ["-h"]):
        print(USAGE)
        return 0
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        unknown = ["there is no %s; " % word for word in arguments if word not in _COMMANDS][:1]
        print("".join(unknown) + USAGE.splitlines()[0], file=sys.stderr)
        return 2
    try:
        said = _COMMANDS[arguments[0]]()
    except (OSError, _search.LibraryError) as error:
        print("%s: %s" % (arguments[0], error), file=sys.stderr)
        return 1
    print(said)
    return 1 if arguments[0] == "status" and said.startswith("disabled") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
