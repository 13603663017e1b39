"""cleanup_on_signals(): what is left when a signal ends a program, and how the program ended."""

import signal
import subprocess
import sys
import unittest

import support

START = """
import faulthandler, os, resource, signal, sys, time
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
faulthandler.dump_traceback_later(100, exit=True)
import libtempfile as tempfile
def end(number, handled=False):
    os.kill(os.getpid(), number)
    if not handled:
        time.sleep(60)
        print("still there")
"""

# Raises before each instruction of _signals.py in turn, and prints in which functions that left a name registered.
INTERRUPTED = """
import gc, os, sys
import libtempfile as tempfile
from libtempfile import _signals

class Interrupt(BaseException):
    pass

held, left = set(), []

def count(functions, kind):
    register, free = getattr(functions, "register_" + kind), getattr(functions, kind + "_free")
    def counted_register(path, out):
        code = register(path, out)
        held.add(out._obj.value)
        return code
    def counted_free(handle):
        held.discard(handle.value)
        free(handle)
    setattr(functions, "register_" + kind, counted_register)
    setattr(functions, kind + "_free", counted_free)

def trace(frame, event, argument):
    global countdown, where
    if os.path.basename(frame.f_code.co_filename) != "_signals.py":
        return None
    frame.f_trace_lines, frame.f_trace_opcodes = False, True
    if event == "opcode":
        countdown -= 1
        if countdown == 0:
            where = frame.f_code.co_name
            raise Interrupt
    return trace

def use(make):
    with make():
        pass
    dropped = make()
    del dropped

sys.unraisablehook = lambda unraisable: None
sys._getframe().f_trace_opcodes = True  # 3.12 gives no events otherwise
tempfile.cleanup_on_signals()
count(_signals._load(), "file")
count(_signals._load(), "directory")
for make in tempfile.NamedTemporaryFile, tempfile.TemporaryDirectory:
    rounds = countdown = 0
    while countdown <= 0:
        rounds += 1
        countdown = rounds
        sys.settrace(trace)
        try:
            use(make)
        except Interrupt:
            pass
        finally:
            sys.settrace(None)
        gc.collect()
        if held:
            left.append(where)
            held.clear()
    assert rounds > 200, rounds
print(*left)
"""


class Signals(support.TestCase):
    def ended_by(self, number, code, said=None):
        """Runs a program that the signal ends; gives what it left, sorted."""
        done = support.python("-W", "ignore", "-c", START + code, environment={"TMPDIR": self.directory})
        names = sorted(support.os.listdir(self.directory))
        for name in names:
            subprocess.run(["rm", "-r", support.os.path.join(self.directory, name)], check=True)
        self.assertEqual(done.returncode, -number, done.stdout + done.stderr)
        if said is not None:
            self.assertEqual(done.stderr, said)
        return names

    def check(self, number, code, left=(), **keywords):
        """What a program leaves begins like 'left', and that is all of it."""
        names = self.ended_by(number, code, **keywords)
        self.assertEqual([name[:len(beginning)] for name, beginning in zip(names, sorted(left))], sorted(left), names)
        self.assertEqual(len(names), len(left), names[:5])

    def test_made_before_and_after(self):
        for number in signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT:
            with self.subTest(number=number):
                self.check(number, """
before = [tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()]
tempfile.cleanup_on_signals()
tempfile.cleanup_on_signals()
after = [tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()]
after.append(tempfile.NamedTemporaryFile("w", dir=os.environb[b"TMPDIR"]))
inside = [tempfile.NamedTemporaryFile(dir=d.name) for d in (before[1], after[1])]
nested = tempfile.TemporaryDirectory(dir=after[1].name)
open(nested.name + "/full", "w").close()
spooled = tempfile.SpooledTemporaryFile(1)
spooled.write(b"xyz")
unnamed = tempfile.TemporaryFile()
end(%d)
""" % number, said="")

    def test_the_control_leaves_them(self):
        self.check(signal.SIGTERM, """
file, directory = tempfile.NamedTemporaryFile(prefix="file"), tempfile.TemporaryDirectory(prefix="directory")
end(signal.SIGTERM)
""", left=["file", "directory"])

    def test_keyboard_interrupt_cleans_up_by_itself(self):
        self.check(signal.SIGINT, """
tempfile.cleanup_on_signals()
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
open(directory.name + "/full", "w").close()
try:
    end(signal.SIGINT)
except KeyboardInterrupt:
    assert os.path.exists(file.name) and os.path.exists(directory.name + "/full")  # the program may go on
with tempfile.NamedTemporaryFile() as another:
    end(signal.SIGINT)
""")

    def test_sigint_without_a_handler(self):
        self.check(signal.SIGINT, """
signal.signal(signal.SIGINT, signal.SIG_DFL)
tempfile.cleanup_on_signals()
file = tempfile.NamedTemporaryFile()
end(signal.SIGINT)
""", said="")

    def test_a_handler_that_goes_on_keeps_its_files(self):
        self.check(signal.SIGTERM, """
told = []
signal.signal(signal.SIGHUP, lambda number, frame: told.append(number))
tempfile.cleanup_on_signals()
file = tempfile.NamedTemporaryFile()
end(signal.SIGHUP, handled=True)
assert told == [signal.SIGHUP] and os.path.exists(file.name)
end(signal.SIGTERM)
""", said="")

    def test_a_named_signal_is_cleaned_up_on_before_its_handler(self):
        self.check(signal.SIGUSR1, """
told = []
signal.signal(signal.SIGTERM, lambda number, frame: told.append(os.path.exists(file.name)))
signal.signal(signal.SIGHUP, signal.SIG_IGN)
tempfile.cleanup_on_signals(signal.SIGTERM, signal.SIGUSR1, signal.SIGHUP)
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
end(signal.SIGHUP, handled=True)
assert os.path.exists(file.name)
end(signal.SIGTERM, handled=True)
assert told == [False] and not os.path.exists(directory.name)
assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL and signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL
file.close() if sys.version_info >= (3, 12) else None  # before, closing what is gone is an error
other = tempfile.NamedTemporaryFile()
end(signal.SIGUSR1)
""", said="")

    def test_other_signals(self):
        self.script(START + """
for number in signal.SIGKILL, signal.SIGSEGV, signal.SIGCHLD, 0, 1000, 2 ** 32 + signal.SIGTERM:
    try:
        tempfile.cleanup_on_signals(number)
    except ValueError as error:
        assert str(int(number)) in str(error), error
    else:
        raise SystemExit("%d was taken" % number)
try:
    tempfile.cleanup_on_signals("SIGTERM")
except ValueError:
    pass
else:
    raise SystemExit("a name was taken")
""")

    def test_what_is_kept_stays(self):
        self.check(signal.SIGTERM, """
early = tempfile.TemporaryDirectory(prefix="early")
early._finalizer.detach()
tempfile.cleanup_on_signals()
closer = tempfile.NamedTemporaryFile(prefix="closer")
closer._closer.delete = False
undecided = tempfile.NamedTemporaryFile(prefix="undecided")
undecided._closer.delete = False
undecided._closer.delete = True
detached = tempfile.TemporaryDirectory(prefix="detached")
detached._finalizer.detach()
asked = tempfile.NamedTemporaryFile(prefix="asked", delete=False)
again = tempfile.NamedTemporaryFile(prefix="again")
again.close()
open(again.name, "x").close()  # the program's own, of that name
with tempfile.TemporaryDirectory(prefix="removed") as name:
    pass
os.mkdir(name)
gone = tempfile.TemporaryDirectory()
gone.cleanup()
dropped = tempfile.TemporaryDirectory()
name = dropped.name
del dropped
assert not os.path.exists(name)
end(signal.SIGTERM)
""", left=["early", "closer", "detached", "asked", "again", "removed"])

    def test_a_host_that_never_runs_pythons_exit(self):
        """As uWSGI's master: C's exit ends it, and what was made before the fork is its own."""
        out, _ = self.script(START + """
import ctypes
tempfile.cleanup_on_signals()
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
open(directory.name + "/full", "w").close()
faulthandler.cancel_dump_traceback_later()  # its thread is missing in the child, whose end would wait for it
pid = os.fork()
if pid == 0:
    sys.exit()
assert os.waitpid(pid, 0)[1] == 0
assert os.path.exists(file.name) and os.path.exists(directory.name + "/full")
ctypes.CDLL(None).exit(0)
""")
        self.assertEqual(out, "")

    def test_what_is_kept_stays_at_exit(self):
        """The library cleans up at exit too what is registered with it."""
        out, _ = self.script(START + """
tempfile.cleanup_on_signals()
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
file._closer.delete = False
directory._finalizer.detach()
open(directory.name + "/full", "w").close()
print(file.name, directory.name)
others = [tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()]
""", "-W", "ignore")
        for name in out.split():
            subprocess.run(["rm", "-r", name], check=True)

    @unittest.skipIf(sys.version_info < (3, 12), "delete and delete_on_close are from 3.12 on")
    def test_the_parameters_of_3_12(self):
        self.check(signal.SIGTERM, """
tempfile.cleanup_on_signals()
kept = tempfile.TemporaryDirectory(prefix="kept", delete=False)
file = tempfile.NamedTemporaryFile(delete_on_close=False)
file.close()
assert os.path.exists(file.name)
with tempfile.NamedTemporaryFile(delete_on_close=False, prefix="mine") as mine:
    mine.close()
open(mine.name, "x").close()
end(signal.SIGTERM)
""", left=["kept", "mine"])

    def test_every_way_of_cleaning_up_unregisters(self):
        self.check(signal.SIGTERM, """
import gc, threading
from libtempfile import _signals
tempfile.cleanup_on_signals()
def use():
    for _ in range(100):
        with tempfile.NamedTemporaryFile() as a, tempfile.TemporaryDirectory() as b:
            open(b + "/x", "w").close()
        c, d = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
        method = c.write
        del c, d, method
        e = tempfile.TemporaryDirectory()
        e.cleanup()
        os.mkdir(e.name)
        os.rmdir(e.name)
        f = tempfile.NamedTemporaryFile()
        os.unlink(f.name)
        try:
            f.close()
        except FileNotFoundError:
            pass
threads = [threading.Thread(target=use) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
gc.collect()
assert not _signals._registrations, _signals._registrations
end(signal.SIGTERM)
""", said="")

    def test_a_programs_own_kinds_stay_what_they_are(self):
        self.check(signal.SIGTERM, """
import weakref
class Closer(tempfile._TemporaryFileCloser):
    __slots__ = ("slot",)
class Finalizer(weakref.finalize):
    __slots__ = ()
class Directory(tempfile.TemporaryDirectory):
    def __init__(self):
        super().__init__(prefix="directory")
        self._finalizer.detach()
        self._finalizer = Finalizer(self, print)
path = os.path.join(os.environ["TMPDIR"], "file")
closer, directory = Closer(open(path, "w"), path), Directory()
tempfile.cleanup_on_signals()
other = Closer(open(path, "a"), path)
after = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
assert type(closer) is type(other) is Closer and type(directory._finalizer) is Finalizer
end(signal.SIGTERM)
""", left=["directory", "file"])

    def test_a_signal_in_the_middle(self):
        for _ in range(5):
            left = self.ended_by(signal.SIGTERM, """
import threading
tempfile.cleanup_on_signals()
used = threading.Semaphore(0)
def use():
    while True:
        with tempfile.NamedTemporaryFile(prefix="busy") as file:
            file.write(b"x")
        used.release()
for _ in range(3):
    threading.Thread(target=use, daemon=True).start()
file = tempfile.NamedTemporaryFile(prefix="kept")
for _ in range(100):
    used.acquire()
end(signal.SIGTERM)
""")
            self.assertLessEqual(len(left), 3, left)  # what is just being made stays, one for each thread
            self.assertFalse([name for name in left if not name.startswith("busy")])

    def test_children(self):
        self.check(signal.SIGTERM, """
def child(do):
    pid = os.fork()
    if pid == 0:
        do()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGTERM, status
tempfile.cleanup_on_signals()
file, directory = tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()
def own():
    global kept
    kept = [tempfile.NamedTemporaryFile(), tempfile.TemporaryDirectory()]
child(lambda: None)
child(own)
child(lambda: (file.close(), directory._finalizer()))
assert sorted(os.listdir(os.environ["TMPDIR"])) == sorted(map(os.path.basename, [file.name, directory.name]))
def heir():
    tempfile.adopt(file)
    tempfile.adopt(directory)
child(heir)
assert not os.path.exists(file.name) and not os.path.exists(directory.name)
later = tempfile.NamedTemporaryFile()
end(signal.SIGTERM)
""", said="")

    def test_an_interruption_leaves_nothing_registered(self):
        """But for the instructions by which a finalizer begins, and enters the block that is there for interruptions."""
        out, _ = self.script(INTERRUPTED, "-W", "ignore")
        self.assertEqual(set(out.split()) - {"__call__", "detach"}, set())
        self.assertLessEqual(len(out.split()), 3)
        for name in support.os.listdir(self.directory):
            support.os.rmdir(support.os.path.join(self.directory, name))

    def test_nothing_is_loaded_before_the_call(self):
        out, _ = self.script("""
import sys, threading, libtempfile
libtempfile.cleanup_on_signals
from libtempfile import _ffi
print(_ffi._functions, "ctypes" in sys.modules, len(__import__("os").listdir("/proc/self/task")))
""")
        self.assertEqual(out, "None False 1\n")


if __name__ == "__main__":
    unittest.main()
