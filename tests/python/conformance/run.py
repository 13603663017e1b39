"""Runs CPython's own tests of tempfile, and of its clients, with the drop-in in the standard module's place.

usage: run.py conformance LIBRARY EIO-LIBRARY      every interpreter, as root and as another user, and a control
       run.py clients LIBRARY                      tests of modules that use tempfile; the counts must be as with the
                                                   standard module

The tests are those that are installed with each interpreter. PYTHONS names interpreters to use in place of all that are
found, CLIENTS tests in place of the usual ones.
"""

import concurrent.futures
import os
import shutil
import sys
import tempfile

import environments
import interpreters

TESTS = ["test_tempfile", "test_threadedtempfile"]
CLIENTS = os.environ.get("CLIENTS", "test_shutil test_subprocess test_multiprocessing_fork").split()
OTHER_USER = 65534
CONTROL_FAILURES = 60  # at least, with a library that creates nothing
JOBS = 2

ROW = "%s %s/%s %s pass, %s fail, %s are skipped; the standard module: %s, %s, %s; %d interpreters seen"


class Run:
    """One interpreter as one user: the tests with the drop-in and with the standard module."""

    def __init__(self, interpreter, user, tests, library, folder):
        self.interpreter, self.user, self.tests, self.folder = interpreter, user, tests, folder
        self.libraries = {"libtempfile.so": library}

    def __call__(self):
        uid = OTHER_USER if self.user == "other" else None
        os.mkdir(self.folder)
        used = self.interpreter if uid is None else interpreters.reachable(self.interpreter, os.path.dirname(self.folder))
        self.ours, self.standard = (
            environments.Environment(used, os.path.join(self.folder, kind), libraries).judge(
                self.tests, os.path.join(self.folder, kind + "-run"), uid)
            for kind, libraries in (("ours", self.libraries), ("standard", None)))
        return self

    def complaints(self, failures_allowed=()):
        """What is wrong, a line each."""
        ours, standard = self.ours, self.standard
        if not standard.tests:
            yield "the standard module's tests could not be run:\n" + standard.said[-2000:]
        if not ours.tests:
            yield "the tests could not be run:\n" + ours.said[-2000:]
            return
        for name in ours.those("fail"):
            if name not in failures_allowed:
                yield "%s failed:\n%s" % (name, ours.tests[name][1])
        for name in ours.those("skip"):
            if name not in standard.those("skip"):
                yield "%s is skipped (%s), but not with the standard module" % (name, ours.tests[name][1])
        if set(ours.tests) != set(standard.tests):
            yield "not the same tests: %s" % sorted(set(ours.tests) ^ set(standard.tests))
        if len(ours.left) > len(standard.left):
            yield "left behind: %s" % ours.left
        others = [line for line in ours.witnesses if not line.endswith(" libtempfile")]
        if others:
            yield "interpreters with another tempfile: %s" % others
        if sum(line.startswith("start ") for line in ours.witnesses) < 2:
            yield "no child was seen"

    def row(self, complaints):
        count = [outcome.count(what) for outcome in (self.ours, self.standard) for what in ("pass", "fail", "skip")]
        seen = sum(line.startswith("start ") for line in self.ours.witnesses)
        return ROW % ("FAIL" if complaints else "ok", self.interpreter.name, self.user, *count, seen)


def found():
    """The interpreters that can be judged; those that cannot are named."""
    usable = []
    for interpreter in interpreters.find():
        if interpreter.has_tests:
            usable.append(interpreter)
        else:
            print("skip %s %s" % (interpreter.name, interpreter.tests_are_missing()))
    if not usable:
        sys.exit("no interpreter from %d.%d on with its tests was found" % interpreters.OLDEST)
    return usable


def all_of(runs):
    """Runs them, a few at a time, in order."""
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        yield from pool.map(lambda run: run(), runs)


def table(runs, allow_the_standards_failures=False):
    """Prints a row for each run, and what was wrong; gives how many were not as they should be."""
    failed = 0
    for run in all_of(runs):
        complaints = list(run.complaints(run.standard.those("fail") if allow_the_standards_failures else ()))
        print(run.row(complaints), flush=True)
        for complaint in complaints:
            print("      " + complaint.replace("\n", "\n      "))
        failed += bool(complaints)
    return failed


def control(interpreter, library, eio, folder):
    """A library whose creations fail must fail the tests, or they do not test the library."""
    libraries = {"libtempfile.so": eio, "libtempfile.so.0": library}
    environment = environments.Environment(interpreter, os.path.join(folder, "control"), libraries)
    count = environment.judge(TESTS, os.path.join(folder, "control-run")).count("fail")
    few = count < CONTROL_FAILURES
    print("%s control with a library whose creations answer EIO %d tests fail (at least %d should)"
          % ("FAIL" if few else "ok", count, CONTROL_FAILURES))
    return few


def conformance(folder, library, eio):
    users = ["root", "other"] if os.geteuid() == 0 else ["self"]
    if len(users) == 1:
        print("skip other runs as uid %d: only root can become another user" % OTHER_USER)
    usable = found()
    runs = [Run(one, user, TESTS, library, os.path.join(folder, "%d-%s" % (i, user)))
            for i, one in enumerate(usable) for user in users]
    failed = table(runs)
    failed += control(usable[-1], library, eio, folder)
    return failed


def clients(folder, library):
    runs = [Run(one, "root" if os.geteuid() == 0 else "self", CLIENTS, library, os.path.join(folder, str(i)))
            for i, one in enumerate(found())]
    return table(runs, allow_the_standards_failures=True)


def main(command, *libraries):
    folder = tempfile.mkdtemp(prefix="libtempfile-%s-" % command)
    os.chmod(folder, 0o755)
    try:
        failed = {"conformance": conformance, "clients": clients}[command](folder, *map(os.path.abspath, libraries))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
