"""keep_all() and TEMPFILE_KEEP: what stays, and what is printed."""

import os
import shutil
import subprocess
import sys
import unittest

import libtempfile

MAKE = """
import os, sys
import libtempfile as tempfile
before = tempfile.NamedTemporaryFile(prefix="before")
if sys.argv[1] == "call":
    tempfile.keep_all()
with tempfile.NamedTemporaryFile(prefix="file") as file: pass
with tempfile.TemporaryDirectory(prefix="with") as name: open(os.path.join(name, "below"), "w").close()
directory = tempfile.TemporaryDirectory(prefix="directory"); directory.cleanup()
tempfile.TemporaryFile(); tempfile.SpooledTemporaryFile().fileno()
tempfile.cleanup_on_signals(); tempfile.keep_all()
dropped = tempfile.NamedTemporaryFile(prefix="dropped"); del dropped
if os.fork() == 0:
    tempfile.NamedTemporaryFile(prefix="child")
    sys.exit()
os.wait()
"""


class Keep(unittest.TestCase):
    def setUp(self):
        self.root = libtempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def check(self, way, **environment):
        done = subprocess.run(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-c", MAKE, way],  # 3.12 warns of the fork
            env={**os.environ, "TMPDIR": self.root, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        left = sorted(os.path.join(self.root, name) for name in os.listdir(self.root))
        self.assertEqual(sorted(done.stderr.splitlines()), left)
        kinds = ["before", "child", "directory", "dropped", "file", "with"]
        self.assertEqual([os.path.basename(path)[:-8] for path in left], kinds)
        self.assertEqual(os.listdir(left[-1]), ["below"])

    def test_call(self):
        self.check("call")

    def test_environment(self):
        self.check("environment", TEMPFILE_KEEP="1")

    def test_environment_of_another_value(self):
        program = "import libtempfile; libtempfile.NamedTemporaryFile(); libtempfile.TemporaryDirectory().cleanup()"
        environment = {**os.environ, "TMPDIR": self.root, "TEMPFILE_KEEP": "0"}
        said = subprocess.check_output([sys.executable, "-c", program], env=environment, stderr=subprocess.STDOUT)
        self.assertEqual((said, os.listdir(self.root)), (b"", []))


if __name__ == "__main__":
    unittest.main()
