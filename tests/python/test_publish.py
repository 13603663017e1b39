"""persist() and atomic_write(): a file gets its lasting name, whole or not at all."""

import errno
import gc
import io
import os
import pathlib
import re
import signal
import stat
import sys
import unittest
import warnings
from unittest import mock

import libtempfile
import support
from libtempfile import _publish

CLASSES = (libtempfile.NamedTemporaryFile, libtempfile.TemporaryFile, libtempfile.SpooledTemporaryFile)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Base(support.TestCase):
    """A test in a directory of its own, where it says at its end what it has left there."""

    def setUp(self):
        super().setUp()
        self.here = os.getcwd()
        os.chdir(self.directory)
        self.addCleanup(self.go_back)
        self.addCleanup(os.umask, os.umask(0o022))

    def go_back(self):
        os.chdir(self.here)

    def left(self, *names):
        """Checks what is in the directory, and removes it."""
        found = sorted(os.listdir(self.directory))
        for name in found:
            os.unlink(os.path.join(self.directory, name))
        self.assertEqual(found, sorted(names))

    def put(self, name, content=b"old", mode=0o644):
        with open(name, "wb") as file:
            file.write(content)
        os.chmod(name, mode)

    def raises_errno(self, number):
        return _RaisesErrno(self, number)


class _RaisesErrno:
    def __init__(self, test, number):
        self.test, self.number = test, number

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        self.test.assertIsInstance(error, OSError, error)
        self.test.assertEqual(error.errno, self.number, error)
        self.error = error
        return True


class Flags(unittest.TestCase):
    def test_flags_are_the_header_s(self):
        with open(os.path.join(support.ROOT, "include", "tempfile.h")) as file:
            header = dict(re.findall(r"#define TEMPFILE_(\w+) (0x[0-9a-f]+)u", file.read()))
        for name in ("NO_REPLACE", "SYNC", "ACROSS", "LIKE_TARGET", "FOLLOW", "BACKUP", "WHERE_POSSIBLE"):
            self.assertEqual(getattr(_publish, name), int(header[name], 16), name)

    def test_options_are_the_header_s(self):
        with open(os.path.join(support.ROOT, "include", "tempfile.h")) as file:
            struct = file.read().split("typedef struct tempfile_publish_options {")[1].split("}")[0]
        fields = re.findall(r"\*?(\w+)(?=[;,])", re.sub(r"/\*.*?\*/", "", struct, flags=re.S))
        self.assertEqual([name for name, _ in _publish._load().Options._fields_], fields)


class Persist(Base):
    def test_every_class(self):
        for make in CLASSES:
            for mode, data in ("w+b", b"one"), ("w+", "on\u00e9"):
                with self.subTest(make=make.__name__, mode=mode):
                    with make(mode=mode, encoding=None if "b" in mode else "utf-8") as file:
                        file.write(data)
                        with self.raises_errno(errno.ENOENT):
                            libtempfile.persist(file, "missing/x", across=True)
                        libtempfile.persist(file, "target", across=True)
                        self.assertEqual(file.name, os.path.join(os.getcwd(), "target"))
                        file.write(data)
                        file.seek(0)
                        self.assertEqual(file.read(), data * 2)
                    self.assertEqual(read("target"), data * 2 if mode == "w+b" else (data * 2).encode())
                    self.assertEqual(mode_of("target"), 0o644)
                    del file
                    gc.collect()
                    self.left("target")

    def test_position_and_unread_bytes(self):
        with libtempfile.TemporaryFile(dir=".") as file:
            file.write(b"0123456789")
            file.seek(2)
            self.assertEqual(file.read(3), b"234")
            libtempfile.persist(file, "target")
            self.assertEqual((file.tell(), file.read()), (5, b"56789"))
        self.left("target")

    def test_a_spool_in_memory_stays_there_after_a_failure(self):
        with libtempfile.SpooledTemporaryFile() as file:
            file.write(b"data")
            os.mkdir("folder")
            with self.raises_errno(errno.EISDIR):
                libtempfile.persist(file, "folder")
            self.assertFalse(file._rolled)
            os.rmdir("folder")
            file.write(b"!")
            libtempfile.persist(file, "target")
            self.assertTrue(file._rolled)
        self.assertEqual(read("target"), b"data!")
        self.left("target")

    def test_dropped_and_never_closed(self):
        file = libtempfile.NamedTemporaryFile(dir=".")
        libtempfile.persist(file, "target")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            del file
            gc.collect()
        self.left("target")

    def test_a_second_name(self):
        for make in CLASSES:
            with make(dir=".") as file:
                file.write(b"data")
                libtempfile.persist(file, "first")
                libtempfile.persist(file, "second")
            self.assertEqual(read("second"), b"data")
            self.left("second")

    def test_no_replace(self):
        self.put("target")
        for make in CLASSES:
            with make(dir=".") as file:
                file.write(b"new")
                with self.assertRaises(FileExistsError) as caught:
                    libtempfile.persist(file, "target", replace=False)
                self.assertEqual(caught.exception.filename, "target")
        self.assertEqual(read("target"), b"old")
        self.left("target")

    def test_another_file_system(self):
        elsewhere = support.standard().mkdtemp(dir="/dev/shm")
        self.addCleanup(os.rmdir, elsewhere)
        if os.stat(elsewhere).st_dev == os.stat(self.directory).st_dev:
            self.skipTest("there is no other file system")
        for make in CLASSES[:2]:
            with make(dir=elsewhere) as file:
                file.write(b"x" * 100_000)
                with self.raises_errno(errno.EXDEV) as caught:
                    libtempfile.persist(file, "target")
                self.assertIn("ACROSS", str(caught.error))
                libtempfile.persist(file, "target", across=True)
                file.write(b"y")
                file.flush()
                self.assertEqual(read("target"), b"x" * 100_000 + b"y")
            self.assertEqual(os.listdir(elsewhere), [])
            self.left("target")

    def test_how(self):
        for make in CLASSES:
            with self.subTest(make=make.__name__):
                self.put("target", mode=0o604)
                os.symlink("target", "link")
                with make(dir=".") as file:
                    file.write(b"new")
                    libtempfile.persist(file, "link", sync=True, like_target=True, follow=True, backup=True)
                self.assertTrue(os.path.islink("link"))
                self.assertEqual((read("target"), mode_of("target"), read("target~")), (b"new", 0o604, b"old"))
                with make(dir=".") as file:
                    libtempfile.persist(file, "link", permissions=0o700, backup=b"was")
                self.assertEqual((os.path.islink("link"), os.path.islink("was"), mode_of("link")), (False, True, 0o700))
                self.left("link", "target", "target~", "was")

    def test_within(self):
        os.mkdir("folder")
        os.symlink("/etc", "folder/out")
        for make in CLASSES:
            with make(dir=".") as file:
                file.write(b"new")
                for path in "../target", "out/target":
                    with self.assertRaises(OSError):
                        libtempfile.persist(file, path, within="folder")
                libtempfile.persist(file, "target", within="folder")
                self.assertEqual(file.name, os.path.join(os.getcwd(), "folder", "target"))
            self.assertEqual(read("folder/target"), b"new")
            os.unlink("folder/target")
        os.unlink("folder/out")
        os.rmdir("folder")
        self.left()

    def test_kinds_of_paths(self):
        for path in ("target", b"target", pathlib.Path("target"), os.path.join(self.directory, "target")):
            for make in CLASSES:
                with make(dir=".") as file:
                    libtempfile.persist(file, path)
                    self.assertEqual(os.fsencode(file.name), os.fsencode(os.path.join(self.directory, "target")))
                self.left("target")

    def test_refused(self):
        with libtempfile.TemporaryFile(dir=".") as file:
            for path in "a\0b", b"a\0b":
                self.assertRaisesRegex(ValueError, "null", libtempfile.persist, file, path)
            self.assertRaisesRegex(ValueError, "null", libtempfile.persist, file, "x", within="a\0b")
            self.assertRaisesRegex(ValueError, "null", libtempfile.persist, file, "x", backup="a\0b")
            for permissions in 0, 0o1000, -1:
                self.assertRaises(ValueError, libtempfile.persist, file, "x", permissions=permissions)
            self.assertRaises(TypeError, libtempfile.persist, file, 3)
            for path, number in (("", errno.ENOENT), (".", errno.EINVAL), ("x/", errno.EINVAL), ("/", errno.EINVAL)):
                with self.raises_errno(number):
                    libtempfile.persist(file, path)
            with self.raises_errno(errno.EINVAL):
                libtempfile.persist(file, "x", replace=False, backup=True)
        self.assertRaises(ValueError, libtempfile.persist, file, "x")
        with libtempfile.SpooledTemporaryFile() as file:
            pass
        self.assertRaises(ValueError, libtempfile.persist, file, "x")
        for what in None, io.BytesIO(), "path", 3:
            self.assertRaises(TypeError, libtempfile.persist, what, "x")
        self.left()

    def test_interrupted_after_it_was_published(self):
        """The name is not deleted, although the result of the call was lost."""
        f = _publish._load()
        real = f.publish_descriptor

        def interrupted(*arguments):
            real(*arguments)
            raise KeyboardInterrupt

        for make in CLASSES:
            with mock.patch.object(f, "publish_descriptor", interrupted), make(dir=".") as file:
                file.write(b"data")
                self.assertRaises(KeyboardInterrupt, libtempfile.persist, file, "target")
            self.assertEqual(read("target"), b"data")
            self.left("target")

    def test_interrupted_before_it_was_published(self):
        f = _publish._load()
        with mock.patch.object(f, "publish_descriptor", side_effect=KeyboardInterrupt):
            for make in CLASSES:
                self.put("target")
                with make(dir=".") as file:
                    self.assertRaises(KeyboardInterrupt, libtempfile.persist, file, "target")
                self.assertEqual(read("target"), b"old")
                self.left("target")

    def test_in_a_child(self):
        """The parent's object has a name that is gone by then, which before Python 3.12 is an error when it is closed."""
        for make in CLASSES:
            file = make(dir=".")
            file.write(b"data")
            file.flush()
            child = os.fork()
            if child == 0:
                libtempfile.persist(file, "target")
                os._exit(0)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertEqual(read("target"), b"data")
            try:
                file.close()
            except FileNotFoundError:
                pass
            self.left("target")

    def test_a_signal_leaves_it(self):
        out, _ = self.script(
            """
import os, signal, libtempfile
libtempfile.cleanup_on_signals()
gone, kept = libtempfile.NamedTemporaryFile(dir="."), libtempfile.NamedTemporaryFile(dir=".")
libtempfile.persist(kept, "kept")
os.kill(os.getpid(), signal.SIGTERM)
""",
            status=-signal.SIGTERM,
        )
        self.left("kept")

    def test_audit(self):
        events = []
        sys.addaudithook(lambda name, arguments: events.append(arguments) if name == "libtempfile.publish" else None)
        with libtempfile.TemporaryFile(dir=".") as file:
            libtempfile.persist(file, "target")
        self.assertEqual(events, [("target",)])
        self.left("target")


class AtomicWrite(Base):
    def test_binary_and_text(self):
        for mode, arguments, data, bytes_ in (
            ("wb", {}, b"\0\n", b"\0\n"),
            ("bw", {"buffering": 0}, b"x", b"x"),
            ("w", {"encoding": "utf-16-le", "newline": "\r\n"}, "\u00e9\n", b"\xe9\0\r\0\n\0"),
            ("wt", {"encoding": "ascii", "errors": "replace"}, "\u00e9", b"?"),
        ):
            with self.subTest(mode=mode):
                with libtempfile.atomic_write("target", mode, **arguments) as file:
                    file.write(data)
                    self.assertEqual(file.name, "target")
                    self.assertEqual(os.listdir("."), [])
                self.assertTrue(file.closed)
                self.assertEqual((read("target"), mode_of("target")), (bytes_, 0o644))
                self.left("target")

    def test_what_was_there(self):
        self.put("target", mode=0o640)
        with libtempfile.atomic_write("target", sync=True) as file:
            file.write(b"new" * 100_000)
            self.assertEqual(read("target"), b"old")
        self.assertEqual((read("target"), mode_of("target")), (b"new" * 100_000, 0o640))
        with libtempfile.atomic_write("target", like_target=False, permissions=0o600, backup="before"):
            pass
        self.assertEqual((read("target"), mode_of("target"), mode_of("before")), (b"", 0o600, 0o640))
        self.left("before", "target")

    def test_links(self):
        self.put("target")
        os.symlink("target", "link")
        with libtempfile.atomic_write("link") as file:
            file.write(b"new")
        self.assertEqual((os.readlink("link"), read("target")), ("target", b"new"))
        with libtempfile.atomic_write("link", follow=False, like_target=False) as file:
            file.write(b"newer")
        self.assertEqual((os.path.islink("link"), read("link"), read("target")), (False, b"newer", b"new"))
        self.left("link", "target")

    def test_a_link_to_another_file_system(self):
        elsewhere = support.standard().mkdtemp(dir="/dev/shm")
        self.addCleanup(os.rmdir, elsewhere)
        os.symlink(elsewhere + "/target", "link")
        with libtempfile.atomic_write("link") as file:
            file.write(b"new")
        self.assertEqual(read(elsewhere + "/target"), b"new")
        os.unlink(elsewhere + "/target")
        self.left("link")

    def test_an_exception_leaves_the_old_file_and_nothing_else(self):
        for error in ValueError, KeyboardInterrupt, SystemExit, GeneratorExit:
            for size in 1, 1_000_000:
                self.put("target")
                with self.assertRaises(error):
                    with libtempfile.atomic_write("target") as file:
                        file.write(b"x" * size)
                        raise error
                self.assertTrue(file.closed)
                self.assertEqual(read("target"), b"old")
                self.left("target")

    def test_ctrl_c(self):
        self.put("target")
        with self.assertRaises(KeyboardInterrupt):
            with libtempfile.atomic_write("target") as file:
                file.write(b"x")
                os.kill(os.getpid(), signal.SIGINT)
                for _ in range(1000):
                    file.write(b"y")
        self.assertEqual(read("target"), b"old")
        self.left("target")

    def test_no_replace(self):
        with libtempfile.atomic_write("target", replace=False) as file:
            file.write(b"new")
        with self.assertRaises(FileExistsError):
            with libtempfile.atomic_write("target", replace=False) as file:
                file.write(b"newer")
        self.assertEqual(read("target"), b"new")
        self.left("target")

    def test_nothing_is_published_that_was_closed(self):
        self.put("target")
        with self.assertRaises(ValueError):
            with libtempfile.atomic_write("target") as file:
                file.close()
        self.assertEqual(read("target"), b"old")
        self.left("target")

    def test_a_full_disk(self):
        """The last bytes leave Python's buffer at the end of the block, and cannot be written."""
        code = """
import errno, os, resource, signal, libtempfile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
for mode, data in ("wb", b"x"), ("w", "x"):
    try:
        with libtempfile.atomic_write("target", mode) as file:
            file.write(data * 1001)
    except OSError as error:
        print(errno.errorcode[error.errno])
"""
        self.put("target")
        self.assertEqual(self.script(code)[0], "EFBIG\nEFBIG\n")
        self.assertEqual(read("target"), b"old")
        self.left("target")

    def test_a_child_publishes_nothing(self):
        for leave in "", "raise ValueError", "sys.exit(7)":
            self.put("target")
            out, _ = self.script(
                """
import os, sys, libtempfile
parent = os.getpid()
try:
    with libtempfile.atomic_write("target") as file:
        file.write(b"buffered ")
        child = os.fork()
        if child == 0:
            %s
        else:
            os.waitpid(child, 0)
            assert open("target").read() == "old"
            file.write(b"once")
except ValueError:
    pass
"""
                % (leave or "file.write(b'child')")
            )
            self.assertEqual(read("target"), b"buffered once")
            self.left("target")

    def test_without_files_without_a_name(self):
        """As on a file system that lacks O_TMPFILE."""
        from libtempfile import _pending

        refused = OSError(errno.EOPNOTSUPP, "no O_TMPFILE")
        with mock.patch.object(_pending.Pending, "create_unnamed", side_effect=refused):
            self.put("target", mode=0o604)
            with libtempfile.atomic_write("target", "w") as file:
                file.write("new")
                self.assertEqual(len(os.listdir(".")), 2)
            self.assertEqual((read("target"), mode_of("target")), (b"new", 0o604))
            with self.assertRaises(KeyError):
                with libtempfile.atomic_write("target") as file:
                    raise KeyError
            with self.raises_errno(errno.ENOENT):
                with libtempfile.atomic_write("missing/target"):
                    pass
        self.left("target")

    def test_refused(self):
        for mode in "r", "rb", "a", "x", "w+", "w+b", "", "wbt", "ww":
            self.assertRaises(ValueError, libtempfile.atomic_write, "target", mode)
        for path in "a\0b", b"\0":
            self.assertRaisesRegex(ValueError, "null", libtempfile.atomic_write, path)
        for arguments in ({"encoding": "utf-8"}, {"newline": ""}, {"buffering": 1, "errors": "strict"}):
            with self.assertRaises(ValueError):
                with libtempfile.atomic_write("target", **arguments):
                    pass
        with self.raises_errno(errno.ENOENT):
            with libtempfile.atomic_write("missing/target"):
                pass
        os.mkdir("folder")
        with self.raises_errno(errno.EISDIR):
            with libtempfile.atomic_write("folder"):
                pass
        os.rmdir("folder")
        writer = libtempfile.atomic_write("target")
        with writer:
            pass
        self.assertRaises(RuntimeError, writer.__enter__)
        self.left("target")

    def test_nothing_is_made_out_of_the_limit(self):
        """Not even a file without a name, which the content would be written to."""
        os.mkdir("folder")
        os.mkdir("outside")
        os.symlink("../outside", "folder/out")
        limit = os.path.realpath("folder") + "/"
        for path in "out/target", "../outside/target":
            with self.assertRaises(PermissionError):
                with libtempfile.atomic_write(path, within="folder") as file:
                    self.assertTrue(os.readlink("/proc/self/fd/%d" % file.fileno()).startswith(limit))
            with libtempfile.SpooledTemporaryFile() as file:
                with mock.patch.object(_publish._tempfile, "TemporaryFile", wraps=libtempfile.TemporaryFile) as made:
                    self.assertRaises(PermissionError, libtempfile.persist, file, path, within="folder")
                self.assertEqual([call.kwargs["dir"] for call in made.call_args_list], ["folder"])
        os.unlink("folder/out")
        os.rmdir("folder")
        os.rmdir("outside")
        self.left()

    def test_kinds_of_paths(self):
        for path in ("target", b"target", pathlib.Path("target"), os.path.join(self.directory, "target")):
            for within in None, self.directory:
                with libtempfile.atomic_write(path if within is None else "target", within=within) as file:
                    file.write(b"x")
                self.assertEqual(read("target"), b"x")
                self.left("target")

    def test_readers_see_one_or_the_other(self):
        """A reader, while a writer replaces the file again and again."""
        child = os.fork()
        if child == 0:
            try:
                for i in range(300):
                    with libtempfile.atomic_write("target") as file:
                        file.write(bytes([97 + i % 26]) * 50_000)
                os._exit(0)
            finally:
                os._exit(1)
        seen = set()
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if os.path.exists("target"):
                content = read("target")
                seen.add((len(content), len(set(content))))
        self.assertLessEqual(seen, {(50_000, 1)})
        self.assertEqual(len(read("target")), 50_000)
        self.left("target")


class _Interruption:
    """Raises KeyboardInterrupt at one opcode of the package, as the handler of a signal can at any."""

    PACKAGE = os.path.dirname(os.path.abspath(_publish.__file__))

    def __init__(self, at):
        self.left = at
        self.mine = {}

    def trace(self, frame, event, _):
        name = frame.f_code.co_filename
        if name not in self.mine:
            self.mine[name] = os.path.dirname(os.path.abspath(name)) == self.PACKAGE
        if not self.mine[name]:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self.trace

    def during(self, work):
        """Does the work, and tells whether it was interrupted."""
        sys._getframe().f_trace_opcodes = True  # 3.12 gives no events otherwise
        sys.settrace(self.trace)
        try:
            work()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(None)
        return self.left <= 0


# A trace function that raises where a handler of exceptions ends leaves a wrong entry on the stack of handled exceptions
# there, and a later exception crashes the interpreter in PyException_GetContext.
@unittest.skipIf(sys.version_info < (3, 11), "up to 3.10 the interpreter crashes of such interruptions")
class Interrupted(Base):
    def everywhere(self, work):
        """Whatever opcode is interrupted: the old file or the new one, no other name, and no descriptor too many."""
        work()  # what is loaded at the first use is loaded
        before, seen = len(os.listdir("/proc/self/fd")), set()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            at = 1
            while True:
                self.put("target")
                interrupted = _Interruption(at).during(work)
                if os.listdir(".") != ["target"] or len(os.listdir("/proc/self/fd")) != before:
                    gc.collect()  # which takes longer than all else here
                self.assertEqual(os.listdir("."), ["target"], at)
                self.assertEqual(len(os.listdir("/proc/self/fd")), before, at)
                seen.add(read("target"))
                if not interrupted:
                    break
                at += 1
        self.assertEqual(seen, {b"old", b"new"})
        self.assertGreater(at, 100)
        self.left("target")

    def test_atomic_write(self):
        def work():
            with libtempfile.atomic_write("target") as file:
                file.write(b"new")

        self.everywhere(work)

    def test_persist(self):
        for make in CLASSES:

            def work(make=make):
                tracer = sys.gettrace()
                sys.settrace(None)
                with make(dir=".") as file:
                    file.write(b"new")
                    sys.settrace(tracer)
                    try:
                        libtempfile.persist(file, "target")
                    finally:
                        sys.settrace(None)

            with self.subTest(make=make.__name__):
                self.everywhere(work)


NOBODY = """
import errno, os, libtempfile
# What is imported at the first use is imported now: the interpreter may be where only root can read.
with libtempfile.TemporaryDirectory() as folder:
    with libtempfile.atomic_write(folder + "/one") as file:
        file.write(b"")
    with libtempfile.NamedTemporaryFile(dir=folder) as file:
        libtempfile.persist(file, folder + "/two")
    with libtempfile.SpooledTemporaryFile(dir=folder) as file:
        file.rollover()
os.setgroups([]); os.setgid(65534); os.setuid(65534)
def told(call):
    try:
        call()
        print("done")
    except OSError as error:
        print(errno.errorcode[error.errno])
def write(path, **how):
    with libtempfile.atomic_write(path, **how) as file:
        file.write(b"new")
def persist(path, **how):
    with libtempfile.NamedTemporaryFile(dir=".") as file:
        file.write(b"new")
        file.flush()
        libtempfile.persist(file, path, **how)
"""


@unittest.skipIf(os.geteuid() != 0, "needs root, to become somebody else")
class AsNobody(Base):
    def test_without_rights(self):
        """The target is root's, in a directory that everybody may write to."""
        os.chmod(self.directory, 0o777)
        self.put("roots", mode=0o664)
        said = self.script(
            NOBODY
            + """
told(lambda: write("own"))
told(lambda: write("own", sync=True))
told(lambda: persist("own", like_target=True))
told(lambda: write("roots"))
told(lambda: persist("roots", like_target=True))
print(os.stat("roots").st_uid, sorted(os.listdir(".")))
told(lambda: write("roots", where_possible=True))
status = os.stat("roots")
print(status.st_uid, oct(status.st_mode))
"""
        )[0]
        self.assertEqual(said, "done\ndone\ndone\nEPERM\nEPERM\n0 ['own', 'roots']\ndone\n65534 0o100644\n")
        self.left("own", "roots")

    def test_a_directory_of_somebody_else(self):
        os.chmod(self.directory, 0o755)
        self.put("roots", mode=0o666)
        self.assertEqual(
            self.script(NOBODY + 'told(lambda: write("roots")); print(os.listdir("."))')[0], "EACCES\n['roots']\n"
        )
        self.assertEqual(read("roots"), b"old")
        self.left("roots")

    def test_a_spool(self):
        os.chmod(self.directory, 0o777)
        said = self.script(
            NOBODY
            + """
os.umask(0o077)
with libtempfile.SpooledTemporaryFile() as file:
    file.write(b"data")
    told(lambda: libtempfile.persist(file, "/roots"))
    told(lambda: libtempfile.persist(file, "target"))
status = os.stat("target")
print(status.st_uid, oct(status.st_mode))
"""
        )[0]
        self.assertEqual(said, "EACCES\ndone\n65534 0o100600\n")
        self.left("target")


if __name__ == "__main__":
    unittest.main()
