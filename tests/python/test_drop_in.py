"""The drop-in is the module: what programs set, ask and catch of the standard one is so here."""

import errno
import inspect
import os
import pwd
import shutil
import sys
import unittest
from unittest import mock

import libtempfile
import libtempfile.tempfile as drop_in
import support

standard = support.standard()
STRICT = "-bb", "-W", "error", "-X", "dev"
DEBIANS = hasattr(standard, "_rmtree")  # bound when it is imported, so that it does not see a replaced one


class Values(support.TestCase):
    """What is assigned is the drop-in's, whatever it is and however it is assigned."""

    NAMES = "tempdir", "template", "_name_sequence", "TMP_MAX", "_get_candidate_names", "_candidate_tempdir_list", "_exists", "new_name"

    def ways(self, name, value):
        """Assigns a name of the package in each way, and yields while it is assigned."""
        missing = object()
        before = getattr(libtempfile, name, missing)

        def back():
            delattr(libtempfile, name) if before is missing else setattr(libtempfile, name, before)

        setattr(libtempfile, name, value)
        yield "statement"
        back()
        if before is not missing:
            delattr(libtempfile, name)
            setattr(libtempfile, name, value)
            yield "after a deletion"
            back()
        with mock.patch.object(libtempfile, name, value, create=True):
            yield "mock.patch.object"
        with mock.patch("libtempfile." + name, value, create=True):
            yield "mock.patch"
        setattr(drop_in, name, value)
        yield "in the drop-in"
        back()
        vars(drop_in)[name] = value
        yield "in its dictionary"
        back()
        self.assertIs(getattr(libtempfile, name, missing), before)

    def test_every_value_by_every_way(self):
        for name in self.NAMES:
            for value in None, False, 0, "", b"", sys, object():
                for way in self.ways(name, value):
                    with self.subTest(name=name, value=value, way=way):
                        self.assertIs(getattr(drop_in, name), value)
                        self.assertIs(getattr(libtempfile, name), value)
                        self.assertNotIn(name, vars(libtempfile))

    def test_none_chooses_anew(self):
        a, b = (os.path.join(self.directory, name) for name in "ab")
        for path in a, b:
            os.mkdir(path)
            self.addCleanup(os.rmdir, path)
        self.script("""
import os, libtempfile as T
a, b = %r
os.environ["TMPDIR"] = a; assert T.gettempdir() == a
os.environ["TMPDIR"] = b; T.tempdir = None; assert T.gettempdir() == b
T.tempdir = a; assert T.gettempdir() == a
os.rmdir(T.mkdtemp())
T.tempdir = None; T.tempfile._name_sequence = None; assert os.path.dirname(T.mktemp()) == b
path = T.mkdtemp(); os.rmdir(path); assert os.path.dirname(path) == b
for module in T.tempfile, %s:
    module.tempdir, module.template = b, None
    for make in module.mkdtemp, module.mkstemp, module.gettempprefixb:
        try: make()
        except TypeError: pass
        else: raise AssertionError(make)
""" % ((a, b), "__import__('tempfile')"))

    def test_str_and_bytes_are_never_compared(self):
        self.script("""
import io, os, libtempfile as T
def use():
    fd, path = T.mkstemp(); os.close(fd); os.unlink(path)
    os.rmdir(T.mkdtemp())
    with T.NamedTemporaryFile(), T.TemporaryFile(), T.TemporaryDirectory() as path:
        os.mkdir(os.path.join(path, b"x" if isinstance(path, bytes) else "x"))
for directory in os.environ["TMPDIR"], %s, None, os.environ["TMPDIR"]:
    T.tempdir = directory
    use(), use()
for prefix in "x", b"x", "x", None, b"":
    for directory in (os.environ["TMPDIR"], os.environb[b"TMPDIR"]):
        try:
            os.rmdir(T.mkdtemp(prefix=prefix, dir=directory))
        except TypeError:
            assert type(prefix) not in (type(directory), type(None))
with T.TemporaryDirectory() as path:
    os.mkdir(path + "/x")
    T.rmtree(os.fsencode(path))
for make in T.NamedTemporaryFile, T.TemporaryFile:
    for arguments in (b"w+b",), ("w+b", b"-1"), ("w+b", -1, b"utf-8"):
        try:
            make(*arguments).close()
        except (TypeError, ValueError):
            pass
""" % ('os.environb[b"TMPDIR"]' if sys.version_info >= (3, 10) else "None"), *STRICT)


class Introspection(support.TestCase):
    def test_sources(self):
        """What inspect finds of a name begins where the standard module's does, whatever name the drop-in has."""
        names = [name for name, value in vars(drop_in).items() if name in vars(standard) and (inspect.isfunction(value) or inspect.isclass(value)) and value.__module__ == drop_in.__name__]
        self.assertGreater(len(names), 15)
        code = """
import inspect, sys, libtempfile, libtempfile.tempfile as tempfile
for installed in False, True, False:
    (libtempfile.install if installed else libtempfile.uninstall)()
    for name in %r:
        value = getattr(tempfile, name)
        source = inspect.getsource(value).lstrip()
        assert source.startswith(("class " if inspect.isclass(value) else "def ") + value.__name__), (name, source[:80])
        assert inspect.getmodule(value) is tempfile, name
        assert value.__module__ == ("tempfile" if installed else "libtempfile.tempfile"), name
""" % (names,)
        self.script(code)

    def test_as_the_standard_module(self):
        """Of what is asked about a module by its name, the answers are the standard module's."""
        out = [self.script(install + """
import importlib, importlib.util, inspect, os, pickle, pyclbr, runpy, tempfile, warnings
for imported in True, False:
    spec = importlib.util.find_spec("tempfile")
    print(spec.name, spec.parent, os.path.basename(spec.origin), spec.has_location, spec.submodule_search_locations)
    print(spec.loader.get_source("tempfile") == inspect.getsource(tempfile), spec.loader.is_package("tempfile"),
          spec.loader.get_filename("tempfile") == tempfile.__file__,
      spec.loader.get_code("tempfile").co_filename == tempfile.__file__)
    __import__("sys").modules.pop("tempfile", None)
import tempfile
print(sorted(name for name in pyclbr.readmodule_ex("tempfile") if name in tempfile.__all__))
print(sorted(name for name in runpy.run_module("tempfile") if name in tempfile.__all__))
for name in "TemporaryDirectory", "SpooledTemporaryFile", "_TemporaryFileWrapper", "mkstemp":
    print(getattr(tempfile, name).__module__, pickle.loads(pickle.dumps(getattr(tempfile, name))) is getattr(tempfile, name))
    print(repr(getattr(tempfile, name)).partition(" at ")[0])
tempfile.tempdir = "/somewhere"
again = importlib.reload(tempfile)
print(again is tempfile, tempfile.tempdir, tempfile.TemporaryDirectory.__module__)
""", *STRICT)[0] for install in ("", "import libtempfile; libtempfile.install()\n")]
        self.assertEqual(out[1], out[0])

    def test_filters_by_module(self):
        """The same warnings, of the same module, under both names."""
        code = """
import %s as tempfile
import gc, os, warnings
warnings.filterwarnings("error")
warnings.filterwarnings("ignore", category=ResourceWarning, module=r"tempfile\\Z")
tempfile.TemporaryDirectory()
if __import__("sys").version_info >= (3, 14):
    tempfile.NamedTemporaryFile()
gc.collect()
warnings.filterwarnings("always", category=ResourceWarning, module=r"tempfile\\Z")
tempfile.TemporaryDirectory()
"""
        for name in "libtempfile", "tempfile":
            out, said = self.script(code % name)
            self.assertEqual((out, said.count("ResourceWarning: "), said.count("Implicitly cleaning up <TemporaryDirectory")), ("", 1, 1), said)
            self.assertIn("tempfile.py:", said)
            self.script(code % name, "-W", "ignore::ResourceWarning:tempfile")

    def test_an_interruption_that_says_bytes(self):
        """Is none of the removal's errors, and is not compared with them."""
        self.script("""
import os, sys, libtempfile as T
class Directory(T.TemporaryDirectory):
    interrupted = False
    @classmethod
    def _rmtree(cls, name, **options):
        if not cls.interrupted:
            cls.interrupted = True
            raise OSError(b"of a signal's handler")
        super()._rmtree(name, **options)
said = []
sys.unraisablehook = sys.excepthook = lambda *of: said.append(of)
path = Directory().name
assert not os.path.exists(path) and len(said) == 1, (path, said)
Directory.interrupted = False
with T.TemporaryDirectory() as above:
    directory = Directory(dir=above)
    try:
        directory.cleanup()
    except OSError as error:
        assert error.args == (b"of a signal's handler",)
    assert directory._finalizer.alive
    directory.cleanup()
    assert not os.path.exists(directory.name)
""", "-bb", "-W", "ignore::ResourceWarning")

    def test_a_warning_that_is_an_error(self):
        """It comes once, and after the removal."""
        for name in "libtempfile", "tempfile":
            out, said = self.script("import %s as tempfile; tempfile.TemporaryDirectory()" % name, "-W", "error")
            self.assertEqual((out, said.count("ResourceWarning: Implicitly cleaning up")), ("", 1), said)


class Settings(support.TestCase):
    def test_taken_over(self):
        self.script("""
import functools, os, sys, types
import tempfile as standard
assert "libtempfile" not in sys.modules
own = standard._exists
def names(): return iter(["one"])
@functools.wraps(own)
def exists(path): return own(path)
class Wrapper(standard._TemporaryFileWrapper): pass
fake_os = types.ModuleType("os"); fake_os.__dict__.update(vars(os))
def cleanup(self): return "replaced"
new = {"tempdir": os.environ["TMPDIR"], "template": "xyz", "TMP_MAX": 3, "_get_candidate_names": names, "_exists": exists,
       "_TemporaryFileWrapper": Wrapper, "_os": fake_os, "_bin_openflags": standard._bin_openflags | os.O_APPEND,
       "_O_TMPFILE_WORKS": None}
vars(standard).update(new)
standard.TemporaryDirectory.cleanup = cleanup
standard._RandomNameSequence.characters = "0"
import libtempfile
before = dict(vars(libtempfile.tempfile))
libtempfile.install()
import tempfile
assert tempfile is not standard
for name, value in new.items():
    assert getattr(tempfile, name) is value, name
assert tempfile.mktemp(prefix=tempfile.template) == new["tempdir"] + "/xyzone"
assert tempfile.TemporaryDirectory.cleanup is cleanup
assert next(tempfile._RandomNameSequence()) == "0" * 8
changed = {name for name in vars(tempfile) if vars(tempfile)[name] is not before.get(name) and name[:2] != "__"}
assert changed == set(new), changed
""")

    def test_nothing_to_take_over(self):
        """What the standard module has found out by itself, but for the directory, is no setting."""
        self.script("""
import tempfile as standard
standard.TemporaryFile().close(); standard.mktemp()
import libtempfile
before = dict(vars(libtempfile.tempfile))
libtempfile.install()
import tempfile
changed = {name for name in vars(tempfile) if vars(tempfile)[name] is not before.get(name) and name[:2] != "__"}
assert changed == {"tempdir"}, changed
sequence = tempfile._get_candidate_names()
assert type(sequence).__init__ is object.__init__ and sequence is not standard._name_sequence
tempfile.NamedTemporaryFile().close()
""")

    def test_what_was_set_in_the_drop_in_stays(self):
        self.script("""
import libtempfile, tempfile as standard
libtempfile.tempdir, libtempfile.template = "/a", "b"
standard.gettempdir()
libtempfile.install()
import tempfile
assert (tempfile.tempdir, tempfile.template) == ("/a", "b")
""")

    def test_at_the_start_of_an_interpreter(self):
        """By the line of the .pth file, too, after somebody else's line that imports the standard module."""
        self.script("""
import tempfile; tempfile.tempdir = "/var/tmp"
import libtempfile._finder; libtempfile._finder.insert()
import tempfile; assert tempfile.gettempdir() == "/var/tmp" and tempfile is libtempfile.tempfile
""")


@unittest.skipIf(DEBIANS, "the standard module here is a distributor's, which does not look shutil.rmtree up")
class HostsRmtree(support.TestCase):
    """A replaced shutil.rmtree gets the standard module's arguments, and a handler that does the same."""

    def told(self, module, errors, **arguments):
        """The calls that a replacement sees which reports these errors, one a call, and how it ended."""
        errors, calls = list(errors), []

        def replacement(*args, **keywords):
            calls.append(([one.replace(path, "") for one in args], sorted(keywords)))
            handler = next(iter(keywords.values()))
            if errors:
                error, about = errors.pop(0)
                try:
                    raise error
                except OSError as caught:
                    handler(os.unlink, path + about, caught if "onexc" in keywords else sys.exc_info())

        directory = module.TemporaryDirectory(dir=self.directory, **arguments)
        path = directory.name
        os.mkdir(path + "/folder", 0o500)
        os.close(os.open(path + "/file", os.O_CREAT))
        os.chmod(path, 0o500)
        try:
            with mock.patch("shutil.rmtree", replacement):
                directory.cleanup()
            ended = "in order"
        except OSError as error:
            ended = type(error), error.errno
        modes = [oct(os.stat(path + name).st_mode) if os.path.exists(path + name) else None for name in ("", "/folder", "/file")]
        shutil.rmtree(path)
        return calls, ended, modes

    def test_the_same(self):
        denied, missing, other = (lambda about: (PermissionError(errno.EACCES, "denied"), about),
                                  (FileNotFoundError(errno.ENOENT, "missing"), ""), (OSError(errno.EIO, "broken"), ""))
        a_directory = (IsADirectoryError(errno.EISDIR, "a directory"), "/folder")
        stories = [(), [denied("")], [denied("/folder")], [denied("/file")], [missing], [other], [denied(""), denied("")],
                   [denied("/folder"), other], [denied("/nothing")], [a_directory]]
        for arguments in [{}] + [{"ignore_cleanup_errors": True}] * (sys.version_info >= (3, 10)):
            for story in stories:
                with self.subTest(story=story, arguments=arguments):
                    self.assertEqual(self.told(drop_in, story, **arguments), self.told(standard, story, **arguments))

    def test_a_wrapper_that_has_taken_the_name(self):
        import functools

        calls = []

        @functools.wraps(shutil.rmtree)
        def wrapper(*args, **keywords):
            calls.append(args)
            return real(*args, **keywords)

        real = shutil.rmtree
        with mock.patch("shutil.rmtree", wrapper):
            with drop_in.TemporaryDirectory(dir=self.directory) as path:
                pass
        self.assertEqual(calls, [(path,)])

    def test_a_wrapper_over_a_locked_tree(self):
        """The real one says by what descriptor it came to what is locked, from 3.15 on."""
        self.script("""
import os, shutil, libtempfile
real = shutil.rmtree
shutil.rmtree = lambda *arguments, **keywords: real(*arguments, **keywords)
libtempfile.TemporaryDirectory().cleanup()  # all that it imports, which may be under a closed home
if os.geteuid() == 0:
    os.chown(os.environ["TMPDIR"], 65534, 65534)
    os.setgid(65534)
    os.setuid(65534)
directory = libtempfile.TemporaryDirectory()
os.makedirs(directory.name + "/a/b/c")
os.close(os.open(directory.name + "/a/b/file", os.O_CREAT))
os.chmod(directory.name + "/a/b", 0)
os.chmod(directory.name + "/a", 0o500)
directory.cleanup()
assert not os.path.exists(directory.name)
""")

    def test_events(self):
        """Its own event is the real one's to raise."""
        self.script("""
import shutil, sys, libtempfile
seen = []
real = shutil.rmtree
sys.addaudithook(lambda event, arguments: event == "shutil.rmtree" and seen.append(event))
shutil.rmtree = lambda path, **keywords: real(path, **keywords)
with libtempfile.TemporaryDirectory(): pass
assert len(seen) == 1, seen
""")


class Candidates(support.TestCase):
    def test_home_is_last(self):
        usual = ["/tmp", "/var/tmp", "/usr/tmp", os.getcwd()]
        none = {"TMPDIR": "", "TEMP": "", "TMP": ""}
        users = pwd.getpwuid(os.getuid()).pw_dir
        for home, expected in ("/a/home", ["/a/home"]), ("", [users]), ("relative", []):
            with mock.patch.dict(os.environ, {**none, "HOME": home}):
                self.assertEqual(drop_in._candidate_tempdir_list(), usual + expected)
        with mock.patch.dict(os.environ, none):
            del os.environ["HOME"]
            self.assertEqual(drop_in._candidate_tempdir_list(), usual + [users])
            with mock.patch("pwd.getpwuid", side_effect=KeyError):
                self.assertEqual(drop_in._candidate_tempdir_list(), usual)

    def test_no_candidate(self):
        """The text begins as the standard module's, and says why of each."""
        file = os.path.join(self.directory, "file")
        open(file, "w").close()
        self.addCleanup(os.unlink, file)
        candidates = [self.directory + "/missing", file, "/proc"]
        said = []
        for module in standard, drop_in:
            with mock.patch.object(module, "_candidate_tempdir_list", lambda: candidates), self.assertRaises(FileNotFoundError) as caught:
                module._get_default_tempdir()
            self.assertEqual(caught.exception.errno, errno.ENOENT)
            said.append(str(caught.exception))
        self.assertEqual(said[1], said[0] + ": %r: No such file or directory; %r: Not a directory; '/proc': No such file or directory" % (
            candidates[0], file))
        with mock.patch.object(drop_in, "_RandomNameSequence", lambda: iter(["file"] * 100)):
            with self.assertRaises(FileNotFoundError) as caught, mock.patch.object(drop_in, "_candidate_tempdir_list", lambda: [self.directory]):
                drop_in._get_default_tempdir()
        self.assertTrue(str(caught.exception).endswith(": %r: every name that was tried is taken" % self.directory), caught.exception)


class Errors(support.TestCase):
    def test_a_missing_library_is_told_alone(self):
        """Not as an error in the handling of another one."""
        self.script("""
import libtempfile as T
from libtempfile import _search
_search.candidates = lambda: ["/nonexistent/libtempfile.so"]
for use in T.mkstemp, T.mkdtemp, T.TemporaryFile, T.NamedTemporaryFile, T.TemporaryDirectory:
    T.tempdir = "/tmp"
    try:
        use()
    except T.LibraryError as error:
        assert error.__context__ is None, (use, error.__context__)
""")

    def test_a_link_in_place_of_the_directory(self):
        """The standard module's error."""
        outcomes = []
        for module in drop_in, standard:
            target = module.mkdtemp(dir=self.directory)
            directory = module.TemporaryDirectory(dir=self.directory)
            os.rmdir(directory.name)
            os.symlink(target, directory.name)
            with self.assertRaises(OSError) as caught:
                directory.cleanup()
            outcomes.append((type(caught.exception), caught.exception.args))
            os.unlink(directory.name)
            os.rmdir(target)
        self.assertEqual(*outcomes)

    def test_write_is_the_files_of_the_first_call(self):
        import io

        for module in drop_in, standard:
            for first in False, True:
                with module.NamedTemporaryFile(dir=self.directory) as file, io.BytesIO() as other:
                    if first:
                        file.write(b"")
                    made, file.file = file.file, other
                    file.write(b"data")
                    made.flush()
                    with open(file.name, "rb") as reader:
                        self.assertEqual((reader.read(), other.getvalue()), (b"data", b"") if first else (b"", b"data"), module)
                    file.file = made


if __name__ == "__main__":
    unittest.main()
