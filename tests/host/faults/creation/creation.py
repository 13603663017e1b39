"""A TemporaryDirectory from its creation to its end, between the markers of strace.py.

usage: creation.py ABOVE MODULE        libtempfile, or tempfile for the control
"""

import errno
import importlib
import os
import sys


def make_and_free(module, above):
    """Writes a file into the directory by its path, as a host would. Prints the result of the creation."""
    try:
        made = module.TemporaryDirectory(dir=above)
    except OSError as error:
        return "stale" if error.errno == errno.ESTALE else str(error)
    try:
        with made as path:
            os.close(os.open(os.path.join(path, "moved"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        pass
    return "made"


def main(above, name):
    module = importlib.import_module(name)
    make_and_free(module, above)  # so that no module is imported between the markers
    os.access("/libtempfile/begin", os.F_OK)
    result = make_and_free(module, above)
    os.access("/libtempfile/end", os.F_OK)
    print(result)


if __name__ == "__main__":
    main(*sys.argv[1:])
