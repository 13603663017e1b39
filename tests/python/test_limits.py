"""What the library's runtime would end the process for is a LibraryError before it is loaded."""

import os
import signal
import unittest

import support
from libtempfile import _limits

USE = """
import libtempfile
try:
    libtempfile.mkdtemp()
except libtempfile.LibraryError as error:
    print(error)
else:
    raise SystemExit("it was loaded")
"""
# The control: the library itself, without the package.
LOAD = """
import ctypes, os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
%s
ctypes.CDLL(sys.argv[1]).tempfile_random_names(None, 0)
"""
LIBRARY = os.path.join(support.PACKAGES, "libtempfile", "libtempfile.so")
FEW_ADDRESSES = "import resource; resource.setrlimit(resource.RLIMIT_AS, (600 << 20, resource.RLIM_INFINITY))\n"
# A user without other processes, if that can be had: 3 more threads are not enough.
FEW_THREADS = """
import os, resource, ctypes, mmap, libtempfile.tempfile, libtempfile._limits, libtempfile._search
os.getuid() == 0 and os.setuid(54321)
resource.setrlimit(resource.RLIMIT_NPROC, (4 if os.getuid() == 54321 else 1, resource.getrlimit(resource.RLIMIT_NPROC)[1]))
"""
SIZES = {
    "off": True, "0": True, "5000000000": True, "500B": True, "500KiB": True, "500MiB": True, "2GiB": True, "1TiB": True, "+5": True,
    "zzz": False, "5MB": False, "5iB": False, "5 MiB": False, "MiB": False, "B": False, "-5": False, "9223372036854775808": False,
    "9999999TiB": False, "0x10": False, "5PiB": False, "\u0665": False, "1_0": False, "5.5GiB": False, "+": False, "5KiBB": False,
}


class Limits(support.TestCase):
    def dies(self, limit="", environment=()):
        done = support.python("-c", LOAD % limit, LIBRARY, environment=environment)
        return done.returncode in (-signal.SIGABRT, 2), done

    def test_address_space(self):
        out, _ = self.script(FEW_ADDRESSES + USE)
        self.assertIn("(ulimit -v)", out)
        self.assertTrue(*self.dies(FEW_ADDRESSES))

    def test_threads(self):
        out, _ = self.script(FEW_THREADS + USE, environment={"TMPDIR": "/tmp"})
        self.assertIn("(ulimit -u)", out)

    def test_memory_limit(self):
        out, _ = self.script(USE, environment={"GOMEMLIMIT": "zzz"})
        self.assertIn("GOMEMLIMIT was or is 'zzz'", out)
        # what Python sets may or may not be seen by Go, and what it deletes likewise
        out, _ = self.script("import os; os.environ['GOMEMLIMIT'] = '5MB'\n" + USE, environment={"GOMEMLIMIT": "5MiB"})
        self.assertIn("GOMEMLIMIT was or is '5MB'", out)
        out, _ = self.script("import os; del os.environ['GOMEMLIMIT']\n" + USE, environment={"GOMEMLIMIT": "5MB"})
        self.assertIn("GOMEMLIMIT was or is '5MB'", out)

    def test_sizes_as_the_runtime_reads_them(self):
        for value, is_size in SIZES.items():
            with self.subTest(value=value):
                self.assertEqual(_limits._is_size(value.encode().decode("latin-1")), is_size)
                dies, done = self.dies(environment={"GOMEMLIMIT": value})
                self.assertEqual(dies, not is_size, done)

    def test_nothing_is_amiss(self):
        self.assertIsNone(_limits.obstacle())
        self.script("import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.RLIM_INFINITY))\n"
                    "import libtempfile; libtempfile.TemporaryFile().close()", environment={"GOMEMLIMIT": "1GiB"})


if __name__ == "__main__":
    unittest.main()
