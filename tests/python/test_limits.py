"""A limit that leaves no room for Go is an OSError that says so, and a later call works. Go's variables in the environment
are not read."""

import errno
import os
import shutil
import subprocess
import sys
import types
import unittest
from unittest import mock

import support
from libtempfile import _ffi

OTHER_USER = 65534

# Prints what each function says as long as there is no room, then raises the limit again and uses them all.
USES = """
import ctypes, mmap, os, resource, sys
import libtempfile as tempfile
import libtempfile._directory  # now: another user may not be able to read it
tempfile.library_path()

def rolled():
    with tempfile.SpooledTemporaryFile() as file:
        file.rollover()
def made(make):
    with make() as file:
        pass
def removed(path):
    os.path.isdir(path) or os.makedirs(path + "/x")
    tempfile.rmtree(path)
def file():
    fd, path = tempfile.mkstemp()
    os.close(fd)
    os.unlink(path)

uses = [tempfile.gettempdir, file, lambda: os.rmdir(tempfile.mkdtemp()), rolled,
        lambda: removed(os.path.join(os.environ["TMPDIR"], "tree"))]
classes = tempfile.NamedTemporaryFile, tempfile.TemporaryFile, tempfile.TemporaryDirectory
uses += [lambda make=make: made(make) for make in classes]

def refused(limit, soft):
    before, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (soft, hard))
    for use in uses + uses:
        try:
            use()
        except OSError as error:
            print(error.errno, isinstance(error, BlockingIOError), error)
        else:
            print("it was not refused")
    resource.setrlimit(limit, (before, hard))
    for use in uses + uses:
        use()
    assert tempfile.gettempdir() == os.environ["TMPDIR"]
"""

NO_ADDRESSES = "the limit on address space (ulimit -v) leaves less than Go needs: 1 GB and its threads' stacks"
NO_THREADS = "a limit on processes (ulimit -u, or a control group's) or memory leaves too few threads for Go"


class Limits(support.TestCase):
    def check(self, script, number, reason):
        out, said = self.script(USES + script, "-W", "error")
        lines = out.splitlines()
        self.assertEqual((len(lines), said), (16, ""), out)
        for line in lines:
            self.assertTrue(line.startswith("%d False [Errno %d]" % (number, number)), line)
            self.assertIn(reason, line)

    def test_address_space(self):
        self.check("refused(resource.RLIMIT_AS, 300000 << 10)", errno.ENOMEM, "start: " + NO_ADDRESSES)

    def test_threads(self):
        os.chmod(self.directory, 0o777)
        self.check("""
os.getuid() == 0 and os.setuid(%d)
refused(resource.RLIMIT_NPROC, 4 if os.getuid() == %d else 1)
""" % (OTHER_USER, OTHER_USER), errno.EAGAIN, "start: " + NO_THREADS)

    def test_a_forked_child(self):
        """It starts Go anew, and is told that this is about the fork."""
        self.check("""
for use in uses:
    use()
import warnings
warnings.simplefilter("ignore")
if os.fork() == 0:
    tempfile.tempdir = None
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    refused(resource.RLIMIT_AS, used + (200 << 20))
    sys.stdout.flush()
    os._exit(0)
assert os.wait()[1] == 0
""", errno.EOWNERDEAD, "fork: " + NO_ADDRESSES)

    def test_a_refusal_is_not_tried_again(self):
        """Not with another name, not in another directory, not by another way to make a file without a name."""
        out, _ = self.script(USES + """
tried = []
sys.addaudithook(lambda event, arguments: event in ("open", "os.mkdir") and tried.append(arguments))
resource.setrlimit(resource.RLIMIT_AS, (300000 << 10, resource.getrlimit(resource.RLIMIT_AS)[1]))
for directory in None, "/tmp":
    tempfile.tempdir = directory
    for use in tempfile.mkstemp, tempfile.mkdtemp, tempfile.NamedTemporaryFile, tempfile.TemporaryFile:
        del tried[:]
        try:
            use()
        except OSError:
            print(len(tried))
""")
        self.assertEqual(out.split(), ["1"] * 8)

    def test_what_is_in_use_is_told_all_the_same(self):
        done = subprocess.run(["sh", "-c", 'ulimit -v 300000; exec "$0" -m libtempfile', sys.executable],
                              env={**os.environ, "TMPDIR": self.directory}, timeout=support.SECONDS,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"library: /.*\n(?s:.*)default directory: .*\(ulimit -v\)")

    def test_words_of_the_system_stay(self):
        """What a system call says of memory and the like is no refused start."""
        for code in errno.ENOMEM, errno.EAGAIN, errno.EBUSY:
            for operation, kind in (b"open", OSError), (b"start", _ffi.StartError), (b"sigaltstack", _ffi.StartError):
                detail = types.SimpleNamespace(code=-code, operation=operation, message=b"the reason")
                library = types.SimpleNamespace(last_error=lambda: types.SimpleNamespace(contents=detail))
                with self.subTest(code=code, operation=operation), mock.patch.object(_ffi, "functions", lambda: library):
                    error = _ffi.error(-code, "/x")
                    self.assertEqual(isinstance(error, _ffi.StartError), kind is not OSError)
                    self.assertEqual((error.errno, error.filename), (code, "/x"))
                    self.assertEqual(error.strerror, os.strerror(code) if kind is OSError else "the reason")
                    detail.code = 0  # of another call
                    self.assertEqual(_ffi.error(-code, "/x").strerror, os.strerror(code))


class Environment(support.TestCase):
    VALUES = {"GOMEMLIMIT": "bogus", "GODEBUG": "schedtrace=10", "GOGC": "off", "GOMAXPROCS": "1"}

    def test_is_not_read(self):
        for values in [{name: value} for name, value in self.VALUES.items()] + [self.VALUES]:
            with self.subTest(values=values):
                said = self.script(USES + """
import time
for use in uses + uses:
    use()
time.sleep(0.1)
print("done")
""", environment=values)
                self.assertEqual(said, ("done\n", ""))

    @unittest.skipUnless(shutil.which("go"), "Go is missing")
    def test_control(self):
        """A Go program reads two of them."""
        for name, said in ("GOMEMLIMIT", "malformed GOMEMLIMIT"), ("GODEBUG", "SCHED "):
            done = subprocess.run(["go", "list", "std"], env={**os.environ, name: self.VALUES[name]},
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertIn(said, done.stdout)


if __name__ == "__main__":
    unittest.main()
