# What the Python package shows its users, as JSON: read from the running package, as what it has depends on Python's
# version. Importing it loads no library.
#
# usage: python3 -I -B - FOLDER      the folder of the package
import inspect
import json
import re
import sys
import textwrap

if sys.version_info < (3, 9):
    sys.exit(3)
sys.path.insert(0, sys.argv[1])

import libtempfile  # noqa: E402
import libtempfile.__main__ as program  # noqa: E402
import libtempfile.shadow as shadow  # noqa: E402
import libtempfile.tempfile as tempfile  # noqa: E402


def signature(name, value):
    try:
        return wrapped(name + str(inspect.signature(value)))
    except ValueError:  # an exception's, which is written in C
        return name


def wrapped(line):
    return textwrap.fill(line, 100, subsequent_indent="        ", break_long_words=False, break_on_hyphens=False)


def documentation(value):
    """A docstring, in which lists of arguments are indented as all other lists are."""
    return re.sub(r"^('.* -- )", r"    \1", inspect.getdoc(value) or "", flags=re.M)


def methods(cls):
    """The public ones that the class itself has, in the order of its source; properties as bare names."""
    for name, value in vars(cls).items():
        if name.startswith("_"):
            continue
        if isinstance(value, property):
            yield name
        elif inspect.isfunction(value):
            parameters = list(inspect.signature(value).parameters.values())[1:]
            yield wrapped(name + str(inspect.signature(value).replace(parameters=parameters)))


def described(name, value):
    """A name with its declaration and its documentation."""
    doc = documentation(value)
    if inspect.isclass(value):
        code = "\n    ".join(["class " + signature(name, value)] + list(methods(value)))
    elif callable(value):
        code = "def " + signature(name, value)
    else:  # a number or None, whose documentation is that of its type
        code, doc = "%s = %r" % (name, value), ""
    return {"name": name, "code": code, "doc": doc}


json.dump(
    {
        "version": "%d.%d" % sys.version_info[:2],
        "overview": documentation(libtempfile),
        "module": documentation(tempfile),
        "standard": [described(name, getattr(tempfile, name)) for name in tempfile.__all__],
        "extras": [described(name, getattr(libtempfile, name)) for name in libtempfile._EXTRAS],
        "commands": [
            {"name": name, "code": "", "doc": documentation(module)}
            for name, module in (("python -m libtempfile", program), ("python -m libtempfile.shadow", shadow))
        ],
    },
    sys.stdout,
)
