"""What later versions brought, on any version: the package is told that it runs on a later one."""

import sys
import unittest

import support

AS = """
import io, os, sys, warnings
running = sys.version_info
import libtempfile
sys.version_info = %r + ("final", 0)
import libtempfile._versions
sys.version_info = running
import libtempfile.tempfile as tempfile
warnings.simplefilter("always")
"""


class Later(support.TestCase):
    def run_as(self, version, code):
        return self.script(AS % (version,) + code)

    @unittest.skipIf(sys.version_info < (3, 11), "3.14 needs io.text_encoding and an io.IOBase with what 3.11 has")
    def test_a_dropped_file_warns_from_3_14(self):
        code = """
file = tempfile.NamedTemporaryFile()
print(repr(file).startswith("<_TemporaryFileWrapper file=<_io.BufferedRandom name="))
del file
with tempfile.NamedTemporaryFile(): pass
tempfile.NamedTemporaryFile().close()
closed = tempfile.NamedTemporaryFile(delete_on_close=False)
closed.close()
del closed
"""
        out, said = self.run_as((3, 14, 0), code)
        self.assertEqual(out, "True\n")
        self.assertEqual(said.count("ResourceWarning: Implicitly cleaning up <_TemporaryFileWrapper file=<_io.BufferedRandom name="), 1)
        self.assertEqual(said.count("Warning: "), 1)
        out, said = self.run_as((3, 13, 0), code)
        self.assertEqual((out, said), ("False\n", ""))

    @unittest.skipIf(sys.version_info < (3, 11), "3.14 needs what 3.11 has")
    def test_subclasses_of_the_wrapper_in_3_14(self):
        out, said = self.run_as((3, 14, 0), """
class Response(tempfile._TemporaryFileWrapper):
    def __repr__(self):
        return "<%s at %r>" % (type(self).__name__, self.file)
response = Response(io.BytesIO(b"x"), "<no path>", delete=False)
print(response.read())
response.close()
""")
        self.assertEqual((out, said), ("b'x'\n", ""))

    def test_attempts(self):
        for version, attempts in ((3, 13, 12), 238328), ((3, 13, 13), 20), ((3, 14, 3), 238328), ((3, 14, 4), 20), ((3, 15, 0), 20):
            with self.subTest(version=version):
                self.assertEqual(self.run_as(version, "print(tempfile.TMP_MAX == (20 if %r == 20 else os.TMP_MAX))" % attempts)[0],
                                 "True\n")

    def test_lazy_writelines(self):
        code = """
file = tempfile.SpooledTemporaryFile(10)
seen = []
def lines():
    for i in range(10):
        seen.append(file._rolled)
        yield b"123"
file.writelines(lines())
print(seen.count(True), file._rolled)
file.seek(0)
print(file.read() == b"123" * 10)
file.close()
for size in 0, 100:
    with tempfile.SpooledTemporaryFile(size) as file:
        file.writelines([b"a", b"b"])
        file.rollover()
        file.writelines(iter([b"c"]))
        file.seek(0)
        print(file.read(), end=" ")
"""
        self.assertEqual(self.run_as((3, 14, 0), code)[0], "6 True\nTrue\nb'abc' b'abc' ")
        self.assertEqual(self.run_as((3, 13, 0), code)[0], "0 True\nTrue\nb'abc' b'abc' ")

    def test_dirlist(self):
        code = "print(tempfile._get_default_tempdir([%r + '/missing', %r]))" % (self.directory, self.directory)
        out, _ = self.run_as((3, 14, 0), code)
        self.assertEqual(out, self.directory + "\n")
        out, _ = self.run_as((3, 13, 0), "import inspect; print(inspect.signature(tempfile._get_default_tempdir))")
        self.assertEqual(out, "()\n")

    def test_the_event_of_a_file_without_a_name(self):
        code = """
seen = []
tempfile.gettempdir()
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[1] is None:
        seen.append(arguments[2])
sys.addaudithook(hook)
tempfile.TemporaryFile().close()
print([bool(flags & os.O_EXCL) for flags in seen])
"""
        self.assertEqual(self.run_as((3, 15, 0), code)[0], "[False]\n")
        self.assertEqual(self.run_as((3, 14, 0), code)[0], "[True]\n")


if __name__ == "__main__":
    unittest.main()
