"""Random operations on files of the C library and on Python's own: both must answer alike, and end with the same bytes.

Each case draws a class, a mode, a size of buffer and a list of calls from its seed. The other side is what Python's
functions of the same name return: io.BufferedRandom, io.TextIOWrapper or SpooledTemporaryFile. A failure prints the seed,
the case and the calls up to the difference.

usage: operations.py LIBRARY [OPERATIONS [SEED]]    OPERATIONS: how many, over all cases; SEED: the first case, 1
"""

import ctypes
import multiprocessing
import os
import random
import sys
import tempfile

CALLS = 60  # of a case
OFFSETS = 1 << 48  # positions in text below are offsets
APPEND, BUFFERED, NO_TMPFILE = 0x80, 0x40, 0x10
ROOM = 1 << 16
ASCII = ["a", "b", "xyz", "\n", "\n", "\r", "\r\n", "a line of some length\n"]
LETTERS = [*ASCII, "\u00e9", "\u20ac", "\U0001f600"]


class Options(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        *((name, ctypes.c_char_p) for name in "suffix prefix dir mode encoding errors newline name".split()),
        ("buffering", ctypes.c_int64),
        ("max_size", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("permissions", ctypes.c_uint32),
    ]


def load(path):
    library = ctypes.CDLL(path)
    size, offset, pointer = ctypes.c_size_t, ctypes.c_int64, ctypes.c_void_p
    for name, arguments in {
        "read": [pointer, size],
        "readline": [pointer, size],
        "write": [pointer, size],
        "seek": [offset, ctypes.c_int],
        "tell": [],
        "truncate": [offset],
        "flush": [],
        "pread": [pointer, size, offset],
        "pwrite": [pointer, size, offset],
        "fileno": [],
        "close": [],
    }.items():
        function = getattr(library, "tempfile_file_" + name)
        function.argtypes, function.restype = [pointer, *arguments], offset
        if name in ("flush", "fileno", "close"):
            function.restype = ctypes.c_int
    library.tempfile_file_free.argtypes, library.tempfile_file_free.restype = [pointer], None
    return library


class Ours:
    """A file of the C library. Text is bytes of UTF-8 here."""

    room = ctypes.create_string_buffer(ROOM)

    def __init__(self, library, kind, options):
        self._library = library
        self._file = ctypes.c_void_p()
        create = getattr(library, "tempfile_%s_temporary_file" % kind if kind != "unnamed" else "tempfile_temporary_file")
        result = create(ctypes.byref(options), ctypes.byref(self._file))
        if result != 0:
            raise OSError(-result, os.strerror(-result))

    def _call(self, name, *arguments):
        result = getattr(self._library, "tempfile_file_" + name)(self._file, *arguments)
        return result if result >= 0 else "error"

    def read(self, size):
        n = self._call("read", self.room, size)
        return n if n == "error" else self.room.raw[:n]

    def readline(self):
        n = self._call("readline", self.room, ROOM)
        return n if n == "error" else self.room.raw[:n]

    def pread(self, size, offset):
        n = self._call("pread", self.room, size, offset)
        return n if n == "error" else self.room.raw[:n]

    def write(self, data):
        return self._call("write", data, len(data))

    def pwrite(self, data, offset):
        return self._call("pwrite", data, len(data), offset)

    def seek(self, offset, whence):
        return self._call("seek", offset, whence)

    def tell(self):
        return self._call("tell")

    def truncate(self, size):
        return self._call("truncate", size)

    def flush(self):
        return self._call("flush")

    def content(self):
        return content(self._call("fileno"))

    def end(self):
        self._library.tempfile_file_free(self._file)


class Unreadable(Exception):
    """Both sides have refused to decode. Where they go on from differs: ours tries again, Python has moved."""


class Theirs:
    """Python's file, with the same results."""

    def __init__(self, file, case):
        self._file = file
        self._text, self._append, self._spooled = case["text"], case["flags"] & APPEND, case["kind"] == "spooled"
        self._broken = case["broken"]

    def _try(self, call):
        try:
            return call()
        except (OSError, ValueError):
            return "error"

    def _in_memory(self):
        return self._spooled and not self._file._rolled

    def read(self, size):
        return self._file.read(size)

    def read_characters(self, ours):
        """Reads what the other side has read: how many bytes there are in so many characters is known only then."""
        size = 1 if ours == "error" else len(ours.decode()) or 1
        return self._try(lambda: self._file.read(size).encode())

    def readline(self):
        return self._try(lambda: self._file.readline().encode() if self._text else self._file.readline())

    def _at(self, offset, call):
        here = self._file.tell()
        self._file.seek(offset)
        result = call()
        self._file.seek(here)
        return result

    def pread(self, size, offset):
        return self._at(offset, lambda: self._file.read(size))

    def pwrite(self, data, offset):
        if self._append:
            return "error"
        result = self._at(offset, lambda: self._file.write(data))
        self._file.flush()  # what was read ahead may be what was written over
        return result

    def write(self, data):
        if self._broken and len(data) > 2:
            data = b"?" * len(data)
        self._file.write(data.decode() if self._text else data)
        if (self._text or self._append) and not self._in_memory():
            self._file.flush()  # until then a read of text misses the write, and with O_APPEND the position is wrong
        return len(data)

    def seek(self, offset, whence):
        return self._try(lambda: self._file.seek(offset, whence) if not self._spooled else self._seek(offset, whence))

    def _seek(self, offset, whence):
        result = self._file.seek(offset, whence)
        return self._file.tell() if result is None else result  # Python 3.9 and 3.10

    def tell(self):
        return self._try(self._file.tell)

    def truncate(self, size):
        result = self._try(lambda: self._file.truncate(None if size < 0 else size))
        if result is None:  # SpooledTemporaryFile's
            result = size if size >= 0 else self._file.tell()
        return result

    def flush(self):
        self._file.flush()
        return 0

    def content(self):
        self._file.flush()
        return content(self._file.fileno())

    def end(self):
        self._file.close()


def content(descriptor):
    return os.pread(descriptor, ROOM * 4, 0)


def draw_case(source, broken):
    text = source.random() < 0.4
    kind = source.choice(["named", "unnamed", "spooled"])
    case = {
        "kind": kind,
        "text": text,
        "broken": broken,
        "buffering": source.choice([0, 1, 2, 7, 50, 4096] + ([] if text else [-2])),
        "flags": NO_TMPFILE if source.random() < 0.1 else 0,
        "max_size": source.choice([0, 1, 30, 200, 5000]) if kind == "spooled" else 0,
        "newline": source.choice([None, "", "\n", "\r", "\r\n"]) if text else None,
        "encoding": source.choice(["utf-8", "utf-8", "utf-8", "utf-16", "utf-8-sig", "utf-16-le"]) if text else None,
        "letters": source.choice([ASCII, LETTERS]),
    }
    if case["buffering"] != -2 and source.random() < 0.6:
        case["flags"] |= BUFFERED
    if not text and kind != "spooled" and source.random() < 0.2:
        case["flags"] |= APPEND
    return case


def make_ours(library, case, folder):
    options = Options(struct_size=ctypes.sizeof(Options), dir=os.fsencode(folder), buffering=case["buffering"])
    options.flags, options.max_size = case["flags"], case["max_size"]
    if case["text"]:
        options.mode, options.encoding = b"w+", case["encoding"].encode()
        options.newline = None if case["newline"] is None else case["newline"].encode()
    return Ours(library, case["kind"], options)


def make_theirs(case, folder):
    text = {"mode": "w+", "encoding": case["encoding"], "newline": case["newline"]} if case["text"] else {"mode": "w+b"}
    if case["kind"] == "spooled":
        return Theirs(tempfile.SpooledTemporaryFile(case["max_size"], dir=folder, **text), case)
    if case["flags"] & APPEND:
        descriptor, path = tempfile.mkstemp(dir=folder)
        os.close(descriptor)
        file = open(path, "a+b")
        os.unlink(path)
        return Theirs(file, case)
    return Theirs(tempfile.TemporaryFile(dir=folder, **text), case)


def draw_data(source, letters):
    data = "".join(source.choices(letters, k=source.choice([0, 1, 2, 3, 10, 60]))).encode()
    return data * source.choice([1, 1, 1, 1, 10])


def compare(case, calls, name, ours, theirs, arguments):
    calls.append((name, arguments, ours, theirs))
    if ours != theirs:
        lines = [("      %s%r -> %r, Python's %r" % call)[:300] for call in calls[-12:]]
        raise AssertionError("%r\n%s" % (case, "\n".join(lines)))
    if case["text"] and ours == "error":
        raise Unreadable


def one_binary(source, case, calls, ours, theirs):
    name = source.choice(["write"] * 5 + ["read", "readline"] * 2 + "seek tell truncate flush pread pwrite".split())
    arguments = {
        "write": lambda: (draw_data(source, LETTERS),),
        "read": lambda: (source.choice([1, 3, 10, 100, 5000]),),
        "seek": lambda: source.choice(
            [(source.randrange(300), 0), (source.randrange(-20, 20), 1), (-source.randrange(30), 2)]
        ),
        "truncate": lambda: (source.choice([-1, -1, source.randrange(300)]),),
        "pread": lambda: (source.choice([1, 10, 100]), source.randrange(200)),
        "pwrite": lambda: (draw_data(source, LETTERS)[:20], source.randrange(200)),
    }.get(name, tuple)()
    if name == "seek" and case["kind"] == "spooled" and arguments[1] != 0:
        arguments = (0, arguments[1])  # where BytesIO stops at the start and a file refuses
    compare(case, calls, name, getattr(ours, name)(*arguments), getattr(theirs, name)(*arguments), arguments)


def one_text(source, case, calls, places, ours, theirs):
    """Positions are compared, and gone back to, where they are offsets: Python's others depend on how it reads ahead."""
    name = source.choice(["write"] * 5 + ["read", "readline"] * 2 + "place back end truncate flush".split())
    if name == "write":
        data = draw_data(source, case["letters"])
        if len(case["letters"]) > len(ASCII):  # half a character would be left behind a write in the middle
            compare(case, calls, "end", ours.seek(0, 2), theirs.seek(0, 2), ())
        compare(case, calls, name, ours.write(data), theirs.write(data), (data,))
    elif name == "read":
        size = source.choice([4, 5, 10, 100])
        got = ours.read(size)
        compare(case, calls, name, got, theirs.read_characters(got), (size,))
    elif name == "place":
        place = theirs.tell()
        if place < OFFSETS:
            compare(case, calls, name, ours.tell(), place, ())
            places.append(place)
    elif name == "back":
        place = source.choice([0, *places])
        compare(case, calls, name, ours.seek(place, 0), theirs.seek(place, 0), (place,))
    elif name == "end":
        compare(case, calls, name, ours.seek(0, 2), theirs.seek(0, 2), ())
    elif name == "truncate":
        place = source.choice([0, *places])
        del places[:]
        compare(case, calls, "seek", ours.seek(place, 0), theirs.seek(place, 0), (place,))
        compare(case, calls, name, ours.truncate(-1), theirs.truncate(-1), ())
    else:
        compare(case, calls, name, getattr(ours, name)(), getattr(theirs, name)(), ())


def run_case(library, seed, broken, folder):
    source = random.Random(seed)
    case = draw_case(source, broken)
    ours, theirs = make_ours(library, case, folder), make_theirs(case, folder)
    calls, places = [], []
    try:
        for _ in range(CALLS):
            if case["text"]:
                one_text(source, case, calls, places, ours, theirs)
            else:
                one_binary(source, case, calls, ours, theirs)
        compare(case, calls, "content", ours.content(), theirs.content(), ())
    except Unreadable:
        pass
    finally:
        ours.end()
        theirs.end()


def run_cases(arguments):
    """Runs the cases of one process; gives the failures."""
    path, seeds, broken = arguments
    library = load(path)
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            try:
                run_case(library, seed, broken, folder)
            except AssertionError as error:
                failures.append("seed %d: %s" % (seed, error))
                if len(failures) == 5:
                    break
        if os.listdir(folder):
            failures.append("left behind: %s" % os.listdir(folder))
    return failures


def main(path, operations="1000000", first="1"):
    cases = max(int(operations) // CALLS, 1)
    processes = os.cpu_count() or 1
    seeds = range(int(first), int(first) + cases)
    shares = [(path, seeds[i::processes], False) for i in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        failures = [failure for share in pool.map(run_cases, shares) for failure in share]
    for failure in failures:
        print("FAIL random %s" % failure)
    if not failures:
        print(
            "ok random %d operations on %d files are as Python's, seeds %s to %d" % (cases * CALLS, cases, first, seeds[-1])
        )
    caught = len(run_cases((path, range(1, 6), True))) == 5
    print(
        "%s a control: %s" % ("ok random" if caught else "FAIL random", "a write of other bytes is caught, in 5 of 5 files")
    )
    sys.exit(bool(failures) or not caught)


if __name__ == "__main__":
    main(*sys.argv[1:])
