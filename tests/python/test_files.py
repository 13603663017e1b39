"""File objects: what a NamedTemporaryFile lets programs do with itself, and what is left of one that was interrupted."""

import io
import os
import pickle
import resource
import signal
import sys
import unittest
from unittest import mock

import libtempfile as tempfile
import support

MODULES = tempfile.tempfile, support.standard()


class Wrapper(support.TestCase):
    """As the standard module's, whatever the program has put in the place of a method."""

    def same(self, do):
        seen = [do(module) for module in MODULES]
        self.assertEqual(*seen)
        return seen[0]

    def wrap(self, kind):
        fd, path = tempfile.mkstemp(dir=self.directory)
        return kind(io.open(fd, "w+b"), path)

    def test_a_method_of_a_subclass(self):
        def do(module):
            class Upper(module._TemporaryFileWrapper):
                def write(self, data):
                    return self.file.write(data.upper())

            with self.wrap(Upper) as file:
                file.write(b"data")
                file.seek(0)
                return file.read()

        self.assertEqual(self.same(do), b"DATA")

    def test_a_property_of_a_subclass(self):
        def do(module):
            class Fixed(module._TemporaryFileWrapper):
                write = property(lambda self: "fixed")

            with self.wrap(Fixed) as file:
                return file.write

        self.assertEqual(self.same(do), "fixed")

    def test_a_method_that_was_added_to_the_class(self):
        def do(module):
            with mock.patch.object(module._TemporaryFileWrapper, "write", create=True, side_effect=OSError("full")):
                with module.NamedTemporaryFile(dir=self.directory) as file, self.assertRaises(OSError):
                    file.write(b"data")
            with module.NamedTemporaryFile(dir=self.directory) as file:
                return file.write(b"data")

        self.assertEqual(self.same(do), 4)

    def test_methods_of_the_file_that_were_replaced(self):
        def do(module):
            with module.NamedTemporaryFile(dir=self.directory) as file:
                with mock.patch.object(file.file, "write", side_effect=OSError("full")), self.assertRaises(OSError):
                    file.write(b"data")
                with mock.patch.object(file, "write", return_value=1):
                    return file.write(b"data")

        self.assertEqual(self.same(do), 1)

    def test_a_close_of_the_programs_own(self):
        def do(module):
            file = module.NamedTemporaryFile(dir=self.directory)
            with mock.patch.object(file, "close") as close, file:
                pass
            seen = close.call_count, os.path.exists(file.name), file.file.closed
            file.close()
            return seen

        self.assertEqual(self.same(do), (0, False, True) if sys.version_info >= (3, 12) else (1, True, True))

    def test_a_file_that_is_kept_on_the_way(self):
        def do(module):
            with module.NamedTemporaryFile(dir=self.directory) as file:
                file.write(b"data")
                file._closer.close_called = True
                file._closer.cleanup_called = True
            with open(file.name, "rb") as reader:
                seen = reader.read(), file.file.closed
            os.unlink(file.name)
            return seen

        self.assertEqual(self.same(do), (b"data", True))

    def test_a_file_that_cannot_be_closed(self):
        """Its name stays until it is closed again."""

        def too_large(file):
            file.write(b"x" * 1000)

        def lost(file):
            os.close(file.fileno())

        def detached(file):
            file.detach().close()

        def do(module):
            seen = []
            for spoil in too_large, lost, detached:
                file = module.NamedTemporaryFile(dir=self.directory)
                try:
                    with file:
                        spoil(file)
                except (OSError, ValueError) as error:
                    seen += type(error), str(error)
                seen.append(os.path.exists(file.name))
                try:
                    file.close()
                except ValueError as error:
                    seen.append(str(error))
                seen.append(os.path.exists(file.name))
            return seen

        limit, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, limit[1]))
        try:
            self.same(do)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            signal.signal(signal.SIGXFSZ, handler)

    def test_a_directory_that_is_pickled(self):
        """Programs have one among what they send to workers, which clean up nothing of it."""
        with tempfile.TemporaryDirectory(dir=self.directory) as path:
            made = tempfile.TemporaryDirectory(dir=path)
            data = pickle.dumps(made)
            out, _ = self.script(
                """
import os, pickle, libtempfile
with pickle.loads(%r) as path:
    print(path)
print(os.path.isdir(path))
"""
                % data
            )
            self.assertEqual(out, "%s\nTrue\n" % made.name)
            pickle.loads(data).cleanup()
            self.assertEqual(os.path.exists(made.name), sys.version_info < (3, 10))


class NewFiles(support.TestCase):
    """What io.open would give."""

    def test_as_open_makes_them(self):
        for make in tempfile.NamedTemporaryFile, tempfile.TemporaryFile:
            with make(dir=self.directory) as file:
                made = getattr(file, "file", file)
                with open(os.path.join(self.directory, "x"), "w+b") as other:
                    os.unlink(other.name)
                    self.assertEqual((type(made), type(made.raw), made.mode), (type(other), type(other.raw), other.mode))
                    self.assertEqual(set(vars(made.raw)), set(vars(other.raw)))
                    for file in made, other:
                        self.assertEqual(
                            (file.tell(), file.raw.tell(), file.seekable(), file.raw.seekable()), (0, 0, True, True)
                        )
                        file.write(b"0123456789")
                        self.assertEqual((file.seek(3), file.read(2), file.tell(), file.write(b"x")), (3, b"34", 5, 1))
                        file.seek(0)
                        self.assertEqual((file.read(), file.raw.tell()), (b"01234x6789", 10))

    def test_interrupted_anywhere(self):
        """A handler that raises between any two instructions: that is what the caller sees, and nothing is closed twice."""
        for name in "NamedTemporaryFile", "TemporaryFile":
            with self.subTest(name=name):
                out, _ = self.script(INTERRUPTIONS % name)
                self.assertGreater(int(out), 100)
        for name in os.listdir(self.directory):  # the standard module leaves some too
            os.unlink(os.path.join(self.directory, name))


INTERRUPTIONS = """
import os, sys
from libtempfile.tempfile import %s as make

class Interrupt(BaseException):
    pass

def trace(frame, event, argument):
    global left
    if "libtempfile" not in frame.f_code.co_filename:
        return None
    frame.f_trace_opcodes = True
    if event == "opcode":
        left -= 1
        if left == 0:
            raise Interrupt
    return trace

def checked(descriptor, close=os.close):
    close(descriptor)  # OSError if it is closed

make().close()
make().close()
os.close = checked
sys._getframe().f_trace_opcodes = True  # 3.12 gives no events otherwise
count = 0
file = None
while file is None:
    count += 1
    left = count
    sys.settrace(trace)
    try:
        file = make()
    except Interrupt:
        pass
    finally:
        sys.settrace(None)
print(count)
"""


if __name__ == "__main__":
    unittest.main()
