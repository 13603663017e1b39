"""Lists the interpreters of this machine from 3.9 on, as "path<TAB>name"."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python", "conformance"))

import interpreters  # noqa: E402

for one in interpreters.find():
    print(one.path, one.name, sep="\t")
