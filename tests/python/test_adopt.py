"""adopt(): a forked process takes over what its parent made, and the parent leaves it."""

import unittest

import support

START = """
import gc, io, os, sys
import libtempfile as tempfile

def daemonize():
    '''Goes on in a grandchild only. The first process waits until that has ended, and leaves without cleaning up.'''
    read, write = os.pipe()
    if os.fork() != 0:
        os.close(write)
        os.read(read, 1)  # the end of the file
        sys.stdout.flush()
        os._exit(0)
    os.setsid()
    if os.fork() != 0:
        os._exit(0)
"""
ENDS = {
    "closed": "file.close(); directory.cleanup()",
    "left": "with file, directory: pass",
    "dropped": "file = directory = None; gc.collect()",
    "exited": "",
}


class Adopt(support.TestCase):
    def left(self):
        names = sorted(support.os.listdir(self.directory))
        for name in names:
            path = support.os.path.join(self.directory, name)
            if support.os.path.isdir(path):
                support.os.unlink(path + "/inner")
                support.os.rmdir(path)
            else:
                support.os.unlink(path)
        return [name[:3] for name in names]

    def run_daemon(self, before, after):
        out, said = self.script(
            START
            + """
file, directory = tempfile.NamedTemporaryFile(prefix="fil"), tempfile.TemporaryDirectory(prefix="dir")
open(directory.name + "/inner", "w").close()
%s
daemonize()
%s
"""
            % (before, after),
            "-W",
            "ignore",
        )
        self.assertEqual((out, said), ("", ""))

    def test_the_daemon_cleans_up(self):
        for before in "", "tempfile.cleanup_on_signals()":
            for name, end in ENDS.items():
                with self.subTest(before=before, end=name):
                    self.run_daemon(before, "tempfile.adopt(file); tempfile.adopt(directory); tempfile.adopt(file)\n" + end)
                    self.assertEqual(self.left(), [])

    def test_without_adopting_nothing_goes(self):
        for before in "", "tempfile.cleanup_on_signals()":
            for name, end in ENDS.items():
                if name != "closed":  # an explicit cleanup() works in any process
                    with self.subTest(before=before, end=name):
                        self.run_daemon(before, end)
                        self.assertEqual(self.left(), ["dir", "fil"])

    def test_a_child_adopts_and_the_parent_goes_on(self):
        out, _ = self.script(
            START
            + """
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
pid = os.fork()
if pid == 0:
    tempfile.adopt(file)
    tempfile.adopt(directory)
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
print(os.path.exists(file.name), os.path.exists(directory.name))
directory.cleanup()
try:
    file.close()  # deletes what is gone
except FileNotFoundError:
    assert sys.version_info < (3, 12)
""",
            "-W",
            "ignore",
        )
        self.assertEqual(out, "False False\n")

    def test_what_was_kept_or_cleaned_up_stays_so(self):
        self.run_daemon(
            """
file._closer.delete = False
directory._finalizer.detach()
done = tempfile.TemporaryDirectory()
done.cleanup()
closed = tempfile.NamedTemporaryFile()
closed.close()
never = tempfile.NamedTemporaryFile(prefix="nev", delete=False)
""",
            """
for one in file, directory, done, closed, never:
    tempfile.adopt(one)
""",
        )
        self.assertEqual(self.left(), ["dir", "fil", "nev"])

    def test_a_file_that_was_to_be_kept_and_is_not(self):
        """Nobody owns it, so whoever closes it deletes it, until somebody adopts it."""
        for adopt, there in ("", "False"), ("tempfile.adopt(file)", "True"):
            out, said = self.script(
                START
                + """
file = tempfile.NamedTemporaryFile(delete=False)
file._closer.delete = True
assert not file._closer._is_owned()
%s
if os.fork() == 0:
    assert not file._closer._is_owned()
    file.close()
    os._exit(0)
assert os.wait()[1] == 0
print(os.path.exists(file.name))
os.path.exists(file.name) or open(file.name, "w").close()
"""
                % adopt,
                "-W",
                "ignore",
            )
            self.assertEqual((out, said), (there + "\n", ""))

    def test_its_own_and_what_has_no_name(self):
        self.script(
            START
            + """
finalizer = None
with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryFile() as unnamed, tempfile.TemporaryFile("w") as text, \\
        tempfile.TemporaryFile(buffering=0) as raw, tempfile.SpooledTemporaryFile(1) as spooled:
    directory = tempfile.TemporaryDirectory()
    finalizer = directory._finalizer
    spooled.write(b"xyz")
    for one in file, unnamed, text, raw, spooled, directory:
        assert tempfile.adopt(one) is None
    assert directory._finalizer is finalizer and finalizer.alive
    directory.cleanup()
"""
        )

    def test_other_things(self):
        self.script(
            START
            + """
import tempfile as standard
with standard.NamedTemporaryFile() as file, standard.TemporaryDirectory() as directory, open(file.name) as other:
    for one in file, directory, file.name, other, None, 3, io.BytesIO(), object():
        try:
            tempfile.adopt(one)
        except TypeError as error:
            assert repr(one) in str(error), error
        else:
            raise SystemExit("%r was adopted" % (one,))
"""
        )

    def test_it_loads_nothing(self):
        out, _ = self.script("""
import sys, libtempfile
with libtempfile.SpooledTemporaryFile() as file:
    libtempfile.adopt(file)
from libtempfile import _ffi
print(_ffi._functions, "ctypes" in sys.modules)
""")
        self.assertEqual(out, "None False\n")


if __name__ == "__main__":
    unittest.main()
