"""Audit events come before each attempt, may veto it, and look as the standard module's do."""

import json
import os
import sys
import unittest

import support

# Runs in a process of its own: an audit hook cannot be taken away again.
HOOK = """
import errno, json, os, re, sys
%s
tempfile.gettempdir()
tempfile.TemporaryFile().close()
events, veto = None, None
def plain(argument):
    if isinstance(argument, str):
        return re.sub("[a-z0-9_]{8}(?=$|[/.])", "RANDOM", argument)
    return "fd" if argument in range(3, 100) else argument
def hook(event, arguments):
    if events is None or event.startswith(("import", "exec", "compile", "object.", "sys._getframe", "ctypes.", "marshal.")):
        return
    events.append([event] + [plain(argument) for argument in arguments])
    if event == veto:
        raise RuntimeError("veto")
sys.addaudithook(hook)
"""
OURS, THEIRS = HOOK % "import libtempfile as tempfile", HOOK % "import tempfile"

# What a removal does in detail, one event for each entry, is the standard module's affair.
STREAM = """
def stream(do):
    global events
    events = []
    try:
        do()
    finally:
        seen, events = events, None
    inside = ("os.scandir", "os.rmdir", "os.listdir")
    return [e for e in seen if e[0] not in inside and not (e[0] == "open" and e[2] is None and not e[3] & os.O_CREAT
            and not e[3] & os.O_TMPFILE == os.O_TMPFILE) and not (e[0] == "os.remove" and e[2] != -1)]
def mkstemp():
    fd, path = tempfile.mkstemp(".s", "p.")
    os.close(fd)
    os.unlink(path)
def mkdtemp():
    os.rmdir(tempfile.mkdtemp(prefix="q"))
def named():
    with tempfile.NamedTemporaryFile("w"):
        pass
def dropped():
    import warnings
    warnings.simplefilter("ignore")
    tempfile.NamedTemporaryFile()
def unnamed():
    tempfile.TemporaryFile().close()
def fallback():
    tempfile._O_TMPFILE_WORKS = False
    tempfile.TemporaryFile().close()
def spooled():
    with tempfile.SpooledTemporaryFile(1) as file:
        file.write(b"more")
def directory():
    with tempfile.TemporaryDirectory() as path:
        os.mkdir(path + "/below")
def collision():
    names = tempfile._get_candidate_names
    path = tempfile.mkdtemp(prefix="")
    tempfile._get_candidate_names = lambda: iter([os.path.basename(path), "abcdefgh", "abcdefgh", "bcdefghi"])
    fd, made = tempfile.mkstemp(prefix="")
    os.close(fd)
    os.unlink(made)
    os.rmdir(path)
    tempfile._get_candidate_names = names
def mktemp():
    tempfile.mktemp()
print(json.dumps({do.__name__: stream(do) for do in
    (mkstemp, mkdtemp, named, dropped, unnamed, fallback, spooled, directory, collision, mktemp)}))
"""


class Audit(support.TestCase):
    def test_the_events_are_the_standard_modules(self):
        ours, theirs = (json.loads(self.script(hook + STREAM)[0]) for hook in (OURS, THEIRS))
        self.assertEqual(len(ours), 10)
        for name, stream in theirs.items():
            if name in ("dropped", "unnamed") and sys.version_info >= (3, 10):
                # see test_differences: io.open's event has the descriptor, and so comes after the one of that
                self.assertEqual(stream[0][1:], [stream[0][1], "w+", stream[0][3]])
                created = [event[0] for event in stream].index("open", 1)
                stream.insert(created, ["open", "fd"] + stream.pop(0)[2:])
            with self.subTest(what=name):
                self.assertEqual(ours[name], stream)
        self.assertIn("shutil.rmtree", [event[0] for event in ours["directory"]])
        self.assertEqual([event[0] for event in ours["collision"]].count("tempfile.mkstemp"), 2)

    def test_veto(self):
        for event, do in (("tempfile.mkstemp", "tempfile.mkstemp()"), ("open", "tempfile.mkstemp()"),
                          ("tempfile.mkstemp", "tempfile.NamedTemporaryFile()"), ("open", "tempfile.TemporaryFile()"),
                          ("tempfile.mkdtemp", "tempfile.mkdtemp()"), ("os.mkdir", "tempfile.TemporaryDirectory()")):
            with self.subTest(event=event, do=do):
                out, _ = self.script(OURS + "events, veto = [], %r\ntry:\n    %s\nexcept RuntimeError as e:\n    print(e)" % (event, do))
                self.assertEqual(out, "veto\n")
                self.assertEqual(os.listdir(self.directory), [])

    def test_a_veto_is_no_sign_that_a_name_is_taken(self):
        for event, do in (("tempfile.mkstemp", "tempfile.mkstemp()"), ("tempfile.mkdtemp", "tempfile.mkdtemp()"),
                          ("open", "tempfile.NamedTemporaryFile()")):
            with self.subTest(event=event):
                out, _ = self.script(OURS.replace("RuntimeError", "FileExistsError") + """
events, veto = [], %r
try:
    %s
except FileExistsError as e:
    print(e, sum(event[0] == veto for event in events))
""" % (event, do))
                self.assertEqual(out, "veto 1\n")
                self.assertEqual(os.listdir(self.directory), [])

    def test_veto_of_a_removal(self):
        out, _ = self.script(OURS + """
path = tempfile.mkdtemp()
events, veto = [], "shutil.rmtree"
try:
    tempfile.rmtree(path)
except RuntimeError as e:
    print(e)
veto = None
print(os.path.isdir(path))
tempfile.rmtree(path)
file = tempfile.NamedTemporaryFile()
veto = "os.remove"
try:
    file.close()
except RuntimeError as e:
    print(e)
veto = None
print(os.path.exists(file.name))
os.unlink(file.name)
""")
        self.assertEqual(out, "veto\nTrue\nveto\nTrue\n")

    def test_ctypes_is_quiet_once_the_library_is_there(self):
        out, _ = self.script("""
import sys, libtempfile
libtempfile.rmtree(libtempfile.mkdtemp())
libtempfile.TemporaryFile().close()
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event))
libtempfile.TemporaryFile().close()
libtempfile.NamedTemporaryFile().close()
libtempfile.rmtree(libtempfile.mkdtemp())
try:
    libtempfile.mkdtemp(dir="/nonexistent")
except FileNotFoundError:
    pass
print(sorted({event for event in seen if "ctypes" in event}))
""")
        # see test_differences: from 3.14 on ctypes tells of every call
        self.assertEqual(out, "['ctypes.call_function']\n" if sys.version_info >= (3, 14) else "[]\n")


if __name__ == "__main__":
    unittest.main()
