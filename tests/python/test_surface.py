"""The drop-in has the standard module's surface, of the version that runs."""

import functools
import inspect
import io
import pickle
import sys
import unittest

import libtempfile
import libtempfile.tempfile as drop_in
import support

standard = support.standard()
# Names that a distributor's standard module has besides its version's own; they can be had, but are not listed.
DISTRIBUTORS = {"_rmtree", "_resetperms", "_dont_follow_symlinks"}
IMPLEMENTATION = {"__getattr__", "__dir__", "__warningregistry__"}  # the last if a test before has warned


def classes(module):
    return {name for name, value in vars(module).items() if inspect.isclass(value) and value.__module__ == module.__name__}


class Surface(unittest.TestCase):
    maxDiff = None

    def test_dir(self):
        distributors = DISTRIBUTORS & (set(dir(standard)) - set(dir(drop_in)))
        self.assertEqual(set(dir(drop_in)) - IMPLEMENTATION, set(dir(standard)) - distributors)
        for name in distributors:
            self.assertTrue(callable(getattr(drop_in, name)), name)

    def test_dir_after_a_reload(self):
        code = "import importlib, libtempfile.tempfile as t; before = dir(t); print(dir(importlib.reload(t)) == before)"
        self.assertEqual(support.python("-c", code).stdout, "True\n")

    def test_all_and_public_names(self):
        self.assertEqual(drop_in.__all__, standard.__all__)
        public = [name for name in vars(drop_in) if not name.startswith("_")]
        self.assertEqual(sorted(public), sorted(standard.__all__ + ["template"]))

    def test_every_listed_name_can_be_had(self):
        for name in dir(drop_in):
            with self.subTest(name=name):
                getattr(drop_in, name)

    def test_aliases_are_the_modules_themselves(self):
        import functools
        import random
        import shutil
        import types

        self.assertIs(drop_in._shutil, shutil)
        self.assertIs(drop_in._Random, random.Random)
        self.assertIs(drop_in._functools, functools)
        self.assertIs(drop_in._types, types)
        with self.assertRaises(AttributeError):
            drop_in._no_such_name

    def test_constants(self):
        for name in ("TMP_MAX", "template", "_bin_openflags", "_text_openflags", "_O_TMPFILE_WORKS"):
            self.assertEqual(getattr(drop_in, name), getattr(standard, name), name)

    def test_classes(self):
        self.assertEqual(classes(drop_in), classes(standard))
        for name in classes(standard):
            ours, theirs = getattr(drop_in, name), getattr(standard, name)
            with self.subTest(name=name):
                self.assertEqual(ours.__bases__, theirs.__bases__)
                public = {member for member in dir(theirs) if not member.startswith("_")}
                self.assertEqual({member for member in dir(ours) if not member.startswith("_")}, public)
                self.assertLessEqual(set(vars(theirs)) - {"__static_attributes__", "__firstlineno__"}, set(vars(ours)))

    def test_signatures(self):
        functions = [
            name for name in dir(standard) if inspect.isfunction(getattr(standard, name)) and name not in DISTRIBUTORS
        ]
        self.assertIn("NamedTemporaryFile", functions)
        for name in functions:
            with self.subTest(name=name):
                self.assertEqual(
                    str(inspect.signature(getattr(drop_in, name))), str(inspect.signature(getattr(standard, name)))
                )

    def test_signatures_of_methods(self):
        checked = 0
        for name in classes(standard):
            for member, theirs in inspect.getmembers(getattr(standard, name), inspect.isroutine):
                if not (inspect.isfunction(theirs) or inspect.ismethod(theirs)) or member == "__class_getitem__":
                    continue
                with self.subTest(name=name, member=member):
                    ours = getattr(getattr(drop_in, name), member)
                    self.assertEqual(str(inspect.signature(ours)), str(inspect.signature(theirs)))
                    checked += 1
        self.assertGreater(checked, 30)

    def test_attributes_of_objects(self):
        for make in (
            lambda module: module.NamedTemporaryFile(),
            lambda module: module.SpooledTemporaryFile(),
            lambda module: module.TemporaryDirectory(),
        ):
            ours, theirs = make(drop_in), make(standard)
            self.assertEqual([name for name in vars(theirs) if not hasattr(ours, name)], [])
            self.assertEqual(
                [name for name in set(vars(ours)) - set(vars(theirs)) - {"write"} if not name.startswith("_")], []
            )
            for one in ours, theirs:
                (one.cleanup if hasattr(one, "cleanup") else one.close)()

    def test_methods_of_files(self):
        """They are described as the standard module's are, and taken once."""
        described = []
        for module in drop_in, standard:
            with module.NamedTemporaryFile() as binary, module.NamedTemporaryFile("w+") as text:
                for file in binary, text:
                    file.file.host = describe = lambda *args: args  # what is not written in C
                    describe.mark = 1
                    self.assertIs(file.write, file.write)
                    self.assertIs(file.host.__wrapped__, describe)
                    for name in "write", "read", "seek", "fileno", "host":
                        method = getattr(file, name)
                        described.append(
                            (module, [getattr(method, one) for one in functools.WRAPPER_ASSIGNMENTS if hasattr(method, one)])
                        )
                        if (file, name) != (binary, "write"):
                            described[-1] += sorted(vars(method)), type(method), method._closer is file._closer
                    self.assertFalse(file.closed)
                    self.assertNotIn("closed", vars(file))
        ours, theirs = ([one[1:] for one in described if one[0] is module] for module in (drop_in, standard))
        self.assertEqual(ours, theirs)
        with self.assertRaises(KeyError):
            drop_in._TemporaryFileWrapper.__new__(drop_in._TemporaryFileWrapper).write

    def test_generic_aliases(self):
        for name in ("SpooledTemporaryFile", "TemporaryDirectory"):
            alias = getattr(drop_in, name)[bytes]
            self.assertIs(type(alias), type(list[int]))
            self.assertIs(alias.__origin__, getattr(drop_in, name))

    def test_spooled_is_an_iobase(self):
        self.assertEqual(issubclass(drop_in.SpooledTemporaryFile, io.IOBase), sys.version_info >= (3, 11))

    def test_pickled_by_name(self):
        for name in ("mkdtemp", "TemporaryDirectory", "_TemporaryFileWrapper"):
            value = getattr(drop_in, name)
            self.assertIs(pickle.loads(pickle.dumps(value)), value)

    def test_help(self):
        text = inspect.getdoc(libtempfile.NamedTemporaryFile)
        for word in ("'prefix', 'suffix', 'dir'", "'delete'", "'errors'", "forked child"):
            self.assertIn(word, text)
        self.assertEqual("delete_on_close" in text, sys.version_info >= (3, 12))
        self.assertNotIn("{", text)
        for name in drop_in.__all__:
            if callable(getattr(drop_in, name)):
                self.assertTrue(inspect.getdoc(getattr(drop_in, name)), name)


class Package(unittest.TestCase):
    """The package forwards to the drop-in."""

    def tearDown(self):
        drop_in.tempdir = None

    def test_reads_assignments_and_deletions(self):
        libtempfile.tempdir = "/somewhere"
        self.assertEqual(drop_in.tempdir, "/somewhere")
        drop_in.tempdir = "/elsewhere"
        self.assertEqual(libtempfile.tempdir, "/elsewhere")
        libtempfile.tempdir = None  # no module has this name, which is not to be taken for the module None
        self.assertIsNone(drop_in.tempdir)
        self.assertNotIn("tempdir", vars(libtempfile))
        libtempfile._a_hook = 1
        self.assertEqual(drop_in._a_hook, 1)
        del libtempfile._a_hook
        self.assertFalse(hasattr(drop_in, "_a_hook"))

    def test_what_was_read_before_is_read_anew(self):
        def fake():
            pass

        real = libtempfile.mkstemp
        for assign in (
            lambda value: setattr(libtempfile, "mkstemp", value),
            lambda value: setattr(drop_in, "mkstemp", value),
            lambda value: vars(drop_in).update(mkstemp=value),
        ):
            assign(fake)
            self.assertIs(libtempfile.mkstemp, fake)
            self.assertIs(drop_in.mkstemp, fake)
            assign(real)
            self.assertIs(libtempfile.mkstemp, real)
        del libtempfile.mkstemp
        try:
            with self.assertRaises(AttributeError):
                libtempfile.mkstemp
        finally:
            drop_in.mkstemp = real
        self.assertIs(libtempfile.mkstemp, real)

    def test_mock(self):
        from unittest import mock

        before = drop_in._get_candidate_names
        with (
            mock.patch("libtempfile._get_candidate_names", lambda: iter(["one"])),
            mock.patch("libtempfile.template", "xyz"),
        ):
            self.assertTrue(libtempfile.mktemp(prefix="p").endswith("/pone"))
            self.assertEqual(drop_in.gettempprefix(), "xyz")
        self.assertIs(drop_in._get_candidate_names, before)
        self.assertEqual(drop_in.template, "tmp")

    def test_extras_are_the_packages_own(self):
        for name in ("rmtree", "install", "uninstall", "library_path", "LibraryError", "__version__"):
            self.assertTrue(hasattr(libtempfile, name), name)
            self.assertIn(name, dir(libtempfile))
            self.assertFalse(hasattr(drop_in, name), name)

    def test_star(self):
        names = {}
        exec("from libtempfile import *", names)
        self.assertEqual(set(names) - {"__builtins__"}, set(standard.__all__))

    def test_no_such_attribute(self):
        with self.assertRaises(AttributeError):
            libtempfile.no_such_attribute
        with self.assertRaises(ImportError):
            exec("from libtempfile import no_such_module")


if __name__ == "__main__":
    unittest.main()
