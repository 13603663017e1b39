"""What the tests share."""

import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGES = os.path.join(ROOT, "python")
SECONDS = int(os.environ.get("TEST_SECONDS", "180"))

# nohup, and a shell that runs something in the background, have these ignored, and programs that are started inherit that.
for _number, _handler in (
    (signal.SIGHUP, signal.SIG_DFL),
    (signal.SIGQUIT, signal.SIG_DFL),
    (signal.SIGINT, signal.default_int_handler),
):
    signal.signal(_number, _handler)


def standard(name="tempfile"):
    """The standard module of this interpreter, as an object of its own."""
    spec = importlib.machinery.PathFinder.find_spec(name, [os.path.dirname(os.__file__)])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python(*arguments, environment=(), **keywords):
    """Runs this interpreter and gives the CompletedProcess; text, with what it printed."""
    keywords = {"timeout": SECONDS, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **keywords}
    return subprocess.run([sys.executable, *arguments], env={**os.environ, **dict(environment)}, **keywords)


class TestCase(unittest.TestCase):
    """A test with a temporary directory of its own, in which nothing may be left but what it lists."""

    maxDiff = None

    def setUp(self):
        self.directory = standard().mkdtemp()
        self.addCleanup(self._must_be_empty)

    def _must_be_empty(self):
        try:
            os.rmdir(self.directory)
        except OSError:
            left = os.listdir(self.directory)
            subprocess.run(["rm", "-rf", self.directory])
            self.fail("left behind: %s" % left)

    def script(self, code, *arguments, environment=(), status=0):
        """Runs a program in the temporary directory; gives what it wrote to stdout and stderr."""
        done = python(*arguments, "-c", code, environment={"TMPDIR": self.directory, **dict(environment)})
        if done.returncode != status:
            self.fail("exit %d\n%s\n%s" % (done.returncode, done.stdout, done.stderr))
        return done.stdout, done.stderr
