"""Every interpreter of a shadowed environment imports this at its start, and it notes which tempfile that one has: once when
it starts and once when it ends. So a child that got the standard module cannot go unseen."""

import atexit
import os
import sys


def note(when):
    from libtempfile import _finder

    module = sys.modules.get("tempfile")
    ours = sys.meta_path[:1] == [_finder._finder] and (module is None or module.__name__ == "libtempfile.tempfile")
    log = os.open(os.path.join(sys.prefix, "witness.log"), os.O_WRONLY | os.O_APPEND)
    try:
        os.write(log, ("%s %d %s\n" % (when, os.getpid(), "libtempfile" if ours else "standard")).encode())
    finally:
        os.close(log)


note("start")
atexit.register(note, "end")
