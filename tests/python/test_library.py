"""The library is loaded at the first use, and what is wrong with it is said with every path that was tried."""

import os
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile
from unittest import mock

import support
from libtempfile import _search


class Loading(support.TestCase):
    def test_not_at_import(self):
        out, _ = self.script("""
import sys
before = set(sys.modules)
import libtempfile, libtempfile.tempfile
print([name for name in ("ctypes", "_ctypes", "shutil", "random") if name in set(sys.modules) - before])
print([name for name in ("_adopt", "_finder", "_search", "_settings", "_signals") if "libtempfile." + name in sys.modules])
from libtempfile import _ffi
print(_ffi._functions)
""")
        self.assertEqual(out, "[]\n[]\nNone\n")

    def test_loading_starts_nothing(self):
        """The first use does. Finding out the path is no use."""
        out, _ = self.script("""
import os, libtempfile
def seen():
    with open("/proc/self/status") as file:
        # SigQ counts the signals of all the user's processes.
        signals = [line for line in file if line.startswith("Sig") and not line.startswith("SigQ")]
    return len(os.listdir("/proc/self/task")), signals, sorted(os.listdir("/proc/self/fd"))
import ctypes
before = seen()
libtempfile.library_path()
print(seen() == before, before[0])
os.rmdir(libtempfile.mkdtemp())
print(seen()[0] > 1)
""")
        self.assertEqual(out, "True 1\nTrue\n")

    def test_importing_loads_fewer_modules_than_the_standard_module(self):
        counts = [int(self.script("import sys; before = len(sys.modules); import %s; print(len(sys.modules) - before)" % name,
                                  "-S", environment={"PYTHONPATH": support.PACKAGES})[0])
                  for name in ("libtempfile, libtempfile.tempfile", "tempfile")]
        self.assertLess(*counts)

    def test_by_one_of_many_threads(self):
        out, _ = self.script("""
import threading, libtempfile
start, loaded = threading.Barrier(8), []
def use():
    start.wait()
    libtempfile.NamedTemporaryFile().close()
    from libtempfile import _ffi
    loaded.append(_ffi._functions)
threads = [threading.Thread(target=use) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(loaded), len(set(map(id, loaded))))
""", "-W", "ignore")
        self.assertEqual(out, "8 1\n")

    def test_the_path_is_told(self):
        import libtempfile

        self.assertTrue(os.path.exists(libtempfile.library_path()))
        done = support.python("-m", "libtempfile", environment={"TMPDIR": self.directory})
        for words in ("libtempfile 0.", libtempfile.library_path(), "the first that can be used", "TMPDIR=" + self.directory):
            self.assertIn(words, done.stdout)
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("warning", done.stdout)

    @unittest.skipUnless(shutil.which("gcc"), "gcc is missing")
    def test_an_untested_go_is_told(self):
        """By a library with nothing of its own but the version; the rest comes from the real one beside it."""
        site = os.path.join(self.directory, "site")
        package = os.path.join(site, "libtempfile")
        shutil.copytree(os.path.join(support.PACKAGES, "libtempfile"), package, ignore=shutil.ignore_patterns("__pycache__"))
        self.addCleanup(shutil.rmtree, site)
        library = os.path.join(package, "libtempfile.so")
        os.rename(library, os.path.join(package, "libtempfile.so.0"))
        subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,--no-as-needed,-rpath,$ORIGIN", "-o", library,
                        "-x", "c", "-", "-x", "none", os.path.join(package, "libtempfile.so.0")], check=True, text=True,
                       input='const char *tempfile_version(void) { return "0.1.0+untested-go"; }')
        done = support.python("-m", "libtempfile", environment={"TMPDIR": self.directory, "PYTHONPATH": site})
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertEqual([line for line in done.stdout.splitlines() if "warning" in line], [
            "warning: the library was built with a version of Go that it was not tested with (by TEMPFILE_UNTESTED_GO)"])
        self.assertIn("version 0.1.0+untested-go\n", done.stdout)

    def test_why_another_directory_was_taken(self):
        missing = os.path.join(self.directory, "missing")
        done = support.python("-m", "libtempfile", environment={"TMPDIR": missing, "TEMP": self.directory})
        self.assertIn("%s (TMPDIR=%s): No such file or directory\n" % (missing, missing), done.stdout)
        self.assertIn("%s (TEMP=%s): the first that can be used" % (self.directory, self.directory), done.stdout)


class Archived(support.TestCase):
    """A program that is one zip archive, with the package in it."""

    PROGRAM = """
import os, sys
import libtempfile as T, worker
if sys.argv[1:] == ["without memory"]:
    os.memfd_create = lambda name: (_ for _ in ()).throw(OSError(38, "Function not implemented"))
    try:
        T.mkdtemp()
    except ImportError as error:
        print(error)
    sys.exit()
worker.use()
print(T.library_path())
child = os.fork()
if child == 0:
    worker.use()
    os._exit(0)
print(os.waitpid(child, 0)[1])
if __name__ == "__main__":
    import multiprocessing
    for method in "spawn", "forkserver":
        child = multiprocessing.get_context(method).Process(target=worker.use)
        child.start()
        child.join()
        print(child.exitcode)
"""
    WORKER = """
import libtempfile as T
def use():
    with T.NamedTemporaryFile() as file, T.TemporaryDirectory() as directory:
        file.write(b"x")
        open(directory + "/x", "w").close()
"""

    def setUp(self):
        super().setUp()
        self.archive = os.path.join(self.directory, "program.pyz")
        self.addCleanup(os.unlink, self.archive)
        self.library = os.path.join(self.archive, "libtempfile", "libtempfile.so")

    def make(self, *left_out):
        package = os.path.join(support.PACKAGES, "libtempfile")
        with zipfile.ZipFile(self.archive, "w") as archive:
            archive.writestr("__main__.py", self.PROGRAM)
            archive.writestr("worker.py", self.WORKER)
            for name in os.listdir(package):
                if name.endswith((".py", ".so")) and name not in left_out:
                    archive.write(os.path.join(package, name), "libtempfile/" + name)

    def run_archive(self, *arguments):
        done = support.python("-W", "ignore", self.archive, *arguments, environment={"TMPDIR": self.directory, "PYTHONPATH": ""})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    @unittest.skipUnless(hasattr(os, "memfd_create"), "this Python has no os.memfd_create")
    def test_works(self):
        self.make()
        self.assertEqual(self.run_archive(), self.library + "\n0\n0\n0\n")

    def test_says_that_it_is_in_an_archive(self):
        self.make()
        said = self.run_archive("without memory")
        self.assertIn("%s: it is in an archive, and cannot be loaded from memory: " % self.library, said)
        self.assertIn("Function not implemented", said)

    def test_not_in_the_archive(self):
        self.make("libtempfile.so")
        self.assertIn(self.library + ": no such file", self.run_archive("without memory"))


class Unusable(support.TestCase):
    """A copy of the package with something else in the library's place."""

    def setUp(self):
        super().setUp()
        self.site = os.path.join(self.directory, "site")
        self.package = os.path.join(self.site, "libtempfile")
        self.library = os.path.join(self.package, "libtempfile.so")
        shutil.copytree(os.path.join(support.PACKAGES, "libtempfile"), self.package,
                        ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        self.addCleanup(shutil.rmtree, self.site)  # before the check that nothing is left

    def refused(self):
        """What a program is told, after checks that hold for every reason."""
        out, _ = self.script("""
import libtempfile
try:
    libtempfile.mkstemp()
except ImportError as error:
    assert type(error) is libtempfile.LibraryError and error.name == "libtempfile", error
    print(error)
""", environment={"PYTHONPATH": self.site})
        for words in (self.library, "libtempfile.so.0", "make build", "pip install"):
            self.assertIn(words, out)
        return [line for line in out.splitlines() if line.strip().startswith(self.library)][0]

    def elf(self, machine, bits):
        with open(self.library, "wb") as file:
            file.write(b"\x7fELF" + bytes([2 if bits == 64 else 1, 1, 1]) + bytes(9) + struct.pack("<HHI", 3, machine, 1) + bytes(100))

    def test_missing(self):
        self.assertIn("no such file", self.refused())
        done = support.python("-m", "libtempfile", environment={"PYTHONPATH": self.site})
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.library, done.stdout)
        done = support.python("-m", "libtempfile.shadow", "enable", environment={"PYTHONPATH": self.site})
        self.assertEqual(done.returncode, 1)
        self.assertIn(self.library, done.stderr)
        self.assertNotIn("Traceback", done.stderr + done.stdout)

    def test_another_architecture(self):
        self.elf(0xF3 if os.uname().machine != "riscv64" else 0x3E, 64)
        self.assertRegex(self.refused(), r"it is built for \w+ \(64 bits\), and this Python is %s" % os.uname().machine)

    def test_another_width(self):
        self.elf(0x28, 32)
        self.assertIn("it is built for arm (32 bits), and this Python is", self.refused())

    def test_no_library_at_all(self):
        with open(self.library, "w") as file:
            file.write("no library")
        self.assertIn("the system refuses to load it", self.refused())

    def test_cut_off(self):
        shutil.copy(os.path.join(support.PACKAGES, "libtempfile", "libtempfile.so"), self.library)
        with open(self.library, "r+b") as file:
            file.truncate(10000)
        self.assertIn("it is not whole", self.refused())  # and not killed by a bus error

    def test_unreadable(self):
        os.mkdir(self.library)
        self.assertIn("the system refuses to load it", self.refused())

    def test_a_library_without_the_functions(self):
        other = [path for path in subprocess.run(["cat", "/proc/self/maps"], stdout=subprocess.PIPE, text=True).stdout.split()
                 if "/libc.so" in path or "/libc-" in path]
        shutil.copy(other[0], self.library)
        self.assertIn("another version: a function is missing", self.refused())

    def test_noexec(self):
        shutil.copy(os.path.join(support.PACKAGES, "libtempfile", "libtempfile.so"), self.library)
        error = OSError("%s: failed to map segment from shared object" % self.library)
        self.assertNotIn("noexec", _search.explain(self.library, error))
        with mock.patch("os.statvfs") as statvfs:
            statvfs.return_value.f_flag = os.ST_NOEXEC
            self.assertIn("it is on a file system that is mounted noexec", _search.explain(self.library, error))

    def test_noexec_by_the_kernel(self):
        folder = os.path.join(self.directory, "noexec")
        os.mkdir(folder)
        self.addCleanup(os.rmdir, folder)
        mount = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o noexec none "$0" && exec "$@"', folder]
        if not shutil.which("unshare") or subprocess.run([*mount, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("a mount cannot be made here")
        done = subprocess.run([*mount, "sh", "-c", 'cp -r "$0" "$PYTHONPATH" && "$1" -c "import libtempfile; libtempfile.mkdtemp()"',
                               os.path.join(support.PACKAGES, "libtempfile"), sys.executable], stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": folder}, timeout=support.SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertIn(os.path.join(folder, "libtempfile", "libtempfile.so") + ": it is on a file system that is mounted noexec", done.stderr)

    def test_another_version(self):
        with mock.patch.object(_search, "INTERFACE", (9, 9)):
            from libtempfile import _ffi

            with self.assertRaises(_search.LibraryError) as caught:
                _search.load(_ffi._open)
        self.assertIn("it is version 0.", str(caught.exception))
        self.assertIn("this package needs 9.9", str(caught.exception))

    def test_musl(self):
        path = os.path.join(support.PACKAGES, "libtempfile", "libtempfile.so")
        error = OSError("Error relocating %s: __snprintf_chk: symbol not found" % path)
        with mock.patch("os.confstr", return_value=""):
            self.assertIn("this Python runs on musl", _search.explain(path, error))
        with mock.patch("os.confstr", side_effect=ValueError("unrecognized configuration name")):
            self.assertIn("this Python runs on musl", _search.explain(path, error))
        self.assertNotIn("musl", _search.explain(path, error))

    def test_no_ctypes(self):
        out, _ = self.script("""
import sys
sys.modules["_ctypes"] = None
import libtempfile
try:
    libtempfile.mkdtemp()
except ImportError as error:
    print(type(error).__name__, error)
""")
        self.assertTrue(out.startswith("LibraryError libtempfile needs ctypes"), out)

    def test_a_system_library_is_found_by_the_loader(self):
        libraries = os.path.join(self.site, "lib")
        os.mkdir(libraries)
        shutil.copy(os.path.join(support.PACKAGES, "libtempfile", "libtempfile.so"), os.path.join(libraries, "libtempfile.so.0"))
        out, _ = self.script("import libtempfile; print(libtempfile.library_path())",
                             environment={"PYTHONPATH": self.site, "LD_LIBRARY_PATH": libraries})
        self.assertEqual(out, "libtempfile.so.0\n")


if __name__ == "__main__":
    unittest.main()
