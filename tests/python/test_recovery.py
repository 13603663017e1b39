"""enable_recovery(): what a killed program leaves, and what 'python -m libtempfile recover' removes."""

import os
import shutil
import signal
import subprocess
import sys
import unittest

import libtempfile

BEGIN = """
import os, signal, sys
import libtempfile as tempfile
tempfile.enable_recovery(sys.argv[1])
"""
# Makes one of each, and a few that are to stay.
MAKE = """
file = tempfile.NamedTemporaryFile()
file.write(b"text"); file.flush()
other = "delete" if sys.version_info < (3, 12) else "delete_on_close" # before 3.12 it stays
unfinished = tempfile.NamedTemporaryFile(**{other: False})
directory = tempfile.TemporaryDirectory()
os.mkdir(os.path.join(directory.name, "below"))
open(os.path.join(directory.name, "below", "file"), "w").close()
"""
DIE = "os.kill(os.getpid(), signal.SIGKILL)\n"


class Recovery(unittest.TestCase):
    def setUp(self):
        self.root = libtempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        self.work, self.journals = os.path.join(self.root, "work"), os.path.join(self.root, "journals")
        os.mkdir(self.work)

    def run_program(self, program, *arguments, expected=-signal.SIGKILL, **environment):
        done = subprocess.run(
            [sys.executable, "-c", program, self.journals, *arguments],
            env={**os.environ, "TMPDIR": self.work, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        self.assertEqual(done.returncode, expected, done.stdout + done.stderr)
        return done.stdout

    def recover(self, *arguments, expected=0, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "libtempfile", "recover", *arguments, self.journals],
            env={**os.environ, "TMPDIR": self.work, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
        )
        self.assertEqual(done.returncode, expected, done.stdout)
        return done.stdout

    def test_killed_program(self):
        self.run_program(BEGIN + MAKE + "file.name\n" + DIE)
        before = os.listdir(self.work)
        self.assertEqual(len(before), 3)
        told = self.recover("--dry-run")
        self.assertIn("would remove", told)
        self.assertEqual(os.listdir(self.work), before)
        told = self.recover()
        kept = 1 if sys.version_info < (3, 12) else 0
        self.assertEqual(told.count("removed "), 3 - kept, told)
        self.assertEqual(len(os.listdir(self.work)), kept)
        self.assertEqual(os.listdir(self.journals), [])
        self.assertIn("nothing", self.recover())

    def test_what_stays(self):
        """What mkstemp and mkdtemp made, what was kept, and what was renamed."""
        program = (
            BEGIN
            + MAKE
            + """
tempfile.mkstemp(prefix="stays"); tempfile.mkdtemp(prefix="stays")
tempfile.NamedTemporaryFile(prefix="stays", delete=False)
kept = tempfile.NamedTemporaryFile(prefix="stays"); kept._closer.delete = False
renamed = tempfile.NamedTemporaryFile(); os.rename(renamed.name, os.path.join(os.environ["TMPDIR"], "stays"))
detached = tempfile.TemporaryDirectory(prefix="stays"); detached._finalizer.detach()
directory.cleanup(); file.close()
"""
            + DIE
        )
        self.run_program(program)
        self.recover()
        left = [name for name in os.listdir(self.work) if not name.startswith("stays")]
        self.assertEqual(len(left), 1 if sys.version_info < (3, 12) else 0, left)
        self.assertEqual(len(os.listdir(self.work)) - len(left), 6)

    def test_killed_between_creation_and_registration(self):
        """The window in which only the announcement is in the journal."""
        for kind in "file", "directory":
            program = BEGIN + "from libtempfile import _signals\n"
            program += "_signals._Registration.start = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
            program += "tempfile.NamedTemporaryFile()\n" if kind == "file" else "tempfile.TemporaryDirectory()\n"
            self.run_program(program)
            self.assertEqual(len(os.listdir(self.work)), 1)
            self.recover()
            self.assertEqual(os.listdir(self.work), [], kind)

    def test_living_program(self):
        program = BEGIN + MAKE + "print(file.name, directory.name, flush=True)\nsys.stdin.read()\n"
        process = subprocess.Popen(
            [sys.executable, "-c", program, self.journals],
            env={**os.environ, "TMPDIR": self.work},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        with process:
            names = process.stdout.readline().split()
            self.recover()
            self.assertTrue(all(map(os.path.exists, names)) and len(names) == 2)
            process.kill()

    def test_forked_child(self):
        """A child writes a journal of its own; the parent's objects are its parent's."""
        program = BEGIN + MAKE + "if os.fork() == 0:\n    other = tempfile.NamedTemporaryFile()\n    " + DIE + "os.wait()\n"
        program += "print(file.name, os.path.exists(file.name), len(os.listdir(sys.argv[1])), flush=True)\n" + DIE
        told = self.run_program(program).split()
        self.assertEqual(told[1:], ["True", "2"])
        self.recover()
        self.assertEqual(len(os.listdir(self.work)), 1 if sys.version_info < (3, 12) else 0)

    def test_environment(self):
        runtime = os.path.join(self.root, "runtime")
        os.mkdir(runtime)
        self.journals = os.path.join(runtime, "libtempfile")
        begin = "import os, signal, sys\nimport libtempfile as tempfile\n"
        self.run_program(begin + MAKE + DIE, TEMPFILE_RECOVERY="1", XDG_RUNTIME_DIR=runtime)
        self.assertEqual(len(os.listdir(self.journals)), 1)
        self.recover()
        self.assertEqual(len(os.listdir(self.work)), 1 if sys.version_info < (3, 12) else 0)

    def test_normal_end_leaves_no_journal(self):
        self.run_program(BEGIN + MAKE, expected=0)
        self.assertEqual(os.listdir(self.journals), [])

    def test_refused_directories(self):
        os.mkdir(self.journals)
        os.chmod(self.journals, 0o777)
        with self.assertRaises(PermissionError):
            libtempfile.enable_recovery(self.journals)
        link = os.path.join(self.root, "link")
        os.symlink(self.work, link)
        with self.assertRaises(NotADirectoryError):
            libtempfile.enable_recovery(link)
        with self.assertRaises(ValueError):
            libtempfile.enable_recovery("a\0b")

    def test_terminal(self):
        """It need not have the characters of a path, and must not obey them."""
        make = "file = tempfile.NamedTemporaryFile(prefix='\\u00fc\\x1b[31m\\x9b'); file.write(b'text'); file.flush()\n"
        self.run_program(BEGIN + make + DIE)
        told = self.recover(PYTHONIOENCODING="ascii")
        self.assertIn("\\xfc\\x1b[31m\\x9b", told)
        self.assertEqual(os.listdir(self.work), [])

    def test_arguments_of_recover(self):
        self.assertIn("usage:", self.recover("--help", expected=2))
        self.assertIn("--dry", self.recover("--dry", expected=2))


if __name__ == "__main__":
    unittest.main()
