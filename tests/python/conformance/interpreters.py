"""The interpreters of this machine: how they are found and run, and how a user gets at one in a closed folder."""

import glob
import json
import os
import shutil
import stat
import subprocess
import sys

OLDEST = (3, 9)
PACKAGE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "..", "python"))

_ASK = """
import importlib.util, json, sys
print(json.dumps([list(sys.version_info[:3]), sys.base_prefix, importlib.util.find_spec("test.test_tempfile") is not None]))
"""


class Interpreter:
    def __init__(self, path):
        said = subprocess.run([path, "-I", "-c", _ASK], capture_output=True, text=True, check=True, timeout=60).stdout
        version, self.prefix, self.has_tests = json.loads(said)
        self.path, self.version = path, tuple(version)
        self.name = ".".join(map(str, version)) + ("-system" if path.startswith("/usr/bin/") else "")
        self.environment = {}

    def run(self, arguments, folder, *paths, **more):
        """Runs the interpreter with the tree's package, and with a folder as TMPDIR. 'paths' are more folders of modules,
        'more' is for subprocess.run."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment.update(PYTHONPATH=os.pathsep.join((PACKAGE, *paths)), TMPDIR=folder, PYTHONDONTWRITEBYTECODE="1")
        return subprocess.run(
            [self.path, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, **more
        )

    def tests_are_missing(self):
        return "%s: its tests are not installed (%s)" % (
            self.path,
            "apt-get install libpython%d.%d-testsuite" % self.version[:2]
            if self.path.startswith("/usr/")
            else "the folder 'test' of its library",
        )


def find():
    """The interpreters to judge, ordered by version: those named by PYTHONS, or else pyenv's and the system's."""
    named = os.environ.get("PYTHONS")
    if named:
        paths = named.split()
    else:
        pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
        paths = sorted(glob.glob(os.path.join(pyenv, "versions", "*", "bin", "python3"))) + ["/usr/bin/python3"]
    found = []
    for path in paths:
        try:
            interpreter = Interpreter(path)
        except (OSError, subprocess.SubprocessError, ValueError) as error:
            print("skip %s %s" % (path, error), file=sys.stderr)
            continue
        if interpreter.version >= OLDEST:
            found.append(interpreter)
    return sorted(found, key=lambda one: one.version)


def is_hidden(path):
    """Whether somebody who is nobody in particular cannot reach a path."""
    path = os.path.realpath(path)
    while path != "/":
        path = os.path.dirname(path)
        if not os.stat(path).st_mode & stat.S_IXOTH:
            return True
    return False


def reachable(interpreter, folder):
    """The interpreter, or the same files under another name if a folder above hides them from other users."""
    if not is_hidden(interpreter.path):
        return interpreter
    copy = os.path.join(folder, "python%d.%d.%d" % interpreter.version)
    if not os.path.isdir(copy):
        shutil.copytree(
            interpreter.prefix,
            copy,
            symlinks=True,
            copy_function=_link,
            ignore=shutil.ignore_patterns("site-packages", "share", "idlelib"),
        )
    # The standard library of a venv is found from the interpreter's own place, its shared library is not.
    os.environ["LD_LIBRARY_PATH"], before = os.path.join(copy, "lib"), os.environ.get("LD_LIBRARY_PATH")
    try:
        visible = Interpreter(os.path.join(copy, "bin", os.path.basename(interpreter.path)))
    finally:
        del os.environ["LD_LIBRARY_PATH"]
        if before is not None:
            os.environ["LD_LIBRARY_PATH"] = before
    visible.environment = {"LD_LIBRARY_PATH": os.path.join(copy, "lib")}
    return visible


def _link(source, target):
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
