"""Runs the tests of the Python package with every interpreter that is found, each with a TMPDIR that must be left empty.

usage: run.py [TEST...]      names as unittest takes them; none: all

PYTHONS names interpreters to use in place of all that are found.
"""

import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "conformance"))

import interpreters  # noqa: E402

SECONDS = 1200
# As unittest -v tells of it, after the first line of the test's own description if it has one.
SKIPPED = re.compile(r"^(\w+) \(.*\)(?:\n.*)? \.\.\. skipped (['\"])(.*)\2$", re.MULTILINE)


def run(interpreter, tests, folder):
    """Runs the tests with one interpreter; gives how many passed, failed and were skipped."""
    os.mkdir(folder)
    which = ["-v", *tests] if tests else ["discover", "-v", "-s", HERE, "-t", HERE]
    done = interpreter.run(["-m", "unittest", *which], folder, HERE, timeout=SECONDS, stderr=subprocess.STDOUT)
    lines = done.stdout.rstrip().splitlines()
    ok = done.returncode == 0 and any(line.startswith("Ran ") and not line.startswith("Ran 0 ") for line in lines)
    left = os.listdir(folder)
    summary = " ".join(line for line in lines[-3:] if line)
    print(
        "%s %s %s%s"
        % ("ok" if ok and not left else "FAIL", interpreter.name, summary, ", left behind: %s" % left if left else ""),
        flush=True,
    )
    for name, _, reason in SKIPPED.findall(done.stdout):
        print("skip %s %s: %s" % (interpreter.name, name, reason))
    if not ok:
        report = [i for i, line in enumerate(lines) if line.startswith("=====")]
        print("      " + "\n      ".join(lines[report[0] if report else 0 :]), flush=True)
    ran, skipped, *failed = (
        sum(map(int, re.findall(pattern, done.stdout, re.MULTILINE)))
        for pattern in (
            r"^Ran (\d+) test",
            r"^(?:OK|FAILED) \(.*skipped=(\d+)",
            r"^FAILED \(.*failures=(\d+)",
            r"^FAILED \(.*errors=(\d+)",
        )
    )
    failures = max(sum(failed), 0 if ok and not left else 1)
    return max(ran - skipped - failures, 0), failures, skipped


def main(*tests):
    found = interpreters.find()
    if not found:
        sys.exit("no interpreter from %d.%d on was found" % interpreters.OLDEST)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # some tests become another user
        counts = [run(one, list(tests), os.path.join(folder, str(i))) for i, one in enumerate(found)]
    total = [sum(column) for column in zip(*counts)]
    print("%d passed, %d failed, %d skipped" % tuple(total))
    return 0 if total[1] == 0 and total[0] > 0 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
