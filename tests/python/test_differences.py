"""Each row of the table "What is different" in python/README.md."""

import errno
import os
import random
import re
import shutil
import subprocess
import sys
import unittest
from unittest import mock

import libtempfile as tempfile
from libtempfile import _create
import support

OTHER_USER = 65534
README = os.path.join(support.PACKAGES, "README.md")


def rows():
    with open(README, encoding="utf-8") as file:
        table = file.read().split("## What is different")[1]
    return re.findall(r"^\|(?! What |---).*\| `(\w+)` \|$", table, re.MULTILINE)


class Differences(support.TestCase):
    def test_every_row_has_its_test(self):
        names = rows()
        self.assertGreater(len(names), 12)
        self.assertEqual(sorted(names), sorted(set(names)))
        tests = {name for name in dir(self) if name.startswith("test_")} - {"test_every_row_has_its_test"}
        self.assertEqual(set(names), tests)

    def test_directory_part(self):
        for make in tempfile.mkstemp, tempfile.mkdtemp, tempfile.NamedTemporaryFile, tempfile.TemporaryDirectory, tempfile.mktemp:
            for arguments in {"prefix": "a/b"}, {"prefix": "/abs/x"}, {"prefix": "../x"}, {"suffix": "/x"}, {"suffix": "/../x"}:
                with self.subTest(make=make, arguments=arguments), self.assertRaises(ValueError):
                    make(dir=self.directory, **arguments)
        with self.assertRaises(ValueError):
            tempfile.mkdtemp(dir=self.directory.encode(), prefix=b"a/b")
        with mock.patch.object(tempfile, "_O_TMPFILE_WORKS", False), self.assertRaises(ValueError):
            tempfile.TemporaryFile(dir=self.directory, prefix="a/b")

    def test_forked_child(self):
        code = """
import warnings
warnings.simplefilter("ignore")
import os, sys, %s as tempfile
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
if os.fork() == 0:
    file.close()
    sys.exit()
os.wait()
print(os.path.exists(file.name), os.path.exists(directory.name))
if not os.path.exists(file.name):
    open(file.name, "w").close()
if os.fork() == 0:
    directory.cleanup()
    os._exit(0)
os.wait()
print(os.path.exists(directory.name))
"""
        self.assertEqual(self.script(code % "libtempfile")[0], "True True\nFalse\n")
        self.assertEqual(self.script(code % "tempfile")[0], "False False\nFalse\n")

    def test_swapped_directory(self):
        """The swap is made between two steps, at the path that the removal is in."""
        victim, path = os.path.join(self.directory, "victim"), os.path.join(self.directory, "tree")
        os.mkdir(victim)
        open(victim + "/kept", "w").close()
        os.mkdir(path)
        below = path + "/below"
        os.mkdir(below)
        for i in range(9000):
            os.close(os.open("%s/%d" % (below, i), os.O_CREAT | os.O_WRONLY))

        def swap(removed):
            if os.path.isdir(below) and not os.path.islink(below):
                os.rename(below, self.directory + "/moved")
                os.symlink(victim, below)

        tempfile.rmtree(path, progress=swap)  # the link goes, what it leads to stays
        self.assertFalse(os.path.lexists(path))
        self.assertEqual(os.listdir(victim), ["kept"])
        self.assertEqual(os.listdir(self.directory + "/moved"), [])
        os.rmdir(self.directory + "/moved")
        tempfile.rmtree(victim)

    def test_failing_entry(self):
        self.check_foreign({}, PermissionError)

    @unittest.skipIf(sys.version_info < (3, 10), "ignore_cleanup_errors is of 3.10")
    def test_ignored_errors(self):
        self.check_foreign({"ignore_cleanup_errors": True}, None)

    def check_foreign(self, arguments, expected):
        if os.geteuid() != 0:
            self.skipTest("only root can make another user's entries")
        os.chmod(self.directory, 0o777)
        path = os.path.join(self.directory, "tmpabcdefgh")

        def make():
            with mock.patch.object(tempfile, "_get_candidate_names", lambda: iter(["abcdefgh"])):
                return tempfile.TemporaryDirectory(dir=self.directory, prefix="tmp", **arguments)

        # Made by the other user, who then finds a foreign directory in it.
        tempfile.library_path()  # that user may not be able to read it
        read, write = os.pipe()
        go, going = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.setgroups([])
                os.setgid(OTHER_USER)
                os.setuid(OTHER_USER)
                directory = make()
                for name in "abcdefghijklmnop":
                    os.mkdir(directory.name + "/" + name)
                os.write(write, b"x")
                os.read(go, 1)
                raised = None
                try:
                    directory.cleanup()
                except OSError as error:
                    raised = error
                assert (type(raised) if raised else None) is expected, raised
                if raised:
                    assert raised.filename.startswith(path + "/foreign"), raised.filename
                code = 0
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(write)
        os.close(go)
        self.assertEqual(os.read(read, 1), b"x")  # nothing, if the child has failed
        os.mkdir(path + "/foreign", 0o700)
        open(path + "/foreign/file", "w").close()
        os.write(going, b"x")
        status = os.waitpid(child, 0)[1]
        os.close(read)
        os.close(going)
        left = os.listdir(path)
        shutil.rmtree(path)
        self.assertEqual((status, left), (0, ["foreign"]))

    def test_mount(self):
        if os.geteuid() != 0:
            self.skipTest("only root can mount")
        if shutil.which("unshare") is None or shutil.which("mount") is None:
            self.skipTest("unshare or mount is missing (apt-get install util-linux mount)")
        probe = subprocess.run(["unshare", "-m", "mount", "--bind", self.directory, self.directory],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if probe.returncode != 0:  # a chroot or a container may forbid it
            self.skipTest("a mount cannot be made here: %s" % probe.stderr.strip())
        code = """
import errno, os, subprocess, libtempfile
directory, other = libtempfile.TemporaryDirectory(), libtempfile.mkdtemp()
open(other + "/kept", "w").close()
os.mkdir(directory.name + "/mounted")
subprocess.run(["mount", "--bind", other, directory.name + "/mounted"], check=True)
try:
    directory.cleanup()
except OSError as error:
    print(error.errno == errno.EBUSY, error.filename == directory.name + "/mounted")
print(os.listdir(other))
subprocess.run(["umount", directory.name + "/mounted"], check=True)
libtempfile.rmtree(directory.name)
libtempfile.rmtree(other)
"""
        done = subprocess.run(["unshare", "-m", sys.executable, "-c", code], env={**os.environ, "TMPDIR": self.directory},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=support.SECONDS)
        self.assertEqual((done.stdout, done.stderr), ("True True\n['kept']\n", ""))

    def test_failed_rollover(self):
        for module, survives in (tempfile.tempfile, True), (support.standard(), False):
            file = module.SpooledTemporaryFile(mode="w+", dir=self.directory + "/missing", encoding="utf-8")
            file.write("data")
            with mock.patch.object(module, "TemporaryFile", side_effect=[OSError(errno.ENOSPC, "full")]):
                with self.assertRaises(OSError):
                    file.rollover()
            self.assertFalse(file._rolled)
            broken = mock.Mock(wraps=open(self.directory + "/disk", "w+"))
            broken.buffer.write.side_effect = OSError(errno.ENOSPC, "full")
            with mock.patch.object(module, "TemporaryFile", return_value=broken), self.assertRaises(OSError):
                file.rollover()
            if survives:
                file.seek(0)
                self.assertEqual(file.read(), "data")
                file.close()
            else:
                self.assertIs(file._file, broken)
                broken.closed = True
            broken._mock_wraps.close()
            os.unlink(self.directory + "/disk")

    def test_linkat(self):
        target = os.path.join(self.directory, "named")
        with tempfile.TemporaryFile(dir=self.directory) as file:
            file.write(b"data")
            file.flush()
            if os.fstat(file.fileno()).st_nlink != 0 or not tempfile._O_TMPFILE_WORKS:
                self.skipTest("this file system has no files without a name")
            anywhere = os.open("/", os.O_PATH)  # without a descriptor Python calls link, which does not follow
            os.link("/proc/self/fd/%d" % file.fileno(), target, src_dir_fd=anywhere, follow_symlinks=True)
            os.close(anywhere)
        with open(target) as file:
            self.assertEqual(file.read(), "data")
        os.unlink(target)

    def test_daemon_thread(self):
        self.script("""
import threading, time, libtempfile
ready = threading.Event()
def hold():
    file = libtempfile.NamedTemporaryFile()
    ready.set()
    time.sleep(1000)
threading.Thread(target=hold, daemon=True).start()
ready.wait()
""")

    def test_names(self):
        sequence = tempfile._RandomNameSequence()
        self.assertIsInstance(sequence.rng, random.SystemRandom)
        with mock.patch.object(_create, "_ready", []):
            with mock.patch("os.urandom", return_value=bytes(range(250, 256)) + bytes(range(8))):
                self.assertEqual({next(sequence) for _ in range(_create._AT_ONCE)}, {"abcdefgh"})
        with mock.patch.object(sequence, "characters", "x", create=True):
            self.assertEqual(next(sequence), "x" * 8)
        drawn = "".join(next(sequence) for _ in range(5000))
        counts = [drawn.count(character) for character in sequence.characters]
        self.assertEqual(sum(counts), 40000)
        self.assertTrue(all(800 < count < 1400 for count in counts), counts)  # 1081 each; 8 standard deviations are 260

    def test_audit_events_of_a_removal(self):
        out, _ = self.script("""
import os, sys, libtempfile
directory = libtempfile.TemporaryDirectory()
open(directory.name + "/x", "w").close()
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event.startswith(("os.", "shutil.", "open")) else None)
directory.cleanup()
print(seen)
""")
        self.assertEqual(out, "['shutil.rmtree', 'os.rmdir']\n")

    def test_audit_events_of_a_file(self):
        out, _ = self.script("""
import sys, libtempfile
libtempfile.NamedTemporaryFile().close()
seen = None
def hook(event, arguments):
    if seen is not None and event in ("open", "tempfile.mkstemp"):
        seen.append(event if event != "open" else "path" if arguments[1] is None else type(arguments[0]).__name__)
sys.addaudithook(hook)
for mode in "w+b", "w":
    seen = []
    libtempfile.NamedTemporaryFile(mode).close()
    print(seen)
""")
        usual, text = out.splitlines()
        self.assertEqual(usual, "['tempfile.mkstemp', 'path', 'int']")
        self.assertEqual(text, "['str', 'tempfile.mkstemp', 'path']" if sys.version_info >= (3, 10) else usual)

    def test_audit_events_of_the_library(self):
        out, _ = self.script("""
import os, sys, libtempfile
libtempfile.rmtree(libtempfile.mkdtemp())
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event))
os.rmdir(libtempfile.mkdtemp())
print(seen)
""")
        ctypes = "'ctypes.call_function', " if sys.version_info >= (3, 14) else ""
        self.assertEqual(out, "['tempfile.mkdtemp', 'os.mkdir', %s'os.rmdir']\n" % ctypes)

    def test_fork_warning(self):
        _, said = self.script("""
import os, libtempfile
libtempfile.TemporaryFile().close()
if os.fork() == 0:
    libtempfile.TemporaryFile().close()
    os._exit(0)
assert os.wait()[1] == 0
""", "-W", "always::DeprecationWarning")
        self.assertEqual("multi-threaded" in said, sys.version_info >= (3, 12), said)

    def test_no_room(self):
        out, said = self.script("""
import resource, libtempfile
libtempfile.library_path()
before = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (300000 << 10, before[1]))
try:
    libtempfile.TemporaryFile()
except OSError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_AS, before)
libtempfile.TemporaryFile().close()
""")
        self.assertRegex(out, r"^\[Errno \d+\] .*the limit on address space \(ulimit -v\)")
        self.assertEqual(said, "")

    def test_module_name(self):
        self.assertEqual(tempfile.SpooledTemporaryFile.__module__, "libtempfile.tempfile")
        self.assertIn("<libtempfile.tempfile._TemporaryFileWrapper object" if sys.version_info < (3, 14)
                      else "<_TemporaryFileWrapper", repr(tempfile._TemporaryFileWrapper(sys.stdin, "x", delete=False)))
        out, _ = self.script("""
import libtempfile
libtempfile.install()
import tempfile
print(tempfile.__name__, tempfile.__spec__.name, tempfile.SpooledTemporaryFile.__module__, tempfile.mkstemp.__module__)
""")
        self.assertEqual(out, "libtempfile.tempfile tempfile tempfile tempfile\n")

    def test_home(self):
        code = """
import os, sys, %s as tempfile
here = os.environ.pop("TMPDIR")
os.environ["HOME"] = here + "/home"
os.mkdir(os.environ["HOME"])
os.chdir("/proc")
real = os.path.abspath
os.path.abspath = lambda path: here + "/missing" if path in ("/tmp", "/var/tmp", "/usr/tmp") else real(path)
for name in "TEMP", "TMP":
    os.environ.pop(name, None)
try:
    print(tempfile.gettempdir() == os.environ["HOME"])
except FileNotFoundError as error:
    print(error)
os.rmdir(os.environ["HOME"])
try:
    tempfile.tempdir = None
    tempfile.gettempdir()
except FileNotFoundError as error:
    print(error)
"""
        found = "[Errno 2] No usable temporary directory found in ['/tmp', '/var/tmp', '/usr/tmp', '/proc'"
        self.assertEqual(self.script(code % "tempfile")[0], (found + "]\n") * 2)
        self.assertEqual(self.script(code % "libtempfile")[0], "True\n" + found + ", '{0}/home']: {1}'/proc': {2}; '{0}/home': {2}\n".format(
            self.directory, "'%s/missing': No such file or directory; " % self.directory * 3, "No such file or directory"))

    def test_unshare(self):
        code = """
import ctypes, os, %s as tempfile
tempfile.TemporaryFile().close()
libc = ctypes.CDLL(None, use_errno=True)
print(os.strerror(ctypes.get_errno()) if libc.unshare(0x10000000) else "done")
"""
        out = self.script(code % "tempfile")[0]
        if out != "done\n":
            self.skipTest("no user name space can be made here: " + out.strip())
        self.assertEqual(self.script(code % "libtempfile")[0], "Invalid argument\n")

    def test_library_error(self):
        self.assertTrue(issubclass(tempfile.LibraryError, ImportError))
        out, _ = self.script("""
import libtempfile
from libtempfile import _search
_search.candidates = lambda: ["/nonexistent/libtempfile.so"]
for use in libtempfile.mkstemp, libtempfile.gettempdir, libtempfile.TemporaryDirectory, libtempfile.library_path:
    try:
        use()
    except libtempfile.LibraryError as error:
        print("/nonexistent/libtempfile.so: no such file" in str(error))
""")
        self.assertEqual(out, "True\n" * 4)


if __name__ == "__main__":
    unittest.main()
