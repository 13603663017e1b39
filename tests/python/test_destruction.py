"""The order of destruction: wherever an object is when it dies, its file goes, and nothing is printed that the standard
module would not print."""

import os
import sys
import unittest

import support

START = """
import gc, os, sys, threading, time, warnings
import %s as tempfile
tempfile.TemporaryFile().close()
"""


def in_daemon_thread(hold):
    """What a thread holds whose frames nobody ever takes down."""
    return """
ready = threading.Event()
def hold():
    %s
    ready.set()
    time.sleep(1000)
threading.Thread(target=hold, daemon=True).start()
ready.wait()
""" % hold


PLACES = {
    "in sys": "sys.parked = make()",
    "in os": "os.parked = make()",
    "in tempfile": "tempfile._parked = make()",
    "in threading": "threading.parked = make()",
    "in builtins": "import builtins; builtins.parked = make()",
    "in a global": "parked = make()",
    "in a class": "class Holder: parked = make()",
    "in a cycle": "a = make(); a.append(a); del a",
    "in a cycle with gc off": "gc.disable(); a = make(); a.append(a); del a",
    "in a cycle with a module": "a = {'m': sys.modules[tempfile.__name__], 'o': make()}; a['a'] = a; tempfile._parked = a",
    "in a daemon thread": in_daemon_thread("parked = make()"),
    "in a daemon thread, frozen": in_daemon_thread("parked = make()") + "gc.freeze()\n",
    "in a daemon thread, among objects of a class that cannot be compared any more": """
class Meta(type):
    def __eq__(self, other):
        return other.no_such_attribute
    __hash__ = type.__hash__
class Odd(metaclass=Meta):
    pass
""" + in_daemon_thread("before = [Odd() for _ in range(3000)]; parked = make(); after = [Odd() for _ in range(3000)]"),
    "in a daemon thread, beside one that is not made yet": """
Closer = tempfile._TemporaryFileCloser
def unmade():
    return [Closer.__new__(Closer) for _ in range(3000)]
""" + in_daemon_thread("before = unmade(); parked = make(); after = unmade()"),
    "in a bound method": "parked = [getattr(one, 'read', None) or one.cleanup for one in make()]",
    "in a traceback": """
def fail():
    parked = make()
    raise SystemExit(0)
fail()
""",
    "in an exit function": "import atexit; atexit.register(id, make())",
}

# One object of each kind.
MAKE = """
def make():
    text = tempfile.NamedTemporaryFile("w+")
    text.write("not flushed")
    directory = tempfile.TemporaryDirectory()
    open(directory.name + "/x", "w").close()
    rolled = tempfile.SpooledTemporaryFile()
    rolled.rollover()
    memory, unnamed = tempfile.SpooledTemporaryFile(), tempfile.TemporaryFile()
    return [tempfile.NamedTemporaryFile(), text, directory, memory, rolled, unnamed]
"""


def described(text):
    """What was printed, without what differs from one process to the next."""
    import re

    text = re.sub(r"/[^ '\"]*?tmp[a-z0-9_]{8}", "PATH", text)
    text = re.sub(r"0x[0-9a-f]+", "ADDRESS", text).replace("libtempfile.tempfile.", "tempfile.")
    # Which of the files within one another is finalized first is the garbage collector's choice.
    text = re.sub(r"unclosed file <_io.*>", "unclosed file", text, flags=re.IGNORECASE)
    text = re.sub(r"unclosed file <tempfile.SpooledTemporaryFile.*>", "unclosed file", text, flags=re.IGNORECASE)
    return sorted({re.sub(r"^([^<>]*\.py|sys|<sys>):\d+: ", "", line) for line in text.splitlines()
                   if line.strip() and not line.startswith((" ", "Traceback"))})


class Destruction(support.TestCase):
    def left_and_said(self, module, place):
        _, said = self.script(START % module + MAKE + place, "-W", "always")
        left = os.listdir(self.directory)
        for name in left:
            support.subprocess.run(["rm", "-rf", os.path.join(self.directory, name)])
        return left, said

    def test_places(self):
        for place, code in PLACES.items():
            with self.subTest(place=place):
                left, said = self.left_and_said("libtempfile", code)
                _, standards = self.left_and_said("tempfile", code)
                self.assertEqual(left, [])
                self.assertLessEqual(set(described(said)), set(described(standards)))

    def test_warnings_of_a_live_interpreter(self):
        code = """
d = tempfile.TemporaryDirectory(); del d
f = tempfile.SpooledTemporaryFile(); del f
f = tempfile.TemporaryFile(); del f
f = tempfile.NamedTemporaryFile(); del f
"""
        said = {module: self.script(START % module + code, "-W", "always")[1] for module in ("libtempfile", "tempfile")}
        self.assertEqual(described(said["libtempfile"]), described(said["tempfile"]))
        self.assertIn("Implicitly cleaning up <TemporaryDirectory", said["libtempfile"])
        self.assertEqual("Unclosed file" in said["libtempfile"], sys.version_info >= (3, 11))

    @unittest.skipIf(sys.version_info < (3, 10), "EncodingWarning is of 3.10")
    def test_encoding_warnings_point_at_the_caller(self):
        code = "\n".join("tempfile.%s('w+').close()" % name for name in ("NamedTemporaryFile", "TemporaryFile"))
        code += "\ntempfile.SpooledTemporaryFile(mode='w+').close()\n"
        said = {module: self.script(START % module + code, "-X", "warn_default_encoding")[1] for module in ("libtempfile", "tempfile")}
        self.assertEqual(said["libtempfile"], said["tempfile"])
        self.assertEqual(said["libtempfile"].count("EncodingWarning"), 3)

    def test_delete_may_be_taken_back(self):
        for keep in ("f._closer.delete = False", "f.close(); open(f.name, 'w').close()"):
            with self.subTest(keep=keep):
                self.script(START % "libtempfile" + """
import threading
ready = threading.Event()
def hold():
    f = tempfile.NamedTemporaryFile()
    %s
    ready.set()
    time.sleep(1000)
threading.Thread(target=hold, daemon=True).start()
ready.wait()
""" % keep)
                names = os.listdir(self.directory)
                self.assertEqual(len(names), 1)
                os.unlink(os.path.join(self.directory, names[0]))

    def test_a_method_keeps_the_file(self):
        import libtempfile

        file = libtempfile.NamedTemporaryFile(dir=self.directory)
        name, write = file.name, file.write
        del file
        write(b"x")
        self.assertTrue(os.path.exists(name))
        del write
        self.assertFalse(os.path.exists(name))


if __name__ == "__main__":
    unittest.main()
