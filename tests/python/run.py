"""Runs the tests of the Python package with every interpreter that is found, each with a TMPDIR that must be left empty.

usage: run.py [TEST...]      names as unittest takes them; none: all

PYTHONS names interpreters to use in place of all that are found.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "conformance"))

import interpreters  # noqa: E402

SECONDS = 1200


def run(interpreter, tests, folder):
    """Runs the tests with one interpreter; gives whether they passed and what was left behind."""
    os.mkdir(folder)
    package = os.path.abspath(os.path.join(HERE, "..", "..", "python"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment.update(PYTHONPATH=package + os.pathsep + HERE, TMPDIR=folder, PYTHONDONTWRITEBYTECODE="1")
    command = [interpreter.path, "-m", "unittest"] + (tests or ["discover", "-s", HERE, "-t", HERE])
    done = subprocess.run(command, env=environment, timeout=SECONDS, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = done.stdout.rstrip().splitlines()
    ok = done.returncode == 0 and any(line.startswith("Ran ") and not line.startswith("Ran 0 ") for line in lines)
    left = os.listdir(folder)
    summary = " ".join(line for line in lines[-3:] if line)
    print("%-4s  %-16s %s%s" % ("ok" if ok and not left else "FAIL", interpreter.name, summary,
                                ", left behind: %s" % left if left else ""), flush=True)
    if not ok:
        print("      " + "\n      ".join(lines))
    return ok and not left


def main(*tests):
    found = interpreters.find()
    if not found:
        sys.exit("no interpreter from %d.%d on was found" % interpreters.OLDEST)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # some tests become another user
        passed = [run(one, list(tests), os.path.join(folder, str(i))) for i, one in enumerate(found)]
    print("python: %d interpreters, %d failed" % (len(passed), passed.count(False)))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
