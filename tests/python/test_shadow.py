"""The drop-in takes the standard module's place in a process, and in an environment."""

import os
import shutil
import subprocess
import sys
import unittest

import support

NAME = "import tempfile; print(tempfile.__name__)"
CHILDREN = """
import subprocess, sys
for options in (), ("-I",), ("-E", "-s"):
    print(subprocess.check_output([sys.executable, *options, "-c", %r], text=True).strip())
""" % NAME

SPAWN = """
import multiprocessing
def use():
    import tempfile
    with tempfile.TemporaryDirectory() as path, tempfile.NamedTemporaryFile(dir=path) as file:
        file.write(b"x")
        with tempfile.SpooledTemporaryFile(1) as spooled:
            spooled.write(b"xyz")
    print(tempfile.__name__, flush=True)
if __name__ == "__main__":
    use()
    child = multiprocessing.get_context("spawn").Process(target=use)
    child.start()
    child.join()
    assert child.exitcode == 0
"""


class Process(support.TestCase):
    def test_install_and_uninstall(self):
        out, _ = self.script("""
import sys
import libtempfile, libtempfile.tempfile as drop_in
sys.modules.pop("tempfile", None)
import tempfile
standard = tempfile
print(libtempfile.install())
print(libtempfile.install())
import tempfile, importlib, importlib.util
assert tempfile is drop_in and sys.modules["tempfile"] is drop_in
del sys.modules["tempfile"]
import tempfile as again
assert again is drop_in and again.__spec__.name == "tempfile", again.__spec__
assert importlib.util.find_spec("tempfile").name == "tempfile"
assert importlib.reload(again) is drop_in
print(libtempfile.uninstall())
print(libtempfile.uninstall())
import tempfile
assert tempfile is standard, tempfile
assert drop_in.__spec__.name == "libtempfile.tempfile" and importlib.reload(drop_in) is drop_in
print(libtempfile.install())
print(libtempfile.uninstall())
""")
        lines = out.splitlines()
        self.assertTrue(lines[0].startswith("tempfile is libtempfile.tempfile now; these have imported the standard one: "), lines[0])
        self.assertEqual(lines[1], "tempfile is libtempfile.tempfile already")
        self.assertEqual(lines[2:4], ["tempfile is the standard module again", "tempfile is the standard module already"])
        self.assertTrue(lines[4].startswith("tempfile is libtempfile.tempfile now"))
        self.assertEqual(lines[5], "tempfile is the standard module again")

    def test_modules_that_import_it_get_it(self):
        out, _ = self.script("""
import libtempfile
libtempfile.install()
import urllib.response, zipfile, multiprocessing.util, tempfile
assert urllib.response.tempfile is tempfile is libtempfile.tempfile
file = urllib.response.addinfourl(__import__("io").BytesIO(b"x"), {}, "http://x")
assert isinstance(file, tempfile._TemporaryFileWrapper) and file.read() == b"x"
file.close()
print("done")
""")
        self.assertEqual(out, "done\n")


class Environment(support.TestCase):
    def setUp(self):
        super().setUp()
        self.venv = os.path.join(self.directory, "venv")
        support.python("-m", "venv", "--without-pip", self.venv, check=True)
        self.addCleanup(shutil.rmtree, self.venv)
        self.python = os.path.join(self.venv, "bin", "python")
        self.site = os.path.join(self.venv, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
        self.pth = os.path.join(self.site, "libtempfile-shadow.pth")

    def run_there(self, *arguments, path=None, status=0):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        if path:
            environment["PYTHONPATH"] = path
        done = subprocess.run([self.python, *arguments], env=environment, timeout=support.SECONDS, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def shadow(self, command, path=None, status=0):
        return self.run_there("-m", "libtempfile.shadow", command, path=path, status=status)

    def install(self):
        shutil.copytree(os.path.join(support.PACKAGES, "libtempfile"), os.path.join(self.site, "libtempfile"))

    def test_life(self):
        self.install()
        self.assertEqual(self.run_there("-c", NAME), "tempfile\n")
        self.assertEqual(self.shadow("status", status=1).splitlines(),
                         ["disabled: there is no " + self.pth, "this process uses the standard module"])
        self.assertEqual(self.shadow("enable"), "enabled: wrote %s\n" % self.pth)
        self.assertEqual(self.shadow("enable"), "enabled already: %s\n" % self.pth)
        self.assertEqual(self.shadow("status").splitlines(), ["enabled by " + self.pth, "this process uses it"])
        self.assertEqual(self.run_there("-c", NAME), "libtempfile.tempfile\n")
        self.assertEqual(self.run_there("-c", CHILDREN), "libtempfile.tempfile\n" * 3)
        self.assertEqual(self.run_there("-S", "-c", NAME), "tempfile\n")
        self.assertEqual(self.shadow("disable"), "disabled: removed %s\n" % self.pth)
        self.assertEqual(self.shadow("disable"), "disabled already: there is no %s\n" % self.pth)
        self.assertEqual(self.run_there("-c", NAME), "tempfile\n")

    def test_the_start_imports_next_to_nothing(self):
        """The package and its finder, and what reads any .pth file."""
        modules = "import sys; print(sorted(sys.modules))"
        self.install()
        with open(os.path.join(self.site, "another.pth"), "w") as file:
            file.write("import sys\n")
        before = eval(self.run_there("-c", modules))
        self.shadow("enable")
        self.assertEqual(sorted(set(eval(self.run_there("-c", modules))) - set(before)), ["libtempfile", "libtempfile._finder"])

    def test_silent_where_warnings_are_errors(self):
        self.install()
        self.shadow("enable")
        program = os.path.join(self.directory, "program.py")
        self.addCleanup(os.unlink, program)
        with open(program, "w") as file:
            file.write(SPAWN)
        for options in ("-W", "error"), ("-X", "dev"), ("-bb", "-W", "error", "-X", "dev"):
            with self.subTest(options=options):
                for code in "import tempfile", "from tempfile import *", "from tempfile import mkdtemp", "import libtempfile as tempfile":
                    self.run_there(*options, "-c", code)
                self.assertEqual(self.run_there(*options, program), "libtempfile.tempfile\n" * 2)
                self.assertEqual(self.run_there(*options, "-m", "tempfile"), "")

    def test_pip_where_warnings_are_errors(self):
        done = support.python("-m", "ensurepip", "--version")
        if done.returncode != 0:
            self.skipTest("%s has no ensurepip (apt-get install python3-venv)" % sys.executable)
        temporary = {**os.environ, "TMPDIR": self.venv}  # old versions of pip leave their certificates there
        subprocess.run([self.python, "-m", "ensurepip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True,
                       env=temporary, timeout=support.SECONDS)
        self.install()
        strict, said = ("-bb", "-W", "error", "-X", "dev", "-m", "pip", "--disable-pip-version-check"), []
        for _ in "the standard module", "the drop-in":
            said.append([])
            for command in ["--version"], ["download", "-q", "--no-index", "none-such"]:
                done = subprocess.run([self.python, *strict, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                      env=temporary, timeout=support.SECONDS)
                said[-1].append((done.returncode, done.stdout))
            self.shadow("enable")
        self.assertEqual(said[1], said[0])

    def test_a_stale_line_says_nothing(self):
        self.install()
        self.shadow("enable")
        with open(self.pth) as file:
            self.assertEqual(len(file.read().splitlines()), 1)
        shutil.rmtree(os.path.join(self.site, "libtempfile"))
        self.assertEqual(self.run_there("-c", NAME), "tempfile\n")
        os.mkdir(os.path.join(self.site, "libtempfile"))  # a folder without the module
        self.assertEqual(self.run_there("-c", NAME), "tempfile\n")

    def test_from_a_checkout(self):
        """The file says where the package is, if the environment does not know."""
        self.shadow("enable", path=support.PACKAGES)
        self.assertEqual(self.run_there("-c", CHILDREN), "libtempfile.tempfile\n" * 3)
        with open(self.pth) as file:
            self.assertEqual(file.read().splitlines()[0], support.PACKAGES)
        with open(self.pth, "w") as file:
            file.write("\n")
        self.assertIn("'enable' renews it", self.shadow("status", path=support.PACKAGES))
        self.assertEqual(self.shadow("enable", path=support.PACKAGES), "enabled: wrote %s\n" % self.pth)

    def test_every_way_to_start_a_child(self):
        self.install()
        self.shadow("enable")
        program = os.path.join(self.directory, "program.py")
        self.addCleanup(os.unlink, program)
        with open(program, "w") as file:
            file.write("""
import multiprocessing
def name(queue):
    import tempfile
    queue.put(tempfile.__name__)
if __name__ == "__main__":
    for method in "fork", "spawn", "forkserver":
        context = multiprocessing.get_context(method)
        queue = context.SimpleQueue()
        child = context.Process(target=name, args=(queue,))
        child.start()
        print(method, queue.get())
        child.join()
""")
        self.assertEqual(self.run_there("-W", "ignore", program), "".join(
            "%s libtempfile.tempfile\n" % method for method in ("fork", "spawn", "forkserver")))

    def test_no_right_to_write(self):
        self.install()
        os.mkdir(self.pth)
        done = subprocess.run([self.python, "-m", "libtempfile.shadow", "enable"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=support.SECONDS)
        self.assertEqual(done.returncode, 1)
        self.assertTrue(done.stderr.startswith("enable: "), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        os.rmdir(self.pth)

    def test_usage(self):
        done = support.python("-m", "libtempfile.shadow")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("usage", done.stderr)

    def test_help_and_unknown_words(self):
        for module in "libtempfile", "libtempfile.shadow":
            for word in "--help", "-h":
                done = support.python("-m", module, word)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertTrue(done.stdout.startswith("usage: python -m %s" % module), done.stdout)
            done = support.python("-m", module, "nonsense")
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))
            self.assertTrue(done.stderr.startswith("there is no nonsense; usage: "), done.stderr)


if __name__ == "__main__":
    unittest.main()
