"""Whether this interpreter's setuptools can build the package as it is, without a network: says what is missing."""

import sys
import warnings

HINT = "apt-get install python3-setuptools python3-wheel, or pip install 'setuptools>=70.1'"

try:
    import setuptools
except ImportError:
    sys.exit("%s has no setuptools: %s" % (sys.executable, HINT))

if int(setuptools.__version__.split(".")[0]) < 64:
    sys.exit("setuptools %s of %s is older than 64: %s" % (setuptools.__version__, sys.executable, HINT))
try:
    import setuptools.command.bdist_wheel  # noqa: F401
except ImportError:
    try:
        warnings.simplefilter("ignore", FutureWarning)  # wheel's own, of where its command will be
        import wheel.bdist_wheel  # noqa: F401
    except ImportError:
        sys.exit("%s has neither setuptools 70.1 nor wheel: %s" % (sys.executable, HINT))
