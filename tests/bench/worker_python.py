"""The worker in Python: the jobs by the library's package, by CPython's tempfile, and by the shortest program; see worker.h.

What is compared runs in one interpreter. A floor's names are ready beforehand: it pays for nothing but the calls, and the
kernel sees another name every time.
"""

import gc
import io
import itertools
import os
import shutil
import sys
import tempfile as cpython
import time

import libtempfile

HERE = os.environ["TMPDIR"]
NAMES = itertools.cycle([os.path.join(HERE, "tmp%08d" % number) for number in range(10000)])
CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
UNNAMED = os.O_RDWR | os.O_TMPFILE | os.O_CLOEXEC
KILOBYTE = b"k" * 1024
SMALL = b"s" * 64
DIRECTORIES, FILES = 40, 500


def through(module):
    """The jobs as a program does them that has imported this module."""

    def mkstemp():
        descriptor, path = module.mkstemp()
        os.close(descriptor)
        os.unlink(path)

    def named():
        with module.NamedTemporaryFile() as file:
            file.write(b"data")

    def directory():
        with module.TemporaryDirectory():
            pass

    def unnamed():
        with module.TemporaryFile() as file:
            file.write(b"data")

    def spooled():
        with module.SpooledTemporaryFile() as file:
            file.write(KILOBYTE)
            file.seek(0)
            file.read()

    def spooled_often():
        with module.SpooledTemporaryFile() as file:
            for _ in range(1000):
                file.write(SMALL)

    return {
        "mkstemp": mkstemp,
        "named": named,
        "directory": directory,
        "unnamed": unnamed,
        "spooled": spooled,
        "spooled_often": spooled_often,
    }


def raw_mkstemp():
    name = next(NAMES)
    os.close(os.open(name, CREATE, 0o600))
    os.unlink(name)


def opener(path, flags):
    return os.open(path, CREATE, 0o600)


def raw_named():
    name = next(NAMES)
    with open(name, "w+b", opener=opener) as file:
        file.write(b"data")
    os.unlink(name)


def raw_directory():
    """lstat: what is removed later must be what was made."""
    name = next(NAMES)
    os.mkdir(name, 0o700)
    os.lstat(name)
    os.rmdir(name)


def raw_unnamed():
    with open(os.open(HERE, UNNAMED, 0o600), "w+b") as file:
        file.write(b"data")


def raw_spooled():
    with io.BytesIO() as file:
        file.write(KILOBYTE)
        file.seek(0)
        file.read()


def raw_spooled_often():
    with io.BytesIO() as file:
        for _ in range(1000):
            file.write(SMALL)


def plant(top):
    for i in range(DIRECTORIES):
        directory = os.path.join(top, "directory%02d" % i)
        os.mkdir(directory)
        for j in range(FILES):
            os.close(os.open(os.path.join(directory, "file%03d" % j), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def raw_clean_up(directory):
    """By descriptor, and the root by its path."""
    top = os.open(directory.name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    for name in os.listdir(top):
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
        for file in os.listdir(below):
            os.unlink(file, dir_fd=below)
        os.close(below)
        os.rmdir(name, dir_fd=top)
    os.close(top)
    os.rmdir(directory.name)
    directory.cleanup()  # there is nothing left to do


REPLACED = os.path.join(HERE, "replaced")
LARGE = b"x" * (100 << 20)


def replace(content, sync):
    """The job of a publication, as a program does it."""

    def work():
        with libtempfile.atomic_write(REPLACED, sync=sync) as file:
            file.write(content)

    return work


def repeated(work):
    """Measures many rounds at once."""

    def measure(count):
        rounds = range(count)
        start = time.perf_counter_ns()
        for _ in rounds:
            work()
        return time.perf_counter_ns() - start

    return measure


def of_a_tree(make, remove):
    """Measures removals; the trees are made aside. Collected before, because the last tree's names are garbage."""

    def measure(count):
        total = 0
        for _ in range(count):
            made = make()
            plant(made if isinstance(made, str) else made.name)
            gc.collect()
            start = time.perf_counter_ns()
            remove(made)
            total += time.perf_counter_ns() - start
        return total

    return measure


def contestants():
    table = {"our_" + name: repeated(work) for name, work in through(libtempfile).items()}
    table.update({"cpython_" + name: repeated(work) for name, work in through(cpython).items()})
    for work in (raw_mkstemp, raw_named, raw_directory, raw_unnamed, raw_spooled, raw_spooled_often):
        table[work.__name__] = repeated(work)
    for size, content in ("small", LARGE[:4096]), ("large", LARGE):
        table["our_replace_" + size] = repeated(replace(content, False))
        table["our_replace_%s_synced" % size] = repeated(replace(content, True))
    table["our_clean_up"] = of_a_tree(libtempfile.TemporaryDirectory, lambda made: made.cleanup())
    table["cpython_clean_up"] = of_a_tree(cpython.TemporaryDirectory, lambda made: made.cleanup())
    table["raw_clean_up"] = of_a_tree(cpython.TemporaryDirectory, raw_clean_up)
    table["shutil_rmtree"] = of_a_tree(cpython.mkdtemp, shutil.rmtree)
    return table


def main():
    table = contestants()
    for line in sys.stdin:
        name, count = line.split()
        print(table[name](int(count)), flush=True)


if __name__ == "__main__":
    main()
