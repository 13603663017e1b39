#!/usr/bin/env python3
"""Writes the vectors for text: what io.TextIOWrapper over a real file, tempfile.SpooledTemporaryFile and Python's codecs do.

usage: generate_text.py [--check]

--check writes nothing, and fails if a file is not what would be written. text.md describes the files. Python 3.9 to 3.13
agree on all of it.
"""

import argparse
import codecs
import encodings.aliases
import hashlib
import io
import json
import pathlib
import random
import sys
import tempfile

# The encodings of core/charset/encodings.go, under Python's names.
UNICODE = "utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be".split()
SINGLE = (
    "ascii latin_1 iso8859_2 iso8859_3 iso8859_4 iso8859_5 iso8859_6 iso8859_7 iso8859_8 iso8859_9 iso8859_10 iso8859_11 "
    "iso8859_13 iso8859_14 iso8859_15 iso8859_16 tis_620 koi8_r koi8_u mac_roman mac_cyrillic cp1250 cp1251 cp1252 cp1253 "
    "cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp437 cp850 cp852 cp855 cp858 cp860 cp862 cp863 cp865 cp866 cp037 cp1140"
).split()
DOUBLE = "shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 gb2312 gbk gb18030 big5 cp950".split()
ENCODINGS = UNICODE + SINGLE + DOUBLE

# Text encodings of Python that are left out, and names that nobody has.
UNKNOWN = (
    "utf_7 hz iso2022_kr iso2022_jp_2 euc_jis_2004 shift_jis_2004 shift_jisx0213 big5hkscs johab cp720 cp737 cp775 cp857 cp861 "
    "cp864 cp869 cp500 cp1026 mac_greek mac_turkish hp_roman8 koi8_t kz1048 ptcp154 idna punycode raw_unicode_escape "
    "unicode_escape rot13 hex base64 zlib bz2 mbcs oem latin12 utf-9 nonsense utf..8 windows-1259 iso-8859-12"
).split()

ERRORS = ["strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace"]
NEWLINES = [None, "", "\n", "\r", "\r\n"]

# What every encoding is asked to write: something of each script.
SCRIPTS = {
    "latin": "caf\xe9 na\xefve \xdf\xf8\xff",
    "central": "\u0141\xf3d\u017a \u0159e\u010d \u0151",
    "cyrillic": "\u0416\u0443\u043a \u0457\u0491 \u2116",
    "greek": "\u03a9\u03bc\u03ad\u03b3\u03b1",
    "hebrew": "\u05e9\u05dc\u05d5\u05dd",
    "arabic": "\u0633\u0644\u0627\u0645",
    "thai": "\u0e2a\u0e27\u0e31\u0e2a",
    "kana": "\u3042\u30a2\u6f22\u5b57 \xa5\u203e\uff71",
    "hangul": "\ud55c\uae00 \uac02\ubdc1",
    "hanzi": "\u4e2d\u6587\u9f98\u30fb\u2015",
    "signs": "\u20ac \u201cx\u201d \u2026 \ufffd \u2588",
    "astral": "\U0001f600 \U00020000",
}


def as_bytes(data):
    """JSON has no bytes: a character U+0000 to U+00FF is one."""
    return data.decode("latin-1")


def utf8(text):
    return as_bytes(text.encode("utf-8"))


def fnv(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


# Where the decoder remembers something, Python's positions are larger than this; then the number is the runner's own.
OPAQUE = 1 << 48


class Recorder:
    """Does steps to a file of Python's and notes what each gives."""

    ROOM = 7  # a runner asks for so much more where Python met the end of the file or line

    def __init__(self, kind, options, content=b"", times=1):
        self.case = {"class": kind, "options": {k: v for k, v in options.items() if v is not None}}
        keywords = dict(options)
        # The runner's default is UTF-8; Python's would be the locale's.
        keywords["encoding"] = keywords.get("encoding") or "utf_8"
        if kind == "spooled":
            self.file = tempfile.SpooledTemporaryFile(**keywords)
        else:
            self.file = tempfile.NamedTemporaryFile(**keywords)
        if content:
            self.case["content"] = as_bytes(content)
            if times != 1:
                self.case["times"] = times
            with open(self.file.name, "wb") as raw:
                raw.write(content * times)
        self.steps = self.case["steps"] = []
        self.kept = {}
        self.rolled = 0
        self.over = False

    def do(self, what, **step):
        """Does one step; false: the case has ended, because Python's file is not to be compared any more."""
        if self.over:
            return False
        step = {"do": what, **step}
        self.steps.append(step)
        try:
            getattr(self, what)(step)
        except UnicodeEncodeError as error:
            step["errno"] = "EILSEQ"
            step["offset"] = self.offset(step, error.start)
        except UnicodeDecodeError as error:
            step["errno"] = "EILSEQ"
            if self.case["options"]["encoding"] not in ("utf_16", "utf_32"):  # the first error may be that there is no mark
                step["offset"] = self.wrapper().buffer.tell() - len(error.object) + error.start
            # Python has lost what it had read then. The library fails again.
            self.over = True
        except (UnicodeError, TypeError):  # no byte order mark; xmlcharrefreplace, which cannot decode
            step["errno"] = "EILSEQ"
            self.over = True
        except io.UnsupportedOperation:
            step["errno"] = "EINVAL" if what == "seek" else "EBADF"
        except ValueError:
            step["errno"] = "EINVAL"
        rolled = int(getattr(self.file, "_rolled", self.rolled))
        if rolled != self.rolled:
            step["rolled"] = self.rolled = rolled
        return not self.over

    def offset(self, step, start):
        """The offset in the caller's bytes of a character's number in the text that Python encoded."""
        newline = self.case["options"].get("newline") or "\n"
        data = bytes(step["data"], "latin-1").decode()
        translated = 0
        for at, character in enumerate(data):
            if translated == start:
                return len(data[:at].encode("utf-8"))
            translated += len(newline) if character == "\n" else 1
        raise AssertionError("no character is at the offset")

    def wrapper(self):
        return getattr(self.file, "_file", None) if self.case["class"] == "spooled" else self.file.file

    def text(self, step, text, limited):
        data = text.encode("utf-8")
        step["size"] = len(data) if limited else len(data) + self.ROOM
        if len(data) > 100:
            step["length"], step["fnv"] = len(data), fnv(data)
        else:
            step["gives"] = as_bytes(data)

    def read(self, step):
        characters = step.pop("characters")
        step["size"] = max(characters, 1)
        text = self.file.read(characters)
        self.text(step, text, len(text) == characters and characters > 0)

    def readline(self, step):
        characters = step.pop("characters")
        step["size"] = max(characters, 1)
        text = self.file.readline(characters)
        self.text(step, text, len(text) == characters and characters > 0)

    def write(self, step):
        text = step.pop("text")
        step["data"] = utf8(text)
        times = step.get("times", 1)
        self.file.write(text * times)
        # The library holds nothing back. Without this, what Python reads next may be older than what it has written.
        self.file.flush()
        step["gives"] = len(text.encode("utf-8")) * times

    def seek(self, step):
        if "to" in step:
            self.file.seek(self.kept[step["to"]])
            return
        if step["whence"] == 1 and self.markless(self.file.tell()):
            step["whence"] = 0
        position = self.file.seek(step["offset"], step["whence"])
        if position < OPAQUE:
            step["gives"] = position

    def tell(self, step):
        position = self.file.tell()
        self.kept[step["keep"]] = 0 if self.markless(position) else position
        if position < OPAQUE:
            step["gives"] = position

    @staticmethod
    def markless(position):
        """Whether Python takes the start of a file for its middle: after a seek there it writes no byte order mark."""
        return position != 0 and position & ((1 << 64) - 1) == 0

    def truncate(self, step):
        size = step["size"]
        gives = self.file.truncate() if size is None else self.file.truncate(size)
        if gives is None:  # before 3.11 a spooled file does not say
            gives = self.wrapper().buffer.tell() if size is None else size
        step["gives"] = gives

    def flush(self, step):
        self.file.flush()

    def rollover(self, step):
        if self.markless(self.file.tell()):
            step.update(do="seek", offset=0, whence=0)
            self.file.seek(0)
        else:
            self.file.rollover()

    def end(self):
        """The case, with what the file holds at last."""
        if not self.over:
            self.file.flush()
            if self.case["class"] == "spooled":
                self.file.rollover()
                data = b""
                raw = self.file._file.buffer
                raw.seek(0)
                data = raw.read()
            else:
                with open(self.file.name, "rb") as raw:
                    data = raw.read()
            if len(data) > 200:
                self.case["length"], self.case["fnv"] = len(data), fnv(data)
            else:
                self.case["file"] = as_bytes(data)
        self.file.close()
        return self.case


def options(encoding, errors, newline, mode="w+", **more):
    return {"mode": mode, "encoding": encoding, "errors": errors, "newline": newline, **more}


# --- families of cases


def writing():
    """Every encoding writes every script, under every rule for errors and line ends, and reads it back."""
    for number, encoding in enumerate(ENCODINGS):
        for shift, errors in enumerate(ERRORS):
            newline = NEWLINES[(number + shift) % len(NEWLINES)]
            recorder = Recorder("file", options(encoding, errors, newline))
            recorder.do("write", text="")
            for at, text in enumerate(SCRIPTS.values()):
                if at % 2 == shift % 2 or errors == "replace":
                    recorder.do("write", text="a\n%s\r" % text)
            recorder.do("tell", keep=0)
            recorder.do("seek", offset=0, whence=0)
            while recorder.do("readline", characters=-1) and recorder.steps[-1].get("gives") != "":
                pass
            recorder.do("seek", to=0)
            recorder.do("write", text="z")
            yield recorder.end()


def samples(encoding, chance):
    """Bytes that are good, broken and random in an encoding."""
    text = "a\r\nb\rc\nd" + "".join(script[:4] for script in SCRIPTS.values()) + "\r"
    good = text.encode(encoding, "ignore")
    yield good
    for _ in range(1 if encoding in SINGLE else 2):
        broken = bytearray(good)
        for _ in range(3):
            at = chance.randrange(len(broken))
            broken[at] = chance.randrange(256)
        start = chance.randrange(len(broken))
        yield bytes(broken[start : start + 40])
    yield good[: chance.randrange(1, len(good))]
    yield bytes(chance.randrange(256) for _ in range(24))
    if encoding == "iso2022_jp":
        yield b"\x1b$B$\"\n\x1b(J\\~\x1b[31mx\x1b&@\x1b$B$\"\x1b(B\r\x1b(B\n\x1b$A\x1b("
        yield b"\x1b(Ba\x1b$(B$\"$\x80\x1b)B$$\x1b$@$\"\x1b"
    if encoding.startswith(("utf_8", "gb18030")):
        yield b"\xe2\x82\xf0\x9f\x98\x80\xed\xa0\x80\xc0\x80\xf5\x84\x31\xa4\x37\xf0\x90\x80"
        yield b"\xef\xbb"
        yield b"\xef\xbb\xbf\xef\xbb\xbfx"
    if encoding.startswith("utf_16"):
        yield b"\xff\xfe\x00\xd8\x00\xdc\x00\xd8a\x00\x00\xdcb\x00\x00\xd8c"
        yield b"\xfe\xff\xd8\x00\xdc\x00\xd8\x00\x00a\xdc\x00\x00b\x00"
    if encoding.startswith("utf_32"):
        yield b"\xff\xfe\x00\x00a\x00\x00\x00\x00\xd8\x00\x00\x00\x00\x11\x00b\x00"
        yield b"\x00\x00\xfe\xff\x00\x00\x00a\x00\x11\x00\x00\x00\x00\x00b\x00"


def reading():
    """Every encoding reads bytes, good and bad, in pieces and in lines, under every rule."""
    chance = random.Random(1)
    for number, encoding in enumerate(ENCODINGS):
        for content in samples(encoding, chance):
            if not content:
                continue
            for shift, errors in enumerate(ERRORS):
                if shift not in (0, 2) and (number + len(content)) % 3 != shift % 3:
                    continue
                newline = NEWLINES[(number + shift + len(content)) % len(NEWLINES)]
                recorder = Recorder("file", options(encoding, errors, newline, mode="r+"), content)
                if shift % 2:
                    while recorder.do("readline", characters=-1) and recorder.steps[-1].get("gives") != "":
                        pass
                else:
                    if recorder.do("read", characters=chance.randrange(1, 6)):
                        recorder.do("tell", keep=0)
                    while recorder.do("read", characters=chance.randrange(1, 30)) and recorder.steps[-1].get("gives") != "":
                        pass
                    if recorder.do("seek", offset=0, whence=1) and 0 in recorder.kept:
                        seen = "".join(step["gives"] for step in recorder.steps[2:-1])
                        recorder.do("seek", to=0)
                        recorder.do("read", characters=-1)
                        if recorder.steps[-1].get("gives") != seen:
                            # After bad bytes Python's tell can be wrong, and its seek then goes elsewhere.
                            del recorder.steps[-2:]
                yield recorder.end()


def lines():
    """Line ends of every kind, under every rule, in pieces of every size."""
    content = b"one\r\ntwo\rthree\nfour\r\r\n\n\r\nfive\r"
    for kind in ("file", "spooled"):
        for newline in NEWLINES:
            for limit in [-1, 1, 2, 3, 4, 5, 9, 40]:
                for what in ("readline", "read"):
                    given = options("utf_8", None, newline)
                    if kind == "file":
                        recorder = Recorder(kind, given, content)
                    else:
                        recorder = Recorder(kind, given)
                        recorder.do("write", text=content.decode())
                        recorder.do("seek", offset=0, whence=0)
                    while recorder.do(what, characters=limit) and recorder.steps[-1].get("gives") != "":
                        pass
                    yield recorder.end()


def edges():
    """Characters and line ends across the edge of what is read ahead, 8,192 bytes."""
    for encoding, text in [
        ("utf_8", "\u20ac\r\n\xe9\r"),
        ("utf_8", "\U0001f600\r\n\U0001f600"),
        ("latin_1", "\xe9\r\n\r\xe9"),
        ("utf_16", "\xe9\r\n\U0001f600\r"),
        ("utf_32", "\xe9\r\n\U0001f600\r"),
        ("euc_kr", "\uac02\r\n\uac02\r"),
        ("shift_jis", "\u3042\r\n\u3042\r"),
        ("gb18030", "\xe9\r\n\U0001f600\u4e2d"),
        ("iso2022_jp", "\u3042\r\n\u3042\r"),
    ]:
        for before in range(8180, 8194):
            for newline in (None, "", "\r\n"):
                if (before + len(newline or "x")) % 3 and encoding not in ("utf_8", "iso2022_jp"):
                    continue
                wide = len("x".encode(encoding + ("_le" if encoding in ("utf_16", "utf_32") else "")))
                recorder = Recorder("file", options(encoding, "replace", newline))
                recorder.do("write", text="x", times=before // wide)
                for _ in range(3):
                    recorder.do("write", text=text)
                recorder.do("seek", offset=0, whence=0)
                recorder.do("read", characters=8000 // wide)
                recorder.do("readline", characters=-1)
                recorder.do("tell", keep=0)
                recorder.do("readline", characters=-1)
                recorder.do("read", characters=2)
                recorder.do("seek", to=0)
                recorder.do("read", characters=-1)
                yield recorder.end()


def broken_edges():
    """A bad byte on either side of the edge: how early reading fails."""
    for at in (5, 8190, 8191, 8192, 8193, 9000):
        for errors in ERRORS:
            recorder = Recorder("file", options("utf_8", errors, None))
            recorder.do("write", text="x", times=9100)
            recorder.do("flush")
            with open(recorder.file.name, "r+b") as raw:
                raw.seek(at)
                raw.write(b"\xff")
            recorder.steps.append({"do": "poke", "offset": at, "data": "\xff"})
            recorder.do("seek", offset=0, whence=0)
            for characters in (3, 4000, 4185, 4, 1):
                recorder.do("read", characters=characters)
                recorder.do("tell", keep=0)
            yield recorder.end()


def mixing():
    """Reads, writes, seeks, tells, truncations and roll-overs in any order."""
    chance = random.Random(2)
    alphabet = "ab\xe9\u20ac\U0001f600\u3042\u0416\n\r"
    encodings_ = ["utf_8"] * 6 + ["utf_8_sig", "utf_16", "utf_16_be", "utf_32", "latin_1", "cp1251", "shift_jis", "gb18030", "euc_kr"]
    for number in range(690):
        spooled = number % 2 == 1
        encoding = encodings_[chance.randrange(len(encodings_))]
        errors = ["replace", "backslashreplace", "xmlcharrefreplace", "ignore"][chance.randrange(4)]
        if errors == "xmlcharrefreplace" and encoding not in ("utf_8", "latin_1", "cp1251"):
            errors = "replace"
        newline = NEWLINES[chance.randrange(len(NEWLINES))]
        more = {"max_size": [0, 0, 1, 10, 25][chance.randrange(5)]} if spooled else {}
        recorder = Recorder("spooled" if spooled else "file", options(encoding, errors, newline, **more))
        unicode_ = encoding in UNICODE
        for _ in range(chance.randrange(6, 16)):
            pick = chance.randrange(12)
            if pick < 4:
                text = "".join(alphabet[chance.randrange(len(alphabet))] for _ in range(chance.randrange(9)))
                recorder.do("write", text=text)
            elif pick < 6:
                recorder.do("read", characters=chance.randrange(1, 9))
            elif pick == 6:
                recorder.do("readline", characters=[-1, 2, 5][chance.randrange(3)])
            elif pick == 7:
                recorder.do("tell", keep=0)
            elif pick == 8:
                if 0 in recorder.kept:
                    recorder.do("seek", to=0)
                else:
                    recorder.do("seek", offset=0, whence=0)
            elif pick == 9:
                whence = chance.randrange(3)
                recorder.do("seek", offset=[0, 0, 0, 0, 0, 3, -1][chance.randrange(7)] if whence else 0, whence=whence)
            elif pick == 10:
                # A file that is cut within a character, or grown with zeros, is of no use where these are more than bytes.
                size = None if unicode_ and encoding != "utf_8" or chance.randrange(2) else chance.randrange(12)
                recorder.do("truncate", size=size)
            elif spooled and chance.randrange(2):
                recorder.do("rollover")
            else:
                recorder.do("flush")
        yield recorder.end()


def modes():
    """What each mode allows."""
    for kind in ("file",):
        for mode in ("r", "rt", "r+", "r+t", "w", "wt", "w+", "w+t", "a", "a+", "x", "x+", "at", "+tw", "xt+"):
            recorder = Recorder(kind, options("latin_1", None, None, mode=mode))
            recorder.do("write", text="x\xe9\n")
            recorder.do("seek", offset=0, whence=0)
            recorder.do("read", characters=2)
            recorder.do("readline", characters=-1)
            recorder.do("tell", keep=0)
            recorder.do("seek", offset=1, whence=1)
            recorder.do("seek", offset=-1, whence=0)
            recorder.do("seek", offset=1, whence=2)
            recorder.do("seek", offset=0, whence=7)
            recorder.do("truncate", size=1)
            yield recorder.end()


FAMILIES = [writing, reading, lines, edges, broken_edges, mixing, modes]


# --- names


def names():
    """Names of encodings, and which encoding of ours each is; None: unknown."""
    spelled = {}
    for encoding in ENCODINGS:
        known = {encoding} | {alias for alias, name in encodings.aliases.aliases.items() if name == encoding}
        for name in known & COMMON_ALIASES | {encoding}:
            for variant in (name, name.upper(), name.replace("_", "-"), name.replace("_", " "), "-" + name, name + " _", name.replace("_", "-_-").title()):
                try:
                    codecs.lookup(variant)
                except LookupError:
                    spelled[variant] = None
                else:
                    spelled[variant] = encoding
    for name in UNKNOWN:
        spelled.setdefault(name, None)
    return [{"name": name, "encoding": spelled[name]} for name in sorted(spelled)]


# Those that every version from 3.9 on has; cp932's windows_31j is 3.13's.
COMMON_ALIASES = set(encodings.aliases.aliases) - {"windows_31j"}


# --- tables


def sequences(encoding):
    """The byte sequences by which a table is judged."""
    every = [bytes([b]) for b in range(256)]
    yield from every
    if encoding == "iso2022_jp":
        for table in (b"\x1b(J", b"\x1b$B", b"\x1b$@"):
            yield from (table + bytes([a, b]) for a in range(0x20, 0x80) for b in range(0x20, 0x80))
        return
    if encoding in DOUBLE or encoding.startswith("utf_16"):
        yield from (bytes([a, b]) for a in range(256) for b in range(256))
    if encoding == "euc_jp":
        yield from (bytes([0x8F, a, b]) for a in range(256) for b in range(256))
    if encoding == "euc_kr":
        for a in range(0xA0, 0xC0):
            for b in range(0xBE, 0xD5):
                yield from (bytes([0xA4, 0xD4, 0xA4, a, 0xA4, b, 0xA4, c]) for c in range(0xA0, 0xD6))
    if encoding == "gb18030":
        for a in range(0x81, 0xFF):
            for b in range(0x30, 0x3A):
                yield from (bytes([a, b, c, d]) for c in range(0x80, 0xFF) for d in range(0x2F, 0x3B))


def decodings(encoding):
    digest = hashlib.sha256()
    for sequence in sequences(encoding):
        try:
            text = sequence.decode(encoding)
        except UnicodeError:
            text = None
        if text is not None:
            digest.update(sequence + b"=" + text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def encodings_of(encoding):
    """Every character that the encoding has, each encoded by itself."""
    digest = hashlib.sha256()
    for block in range(0, 0x110000, 0x40):
        characters = [chr(c) for c in range(block, block + 0x40) if not 0xD800 <= c < 0xE000]
        if not "".join(characters).encode(encoding, "ignore"):
            continue
        for character in characters:
            try:
                digest.update(b"%x=%s\n" % (ord(character), character.encode(encoding)))
            except UnicodeEncodeError:
                pass
    return digest.hexdigest()


def tables():
    # A character by itself gets the mark, and an escape back to ASCII at the end, which a file does not.
    return [{"encoding": e, "decode": decodings(e), "encode": encodings_of(e)} for e in ENCODINGS if e not in ("utf_16", "utf_32", "utf_8_sig")]


# --- files


def document(cases):
    for number, case in enumerate(cases):
        yield json.dumps({"id": number, **case}, separators=(",", ":"))


def documents():
    everything = [case for family in FAMILIES for case in family()]
    yield "text.json", everything
    yield "text_names.json", names()
    yield "text_tables.json", tables()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    folder = pathlib.Path(__file__).parent
    drifted = []
    for name, cases in documents():
        text = '{"count": %d, "cases": [\n%s\n]}\n' % (len(cases), ",\n".join(document(cases)))
        if not check:
            (folder / name).write_text(text, encoding="ascii")
        elif (folder / name).read_text(encoding="ascii") != text:
            drifted.append(name)
        print("%s %s %d cases" % ("FAIL" if name in drifted else "ok", name, len(cases)))
    if drifted:
        sys.exit("      differ from what Python %s does: %s" % (sys.version.split()[0], ", ".join(drifted)))


if __name__ == "__main__":
    main()
