"""The package's modules: who imports whom, and the lists that must follow from something else."""

import ast
import ctypes
import os
import re
import unittest

import support
import libtempfile
from libtempfile import _ffi, _recovery, _search, _signals

PACKAGE = os.path.join(support.PACKAGES, "libtempfile")
HEADER = os.path.join(support.ROOT, "include", "tempfile.h")


def modules():
    """The source of each module of the package, by its name in the package; '' is the package itself."""
    found = {}
    for folder, folders, files in os.walk(PACKAGE):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            if name.endswith(".py"):
                path = os.path.relpath(os.path.join(folder, name), PACKAGE)[:-3].replace(os.sep, ".")
                with open(os.path.join(folder, name)) as file:
                    found[re.sub(r"(^|\.)__init__$", "", path)] = file.read()
    return found


def type_checking_only(tree):
    """The statements that no program runs."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }


def imports(source, names):
    """The modules of the package that a module imports, at its top and within functions."""
    tree = ast.parse(source)
    skipped = type_checking_only(tree)
    found = set()
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {one.name.partition(".")[2] for one in node.names if one.name.split(".")[0] == "libtempfile"}
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "libtempfile"):
            base = node.module or "" if node.level else node.module.partition(".")[2]
            if base:
                found.add(base)
            else:  # submodules, and names of the package itself
                found |= {one.name if one.name in names else "" for one in node.names}
    return found


def circle(graph):
    """Modules that import each other in a circle; None if there are none."""
    done = set()

    def walk(name, path):
        if name in path:
            return path[path.index(name) :] + [name]
        if name in done:
            return None
        for other in sorted(graph[name]):
            found = walk(other, path + [name])
            if found:
                return found
        done.add(name)
        return None

    for name in sorted(graph):
        found = walk(name, [])
        if found:
            return found
    return None


class Imports(unittest.TestCase):
    def setUp(self):
        self.sources = modules()
        self.graph = {name: imports(source, self.sources) for name, source in self.sources.items()}

    def test_no_circle(self):
        self.assertIsNone(circle(self.graph))

    def test_the_graph_is_whole(self):
        """Else the test above could not fail: these are imported at the top, by a long name, and within a function."""
        self.assertIn("_process", self.graph["_create"])
        self.assertIn("_create", self.graph["tempfile"])
        self.assertIn("_search", self.graph["_ffi"])
        self.assertIn("", self.graph["__main__"])
        self.assertEqual(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}), ["b", "c", "b"])
        within_a_function = "def f():\n    from . import tempfile\n"
        self.assertIsNotNone(circle({**self.graph, "_ffi": self.graph["_ffi"] | imports(within_a_function, self.sources)}))

    def test_every_module_is_seen_by_programs_that_freeze_others(self):
        """They follow import statements from the package on. Programs of their own are named to them."""
        seen, waiting = set(), [""]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.graph[name]
        programs = {name for name in self.sources if name in ("__main__", "shadow") or name.startswith("_pyinstaller")}
        self.assertEqual(set(self.sources) - seen, programs)

    def test_added_names(self):
        for name, module in libtempfile._EXTRAS.items():
            with self.subTest(name=name):
                self.assertIn(module, self.sources)
                self.assertTrue(hasattr(libtempfile, name))

    def test_a_submodule_is_no_name_of_the_drop_in(self):
        for name in self.sources:
            if name and "." not in name:
                self.assertTrue(libtempfile._is_submodule(name), name)
        for name in "mkstemp", "tempdir", "no_such_name":
            self.assertFalse(libtempfile._is_submodule(name), name)


def structure(header, name):
    """The fields of a struct in the header: name and type of each."""
    body = re.search(r"^typedef struct %s \{\n(.*?)^\} %s;" % (name, name), header, re.DOTALL | re.MULTILINE).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    return [(field, " ".join(kind.split())) for kind, field in re.findall(r"^\s*(\S.*?[\s*])(\w+);", body, re.MULTILINE)]


TYPES = {
    "const char *": ctypes.c_char_p,
    "tempfile_fd": ctypes.c_int,
    "size_t": ctypes.c_size_t,
    "int": ctypes.c_int,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "void": None,
}


def c_type(spelled):
    """What ctypes calls a type of the header; a handle is a void pointer."""
    spelled = " ".join(spelled.replace("*", " * ").split()).replace("* *", "**")
    if spelled in TYPES:
        return TYPES[spelled]
    if re.fullmatch(r"tempfile_\w+ \*\*", spelled):
        return ctypes.POINTER(ctypes.c_void_p)
    if spelled == "const tempfile_error *":
        return ctypes.POINTER(_ffi.functions().Error)
    if re.fullmatch(r"(const )?tempfile_\w+ \*", spelled):
        return ctypes.c_void_p
    if re.fullmatch(r"\w+ \*", spelled):
        return ctypes.POINTER(TYPES[spelled[:-2]])
    raise AssertionError("an unknown type: %r" % spelled)


class Recorder:
    """In the place of a library: remembers what is declared."""

    def __init__(self):
        self.functions = {}

    def __getattr__(self, name):
        if not name.startswith("tempfile_"):
            raise AttributeError(name)
        return self.functions.setdefault(name, type("Function", (), {})())


class Header(unittest.TestCase):
    """What Python knows of include/tempfile.h."""

    maxDiff = None

    def setUp(self):
        with open(HEADER) as file:
            self.header = file.read()

    def test_options_and_error(self):
        """The package may know fewer fields, since new ones are appended and struct_size tells how many there are."""
        functions = _ffi.functions()
        structs = ("tempfile_options", functions.Options), ("tempfile_error", functions.Error)
        for name, known in (*structs, ("tempfile_recovered", _recovery._load().Item)):
            with self.subTest(name=name):
                expected = [(field, c_type(kind)) for field, kind in structure(self.header, name)]
                self.assertGreater(len(known._fields_), 5)
                self.assertEqual(list(known._fields_), expected[: len(known._fields_)])

    def test_constants(self):
        def constant(name):
            line = r"^#define TEMPFILE_%s (?:U?INT\d+_C\()?(\w+?)u?\)?(?:\s|$)" % name
            return int(re.search(line, self.header, re.MULTILINE).group(1), 0)

        self.assertEqual(_ffi.ONLY_O_TMPFILE, constant("ONLY_O_TMPFILE"))
        self.assertEqual(_ffi.IGNORE_CLEANUP_ERRORS, constant("IGNORE_CLEANUP_ERRORS"))
        self.assertEqual(_ffi.PATH_SIZE, constant("PATH_SIZE"))
        self.assertEqual(_signals._ALWAYS, constant("SIGNAL_ALWAYS"))
        self.assertEqual(_recovery.DRY_RUN, constant("DRY_RUN"))
        kinds = [constant("RECOVERED_" + kind) for kind in ("FILE", "DIRECTORY", "JOURNAL")]
        self.assertEqual([_recovery.FILE, _recovery.DIRECTORY, _recovery.JOURNAL], kinds)
        actions = [constant(action) for action in ("RECOVERED", "WOULD_RECOVER", "NOT_RECOVERED")]
        self.assertEqual([_recovery.REMOVED, _recovery.WOULD_REMOVE, _recovery.LEFT], actions)
        self.assertEqual(_search.INTERFACE, (constant("VERSION_MAJOR"), constant("VERSION_MINOR")))

    def test_functions(self):
        declared, checked = Recorder(), 0
        _ffi._Functions(ctypes, declared)
        _signals._Functions(ctypes, declared)
        _recovery._Functions(ctypes, declared)
        for name, function in declared.functions.items():
            with self.subTest(name=name):
                found = re.search(r"^(?:TEMPFILE_\w+ )*([\w ]+?[ *]+)%s\(([^)]*)\)" % name, self.header, re.MULTILINE)
                result, parameters = found.groups()
                arguments = (
                    [] if parameters == "void" else [re.sub(r"\w+$", "", one.strip()) for one in parameters.split(",")]
                )
                self.same(function.restype, c_type(result))
                if function.argtypes is not None:
                    self.assertEqual(len(function.argtypes), len(arguments))
                    for ours, theirs in zip(function.argtypes, arguments):
                        self.same(ours, c_type(theirs))
                checked += 1
        self.assertGreater(checked, 12)

    def same(self, ours, theirs):
        if hasattr(theirs, "_type_") and hasattr(theirs, "contents"):  # pointers to one type are equal if that is
            self.assertEqual(ours._type_.__name__, theirs._type_.__name__)
        else:
            self.assertIs(ours, theirs)


if __name__ == "__main__":
    unittest.main()
