"""Checks that a wheel and an sdist contain the licences of the library and of all code linked into it, as files and not as
links.

usage: licences.py WHEEL SDIST
"""

import sys
import tarfile
import zipfile
from pathlib import Path

WORDS = {"LICENSE": "the libtempfile authors", "NOTICE": "The Go Authors"}

with zipfile.ZipFile(sys.argv[1]) as wheel, tarfile.open(sys.argv[2]) as sdist:
    for name, word in WORDS.items():
        inside = [path for path in wheel.namelist() if ".dist-info/" in path and Path(path).name == name]
        if len(inside) != 1 or word not in wheel.read(inside[0]).decode():
            sys.exit(f"{name} in the wheel: {inside}")
        member = sdist.getmember(f"{sdist.getnames()[0].split('/')[0]}/{name}")
        content = sdist.extractfile(member) if member.isfile() else None
        if content is None or word not in content.read().decode():
            sys.exit(f"{name} in the sdist is not the file")
