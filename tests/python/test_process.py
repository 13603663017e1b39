"""A mark is true in the process that made it, and in no other, however that came to be."""

import copy
import ctypes
import mmap
import os
import pickle
import unittest
from unittest import mock

from libtempfile import _process
import support


class Refusing:
    """Stands for the module mmap, on a system that refuses one thing."""

    def __init__(self, **replaced):
        self.replaced = replaced

    def __getattr__(self, name):
        return self.replaced.get(name) or getattr(mmap, name)


def fails(*_, **__):
    raise OSError("refused")


class AlwaysYes(mmap.mmap):
    """As an emulator's, which knows nothing of advice."""

    def madvise(self, *_):
        pass


class OldKernel(mmap.mmap):
    madvise = fails


class Marks(unittest.TestCase):
    def in_child(self, fork, mark):
        """The mark's truth in a child, there after a mark of its own, and whether that one is true."""
        read, write = os.pipe()
        if fork() == 0:
            before = mark[0]
            with mock.patch.object(_process, "mark", mark):
                own = _process.this()
            os.write(write, bytes([before, mark[0], own[0], own is mark]))
            os._exit(0)
        os.close(write)
        os.wait()
        with open(read, "rb") as said:
            return list(said.read())

    def test_in_children(self):
        marks = {"page": _process._new()}
        for name, module in (
            ("old kernel", Refusing(mmap=OldKernel)),
            ("emulator", Refusing(mmap=AlwaysYes)),
            ("no memory", Refusing(mmap=fails)),
        ):
            with mock.patch.dict("sys.modules", mmap=module):
                marks[name] = _process._new()
        self.assertEqual([isinstance(mark, mmap.mmap) for mark in marks.values()], [True, False, False, False])
        for name, mark in marks.items():
            for fork in os.fork, ctypes.PyDLL(None).fork:
                with self.subTest(mark=name, fork=fork):
                    self.assertTrue(mark[0])
                    self.assertEqual(self.in_child(fork, mark), [0, 0, 1, 0])
                    self.assertTrue(mark[0])

    def test_pickled(self):
        for mark in _process.this(), _process._NumberedMark():
            data = pickle.dumps(mark)
            self.assertTrue(pickle.loads(data)[0])
            self.assertTrue(copy.deepcopy(mark)[0])
            elsewhere = "import pickle; print(int(pickle.loads(%r)[0]))" % data
            self.assertEqual(support.python("-c", elsewhere).stdout, "0\n")

    def test_this_stays_the_same(self):
        self.assertIs(_process.this(), _process.this())
        self.assertTrue(_process.this()[0])
        self.assertFalse(_process.NOBODY[0])
        self.assertTrue(_process.ANYBODY[0])


if __name__ == "__main__":
    unittest.main()
