"""A program to be frozen. It uses each class, with the drop-in in place of the standard module, in this process and in
children of each kind.

The caller gives an empty TMPDIR, and checks that it is empty afterwards.
"""

import multiprocessing
import os
import sys


def use():
    """The work of a child, too. The child must find the drop-in by itself."""
    import libtempfile

    libtempfile.install()
    import tempfile

    assert tempfile.__name__ == "libtempfile.tempfile", tempfile.__name__
    with tempfile.TemporaryDirectory() as directory:
        with tempfile.NamedTemporaryFile("w+", dir=directory) as file, tempfile.TemporaryFile() as unnamed:
            file.write("named")
            unnamed.write(b"unnamed")
        with tempfile.SpooledTemporaryFile(max_size=2) as spooled:
            spooled.write(b"abc")
            assert spooled._rolled
        os.mkdir(os.path.join(directory, "inner"))
    assert not os.path.exists(directory)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    assert getattr(sys, "frozen", False), "it is not frozen"
    use()
    import libtempfile

    inside = os.path.join(sys._MEIPASS, "libtempfile", "libtempfile.so")
    assert os.path.realpath(libtempfile.library_path()) == os.path.realpath(inside), libtempfile.library_path()
    libtempfile.rmtree(libtempfile.mkdtemp(), progress=print)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            use()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0, "os.fork"
    for method in "fork", "spawn", "forkserver":
        child = multiprocessing.get_context(method).Process(target=use)
        child.start()
        child.join()
        assert child.exitcode == 0, method
    print("frozen: fork, spawn and forkserver")
