"""Checks an installed package: it comes from this environment, and each class works, in this process and in a forked child.

The caller gives an empty TMPDIR, and checks that it is empty afterwards.
"""

import os
import sys

import libtempfile

# The package comes from this environment, with the library that the wheel contains.
package = os.path.dirname(os.path.realpath(libtempfile.__file__))
assert package.startswith(os.path.realpath(sys.prefix) + os.sep), package
assert os.path.realpath(libtempfile.library_path()) == os.path.join(package, "libtempfile.so"), libtempfile.library_path()
assert os.path.exists(os.path.join(package, "py.typed"))

with libtempfile.NamedTemporaryFile("w+", suffix=".txt") as file:
    file.write("named")
    file.flush()
    with open(file.name) as again:
        assert again.read() == "named"
assert not os.path.exists(file.name)

with libtempfile.TemporaryFile() as file:
    file.write(b"unnamed")
    file.seek(0)
    assert file.read() == b"unnamed"

with libtempfile.SpooledTemporaryFile(max_size=4) as file:
    file.write(b"abc")
    assert not file._rolled
    file.write(b"de")
    assert file._rolled
    file.seek(0)
    assert file.read() == b"abcde"

descriptor, path = libtempfile.mkstemp()
os.close(descriptor)
os.unlink(path)
removed = []
path = libtempfile.mkdtemp()
os.mkdir(os.path.join(path, "inner"))
libtempfile.rmtree(path, progress=removed.append)
assert removed and not os.path.exists(path), removed

# The child uses the library by itself, and deletes none of its parent's files.
with libtempfile.TemporaryDirectory() as directory, libtempfile.NamedTemporaryFile(dir=directory) as file:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with libtempfile.TemporaryDirectory() as own, libtempfile.NamedTemporaryFile(dir=own) as inner:
                assert os.path.exists(inner.name)
            file.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0, "the child failed"
    assert os.path.exists(file.name), "the child deleted its parent's file"
assert not os.path.exists(directory)
