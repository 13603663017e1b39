"""Runs tests of the standard library and writes what became of each into a JSON file.

usage: judge.py EXPECTED RESULT TEST...

EXPECTED is "libtempfile" or "standard": which module 'tempfile' has to be, or nothing is judged.
"""

import importlib.util
import json
import sys
import types
import unittest


class Record(unittest.TextTestResult):
    """Notes the outcome of each test by its id; the worst one counts."""

    order = ("pass", "skip", "fail")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = {}

    def note(self, test, outcome, why=""):
        name = test.id()
        if name not in self.outcomes or self.order.index(outcome) >= self.order.index(self.outcomes[name][0]):
            self.outcomes[name] = (outcome, why)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "pass")

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test, "pass")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skip", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "fail", self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "fail", self._exc_info_to_string(err, test))

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "fail", "unexpected success")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "fail", self._exc_info_to_string(err, test))


def load(name):
    """The tests of a module, by its name."""
    if importlib.util.find_spec("test." + name) is None and name.startswith("test_multiprocessing_"):
        # 3.11.7 and 3.12.1 install what these packages consist of, but not the packages, which say no more than this.
        module = types.ModuleType("test." + name)
        sys.modules[module.__name__] = module
        from test import _test_multiprocessing

        _test_multiprocessing.install_tests_in_module_dict(vars(module), name[len("test_multiprocessing_"):])
        return unittest.defaultTestLoader.loadTestsFromModule(module)
    return unittest.defaultTestLoader.loadTestsFromName("test." + name)


def main(expected, result, *names):
    import tempfile

    found = "libtempfile" if tempfile.__name__ == "libtempfile.tempfile" else "standard"
    if found != expected:
        sys.exit("judge: tempfile is %r, which is not %s" % (tempfile, expected))
    suite = unittest.TestSuite()
    for name in names:
        suite.addTests(load(name))
    record = unittest.TextTestRunner(resultclass=Record, verbosity=2).run(suite)
    if sys.modules["tempfile"] is not tempfile:
        sys.exit("judge: a test has left another tempfile behind")
    with open(result, "w") as file:
        json.dump(record.outcomes, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
