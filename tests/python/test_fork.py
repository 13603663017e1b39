"""In forked children every inherited object works, and nothing of the parent's is deleted but by an explicit cleanup()."""

import os
import shutil
import sys
import unittest

import support

START = """
import warnings
warnings.simplefilter("ignore", DeprecationWarning)
import gc, multiprocessing, os, sys, threading, time
import libtempfile as tempfile

busy, stop = [], threading.Event()
def work():
    while not stop.is_set():
        with tempfile.NamedTemporaryFile() as f:
            f.write(b"x")
        with tempfile.TemporaryDirectory() as d:
            open(d + "/x", "w").close()
        with tempfile.SpooledTemporaryFile(1) as f:
            f.write(b"xyz")
def begin(count=3):
    for _ in range(count):
        busy.append(threading.Thread(target=work))
        busy[-1].start()
def end():
    stop.set()
    for thread in busy:
        thread.join()
def in_child(do, leave="os._exit"):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            do()
            code = 0
        except SystemExit:
            raise  # a grandchild on its way out
        except BaseException:
            import traceback
            traceback.print_exc()
        if leave == "sys.exit":
            sys.exit(code)  # the interpreter ends as usual
        os._exit(code)
    deadline = time.monotonic() + 100
    while True:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            assert status == 0, status
            return
        if time.monotonic() > deadline:
            os.kill(pid, 9)
            raise SystemExit("a child hangs")
        time.sleep(0.002)
class Objects:
    def __init__(self):
        self.named = tempfile.NamedTemporaryFile()
        self.unnamed = tempfile.TemporaryFile()
        self.memory = tempfile.SpooledTemporaryFile()
        self.rolled = tempfile.SpooledTemporaryFile(1)
        self.directory = tempfile.TemporaryDirectory()
        for file in self.named, self.unnamed, self.memory, self.rolled:
            file.write(b"data")
            file.flush()
    def use(self):
        for file in self.named, self.unnamed, self.memory, self.rolled:
            file.seek(0)
            assert file.read() == b"data", file
        self.memory.rollover()
        self.memory.seek(0)
        assert self.memory.read() == b"data"
        assert os.path.exists(self.named.name)
        open(os.path.join(self.directory.name, str(os.getpid())), "w").close()
        with tempfile.NamedTemporaryFile() as own, tempfile.TemporaryDirectory() as owns, tempfile.TemporaryFile():
            pass
        assert not os.path.exists(own.name) and not os.path.exists(owns)
    def are_there(self):
        return os.path.exists(self.named.name) and os.path.isdir(self.directory.name)
"""


class Fork(support.TestCase):
    def test_objects_work_with_busy_threads(self):
        out, said = self.script(START + """
objects = Objects()
begin()
for _ in range(25):
    in_child(objects.use)
    assert objects.are_there()
end()
print("done", len(os.listdir(objects.directory.name)))
objects.use()
""", "-W", "ignore")
        self.assertEqual(out, "done 25\n", said)

    def test_nothing_is_deleted_by_children(self):
        out, said = self.script(START + """
def scope():
    with kept as name, file:
        pass
def collected():
    global objects, file, kept
    objects = file = kept = None
    gc.collect()
def closed():
    objects.named.close()
def exited():
    objects.use()
objects, file, kept = Objects(), tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
for do in scope, collected, closed, exited:
    for leave in "os._exit", "sys.exit":
        in_child(do, leave)
        assert objects.are_there() and os.path.exists(file.name) and os.path.isdir(kept.name), (do, leave)
in_child(lambda: in_child(collected, "sys.exit"), "sys.exit")
assert objects.are_there()
in_child(kept.cleanup)
assert not os.path.exists(kept.name)
print("done")
""", "-W", "ignore")
        self.assertEqual((out, said), ("done\n", ""))

    def test_without_the_library_s_file(self):
        """A child needs nothing but its memory: the package may have been upgraded or removed since."""
        site = os.path.join(self.directory, "site")
        shutil.copytree(os.path.join(support.PACKAGES, "libtempfile"), os.path.join(site, "libtempfile"))
        self.addCleanup(shutil.rmtree, site, ignore_errors=True)
        out, said = self.script(START + """
import shutil
objects = Objects()
in_child(objects.use)
shutil.rmtree(os.path.dirname(tempfile.library_path()))
in_child(lambda: in_child(objects.use))
print("done")
""", "-W", "ignore", environment={"PYTHONPATH": site})
        self.assertEqual(out, "done\n", said)

    def test_many_generations(self):
        """Each process forks the next one and ends, with the library in use in both."""
        out, said = self.script(START + """
read, write = os.pipe()
def generation(number):
    while number > 0:
        tempfile.TemporaryFile().close()
        os.rmdir(tempfile.mkdtemp())
        if os.fork() != 0:
            os._exit(0)
        number -= 1
    os.write(write, b"done")
    os._exit(0)
file = tempfile.NamedTemporaryFile()
if os.fork() == 0:
    os.close(read)
    generation(250)
os.close(write)
print(os.read(read, 100).decode(), os.path.exists(file.name))
os.wait()
""", "-W", "ignore")
        self.assertEqual(out, "done True\n", said)

    def test_names_differ(self):
        out, _ = self.script(START + """
names = tempfile._get_candidate_names()
read, write = os.pipe()
def child():
    os.write(write, next(names).encode())
in_child(child)
in_child(child)
drawn = os.read(read, 100).decode()
assert len({drawn[:8], drawn[8:], next(names)}) == 3
from libtempfile import _create
assert _create._ready
def none_is_ready():
    assert not _create._ready
in_child(none_is_ready)
print("done")
""")
        self.assertEqual(out, "done\n")

    def test_names_differ_after_a_fork_that_python_does_not_know_of(self):
        """A server that is written in C forks so; mktemp has no other protection than the name."""
        out, _ = self.script(START + """
import ctypes
names = tempfile._get_candidate_names()
next(names)
read, write = os.pipe()
pid = ctypes.CDLL(None).fork()
drawn = next(names)
if pid == 0:
    os.write(write, drawn.encode())
    os._exit(0)
os.waitpid(pid, 0)
assert os.read(read, 100).decode() != drawn
print("done")
""")
        self.assertEqual(out, "done\n")

    def test_a_fork_before_the_first_use(self):
        out, _ = self.script(START + """
def use():
    Objects().use()
for _ in range(5):
    in_child(use)
from libtempfile import _ffi
print("done", _ffi._functions)
""", "-W", "ignore")
        self.assertEqual(out, "done None\n")

    def test_a_fork_while_another_thread_loads(self):
        """Whoever held the lock is not there in the child to release it."""
        out, _ = self.script(START + """
from libtempfile import _ffi
import libtempfile.tempfile as drop_in
_ffi._lock.acquire()
drop_in._once_lock.acquire()
in_child(lambda: tempfile.mkstemp())
print("done")
for name in os.listdir(os.environ["TMPDIR"]):
    os.unlink(os.path.join(os.environ["TMPDIR"], name))
""")
        self.assertEqual(out, "done\n")

    def test_multiprocessing(self):
        for method in "fork", "spawn", "forkserver":
            with self.subTest(method=method):
                script = """
import multiprocessing, os, sys, libtempfile
libtempfile.install()
import tempfile
def child(file, directory):
    import tempfile
    with tempfile.NamedTemporaryFile() as own, tempfile.TemporaryDirectory():
        own.write(b"x")
    assert os.path.exists(file) and os.path.isdir(directory)
if __name__ == "__main__":
    context = multiprocessing.get_context(%r)
    with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as directory:
        children = [context.Process(target=child, args=(file.name, directory)) for _ in range(3)]
        for one in children:
            one.start()
        for one in children:
            one.join()
        assert [one.exitcode for one in children] == [0, 0, 0], children
        assert os.path.exists(file.name) and os.path.isdir(directory)
    print("done")
""" % method
                with open(self.directory + "/program.py", "w") as file:
                    file.write(script)
                done = support.python("-W", "ignore", self.directory + "/program.py", environment={"TMPDIR": self.directory})
                support.os.unlink(self.directory + "/program.py")
                self.assertEqual((done.stdout, done.stderr), ("done\n", ""))

    def test_locks_do_not_load_the_library(self):
        """multiprocessing draws names for its semaphores from the same place."""
        out, _ = self.script("""
import libtempfile
libtempfile.install()
import multiprocessing
multiprocessing.Lock()
from libtempfile import _ffi
print(_ffi._functions)
""")
        self.assertEqual(out, "None\n")

    @unittest.skipIf(sys.version_info < (3, 12), "os.fork() warns of threads from 3.12 on")
    def test_fork_warns_only_after_the_first_use(self):
        """Which starts threads; importing the package and loading the library do not."""
        code = """
import os, libtempfile
%s
if os.fork() == 0: os._exit(0)
os.wait()
"""
        for before in "libtempfile.tempfile", "libtempfile.library_path()":
            self.assertEqual(self.script(code % before, "-W", "always"), ("", ""))
        self.assertIn("multi-threaded", self.script(code % "libtempfile.TemporaryFile().close()", "-W", "always")[1])


if __name__ == "__main__":
    unittest.main()
