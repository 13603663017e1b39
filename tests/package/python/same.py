"""Checks that two wheels have the same name and contain the same library.

usage: same.py WHEEL WHEEL
"""

import os
import sys
import zipfile

one, other = sys.argv[1:]
assert os.path.basename(one) == os.path.basename(other), (one, other)
libraries = [zipfile.ZipFile(wheel).read("libtempfile/libtempfile.so") for wheel in (one, other)]
assert libraries[0] and libraries[0] == libraries[1], [len(library) for library in libraries]
