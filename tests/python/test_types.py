"""The types, by mypy if there is one: MYPY names the command, else it is the interpreter's own or the one in PATH."""

import os
import shutil
import subprocess
import sys
import unittest

import support

GOOD = """
import io
import signal
import tempfile as standard
import libtempfile
import libtempfile as tempfile
from libtempfile.tempfile import SpooledTemporaryFile

name: str = tempfile.mkdtemp()
raw: bytes = libtempfile.mkdtemp(dir=b"/tmp")
fd, path = tempfile.mkstemp(".txt")
path.encode()
unnamed: io.BufferedRandom = tempfile.TemporaryFile()
text: io.TextIOWrapper = tempfile.TemporaryFile("w")
with tempfile.NamedTemporaryFile("w") as file:
    file.write("x")
    file.name.upper()
directory: standard.TemporaryDirectory[str] = tempfile.TemporaryDirectory()
spooled: standard.SpooledTemporaryFile[bytes] = SpooledTemporaryFile(10)
tempfile.tempdir = "/tmp"
libtempfile.rmtree(name, progress=print)
libtempfile.rmtree(raw, ignore_errors=True)
libtempfile.cleanup_on_signals()
libtempfile.cleanup_on_signals(signal.SIGTERM, 15)
libtempfile.adopt(file)
libtempfile.adopt(directory)
libtempfile.adopt(spooled)
libtempfile.adopt(unnamed)
libtempfile.persist(file, "a", sync=True, backup=b"b")
libtempfile.persist(spooled, b"a", replace=False, within="c")
libtempfile.persist(unnamed, "a", permissions=0o600)
with libtempfile.atomic_write("a") as binary:
    binary.write(b"x")
with libtempfile.atomic_write("a", "w", encoding="utf-8") as written:
    written.write("x")
said: str = libtempfile.install() + libtempfile.uninstall() + libtempfile.library_path() + libtempfile.__version__
try:
    pass
except libtempfile.LibraryError as error:
    raise ImportError from error
"""
BAD = """
import libtempfile
a: int = libtempfile.mkdtemp()
b: str = libtempfile.mkdtemp(dir=b"/tmp")
libtempfile.NamedTemporaryFile("w").write(b"x")
libtempfile.rmtree(5)
libtempfile.adopt("x")
libtempfile.cleanup_on_signals("SIGTERM")
libtempfile.rmtree("x", progress="y")
libtempfile.no_such_name
libtempfile.tempdir = b"/tmp"
libtempfile.persist("x", "y")
libtempfile.atomic_write("x", "r")
libtempfile.atomic_write("x").__enter__().write("x")
"""

# What stubtest would find of modules that are typed where they stand, and are nobody else's; and of a class that is there
# for those.
ALLOWED = r"""
libtempfile\.tempfile\._TemporaryFileCloser\.(cleanup|close)
libtempfile\._(ffi|process|publish|recovery|search|signals)\..*
libtempfile\.libtempfile
libtempfile\._pyinstaller\..*
"""


def mypy():
    """The command, or None."""
    named = os.environ.get("MYPY")
    for command in [[named]] if named else [[sys.executable, "-m", "mypy"], ["mypy"]]:
        try:
            if subprocess.run(command + ["--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                return command
        except OSError:
            pass
    return None


class Types(support.TestCase):
    def command(self):
        command = mypy()
        if command is None:
            self.skipTest("mypy is not installed (python -m pip install mypy)")
        return command

    def mypy(self, *arguments):
        done = subprocess.run(
            [*self.command(), "--strict", "--cache-dir", os.devnull, *arguments],
            cwd=self.directory,
            text=True,
            env={**os.environ, "MYPYPATH": support.PACKAGES},
            stdout=subprocess.PIPE,
            timeout=support.SECONDS,
        )
        return done.returncode, done.stdout

    def check(self, program):
        path = os.path.join(self.directory, "program.py")
        with open(path, "w") as file:
            file.write(program)
        try:
            return self.mypy(path)
        finally:
            os.unlink(path)

    def test_the_package_itself(self):
        code, said = self.mypy("-p", "libtempfile")
        self.assertEqual(code, 0, said)
        self.assertIn("no issues found", said)

    def test_good(self):
        code, said = self.check(GOOD)
        self.assertEqual(code, 0, said)

    def test_bad(self):
        code, said = self.check(BAD)
        self.assertEqual(code, 1)
        self.assertEqual(
            sorted({line.split(":")[1] for line in said.splitlines() if ": error:" in line}),
            sorted(map(str, range(3, 15))),
            said,
        )

    def test_the_stubs_are_the_runtime(self):
        """By stubtest: the signatures of typeshed, which the stubs pass on, are the drop-in's, parameter by parameter."""
        command = self.command()
        if len(command) > 1:
            command = [*command[:-1], "mypy.stubtest"]
        else:
            command = [os.path.join(os.path.dirname(shutil.which(command[0])), "stubtest")]
        if not os.path.exists(command[0]):
            self.skipTest("%s is missing, which comes with mypy" % command[0])
        allowed = os.path.join(self.directory, "allowed")
        with open(allowed, "w") as file:
            file.write(ALLOWED)
        self.addCleanup(shutil.rmtree, os.path.join(self.directory, ".mypy_cache"), True)
        self.addCleanup(os.unlink, allowed)
        done = subprocess.run(
            [*command, "--allowlist", allowed, "--ignore-unused-allowlist", "libtempfile"],
            cwd=self.directory,
            env={**os.environ, "MYPYPATH": support.PACKAGES, "PYTHONPATH": support.PACKAGES},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=support.SECONDS,
        )
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("no issues found", done.stdout)

    def test_marked_as_typed(self):
        package = os.path.join(support.PACKAGES, "libtempfile")
        for name in "py.typed", "__init__.pyi", "tempfile.pyi":
            self.assertTrue(os.path.exists(os.path.join(package, name)))

    def test_the_stub_has_every_public_name(self):
        import libtempfile

        with open(os.path.join(support.PACKAGES, "libtempfile", "tempfile.pyi")) as file:
            stub = file.read()
        for name in libtempfile.tempfile.__all__:
            self.assertIn(name, stub)


if __name__ == "__main__":
    unittest.main()
