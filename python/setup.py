"""Builds the package with the shared library in it, from a checkout or from an sdist, which carries the library's sources.

A checkout's build/libtempfile.so is taken if no source is newer; otherwise Go, a C compiler and binutils build one. Nothing
is written beside the sources: what setuptools and Go leave on the way goes to a folder that is removed at the end.
"""

import functools
import glob
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile

import setuptools
from setuptools import Distribution, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70.1
    try:
        from wheel.bdist_wheel import bdist_wheel
    except ImportError:  # then no wheel can be built, but an sdist can
        bdist_wheel = object

HERE = os.path.dirname(os.path.abspath(__file__))
CARRIED = os.path.join(HERE, "source")  # in an sdist
TREE = CARRIED if os.path.isdir(CARRIED) else os.path.dirname(HERE)
LICENCES = ["LICENSE", "NOTICE"]
# The library's own licence, and that of Go's parts in it. Before setuptools 77 there is no field for such an expression.
LICENCE = {"license_expression" if int(setuptools.__version__.split(".")[0]) >= 77 else "license": "MIT AND BSD-3-Clause"}
SCRATCH = tempfile.TemporaryDirectory(prefix="libtempfile-build-")


def sources():
    """What the library is built from, and its header, as paths below TREE."""
    found = ["go.mod", "go.sum", "include/tempfile.h"]
    for pattern in ("core/**/*.go", "capi/**/*.go", "capi/**/*.[chs]", "capi/*.map", "capi/*.sh"):
        found += (os.path.relpath(path, TREE) for path in glob.glob(os.path.join(TREE, pattern), recursive=True))
    generators = os.path.join("capi", "internal", "gen")  # genapi and genman; elf beside them is part of the build
    return sorted(name for name in found if not name.endswith("_test.go") and not name.startswith(generators))


def compilers_own(compiler, tool):
    """The command for a tool of binutils as the compiler has it: that of another machine's compiler is that machine's."""
    if not shutil.which(compiler[0]):
        return tool
    return subprocess.run(compiler + ["-print-prog-name=" + tool], stdout=subprocess.PIPE, text=True).stdout.strip() or tool


@functools.lru_cache(maxsize=None)
def library():
    """The path of the library, which is built now if there is none or an old one."""
    made = os.path.join(TREE, "build", "libtempfile.so")
    newest = max(os.path.getmtime(os.path.join(TREE, name)) for name in sources())
    if os.path.exists(made) and os.path.getmtime(made) >= newest:
        return made
    compiler = os.environ.get("CC", "gcc").split() or ["gcc"]
    for command, hint in ((os.environ.get("GO", "go"), "install Go 1.26 or 1.27 (https://go.dev/dl/)"),
                          (compiler[0], "apt-get install gcc libc6-dev"),
                          (compilers_own(compiler, "objcopy"), "apt-get install binutils"),
                          (compilers_own(compiler, "nm"), "apt-get install binutils")):
        if not shutil.which(command):
            raise SystemExit("%s is missing, and libtempfile is built with it: %s" % (command, hint))
    built = os.path.join(SCRATCH.name, "libtempfile.so")
    if subprocess.run(["sh", os.path.join(TREE, "capi", "build.sh"), built]).returncode != 0:
        raise SystemExit("the library of libtempfile could not be built: what was said is above")
    return built


def platform_tag(path):
    """The oldest manylinux that has what a library needs, or linux where it needs no GNU C library.

    The versions of symbols are strings of their own in an ELF file: GLIBC_2.34 and a zero.
    """
    with open(path, "rb") as file:
        needed = re.findall(rb"GLIBC_(\d+)\.(\d+)(?:\.\d+)*\0", file.read())
    machine = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    if not needed:
        return machine
    return "many%s" % machine.replace("_", "_%d_%d_" % max((int(major), int(minor)) for major, minor in needed), 1)


class WithLibrary(Distribution):
    """A wheel for one platform, as the library is in it, and with the licences of all that is in the library."""

    def has_ext_modules(self):
        return True

    def parse_config_files(self, *arguments, **keywords):
        super().parse_config_files(*arguments, **keywords)
        # setuptools before 68 finds LICENSE alone: its pattern for NOTICE begins with a space.
        self.metadata.license_files = LICENCES


class Build(build_py):
    def run(self):
        super().run()
        package = HERE if getattr(self, "editable_mode", False) else self.build_lib
        target = os.path.join(package, "libtempfile", "libtempfile.so")
        shutil.copyfile(library(), target + ".new")
        os.chmod(target + ".new", 0o755)
        os.replace(target + ".new", target)  # writing into a library that a process has loaded would kill it


class Wheel(bdist_wheel):
    def get_tag(self):
        return "py3", "none", platform_tag(library())


class Source(sdist):
    def make_release_tree(self, base_dir, files):
        # The egg-info is in the scratch folder; its path is absolute, and it has no place in an archive.
        # The licences are links into the tree, which an archive must have as files.
        super().make_release_tree(base_dir, [name for name in files if not os.path.isabs(name) and name not in LICENCES])
        for name in LICENCES:
            shutil.copyfile(os.path.join(HERE, name), os.path.join(base_dir, name))
        for name in sources():
            target = os.path.join(base_dir, "source", name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(os.path.join(TREE, name), target)


setup(
    **LICENCE,
    distclass=WithLibrary,
    cmdclass={"build_py": Build, "sdist": Source, **({"bdist_wheel": Wheel} if bdist_wheel is not object else {})},
    options={"egg_info": {"egg_base": SCRATCH.name}, "build": {"build_base": os.path.join(SCRATCH.name, "build")}},
)
