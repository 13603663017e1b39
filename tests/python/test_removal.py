"""Removal comes in steps, with Python between them."""

import errno
import os
import signal
import sys
import time
import unittest
from unittest import mock

import libtempfile
import support


def tree(path, files, folders=0):
    os.makedirs(path, exist_ok=True)
    for i in range(files):
        os.close(os.open("%s/%d" % (path, i), os.O_CREAT | os.O_WRONLY))
    for i in range(folders):
        os.mkdir("%s/d%d" % (path, i))


class Removal(support.TestCase):
    def setUp(self):
        super().setUp()
        self.path = os.path.join(self.directory, "tree")

    def test_progress(self):
        tree(self.path, 9000)
        seen = []
        libtempfile.rmtree(self.path, progress=seen.append)
        self.assertEqual(seen[-1], 9001)
        self.assertEqual(seen, sorted(set(seen)))
        self.assertGreaterEqual(len(seen), 3)
        self.assertTrue(all(after - before <= 4096 for before, after in zip([0] + seen, seen)), seen)

    def test_progress_may_stop_it(self):
        tree(self.path, 9000)

        class Enough(Exception):
            pass

        def stop(removed):
            raise Enough

        with self.assertRaises(Enough):
            libtempfile.rmtree(self.path, progress=stop)
        self.assertGreater(len(os.listdir(self.path)), 2000)
        libtempfile.rmtree(self.path)
        self.assertFalse(os.path.exists(self.path))

    def test_ctrl_c_in_cleanup(self):
        """A signal that comes while the library works is seen after its step."""
        from libtempfile import _ffi

        directory = libtempfile.TemporaryDirectory(dir=self.directory)
        tree(directory.name, 20000)
        functions = _ffi.functions()
        real, steps = functions.removal_step, []

        def step(*arguments):
            steps.append(1)
            if len(steps) == 2:
                signal.raise_signal(signal.SIGINT)
            return real(*arguments)

        with mock.patch.object(functions, "removal_step", step):
            with self.assertRaises(KeyboardInterrupt):
                directory.cleanup()
        left = len(os.listdir(directory.name))
        self.assertGreaterEqual(left, 20000 - 2 * 4096)
        self.assertLess(left, 20000)
        directory.cleanup()  # what was interrupted can be done again
        self.assertFalse(os.path.exists(directory.name))

    def test_ctrl_c_from_outside(self):
        """The same with a real signal to a process in the middle of a removal."""
        out, _ = self.script("""
import os, signal, threading, libtempfile
path = libtempfile.mkdtemp()
for i in range(30000):
    os.close(os.open("%s/%d" % (path, i), os.O_CREAT | os.O_WRONLY))
def interrupt():
    while len(os.listdir(path)) > 28000:
        pass
    os.kill(os.getpid(), signal.SIGINT)
thread = threading.Thread(target=interrupt)
thread.start()
seen = []
try:
    libtempfile.rmtree(path, progress=seen.append)
except KeyboardInterrupt:
    print("interrupted")
thread.join()
print(sum(seen[-1:]) < 30001)
libtempfile.rmtree(path)
print(os.path.exists(path))
""")
        self.assertEqual(out.splitlines()[-1], "False")
        if "interrupted" in out:  # it came in time
            self.assertEqual(out.splitlines()[:2], ["interrupted", "True"])

    def vault(self):
        """A directory with something in it that must not be lost."""
        path = os.path.join(self.directory, "vault")
        tree(path, 1)
        time.sleep(0.02)  # the kernel counts the times of a file in ticks, and one that is made now must have others
        return path

    def swap(self, name, vault):
        os.rename(name, name + "-away")
        os.rename(vault, name)

    def test_another_directory_in_the_place(self):
        """What was made is what is removed: by cleanup(), at the end of a with statement, and by the finalizer."""
        def clean_up(directory):
            directory.cleanup()

        def leave(directory):
            directory.__exit__(None, None, None)

        def finalize(directory):
            directory._finalizer()

        for end in clean_up, leave, finalize:
            with self.subTest(end=end.__name__):
                directory, vault = libtempfile.TemporaryDirectory(dir=self.directory), self.vault()
                tree(directory.name, 1)
                self.swap(directory.name, vault)
                with self.assertRaises(OSError) as caught:
                    end(directory)
                self.assertEqual(caught.exception.errno, errno.ESTALE)
                self.assertEqual(os.listdir(directory.name), ["0"])
                os.rename(directory.name, vault)
                os.rename(directory.name + "-away", directory.name)
                if sys.version_info >= (3, 10):
                    directory.cleanup()
                    self.assertFalse(os.path.exists(directory.name))
                else:  # where a second one does nothing
                    libtempfile.rmtree(directory.name)
                libtempfile.rmtree(vault)

    def test_another_directory_before_the_first_look(self):
        vault, mkdir = self.vault(), os.mkdir

        def make_and_swap(path, *arguments, **options):
            mkdir(path, *arguments, **options)
            self.swap(path, vault)

        with mock.patch("os.mkdir", make_and_swap), self.assertRaises(OSError) as caught:
            libtempfile.TemporaryDirectory(dir=self.directory)
        self.assertEqual(caught.exception.errno, errno.ESTALE)
        self.assertEqual(os.listdir(caught.exception.filename), ["0"])
        libtempfile.rmtree(caught.exception.filename)
        libtempfile.rmtree(caught.exception.filename + "-away")

    def test_nothing_is_kept_of_a_directory_that_is_gone(self):
        from libtempfile import _directory

        before = dict(_directory._identities)
        libtempfile.TemporaryDirectory(dir=self.directory).cleanup()
        with libtempfile.TemporaryDirectory(dir=self.directory):
            pass
        self.assertEqual(_directory._identities, before)

    def test_missing(self):
        libtempfile.rmtree(os.path.join(self.directory, "missing"))

    def test_refusals(self):
        file, link, target = (os.path.join(self.directory, name) for name in ("file", "link", "target"))
        tree(target, 1)
        os.symlink(target, link)
        open(file, "w").close()
        for path in file, link:
            with self.assertRaises(NotADirectoryError) as caught:
                libtempfile.rmtree(path)
            self.assertEqual(caught.exception.filename, path)
        self.assertEqual(os.listdir(target), ["0"])
        with self.assertRaises(OSError):
            libtempfile.rmtree("/")
        with self.assertRaises(ValueError):
            libtempfile.rmtree(target + "\0x")
        libtempfile.rmtree(target.encode())
        os.unlink(link)
        os.unlink(file)

    def test_path_objects(self):
        import pathlib

        tree(self.path, 1)
        libtempfile.rmtree(pathlib.Path(self.path))
        self.assertFalse(os.path.exists(self.path))

    @unittest.skipIf(os.geteuid() != 0, "only root can become another user")
    def test_what_cannot_be_removed(self):
        os.chmod(self.directory, 0o777)
        tree(self.path, 2)
        os.chmod(self.path, 0o755)
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            code = 1
            try:
                self.fail_to_remove()
                code = 0
            finally:
                os._exit(code)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        libtempfile.rmtree(self.path)

    def fail_to_remove(self):
        with self.assertRaises(PermissionError) as caught:
            libtempfile.rmtree(self.path)
        assert caught.exception.filename.startswith(self.path), caught.exception
        libtempfile.rmtree(self.path, ignore_errors=True)
        assert len(os.listdir(self.path)) == 2

    def test_a_hosts_own_rmtree(self):
        with mock.patch("shutil.rmtree") as fake:
            directory = libtempfile.TemporaryDirectory(dir=self.directory)
            directory.cleanup()
        self.assertEqual(fake.call_args.args, (directory.name,))
        self.assertTrue(os.path.isdir(directory.name))
        libtempfile.rmtree(directory.name)

    def test_while_another_thread_imports_shutil(self):
        """Its module is listed before it has anything in it."""
        self.script("""
import sys, types, libtempfile
sys.modules["shutil"] = types.ModuleType("shutil")
with libtempfile.TemporaryDirectory() as name:
    open(name + "/file", "w").close()
""")

    def test_a_hosts_own_unlink(self):
        import posix

        directory = libtempfile.TemporaryDirectory(dir=self.directory)
        tree(directory.name, 3)
        unlinked = []

        def unlink(path, *, dir_fd=None):
            unlinked.append(path)
            posix.unlink(path, dir_fd=dir_fd)

        with mock.patch("os.unlink", unlink):
            directory.cleanup()
        self.assertEqual(len(unlinked), 3)
        self.assertFalse(os.path.exists(directory.name))


if __name__ == "__main__":
    unittest.main()
