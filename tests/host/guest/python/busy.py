"""Shared by the fork programs: objects that a child inherits, and threads that use every class during the fork."""

import faulthandler
import os
import signal
import sys
import threading
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "..", "python"))
sys.dont_write_bytecode = True
warnings.simplefilter("ignore")  # from 3.12 on os.fork() warns of threads

import libtempfile as tempfile  # noqa: E402

THREADS = 4


def end_after(seconds: int) -> None:
    """Ends a process that hangs, with a report of its threads. A child has to call it again."""
    faulthandler.register(signal.SIGALRM, chain=True)
    signal.alarm(seconds)


def use_every_class() -> None:
    with (
        tempfile.NamedTemporaryFile() as named,
        tempfile.TemporaryFile("w+") as unnamed,
        tempfile.TemporaryDirectory() as directory,
    ):
        named.write(b"data")
        unnamed.write("data")
        with open(os.path.join(directory, "file"), "w") as file:
            file.write("data")
        with tempfile.SpooledTemporaryFile(3) as spooled:
            spooled.write(b"data")
            spooled.seek(0)
            assert spooled.read() == b"data"
    assert not os.path.exists(named.name) and not os.path.exists(directory)


class Objects:
    """Makes one object of each class, with data in it."""

    def __init__(self) -> None:
        self.named = tempfile.NamedTemporaryFile()
        self.unnamed = tempfile.TemporaryFile()
        self.memory = tempfile.SpooledTemporaryFile()
        self.rolled = tempfile.SpooledTemporaryFile(1)
        self.directory = tempfile.TemporaryDirectory()
        for file in (self.named, self.unnamed, self.memory, self.rolled):
            file.write(b"data")
            file.flush()

    def use(self) -> None:
        # pread, because other processes share the position
        for file in (self.named, self.unnamed, self.rolled):
            assert os.pread(file.fileno(), 10, 0) == b"data", file
        self.memory.seek(0)
        assert self.memory.read() == b"data"
        assert self.are_there()

    def are_there(self) -> bool:
        return os.path.exists(self.named.name) and os.path.isdir(self.directory.name)


class Busy:
    """Threads that use every class until they are stopped."""

    def __init__(self) -> None:
        self.stopped, self.inside, self.failed = False, 0, []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run) for _ in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def run(self) -> None:
        try:
            while not self.stopped:
                with self.lock:
                    self.inside += 1
                use_every_class()
                with self.lock:
                    self.inside -= 1
        except BaseException as error:
            self.failed.append(error)
            raise

    def stop(self) -> None:
        self.stopped = True
        for thread in self.threads:
            thread.join()
        assert not self.failed, self.failed
