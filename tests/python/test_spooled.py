"""A spooled file's roll-over is a transaction: until all is on the disk, all is in memory."""

import errno
import os
import resource
import signal
import unittest
from unittest import mock

import libtempfile as tempfile
import support


class Transaction(support.TestCase):
    def check_untouched(self, file, content):
        self.assertFalse(file._rolled)
        self.assertIsNone(file.name)
        position = file.tell()
        file.seek(0)
        self.assertEqual(file.read(), content)
        file.seek(position)

    def test_no_directory(self):
        file = tempfile.SpooledTemporaryFile(5, dir=self.directory + "/missing")
        file.write(b"12345")
        for attempt in range(2):
            with self.assertRaises(FileNotFoundError):
                file.rollover()
            self.check_untouched(file, b"12345")
        with self.assertRaises(FileNotFoundError):
            file.fileno()
        os.mkdir(self.directory + "/missing")
        file.rollover()
        self.assertTrue(file._rolled)
        file.seek(0)
        self.assertEqual(file.read(), b"12345")
        file.close()
        os.rmdir(self.directory + "/missing")

    def test_a_full_disk(self):
        """A limit of the file size stands for it."""
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        tempfile.library_path()  # loading the library opens descriptors too
        content = {"w+b": b"x" * 50000, "w+": "\u00e9\n" * 20000}
        try:
            for mode, data in content.items():
                with self.subTest(mode=mode):
                    more = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
                    file = tempfile.SpooledTemporaryFile(0, mode, dir=self.directory, **more)
                    file.write(data)
                    descriptors = len(os.listdir("/proc/self/fd"))
                    resource.setrlimit(resource.RLIMIT_FSIZE, (10000, limits[1]))
                    try:
                        with self.assertRaises(OSError) as caught:
                            file.rollover()
                    finally:
                        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
                    self.assertEqual(caught.exception.errno, errno.EFBIG)
                    self.assertEqual(len(os.listdir("/proc/self/fd")), descriptors)
                    self.check_untouched(file, data)
                    file.rollover()
                    file.seek(0)
                    self.assertEqual(file.read(), data)
                    file.close()
        finally:
            signal.signal(signal.SIGXFSZ, before)

    def test_an_interruption(self):
        file = tempfile.SpooledTemporaryFile(dir=self.directory)
        file.write(b"data")
        with mock.patch("libtempfile.TemporaryFile", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            file.rollover()
        self.check_untouched(file, b"data")
        file.close()

    def test_the_position_survives(self):
        for mode, data, position in ("w+b", b"0123456789", 3), ("w+", "0\u00e9\u4e00\n4", None):
            with self.subTest(mode=mode):
                more = {} if "b" in mode else {"encoding": "utf-16"}
                with tempfile.SpooledTemporaryFile(0, mode, dir=self.directory, **more) as file:
                    file.write(data)
                    file.seek(0)
                    file.read(2)
                    position = file.tell()
                    rest = file.read()
                    file.seek(position)
                    file.rollover()
                    self.assertEqual(file.tell(), position)
                    self.assertEqual(file.read(), rest)
                    file.seek(0)
                    self.assertEqual(file.read(), data)

    def test_methods_that_were_taken_before(self):
        file = tempfile.SpooledTemporaryFile(3, dir=self.directory)
        write, read, seek = file.write, file.read, file.seek
        write(b"abc")
        self.assertFalse(file._rolled)
        write(b"d")
        self.assertTrue(file._rolled)
        seek(0)
        self.assertEqual(read(), b"abcd")
        file.close()

    def test_a_check_of_a_subclass(self):
        for module in tempfile.tempfile, support.standard():

            class Careful(module.SpooledTemporaryFile):
                def _check(self, file):
                    if file.tell() > 2:
                        self.rollover()

            with Careful(1000, dir=self.directory) as file:
                file.write(b"ab")
                self.assertFalse(file._rolled)
                file.write(b"c")
                self.assertTrue(file._rolled)

    def test_its_arguments_are_kept_until_it_rolls_over(self):
        for module in tempfile.tempfile, support.standard():
            with module.SpooledTemporaryFile(9, "w", -1, "ascii", "\n", ".s", "p", "/missing", errors="replace") as file:
                self.assertEqual(
                    file._TemporaryFileArgs,
                    {
                        "mode": "w",
                        "buffering": -1,
                        "encoding": "ascii",
                        "newline": "\n",
                        "suffix": ".s",
                        "prefix": "p",
                        "dir": "/missing",
                        "errors": "replace",
                    },
                )
                file._TemporaryFileArgs["dir"] = self.directory
                file.rollover()
                self.assertFalse(hasattr(file, "_TemporaryFileArgs"))

    def test_against_the_standard_module(self):
        """The same calls have the same results, at every limit."""
        import random

        standard = support.standard()
        source = random.Random(20240501)
        for limit in 0, 1, 7, 100:
            for mode in "w+b", "w+":
                calls = []
                for _ in range(150):
                    what = source.choice(["write", "write", "seek", "read", "tell", "truncate", "readline", "writelines"])
                    data = "".join(source.choices("ab\n", k=source.randrange(9)))
                    if "b" in mode:
                        data = data.encode()
                    arguments = {
                        "write": (data,),
                        "seek": (source.randrange(30),) if "b" in mode else (0,),
                        "read": (source.randrange(20),),
                        "truncate": (source.randrange(30),) if "b" in mode else (),
                        "writelines": ([data, data],),
                    }.get(what, ())
                    calls.append((what, arguments))
                results = []
                for module in tempfile.tempfile, standard:
                    with module.SpooledTemporaryFile(limit, mode, dir=self.directory) as file:
                        result = [(getattr(file, what)(*arguments), file._rolled) for what, arguments in calls]
                        file.seek(0)
                        results.append(result + [file.read()])
                self.assertEqual(*results)


if __name__ == "__main__":
    unittest.main()
