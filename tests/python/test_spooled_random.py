"""SpooledTemporaryFile against io.BytesIO and the standard module's: the same calls at random have the same results, at
every limit. A failure names its seed; SEED=N runs that alone."""

import io
import os
import random
import unittest

import support

import libtempfile as tempfile

SEEDS = range(60)
OPERATIONS = 120


def draw(source):
    """Draws a call: the method's name and its arguments."""
    name = source.choice(
        [
            "write",
            "write",
            "write",
            "writelines",
            "seek",
            "seek",
            "read",
            "readline",
            "readlines",
            "tell",
            "truncate",
            "flush",
            "content",
        ]
    )
    data = bytes(source.choices(b"ab\n", k=source.choice([0, 1, 3, 20, 300])))
    whence = source.randrange(3)
    return name, {
        "write": (data,),
        "writelines": ([data, b"x\n", data],),
        "seek": (source.randrange(400) if whence == 0 else -source.randrange(3), whence),
        "read": source.choice([(), (-1,), (source.randrange(40),)]),
        "readline": source.choice([(), (source.randrange(10),)]),
        "truncate": source.choice([(), (source.randrange(500),)]),
    }.get(name, ())


def call(file, name, arguments):
    """Makes a call, and gives what can be seen of it: its result or error, and where it left the file."""
    try:
        if name == "content":
            here = file.tell()
            file.seek(0)
            result = file.read()
            file.seek(here)
        else:
            result = getattr(file, name)(*arguments)
    except (OSError, ValueError) as error:
        result = repr(error)
    return result, file.tell()


# What gives something else than BytesIO's in some version of the standard class.
_UNLIKE_BYTESIO = {"flush", "seek", "truncate", "writelines"}


class RandomOperations(support.TestCase):
    def test_like_bytesio_and_the_standard_class(self):
        seeds = [int(os.environ["SEED"])] if "SEED" in os.environ else SEEDS
        standard = support.standard()
        rolled = 0
        for seed in seeds:
            source = random.Random(seed)
            limit = source.choice([0, 1, 10, 100, 1000])
            calls = [draw(source) for _ in range(OPERATIONS)]
            model = io.BytesIO()
            with (
                tempfile.SpooledTemporaryFile(limit, dir=self.directory) as ours,
                standard.SpooledTemporaryFile(limit, dir=self.directory) as theirs,
            ):
                for number, (name, arguments) in enumerate(calls):
                    if name == "seek" and arguments[0] < 0:
                        # To before the beginning is an error on a disk, and the beginning in memory.
                        base = model.tell() if arguments[1] == 1 else len(model.getvalue())
                        arguments = (max(arguments[0], -base), arguments[1])
                    if name == "truncate":  # to more than there is extends a file, and not a BytesIO
                        arguments = (min([*arguments, model.tell(), len(model.getvalue())]),)
                    where = f"SEED={seed}, max_size {limit}, call {number}: {name}{arguments}"
                    result = call(ours, name, arguments)
                    expected = call(model, name, arguments)
                    if name in _UNLIKE_BYTESIO:
                        expected = result[0], expected[1]
                    self.assertEqual(result, expected, where + " of BytesIO")
                    self.assertEqual(result, call(theirs, name, arguments), where + " of the standard class")
                    self.assertEqual(ours._rolled, theirs._rolled, where)
                rolled += ours._rolled
        self.assertTrue(len(seeds) == 1 or 0 < rolled < len(seeds), rolled)


if __name__ == "__main__":
    unittest.main()
