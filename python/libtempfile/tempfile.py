"""Temporary files.

This module provides generic, low- and high-level interfaces for
creating temporary files and directories.  All of the interfaces
provided by this module can be used without fear of race conditions
except for 'mktemp'.  'mktemp' is subject to race conditions and
should not be used; it is provided for backward compatibility only.

The default path names are returned as str.  If you supply bytes as
input, all return values will be in bytes.  Ex:

    >>> tempfile.mkstemp()
    (4, '/tmp/tmptpu9nin8')
    >>> tempfile.mkdtemp(suffix=b'')
    b'/tmp/tmppbi8f0hy'

This module also provides some data items to the user:

  TMP_MAX  - maximum number of names that will be tried before
             giving up.
  tempdir  - If this is set to a string before the first use of
             any routine from this module, it will be considered as
             another candidate location to store temporary files.
"""

# This is the standard module's namespace for the running version, over libtempfile; what the names do is in the modules
# with an underscore. The functions stay here because their globals are hooks: users and tests replace tempdir, template,
# TMP_MAX, _get_candidate_names, _candidate_tempdir_list and others, so each is looked up when it is needed.

__all__ = [
    "NamedTemporaryFile", "TemporaryFile",
    "SpooledTemporaryFile", "TemporaryDirectory",
    "mkstemp", "mkdtemp",
    "mktemp",
    "TMP_MAX", "gettempprefix",
    "tempdir", "gettempdir",
    "gettempprefixb", "gettempdirb",
]

import errno as _errno
import io as _io
import os as _os
import sys as _sys
import warnings as _warnings
import weakref as _weakref
import _thread

from . import _primitives, _versions
from ._names import _RandomNameSequence
from ._wrapper import _TemporaryFileCloser, _TemporaryFileWrapper

_allocate_lock = _thread.allocate_lock

_text_openflags = _bin_openflags = _primitives.FILE_FLAGS

TMP_MAX = 20 if _versions.FEW_ATTEMPTS else _os.TMP_MAX

template = "tmp"

_once_lock = _allocate_lock()


def _renew_lock():
    """In a forked child: a thread that held the lock is not there to release it."""
    global _once_lock
    _once_lock = _allocate_lock()


_os.register_at_fork(after_in_child=_renew_lock)


def _exists(fn):
    try:
        _os.lstat(fn)
    except OSError:
        return False
    else:
        return True


def _infer_return_type(*args):
    """Look at the type of all args and divine their implied return type."""
    return_type = None
    for arg in args:
        if arg is None:
            continue
        if isinstance(arg, _os.PathLike):
            arg = _os.fspath(arg)
        kind = bytes if isinstance(arg, bytes) else str
        if return_type not in (None, kind):
            raise TypeError("Can't mix bytes and non-bytes in path components.")
        return_type = kind
    if return_type is not None:
        return return_type
    if _versions.TEMPDIR_MAY_BE_BYTES and tempdir is not None and not isinstance(tempdir, str):
        return bytes
    return str


def _sanitize_params(prefix, suffix, dir):
    """Common parameter processing for most APIs in this module."""
    output_type = _infer_return_type(prefix, suffix, dir)
    if suffix is None:
        suffix = output_type()
    if prefix is None:
        prefix = template if output_type is str else _os.fsencode(template)
    if dir is None:
        dir = gettempdir() if output_type is str else gettempdirb()
    return prefix, suffix, dir, output_type


def _candidate_tempdir_list():
    """Generate a list of candidate temporary directories which
    _get_default_tempdir will try."""
    # os.getenv and os.getcwd, and not the library's own list: what a program does to os.environ holds for it at once.
    dirlist = [dirname for dirname in map(_os.getenv, ('TMPDIR', 'TEMP', 'TMP')) if dirname]
    dirlist += ['/tmp', '/var/tmp', '/usr/tmp']
    try:
        dirlist.append(_os.getcwd())
    except (AttributeError, OSError):
        dirlist.append(_os.curdir)
    return dirlist


def _is_usable(dir, names):
    """Whether a file can be created in a directory, written and removed: OSError tells why not."""
    for _ in range(100):
        filename = _os.path.join(dir, next(names))
        try:
            fd = _primitives.create_file(filename, _bin_openflags)
        except FileExistsError:
            continue
        try:
            try:
                if _versions.OS_WRITE:
                    _os.write(fd, b'blat')
                else:
                    with _io.open(fd, 'wb', closefd=False) as file:
                        file.write(b'blat')
            finally:
                _os.close(fd)
        finally:
            _os.unlink(filename)
        return True
    return False


def _choose_tempdir(dirlist):
    names = _RandomNameSequence()
    for dir in dirlist:
        if dir != _os.curdir:
            dir = _os.path.abspath(dir)
        try:
            if _is_usable(dir, names):
                return dir
        except OSError:
            pass
    raise FileNotFoundError(_errno.ENOENT, "No usable temporary directory found in %s" % dirlist)


if _versions.DIRLIST:
    def _get_default_tempdir(dirlist=None):
        """Calculate the default directory to use for temporary files: the
        first candidate in which a file with a random name can be created,
        written and removed."""
        return _choose_tempdir(_candidate_tempdir_list() if dirlist is None else dirlist)
else:
    def _get_default_tempdir():
        """Calculate the default directory to use for temporary files: the
        first candidate in which a file with a random name can be created,
        written and removed."""
        return _choose_tempdir(_candidate_tempdir_list())


_name_sequence = None


def _get_candidate_names():
    """Common setup sequence for all user-callable interfaces."""
    global _name_sequence
    if _name_sequence is None:
        with _once_lock:
            if _name_sequence is None:
                _name_sequence = _RandomNameSequence()
    return _name_sequence


def _attempts(dir, pre, suf, names):
    """Yields one path after another until the caller has one that it can use."""
    separator = b'/' if isinstance(pre, bytes) else '/'
    for _ in range(TMP_MAX):
        whole = pre + next(names) + suf
        if separator in whole:
            raise ValueError("a name within the directory may not have a directory part: %r" % (whole,))
        yield _os.path.join(dir, whole)


def _names_as(output_type):
    names = _get_candidate_names()
    return map(_os.fsencode, names) if output_type is bytes else names


def _mkstemp_inner(dir, pre, suf, flags, output_type):
    """Code common to mkstemp, TemporaryFile, and NamedTemporaryFile."""
    if _versions.ABSOLUTE_FIRST:
        dir = _os.path.abspath(dir)
    for file in _attempts(dir, pre, suf, _names_as(output_type)):
        _sys.audit("tempfile.mkstemp", file)
        try:
            fd = _primitives.create_file(file, flags)
        except FileExistsError:
            continue
        return fd, file if _versions.ABSOLUTE_FIRST else _os.path.abspath(file)
    raise FileExistsError(_errno.EEXIST, "No usable temporary file name found")


if _versions.TEMPDIR_MAY_BE_BYTES:
    def gettempprefix():
        """The default prefix for temporary directories as string."""
        return _os.fsdecode(template)
else:
    def gettempprefix():
        """The default prefix for temporary directories."""
        return template


def gettempprefixb():
    """The default prefix for temporary directories as bytes."""
    return _os.fsencode(template)


tempdir = None


def _gettempdir():
    """Private accessor for tempfile.tempdir."""
    global tempdir
    if tempdir is None:
        with _once_lock:
            if tempdir is None:
                tempdir = _get_default_tempdir()
    return tempdir


if _versions.TEMPDIR_MAY_BE_BYTES:
    def gettempdir():
        """Returns tempfile.tempdir as str."""
        return _os.fsdecode(_gettempdir())
else:
    def gettempdir():
        """Accessor for tempfile.tempdir."""
        return _gettempdir()


def gettempdirb():
    """Returns tempfile.tempdir as bytes."""
    return _os.fsencode(_gettempdir())


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """User-callable function to create and return a unique temporary
    file.  The return value is a pair (fd, name) where fd is the
    file descriptor returned by os.open, and name is the filename.

    If 'suffix' is not None, the file name will end with that suffix,
    otherwise there will be no suffix.

    If 'prefix' is not None, the file name will begin with that prefix,
    otherwise a default prefix is used.

    If 'dir' is not None, the file will be created in that directory,
    otherwise a default directory is used.

    If 'text' is specified and true, the file is opened in text
    mode.  Else (the default) the file is opened in binary mode.

    If any of 'suffix', 'prefix' and 'dir' are not None, they must be the
    same type.  If they are bytes, the returned name will be bytes; str
    otherwise.  'suffix' and 'prefix' have no directory part.

    The file is readable and writable only by the creating user ID.
    If the operating system uses permission bits to indicate whether a
    file is executable, the file is executable by no one. The file
    descriptor is not inherited by children of this process.

    Caller is responsible for deleting the file when done with it.
    """
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    return _mkstemp_inner(dir, prefix, suffix, _text_openflags if text else _bin_openflags, output_type)


def mkdtemp(suffix=None, prefix=None, dir=None):
    """User-callable function to create and return a unique temporary
    directory.  The return value is the pathname of the directory.

    Arguments are as for mkstemp, except that the 'text' argument is
    not accepted.

    The directory is readable, writable, and searchable only by the
    creating user.

    Caller is responsible for deleting the directory when done with it.
    """
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    for file in _attempts(dir, prefix, suffix, _names_as(output_type)):
        _sys.audit("tempfile.mkdtemp", file)
        try:
            _primitives.create_directory(file)
        except FileExistsError:
            continue
        return _os.path.abspath(file) if _versions.MKDTEMP_ABSOLUTE else file
    raise FileExistsError(_errno.EEXIST, "No usable temporary directory name found")


def mktemp(suffix="", prefix=template, dir=None):
    """User-callable function to return a unique temporary file name.  The
    file is not created.

    Arguments are similar to mkstemp, except that the 'text' argument is
    not accepted, and suffix=None, prefix=None and bytes file names are not
    supported.

    THIS FUNCTION IS UNSAFE AND SHOULD NOT BE USED.  The file name may
    refer to a file that did not exist at some point, but by the time
    you get around to creating it, someone else may have beaten you to
    the punch.
    """
    if dir is None:
        dir = gettempdir()
    for file in _attempts(dir, prefix, suffix, _get_candidate_names()):
        if not _exists(file):
            return file
    raise FileExistsError(_errno.EEXIST, "No usable temporary filename found")


def _open(create, dir, mode, buffering, newline, encoding, errors):
    """Python's own file object on the descriptor that create() gives."""
    how = {"buffering": buffering, "newline": newline, "encoding": encoding, "errors": errors}
    if _versions.OPENER:
        return _io.open(dir, mode, opener=lambda *args: create(), **how)
    fd = create()
    try:
        return _io.open(fd, mode, **how)
    except BaseException:
        _os.close(fd)
        raise


def _set_name(file, name):
    if _versions.OPENER:
        raw = getattr(file, 'buffer', file)
        raw = getattr(raw, 'raw', raw)
        raw.name = name


def _named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, delete, *delete_on_close):
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    name = None

    def create():
        nonlocal name
        fd, name = _mkstemp_inner(dir, prefix, suffix, _bin_openflags, output_type)
        return fd
    try:
        file = _open(create, dir, mode, buffering, newline, encoding, errors)
        try:
            _set_name(file, name)
            return _TemporaryFileWrapper(file, name, delete, *delete_on_close)
        except BaseException:
            file.close()
            raise
    except BaseException:
        if name is not None:
            _os.unlink(name)
        raise


_named_arguments = """Create and return a temporary file.
    Arguments:
    'prefix', 'suffix', 'dir' -- as for mkstemp.
    'mode' -- the mode argument to io.open (default "w+b").
    'buffering' -- the buffer size argument to io.open (default -1).
    'encoding' -- the encoding argument to io.open (default None)
    'newline' -- the newline argument to io.open (default None)
    'delete' -- whether the file is {delete} (default True).{delete_on_close}
    'errors' -- the errors argument to io.open (default None)
    The file is created as mkstemp() would do it.

    Returns an object with a file-like interface; the name of the file
    is accessible as its 'name' attribute.  The file will be automatically
    deleted when it is closed unless the 'delete' argument is set to False.

    The process that created the file deletes it: a forked child that
    closes or drops its copy of the object leaves the file alone.  On POSIX,
    NamedTemporaryFiles cannot be automatically deleted if the creating
    process is terminated abruptly with a SIGKILL signal.
    """

if _versions.DELETE_ON_CLOSE:
    def NamedTemporaryFile(mode='w+b', buffering=-1, encoding=None,
                           newline=None, suffix=None, prefix=None,
                           dir=None, delete=True, *, errors=None,
                           delete_on_close=True):
        if "b" not in mode:
            encoding = _io.text_encoding(encoding)
        return _named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, delete, delete_on_close)

    NamedTemporaryFile.__doc__ = _named_arguments.format(delete="automatically deleted", delete_on_close="""
    'delete_on_close' -- if 'delete', whether the file is deleted on close
       (default True) or otherwise either on context manager exit
       (if context manager was used) or on object finalization.""")
else:
    def NamedTemporaryFile(mode='w+b', buffering=-1, encoding=None,
                           newline=None, suffix=None, prefix=None,
                           dir=None, delete=True, *, errors=None):
        if _versions.TEXT_ENCODING and "b" not in mode:
            encoding = _io.text_encoding(encoding)
        return _named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, delete)

    NamedTemporaryFile.__doc__ = _named_arguments.format(delete="deleted on close", delete_on_close="")


# Whether files without a name are to be had at all. An old kernel reads O_TMPFILE as O_DIRECTORY, and says that a directory
# cannot be written: then it is not tried again.
_O_TMPFILE_WORKS = hasattr(_os, 'O_TMPFILE')


def TemporaryFile(mode='w+b', buffering=-1, encoding=None,
                  newline=None, suffix=None, prefix=None,
                  dir=None, *, errors=None):
    """Create and return a temporary file.
    Arguments:
    'prefix', 'suffix', 'dir' -- as for mkstemp.
    'mode' -- the mode argument to io.open (default "w+b").
    'buffering' -- the buffer size argument to io.open (default -1).
    'encoding' -- the encoding argument to io.open (default None)
    'newline' -- the newline argument to io.open (default None)
    'errors' -- the errors argument to io.open (default None)
    The file is created as mkstemp() would do it.

    Returns an object with a file-like interface.  The file has no
    name, and will cease to exist when it is closed.
    """
    global _O_TMPFILE_WORKS
    if _versions.TEXT_ENCODING and "b" not in mode:
        encoding = _io.text_encoding(encoding)
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    fd = None

    def create_unnamed():
        nonlocal fd
        fd = _primitives.create_unnamed(dir, _bin_openflags)
        return fd

    def create_and_unlink():
        nonlocal fd
        fd, name = _mkstemp_inner(dir, prefix, suffix, _bin_openflags, output_type)
        try:
            _os.unlink(name)
        except BaseException:
            _os.close(fd)
            raise
        return fd

    def with_name(file):
        _set_name(file, fd)
        return file

    if _O_TMPFILE_WORKS:
        try:
            return with_name(_open(create_unnamed, dir, mode, buffering, newline, encoding, errors))
        except IsADirectoryError:
            _O_TMPFILE_WORKS = False
        except OSError:
            pass  # the file system has no such files; if it is something else, the next attempt says so again
    return with_name(_open(create_and_unlink, dir, mode, buffering, newline, encoding, errors))


# --- the rest of the standard module's names

from ._directory import TemporaryDirectory  # noqa: E402 - both need what is above
from ._spooled import SpooledTemporaryFile  # noqa: E402

for _class in (_RandomNameSequence, _TemporaryFileCloser, _TemporaryFileWrapper, SpooledTemporaryFile, TemporaryDirectory):
    _class.__module__ = __name__  # so that they are pickled and described as what can be imported
del _class

_ours = {"_primitives", "_versions", "_is_usable", "_choose_tempdir", "_attempts", "_names_as", "_open", "_set_name", "_named",
         "_named_arguments", "_renew_lock", "_ours", "_lazy", "__getattr__", "__dir__"}
if not _versions.TEMPDIR_MAY_BE_BYTES:
    _ours.add("_gettempdir")

_lazy = ["_Random", "_functools", "_shutil", "_types"]
if _versions.RESETPERMS:
    _lazy += ["_dont_follow_symlinks", "_resetperms"]


def __getattr__(name):
    """Aliases that the standard module has for its own use and this one has not: some of them are slow to import."""
    from . import _aliases

    value = _aliases.get(name)
    if value is None:
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    return value


def __dir__():
    return sorted((globals().keys() - _ours) | set(_lazy))
