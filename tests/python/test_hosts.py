"""The host's own: replaced primitives are used by the same loop, and its hooks are looked up when they are needed."""

import errno
import fcntl
import io
import os
import random
import sys
import unittest
from unittest import mock

import libtempfile as tempfile
import support


class Primitives(support.TestCase):
    def setUp(self):
        super().setUp()
        tempfile.gettempdir()
        self.real = os.open, os.mkdir

    def names(self, *names):
        return mock.patch.object(tempfile, "_get_candidate_names", lambda: iter(names))

    def test_open(self):
        calls = []

        def fake(path, flags, mode=0o777, *, dir_fd=None):
            calls.append((path, flags, mode))
            if len(calls) == 1:
                raise FileExistsError(errno.EEXIST, "taken", path)
            return self.real[0](path, flags, mode, dir_fd=dir_fd)

        with mock.patch("os.open", fake), self.names("one", "two", "three"):
            fd, path = tempfile.mkstemp(prefix="", dir=self.directory)
        os.close(fd)
        os.unlink(path)
        self.assertEqual(calls, [(os.path.join(self.directory, name), tempfile._bin_openflags, 0o600) for name in ("one", "two")])
        self.assertTrue(path.endswith("/two"))

    def test_errors_of_a_replaced_open(self):
        for error in OSError(errno.ENOSPC, "full"), KeyboardInterrupt():
            for make in tempfile.mkstemp, tempfile.NamedTemporaryFile, tempfile.TemporaryFile:
                with self.subTest(error=error, make=make), mock.patch("os.open", side_effect=error):
                    with self.assertRaises(type(error)):
                        make(dir=self.directory)

    def test_mkdir(self):
        calls = []

        def fake(path, mode=0o777, *, dir_fd=None):
            calls.append((path, mode))
            if len(calls) == 1:
                raise FileExistsError(errno.EEXIST, "taken", path)
            return self.real[1](path, mode)

        with mock.patch("os.mkdir", fake), self.names("one", "two"):
            path = tempfile.mkdtemp(prefix="", dir=self.directory)
        os.rmdir(path)
        self.assertEqual(calls, [(os.path.join(self.directory, name), 0o700) for name in ("one", "two")])

    def test_a_world_that_is_not_the_kernels(self):
        """As pyfakefs: nothing at all may reach the disk."""
        files = {}

        def fake_open(path, flags, mode=0o777, *, dir_fd=None):
            files[path] = 1
            return self.real[0](os.devnull, os.O_RDWR)

        with mock.patch("os.open", fake_open), mock.patch("os.unlink", files.pop), mock.patch.object(tempfile, "_O_TMPFILE_WORKS", False):
            file = tempfile.TemporaryFile(dir=self.directory)
            file.close()
        self.assertEqual(files, {})
        self.assertEqual(os.listdir(self.directory), [])

    def test_io_open(self):
        with mock.patch("io.open", side_effect=OSError(errno.EMFILE, "enough")):
            for make in tempfile.NamedTemporaryFile, tempfile.TemporaryFile:
                with self.assertRaises(OSError):
                    make(dir=self.directory)

    def test_write_and_unlink_in_the_choice_of_a_directory(self):
        name = "os.write" if sys.version_info >= (3, 10) else "io.open"
        with mock.patch.object(tempfile, "_candidate_tempdir_list", lambda: [self.directory]):
            with mock.patch(name, side_effect=OSError(errno.ENOSPC, "full")), self.assertRaises(FileNotFoundError):
                tempfile._get_default_tempdir()
            self.assertEqual(os.listdir(self.directory), [])
            self.assertEqual(tempfile._get_default_tempdir(), self.directory)

    def test_flags_of_the_hosts_own(self):
        with mock.patch.object(tempfile, "_bin_openflags", tempfile._bin_openflags | os.O_APPEND):
            with tempfile.NamedTemporaryFile(dir=self.directory) as file:
                self.assertTrue(fcntl.fcntl(file.fileno(), fcntl.F_GETFL) & os.O_APPEND)


class Hooks(support.TestCase):
    def test_looked_up_when_needed(self):
        with mock.patch.multiple(tempfile, TMP_MAX=3, template="abc", tempdir=self.directory,
                                 _get_candidate_names=lambda: iter("xyzv")):
            made = [tempfile.mkdtemp() for _ in range(3)]
            self.assertEqual([os.path.basename(path) for path in made], ["abcx", "abcy", "abcz"])
            with self.assertRaises(FileExistsError) as caught:
                tempfile.mkdtemp()
            self.assertEqual(caught.exception.strerror, "No usable temporary directory name found")
            with self.assertRaises(FileExistsError):
                tempfile.mkstemp()
            with self.assertRaises(FileExistsError):
                tempfile.mktemp(prefix="abc")
            for path in made:
                os.rmdir(path)

    def made(self, module=tempfile.tempfile):
        """What the four make, for what can be seen of it: paths and flags."""
        fd, path = module.mkstemp()
        seen = [path, fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_APPEND]
        os.close(fd)
        os.unlink(path)
        with module.NamedTemporaryFile() as named, module.TemporaryFile() as unnamed, module.TemporaryDirectory() as directory:
            seen += named.name, directory
            for file in named, unnamed:
                seen += type(file.fileno()), fcntl.fcntl(file.fileno(), fcntl.F_GETFL) & os.O_APPEND
                file.write(b"data")
                file.seek(0)
                seen.append(file.read())
        return seen

    def test_replaced_when_the_short_way_is_known(self):
        """Each hook counts in the very next call, and is forgotten in the one after."""
        drop_in, other = tempfile.tempfile, os.path.join(self.directory, "other")
        os.mkdir(other)
        self.addCleanup(os.rmdir, other)
        calls = []

        def counted(original):
            def replacement(*arguments, **keywords):
                calls.append(original)
                return original(*arguments, **keywords)
            return replacement

        class Digits(drop_in._RandomNameSequence):
            characters = "0123456789"

        class Numbers:
            """A source of names that is nothing but an iterator."""

            def __iter__(self):
                return self

            def __next__(self):
                return str(random.randrange(10 ** 8, 10 ** 9))

        hooks = [mock.patch.object(drop_in, "template", "short"), mock.patch.object(drop_in, "tempdir", other),
                 mock.patch.object(drop_in, "gettempdir", lambda: other),
                 mock.patch.object(drop_in, "_name_sequence", Digits()), mock.patch.object(drop_in, "_get_candidate_names", Digits),
                 mock.patch.object(drop_in, "_name_sequence", Numbers()),
                 mock.patch.object(drop_in._RandomNameSequence, "__next__", Numbers.__next__),
                 mock.patch.multiple(drop_in, _RandomNameSequence=Digits, _name_sequence=None),
                 mock.patch.multiple(drop_in, _RandomNameSequence=Numbers, _name_sequence=None),
                 mock.patch.object(drop_in._RandomNameSequence, "characters", "0123456789"),
                 mock.patch.object(drop_in._get_candidate_names(), "characters", "0123456789"),
                 mock.patch.object(drop_in, "_bin_openflags", drop_in._bin_openflags | os.O_APPEND)]
        hooks += [mock.patch.object(module, name, counted(getattr(module, name))) for module, name in
                  ((drop_in, "_mkstemp_inner"), (os, "open"), (os, "mkdir"), (io, "open"))]
        with mock.patch.object(drop_in, "tempdir", self.directory):
            self.made(), self.made()
            for hook in hooks:
                with self.subTest(hook=hook.attribute):
                    del calls[:]
                    with hook:
                        seen = self.made()
                    noticed = [path for path in seen[:1] + seen[2:4] if os.path.dirname(path) == other
                               or os.path.basename(path).startswith("short") or os.path.basename(path)[-8:].isdigit()]
                    self.assertTrue(len(noticed) == 3 or calls or os.O_APPEND in seen, seen)
                    del calls[:]
                    seen = self.made()
                    self.assertEqual({os.path.dirname(path) for path in seen[:1] + seen[2:4]}, {self.directory})
                    self.assertEqual((calls, os.O_APPEND in seen), ([], False))
            with mock.patch.object(drop_in, "TMP_MAX", 0):
                for make in drop_in.mkstemp, drop_in.mkdtemp, drop_in.NamedTemporaryFile:
                    with self.assertRaises(FileExistsError):
                        make()

    def test_set_while_the_short_way_is_worked_out(self):
        """By another thread: what was worked out from the one may not be taken for the other."""
        one, other = (os.path.join(self.directory, name) for name in ("one", "other"))
        for path in one, other:
            os.mkdir(path)
            self.addCleanup(os.rmdir, path)
        for before, meanwhile in (one, other), (other, one):
            with mock.patch.object(tempfile, "tempdir", before):
                def trace(frame, event, argument):
                    tempfile.tempfile.tempdir = meanwhile

                before_tracing = sys.gettrace()
                sys.settrace(trace)
                try:
                    os.rmdir(tempfile.tempfile.mkdtemp())
                finally:
                    sys.settrace(before_tracing)
                for now in before, meanwhile, before:
                    tempfile.tempdir = now
                    path = tempfile.mkdtemp()
                    os.rmdir(path)
                    self.assertEqual(os.path.dirname(path), now)

    def test_candidates_follow_the_environment(self):
        with mock.patch.dict(os.environ, {"TMPDIR": "/a", "TEMP": "/b", "TMP": "/c", "HOME": "/d"}):
            self.assertEqual(tempfile._candidate_tempdir_list(), ["/a", "/b", "/c", "/tmp", "/var/tmp", "/usr/tmp", os.getcwd(), "/d"])
        with mock.patch("os.getcwd", side_effect=OSError):
            self.assertEqual(tempfile._candidate_tempdir_list()[-2], os.curdir)


class Arguments(support.TestCase):
    """What is accepted and what is refused, as by the standard module."""

    def outcomes(self, module):
        path = self.directory
        calls = {
            "mixed": lambda: module.mkstemp(prefix=b"a", suffix="b"),
            "number": lambda: module.mkstemp(prefix=1),
            "number as dir": lambda: module.mkdtemp(dir=5),
            "nul": lambda: module.mkstemp(prefix="a\0b", dir=path),
            "nul, mkdtemp": lambda: module.mkdtemp(suffix="a\0b", dir=path),
            "nul in bytes": lambda: module.mkdtemp(suffix=b"a\0b", dir=path.encode()),
            "nul in dir": lambda: module.mkdtemp(dir=path + "\0x"),
            "nul, unnamed": lambda: module.TemporaryFile(dir=path + "\0x"),
            "nul, named": lambda: module.NamedTemporaryFile(prefix="\0", dir=path),
            "surrogate": lambda: module.mkdtemp(prefix="\ud800", dir=path),
            "missing": lambda: module.mkstemp(dir=path + "/missing"),
            "missing, unnamed": lambda: module.TemporaryFile(dir=path + "/missing"),
            "a file": lambda: module.mkdtemp(dir="/dev/null"),
            "a file, unnamed": lambda: module.TemporaryFile(dir="/dev/null"),
            "long": lambda: module.mkstemp(prefix="x" * 300, dir=path),
            "very long": lambda: module.mkdtemp(dir=path + "/x" * 3000),
            "mode": lambda: module.NamedTemporaryFile("wr", dir=path),
            "mode, unnamed": lambda: module.TemporaryFile(2, dir=path),
            "encoding": lambda: module.NamedTemporaryFile("w", encoding="none such", dir=path),
            "newline": lambda: module.TemporaryFile("w", newline="x", dir=path),
            "unbuffered text": lambda: module.TemporaryFile("w", buffering=0, dir=path),
            "none to mktemp": lambda: module.mktemp(suffix=None),
            "bytes to mktemp": lambda: module.mktemp(dir=b"/tmp"),
            "entering a closed one": self.enter_closed(module),
        }
        result = {}
        for name, call in calls.items():
            try:
                result[name] = type(call()).__name__
            except Exception as error:
                filename = getattr(error, "filename", None)
                if isinstance(filename, (str, bytes)):  # the random part differs
                    filename = os.path.dirname(filename), len(os.path.basename(filename)), type(filename)
                text = "" if "0x" in str(error) or filename else str(error)
                result[name] = type(error), getattr(error, "errno", None), filename, text
        return result

    def enter_closed(self, module):
        def call():
            file = module.SpooledTemporaryFile()
            file.close()
            with file:
                pass
        return call

    def test_errors(self):
        ours, theirs = self.outcomes(tempfile.tempfile), self.outcomes(support.standard())
        self.assertEqual(set(ours), set(theirs))
        self.assertEqual(os.listdir(self.directory), [])
        for name, outcome in theirs.items():
            with self.subTest(name=name):
                if sys.version_info < (3, 10) and outcome[1] == errno.EBADF:  # theirs closes a descriptor twice, and tells of that
                    self.assertIn(ours[name][0], (LookupError, ValueError))
                    continue
                self.assertEqual(ours[name], outcome)

    def test_paths(self):
        import pathlib

        standard = support.standard()
        before = os.getcwd()
        os.chdir(self.directory)
        try:
            for directory in "", ".", "./", self.directory + "/", b".", pathlib.Path("."), "/" if os.geteuid() == 0 else "/tmp":
                for name in "mkdtemp", "mkstemp":
                    with self.subTest(dir=directory, name=name):
                        made = []
                        for module in tempfile.tempfile, standard:
                            path = getattr(module, name)(dir=directory)
                            if name == "mkstemp":
                                fd, path = path
                                os.close(fd)
                            made.append(path)
                            (os.unlink if name == "mkstemp" else os.rmdir)(path)
                        self.assertEqual([os.path.dirname(path) for path in made], [os.path.dirname(made[1])] * 2)
                        self.assertIs(type(made[0]), type(made[1]))
        finally:
            os.chdir(before)

    def test_a_directory_that_changes(self):
        """The path of a path-like object is asked for each time."""
        class Wandering:
            def __fspath__(self):
                return self.path

        where = Wandering()
        for name in "one", "two":
            where.path = os.path.join(self.directory, name)
            os.mkdir(where.path)
            for _ in range(2):
                self.assertEqual(os.path.dirname(tempfile.mkdtemp(dir=where)), where.path)
                fd, path = tempfile.mkstemp(dir=where)
                os.close(fd)
                self.assertEqual(os.path.dirname(path), where.path)
                with tempfile.TemporaryFile(dir=where) as file:
                    self.assertTrue(os.readlink("/proc/self/fd/%d" % file.fileno()).startswith(where.path + "/"))
            self.assertEqual(len(os.listdir(where.path)), 4)
            tempfile.rmtree(where.path)

    def test_strings_of_the_hosts_own_classes(self):
        """As numpy's are, or those of a library for paths. Some give their own kind when they are added to."""
        class Text(str):
            pass

        class Sticky(str):
            def __add__(self, other):
                return Sticky(str(self) + other)

        class Raw(bytes):
            def __add__(self, other):
                return Raw(bytes(self) + other)

        for kind in Text, Sticky, Raw:
            make = (lambda text: Raw(os.fsencode(text))) if kind is Raw else kind
            for directory in make(self.directory), make(self.directory + "/"):
                for prefix in None, make("x"):
                    with self.subTest(directory=directory, prefix=prefix, kind=kind):
                        for name in "TemporaryFile", "NamedTemporaryFile":
                            with getattr(tempfile, name)(dir=directory, prefix=prefix) as file:
                                file.write(b"x")
                        with tempfile.SpooledTemporaryFile(dir=directory) as file:
                            file.rollover()
                        with tempfile.TemporaryDirectory(dir=directory, prefix=prefix):
                            pass

    def test_strings_that_say_they_are_others(self):
        class Folded(str):
            def __eq__(self, other):
                return self.casefold() == str(other).casefold()

            __hash__ = str.__hash__

        for one, other in ("x", Folded("X")), (Folded("X"), "x"):
            for keyword in "prefix", "suffix":
                for text in one, other:
                    path = tempfile.mkdtemp(dir=self.directory, **{keyword: text})
                    os.rmdir(path)
                    self.assertIn(str(text), os.path.basename(path)[:1] + path[-1:])

    def test_a_name_that_is_taken(self):
        """Another is drawn, whichever way it was found out."""
        from libtempfile import _create

        for make in (lambda: tempfile.mkdtemp(dir=self.directory), lambda: tempfile.mkstemp(dir=self.directory)[1],
                     lambda: tempfile.NamedTemporaryFile(dir=self.directory, delete=False).name):
            with self.subTest(make=make):
                make_again = [make() for _ in range(2)]
                _create._ready[-2:] = [os.path.basename(make_again[-1])[-8:]] * 2
                made = make_again + [make()]
                self.assertEqual(len(set(made)), 3)
                for path in made:
                    (os.rmdir if os.path.isdir(path) else os.unlink)(path)

    def test_long_names(self):
        for length in 300, 4000, 4088, 4096, 5000, 100000:
            for make in tempfile.mkstemp, tempfile.mkdtemp, tempfile.NamedTemporaryFile:
                with self.subTest(length=length, make=make), self.assertRaises(OSError) as caught:
                    make(prefix="x" * length, dir=self.directory)
                self.assertEqual(caught.exception.errno, errno.ENAMETOOLONG)
                self.assertEqual(len(caught.exception.filename), len(self.directory) + 1 + length + 8)
        path = tempfile.mkdtemp(dir=self.directory)  # nothing of the long ones is left in it
        os.rmdir(path)
        self.assertEqual(len(os.path.basename(path)), 11)

    def test_escaped_bytes(self):
        path = tempfile.mkdtemp(prefix="\udc80", dir=self.directory)
        self.assertTrue(os.path.basename(os.fsencode(path)).startswith(b"\x80"))
        os.rmdir(path)

    def test_inherited_by_nobody(self):
        for make in (lambda: tempfile.mkstemp(dir=self.directory), lambda: tempfile.TemporaryFile(dir=self.directory)):
            made = make()
            fd = made[0] if isinstance(made, tuple) else made.fileno()
            self.assertFalse(os.get_inheritable(fd))
            if isinstance(made, tuple):
                os.close(fd)
                os.unlink(made[1])
            else:
                made.close()


if __name__ == "__main__":
    unittest.main()
