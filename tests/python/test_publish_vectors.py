"""The vectors of publications, tests/vectors/publish.json, by persist(). tests/vectors/README.md describes them."""

import errno
import json
import os
import stat
import unittest

import libtempfile
import support
from libtempfile import _publish

FLAGS = {
    "replace": _publish.NO_REPLACE,
    "sync": _publish.SYNC,
    "across": _publish.ACROSS,
    "like_target": _publish.LIKE_TARGET,
    "where_possible": _publish.WHERE_POSSIBLE,
    "follow": _publish.FOLLOW,
}
CLASSES = {
    "named_temporary_file": libtempfile.NamedTemporaryFile,
    "temporary_file": libtempfile.TemporaryFile,
    "spooled_temporary_file": libtempfile.SpooledTemporaryFile,
}


def furnish(folder):
    os.mkdir(folder)
    os.mkdir(folder + "/folder")
    for name in "taken", "folder/inner":
        with open(folder + "/" + name, "w") as file:
            file.write("old")
        os.chmod(folder + "/" + name, 0o604)
    links = {"folder/up": "../taken", "link": "taken", "chain": "link", "dangling": "nowhere", "loop": "loop"}
    for name, text in links.items():
        os.symlink(text, folder + "/" + name)


def describe(path):
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return "-> " + os.readlink(path)
    if stat.S_ISDIR(mode):
        return "/ %o" % stat.S_IMODE(mode)
    with open(path) as file:
        return "%s %o" % (file.read(), stat.S_IMODE(mode))


def listing(folder):
    found = {}
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(place, name)
            found[os.path.relpath(path, folder)] = describe(path)
    return found


def keywords(options, folder):
    """The options of a case as persist() takes them."""
    flags = options.get("flags", 0)
    given = {name: bool(flags & flag) for name, flag in FLAGS.items()}
    given["replace"] = not given["replace"]
    given["backup"] = options.get("backup", True) if flags & _publish.BACKUP else None
    given["permissions"] = options.get("permissions")
    given["within"] = folder + "/" + options["within"] if "within" in options else None
    return given


class Vectors(support.TestCase):
    def test_publications(self):
        self.addCleanup(os.umask, os.umask(0o022))
        with open(os.path.join(support.ROOT, "tests", "vectors", "publish.json")) as file:
            vectors = json.load(file)
        self.assertEqual(len(vectors["cases"]), vectors["count"])
        ran = 0
        for case in vectors["cases"]:
            if "python" not in case.get("except", ()):
                for function in set(case["functions"]) & set(CLASSES):
                    ran += 1
                    with self.subTest(case["id"], function=function, path=case["path"], options=case["options"]):
                        self.run_case(case, CLASSES[function])
        self.assertGreater(ran, vectors["count"])

    def run_case(self, case, make):
        base = support.standard().mkdtemp(dir=self.directory)
        try:
            folder, source = base + "/folder", base + "/source"
            furnish(folder)
            os.mkdir(source)
            expected = listing(folder)
            how = keywords(case["options"], folder)
            path = case["path"] if how["within"] or not case["path"] else folder + "/" + case["path"]
            code = self.publish(make, source, path, how)
            self.assertEqual(code, case.get("errno"))
            expected.update(case.get("changes", {}))
            self.assertEqual(listing(folder), expected)
            self.assertEqual(os.listdir(source), [])
        finally:
            libtempfile.rmtree(base)

    def publish(self, make, source, path, how):
        """Publishes a file with the content 'new', and gives the errno's name, or None."""
        arguments = {} if make is libtempfile.SpooledTemporaryFile else {"dir": source}
        with make(**arguments) as file:
            file.write(b"new")
            try:
                libtempfile.persist(file, path, **how)
            except OSError as error:
                return errno.errorcode[error.errno]
            except ValueError:
                return "EINVAL"
        return None


if __name__ == "__main__":
    unittest.main()
