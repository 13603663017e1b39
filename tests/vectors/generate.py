#!/usr/bin/env python3
"""Writes the shared vectors: what every language's tempfile must answer, as CPython's own does.

usage: generate.py            write the *.json beside this file
       generate.py --check    fail if one of them is not what would be written

Standard library only, Python 3.11 or later. What CPython can answer is recorded from it, here and now; the rest, which
only this library has, is written by hand below and says so. README.md describes the format.
"""

import errno
import itertools
import json
import os
import pathlib
import random
import shutil
import string
import sys
import tempfile
import warnings

from publications import publications

HERE = pathlib.Path(__file__).resolve().parent
NAMED = ("mkstemp", "mkdtemp", "mktemp", "named_temporary_file", "temporary_directory")
FILES = ("named_temporary_file", "temporary_file", "spooled_temporary_file")
CREATORS = NAMED + ("temporary_file", "spooled_temporary_file")
UNBUFFERED = -2
NO_O_TMPFILE, ONLY_O_TMPFILE, ON_DISK, IN_MEMORY = 0x10, 0x20, 0x100, 0x200


# --- asking CPython


def errno_of(error, closed=False):
    """The errno that stands for an exception."""
    if closed or isinstance(error, OSError) and error.errno is None:  # ValueError: closed; io.UnsupportedOperation
        return "EBADF"
    return errno.errorcode[error.errno] if isinstance(error, OSError) else "EINVAL"


def as_bytes(text):
    return None if text is None else text.encode("latin-1")


def create(function, options, directory):
    """Creates something as CPython does, removes it, and gives the path as bytes."""
    given = {key: as_bytes(options[key]) for key in ("prefix", "suffix") if key in options}
    given["dir"] = os.fsencode(os.path.join(directory, options.get("dir", ".")))
    given |= {key: options[key] for key in ("mode", "encoding", "errors", "newline") if key in options}
    if function == "mktemp":
        return os.fsencode(tempfile.mktemp(**{key: os.fsdecode(value) for key, value in given.items()}))
    if function == "mkstemp":
        descriptor, path = tempfile.mkstemp(**given)
        os.close(descriptor)
        os.unlink(path)
        return path
    if function == "mkdtemp":
        path = tempfile.mkdtemp(**given)
        os.rmdir(path)
        return path
    if function == "temporary_directory":
        with tempfile.TemporaryDirectory(**given) as path:
            return path
    if function == "named_temporary_file":
        with tempfile.NamedTemporaryFile(**given) as file:
            return file.name
    with (tempfile.TemporaryFile if function == "temporary_file" else tempfile.SpooledTemporaryFile)(**given):
        return b""


def answer(function, options, directory):
    """What a case expects: the parts of the name, or an errno."""
    try:
        name = os.path.basename(create(function, options, directory))
    except (OSError, ValueError) as error:
        return {"errno": errno_of(error)}
    if not name:
        return {}
    head, tail = as_bytes(options.get("prefix", "tmp")), as_bytes(options.get("suffix", ""))
    middle = name[len(head) : len(name) - len(tail)].decode()
    assert name.startswith(head) and name.endswith(tail) and len(middle) == 8
    assert set(middle) <= set(string.ascii_lowercase + string.digits + "_")
    return {"head": head.decode("latin-1"), "random": 8, "tail": tail.decode("latin-1")}


def recorded(directory, functions, options):
    """Cases as CPython answers them, functions that agree in one case."""
    answers = {function: answer(function, options, directory) for function in functions}
    for given, group in itertools.groupby(functions, answers.get):
        yield {"functions": list(group), "options": options, **given}


# --- names


def names(directory):
    parts = ["", "p", "tmp", ".hidden", "-dash", "with space", "new\nline", "100%s", "x" * 64, "dots..", "..", ".", "~", "*",
             "\\", "\u00ff\u00fe", "\u00c3\u00a9", "\u0080", "\u0001", "q\u00c3"]  # fmt: skip
    for part in parts:
        yield from recorded(directory, NAMED, {"prefix": part})
        yield from recorded(directory, NAMED, {"suffix": part})
    yield from recorded(directory, NAMED, {})
    yield from recorded(directory, NAMED, {"prefix": "", "suffix": ""})
    yield from recorded(directory, NAMED, {"prefix": "a", "suffix": ".b"})
    yield from recorded(directory, NAMED, {"prefix": "\u00e4", "suffix": "\u00fc"})
    for length in (246, 247, 248, 255, 256, 1000):  # with 8 random characters, 247 make 255
        yield from recorded(directory, NAMED, {"prefix": "p" * length})
        yield from recorded(directory, NAMED, {"prefix": "", "suffix": "s" * length})
        yield from recorded(directory, NAMED, {"prefix": "p" * (length // 2), "suffix": "s" * (length - length // 2)})
    yield from recorded(directory, NAMED, {"prefix": "\u00ff" * 247})
    yield from recorded(directory, NAMED, {"prefix": "\u00ff" * 248})


def exact_names():
    """CPython has no exact names; these are by hand."""

    def case(expect, functions=NAMED, **options):
        return {"functions": list(functions), "options": options, **expect}

    def gives(name):
        return {"head": name, "random": 0, "tail": ""}

    creating = [function for function in NAMED if function != "mktemp"]
    yield case(gives("tmpn"), name="n")
    yield case(gives("n"), name="n", prefix="")
    yield case(gives("anb"), name="n", prefix="a", suffix="b")
    yield case(gives("..."), name="...", prefix="")
    yield case(gives(".a"), name=".", prefix="", suffix="a")
    yield case(gives("\u00ff"), name="\u00ff", prefix="")
    yield case(gives("n" * 255), name="n" * 255, prefix="")
    yield case(gives("p" * 100 + "n" * 100 + "s" * 55), name="n" * 100, prefix="p" * 100, suffix="s" * 55)
    yield case({"errno": "ENAMETOOLONG"}, creating, name="n" * 256, prefix="")
    yield case({"errno": "ENAMETOOLONG"}, creating, name="n", prefix="p" * 128, suffix="s" * 127)
    for prefix, name, suffix in (("", ".", ""), ("", "..", ""), (".", ".", ""), ("", ".", ".")):
        yield case({"errno": "EINVAL"}, prefix=prefix, name=name, suffix=suffix)
    yield case({"errno": "EEXIST"}, name="taken", prefix="")
    yield case({"errno": "EEXIST"}, name="ak", prefix="t", suffix="en")
    yield case({"errno": "EEXIST"}, name="dangling", prefix="")
    yield case({"errno": "EEXIST"}, name="folder", prefix="")
    yield case({"errno": "EINVAL"}, name="") | {"except": ["go"]}
    anywhere = {"head": "tmp", "random": 8, "tail": ""}
    for beside in ("missing", "taken", "dangling", "folder", "./missing"):
        yield case(anywhere, CREATORS[:5], beside=beside)


# --- bad input


def bad_input(directory):
    def case(wanted, functions=CREATORS, **options):
        return {"functions": list(functions), "options": options, "errno": wanted}

    for part in ("/", "a/b", "/abs", "../up", "trail/", "a\0b", "\0"):
        only = {"except": ["c"]} if "\0" in part else {}
        # CPython looks for the directory, or lets the file escape (gh-79459).
        for key in ("prefix", "suffix", "name"):
            yield case("EINVAL", **{key: part}) | only
    yield case("EINVAL", dir="a\0b") | {"except": ["c"]}
    for permissions in (0o1000, 0o1777, 0o4755, 0o100600, 0xFFFFFFFF):
        yield case("EINVAL", permissions=permissions)
    for buffering in (-3, -(2**63), 2**30 + 1, 2**63 - 1):
        yield case("EINVAL", buffering=buffering)
    for flags in (0x1000, 0x4000, 0x8000, 0x2000000, 0x80000000, 0x4001):
        yield case("EINVAL", flags=flags) | {"except": ["go"]}
    yield case("EINVAL", flags=NO_O_TMPFILE | ONLY_O_TMPFILE)
    yield case("EINVAL", FILES, mode="") | {"except": ["go"]}
    for where in ("missing", "taken", "taken/below", "dangling", "missing/below", "folder/../missing"):
        functions = "mkstemp", "mkdtemp", "named_temporary_file", "temporary_directory", "temporary_file"
        yield from (c for c in recorded(directory, functions, {"dir": where}) if "errno" in c)
    for key, value in (
        ("encoding", "utf-8"),
        ("encoding", "no such"),
        ("errors", "strict"),
        ("newline", ""),
        ("newline", "\n"),
    ):
        for mode in ("w+b", "rb", "xb"):
            yield from recorded(directory, FILES[:2], {"mode": mode, key: value})
            yield case("EINVAL", FILES[2:], mode=mode, **{key: value})  # CPython says so at the roll-over
    for beside in ("folder/", "folder/.", "folder/..", "missing/", "a\0b"):
        yield case("EINVAL", beside=beside) | ({"except": ["c"]} if "\0" in beside else {})
    yield case("EINVAL", beside="") | {"except": ["go"]}
    yield case("EINVAL", beside="taken", dir=".")
    for options in ({"beside": "taken"}, {"dir": "."}):
        yield case("EINVAL", min_free=1, **options)
        yield case("EINVAL", flags=ON_DISK, **options)
        yield case("EINVAL", flags=IN_MEMORY, **options)
    yield case("EINVAL", min_free=-1, dir=None)
    yield case("EINVAL", flags=ON_DISK | IN_MEMORY, dir=None)
    creating = [function for function in CREATORS if function not in ("mktemp", "spooled_temporary_file")]
    yield case("ENOENT", creating, beside="missing/x")
    yield case("ENOTDIR", creating, beside="taken/x")
    for flags in (0, ON_DISK, IN_MEMORY):
        yield case("ENOENT", creating + ["mktemp"], min_free=2**63 - 1, flags=flags, dir=None)


# --- modes


def all_modes():
    for length in range(4):
        for letters in itertools.product("rwax+bt", repeat=length):
            yield "".join(letters)
    yield from ("w+b+", "rb+t", "rwb+", "r+bb", "+wb+", "wbt+", "+b+w", "x+bt", "w+bw")
    yield from (
        "U",
        "rU",
        "rbU",
        "R",
        "W+B",
        " rb",
        "rb ",
        "r b",
        "w,b",
        "\u00e9",
        "\u00ff",
        "w+b\u00ff",
        "0",
        "rb0",
        "w+b" * 50,
    )


def modes(directory, wants_text):
    for mode in all_modes():
        case = {"mode": mode}
        try:
            with warnings.catch_warnings(), tempfile.NamedTemporaryFile(mode, dir=directory) as file:
                case |= {"readable": file.readable(), "writable": file.writable()}
        except ValueError:
            case |= {"errno": "EINVAL"}
        if wants_text == ("errno" not in case and "b" not in mode):
            yield case | ({} if mode else {"except": ["go"]})


# --- sequences


def perform(file, step):
    """Does one step and gives its result as the vectors have it."""
    do = step["do"]
    if do == "write":
        return file.write(as_bytes(step["data"]) * step.get("times", 1))
    if do in ("read", "readline"):
        return getattr(file, do)(step["size"]).decode("latin-1")
    if do == "seek":
        return file.seek(step["offset"], step["whence"])
    if do == "truncate":
        return file.truncate(step["size"])
    if do == "fileno":
        return file.fileno() * 0
    return getattr(file, do)() or 0


def play(file, steps):
    """Adds to each step what it gives, and where that leaves the file."""
    closed = False  # file.closed is no answer: rolling a closed SpooledTemporaryFile over opens it again
    for step in steps:
        step = dict(step)
        try:
            step["gives"] = perform(file, step)
        except (OSError, ValueError) as error:
            step["errno"] = errno_of(error, closed)
        closed = closed or step["do"] == "close"
        if not closed:
            step["tell"] = file.tell()
            if isinstance(file, tempfile.SpooledTemporaryFile):
                step["rolled"] = int(file._rolled)
        yield step


def w(data, times=1):
    return {"do": "write", "data": data} | ({"times": times} if times > 1 else {})


def r(size):
    return {"do": "read", "size": size}


def line(size):
    return {"do": "readline", "size": size}


def seek(offset, whence=0):
    return {"do": "seek", "offset": offset, "whence": whence}


def cut(size=None):
    return {"do": "truncate", "size": size}


ROLLOVER, FILENO, FLUSH, CLOSE = ({"do": do} for do in ("rollover", "fileno", "flush", "close"))


def spooled_by_idea():
    """(max_size, steps) for each rule."""
    for limit in (-5, -1, 0, 1, 2, 10, 1024, 1025):
        for length in sorted({0, 1, max(limit, 1) - 1, max(limit, 1), max(limit, 1) + 1}):
            yield limit, [w("a", length) if length != 0 else w(""), seek(0), r(3), w("b"), seek(0, 2)]
    for limit in (-1, 0, 5, 10):
        for size in (None, 0, 1, 4, 5, 6, 11):
            yield limit, [w("abc"), cut(size), seek(0, 2), seek(0), r(20), w("z"), seek(0), r(20)]
    for limit in (0, 10, 100):
        yield limit, [seek(8), w("xy"), seek(0), r(30), seek(3, 2), w("end"), seek(0), r(30)]  # gaps are zeros
        yield limit, [w("abcdef"), seek(-3, 1), r(9), seek(-100, 1), r(1), seek(-100, 2), r(1), seek(-1), seek(-2, 2), r(5)]
        yield (
            limit,
            [
                w("abcdef"),
                ROLLOVER,
                seek(-3, 1),
                r(9),
                seek(-100, 1),
                r(1),
                seek(-100, 2),
                r(1),
                seek(-1),
                seek(-2, 2),
                r(5),
            ],
        )
        yield (
            limit,
            [w("one\ntwo\n\nlast"), seek(0), line(10), line(2), line(1), line(1), line(5), line(9), line(9), line(9)],
        )
        yield limit, [w("abc"), FILENO, r(1), seek(0), r(5), FILENO, ROLLOVER, w("d"), seek(0), r(5)]
        yield limit, [seek(20), ROLLOVER, w("x"), seek(0), r(30)]
        yield limit, [seek(20), w(""), seek(0), r(5), seek(0, 2)]  # nothing written, but past the limit
        yield limit, [w("abcdefgh"), seek(2), cut(), seek(0), r(9), seek(5), cut(), seek(0, 2), w("x"), seek(0), r(9)]
        yield limit, [w("abcdefgh"), cut(3), w("x"), seek(0), r(20)]  # what was cut off reads as zeros
        yield limit, [w("ab\0c\n\u00ff\n"), seek(0), line(9), line(9), line(9), seek(0), r(20)]
        yield (
            limit,
            [FLUSH, w("a"), FLUSH, seek(0), FLUSH, r(4), CLOSE, r(1), w("a"), seek(0), cut(0), FLUSH, ROLLOVER, CLOSE],
        )
        yield limit, [seek(0, 5), seek(0, -1), w("ab"), seek(1, 1), r(1), r(0), line(4)]


def files_by_idea():
    """(mode, steps) for each rule."""
    text = "0123456789abcde\n"
    yield "w+b", [w("hello\nworld\n"), seek(0), line(100), w("W"), seek(0), r(20), r(5)]  # a write after reading ahead
    yield (
        "w+b",
        [
            w(text, 4),
            seek(0),
            r(3),
            seek(2, 1),
            r(3),
            seek(-4, 1),
            r(3),
            seek(-1, 2),
            r(3),
            seek(100),
            r(3),
            w("x"),
            seek(60),
            r(60),
        ],
    )
    yield "w+b", [w(text, 4), seek(5), r(4), cut(), seek(0), r(40), cut(20), seek(0), r(40), cut(3), r(1), seek(0), r(9)]
    yield (
        "w+b",
        [w("abc"), seek(-1), seek(-9, 1), seek(-9, 2), seek(0, 5), r(1), seek(1), r(1)],
    )  # whence 3 and 4 are the system's
    yield (
        "w+b",
        [
            w(text, 1024),
            seek(8180),
            r(9),
            r(9),
            line(40),
            line(5),
            seek(-20, 1),
            w("#"),
            seek(8170),
            r(40),
            seek(-3, 2),
            r(9),
            r(9),
        ],
    )
    yield (
        "w+b",
        [w("a\nb\n\nc"), seek(0), line(1), line(1), line(3), line(1), line(9), line(9), w("d"), seek(-2, 1), line(9)],
    )
    yield (
        "w+b",
        [
            w("x" * 40),
            seek(0),
            line(7),
            line(40),
            line(40),
            FLUSH,
            FILENO,
            CLOSE,
            r(1),
            line(1),
            w("x"),
            seek(0),
            cut(1),
            FLUSH,
            CLOSE,
        ],
    )
    for mode in ("r+b", "a+b", "x+b"):
        yield mode, [w("abc"), seek(1), w("X"), seek(0), r(9), seek(0, 2), w("d"), seek(0), r(9), cut(2), seek(0), r(9)]
    yield "rb", [r(4), line(4), w("x"), cut(0), cut(), seek(3), r(1), seek(0, 2), FLUSH]
    for mode in ("wb", "ab", "xb"):
        yield mode, [w("abc"), r(4), line(4), seek(1), w("X"), seek(0, 2), cut(2), seek(0, 2), w("y"), FLUSH]


def pick(dice, choices):
    """Only random() is promised to give the same for ever."""
    return choices[int(dice.random() * len(choices))]


def random_steps(dice, count, sizes, extra):
    letters = "abc\nxyz\n0123"
    for _ in range(count):
        size = pick(dice, sizes)
        do = pick(dice, ("write", "write", "write", "read", "read", "readline", "seek", "seek", "seek", "truncate", *extra))
        if do == "write":
            yield w("".join(pick(dice, letters) for _ in range(size)))
        elif do == "read":
            yield r(size)
        elif do == "readline":
            yield line(size + 1)
        elif do == "seek":
            whence = pick(dice, (0, 0, 1, 2))
            yield seek(size if whence == 0 else size - pick(dice, sizes), whence)
        elif do == "truncate":
            yield cut(pick(dice, (None, size)))
        else:
            yield {"do": do}


def spooled(directory):
    for seed in range(130):
        dice = random.Random(seed)
        limit = pick(dice, (-1, 0, 5, 10, 20, 40, 1000))
        yield (
            limit,
            list(random_steps(dice, 20, (0, 1, 2, 3, 5, 8, 13), () if seed % 3 else ("rollover", "fileno", "flush"))),
        )


def sequences_of_spooled(directory):
    for limit, steps in itertools.chain(spooled_by_idea(), spooled(directory)):
        with tempfile.SpooledTemporaryFile(max_size=limit, dir=directory) as file:
            yield {"max_size": limit, "steps": list(play(file, steps))}


def sequences_of_files(directory):
    planned = [(mode, buffering, steps) for mode, steps in files_by_idea() for buffering in (-1, UNBUFFERED, 2, 3, 16, 100)]
    for seed in range(60):
        dice = random.Random(1000 + seed)
        steps = list(random_steps(dice, 20, (0, 1, 2, 3, 5, 8, 13, 21), ("flush", "fileno")))
        mode = pick(dice, ("w+b", "r+b", "a+b", "x+b"))
        planned.append((mode, pick(dice, (-1, UNBUFFERED, 2, 3, 5, 7, 16, 8192)), steps))
    for mode, buffering, steps in planned:
        with tempfile.NamedTemporaryFile(mode, 0 if buffering == UNBUFFERED else buffering, dir=directory) as file:
            yield {"options": {"mode": mode, "buffering": buffering}, "steps": list(play(file, steps))}


# --- the files


def contents(directory):
    """Each file's head and cases."""
    yield "names", {}, itertools.chain(names(directory), exact_names())
    yield "errnos", {}, bad_input(directory)
    yield "modes", {}, modes(directory, wants_text=False)
    yield "modes_text", {}, modes(directory, wants_text=True)
    yield "spooled", {}, sequences_of_spooled(directory)
    yield "files", {}, sequences_of_files(directory)
    yield "publish", {}, publications()


def written(head, cases):
    """One case a line, so that a change shows as what it is."""
    cases = [json.dumps({"id": number, **case}, separators=(",", ":")) for number, case in enumerate(cases)]
    head = json.dumps({**head, "count": len(cases)})[1:-1]
    return "{%s, \"cases\": [\n%s\n]}\n" % (head, ",\n".join(cases))


def main():
    if sys.version_info < (3, 11):
        sys.exit("generate.py needs Python 3.11 or later")
    check = sys.argv[1:] == ["--check"]
    directory = tempfile.mkdtemp()
    drifted = []
    try:
        # What the runners have in each case's directory, too.
        pathlib.Path(directory, "taken").touch()
        pathlib.Path(directory, "folder").mkdir()
        pathlib.Path(directory, "dangling").symlink_to("nowhere")
        for name, head, cases in contents(directory):
            path, text = HERE / f"{name}.json", written(head, cases)
            if not check:
                path.write_text(text)
            elif not path.exists() or path.read_text() != text:
                drifted.append(path.name)
            print("FAIL" if path.name in drifted else "ok", path.name)
        assert len(os.listdir(directory)) == 3, "a case left something behind"
    finally:
        shutil.rmtree(directory)
    if drifted:
        sys.exit(f"      not what generate.py writes: {', '.join(drifted)}")


if __name__ == "__main__":
    main()
