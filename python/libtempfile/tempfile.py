"""Files and directories that go away when they are no longer needed, under names that nobody can guess.

NamedTemporaryFile, TemporaryFile, SpooledTemporaryFile and TemporaryDirectory clean up after themselves; what mkstemp and
mkdtemp make is the caller's to remove. Paths are str unless one of the arguments is bytes. 'tempdir', if it is set, is where
things are made that ask for no other place, and 'template' what their names begin with; TMP_MAX names are tried at most.
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

from . import _ffi, _files, _names, _paths, _primitives, _recipe, _versions
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
    """str or bytes, whichever the arguments call for; they may not be of both kinds."""
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
    """Puts in what was left out of a call, in the type that the rest asks for."""
    output_type = _infer_return_type(prefix, suffix, dir)
    if suffix is None:
        suffix = output_type()
    if prefix is None:
        prefix = template if output_type is str else _os.fsencode(template)
    if dir is None:
        dir = gettempdir() if output_type is str else gettempdirb()
    return prefix, suffix, dir, output_type


def _candidate_tempdir_list():
    """Where to look for a directory that can be used, in order."""
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
        name, filename = _paths.within(dir, "", next(names), "")
        try:
            fd = _primitives.create_file(dir, name, filename, _bin_openflags)
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
        except _ffi.StartError:
            raise  # it says nothing of the directory, and the next one may not be chosen for it
        except OSError:
            pass
    raise FileNotFoundError(_errno.ENOENT, "No usable temporary directory found in %s" % dirlist)


if _versions.DIRLIST:
    def _get_default_tempdir(dirlist=None):
        """The first candidate in which a file can be created, written and removed."""
        return _choose_tempdir(_candidate_tempdir_list() if dirlist is None else dirlist)
else:
    def _get_default_tempdir():
        """The first candidate in which a file can be created, written and removed."""
        return _choose_tempdir(_candidate_tempdir_list())


_name_sequence = None


def _get_candidate_names():
    """The source of names, one for the whole process."""
    global _name_sequence
    if _name_sequence is None:
        with _once_lock:
            if _name_sequence is None:
                _name_sequence = _RandomNameSequence()
    return _name_sequence


def _mkstemp_inner(dir, pre, suf, flags, output_type):
    """Creates the file, under the first name that is free: the descriptor and the absolute path."""
    if _versions.ABSOLUTE_FIRST:
        dir = _paths.absolute(dir)
    names = _get_candidate_names()
    if output_type is bytes:
        names = map(_os.fsencode, names)
    attempts = 0
    while attempts < TMP_MAX:  # a range takes longer than the rest of the loop
        attempts += 1
        name, file = _paths.within(dir, pre, next(names), suf)
        _sys.audit("tempfile.mkstemp", file)
        try:
            fd = _primitives.create_file(dir, name, file, flags)
        except FileExistsError:
            continue
        return fd, file if _versions.ABSOLUTE_FIRST else _os.path.abspath(file)
    raise FileExistsError(_errno.EEXIST, "No usable temporary file name found")


if _versions.TEMPDIR_MAY_BE_BYTES:
    def gettempprefix():
        """What names begin with unless a prefix is given, as str."""
        return _os.fsdecode(template)
else:
    def gettempprefix():
        """What names begin with unless a prefix is given."""
        return template


def gettempprefixb():
    """gettempprefix() as bytes."""
    return _os.fsencode(template)


tempdir = None


def _gettempdir():
    """tempdir, chosen at the first use."""
    global tempdir
    if tempdir is None:
        with _once_lock:
            if tempdir is None:
                tempdir = _get_default_tempdir()
    return tempdir


if _versions.TEMPDIR_MAY_BE_BYTES:
    def gettempdir():
        """The directory for what asks for no other, as str."""
        dir = _gettempdir()
        return dir if type(dir) is str else _os.fsdecode(dir)
else:
    def gettempdir():
        """The directory for what asks for no other."""
        return _gettempdir()


def gettempdirb():
    """gettempdir() as bytes."""
    return _os.fsencode(_gettempdir())


# What the host may set or replace, and a recipe depends on; without the first three it is as the package made it.
_usual = (TMP_MAX, _bin_openflags, gettempdir, _get_candidate_names, _mkstemp_inner, _names.OWN_NEXT,
          _primitives.OWN_OPEN, _primitives.OWN_MKDIR)
_last_recipe = (None,) + (_os,) * 6  # none yet: the arguments of no call


def _is_usual():
    return (TMP_MAX is _usual[0] and _bin_openflags is _usual[1] and gettempdir is _usual[2]
            and _get_candidate_names is _usual[3] and _mkstemp_inner is _usual[4]
            and _names._RandomNameSequence.__next__ is _usual[5] and _os.open is _usual[6] and _os.mkdir is _usual[7])


def _recipe_for(suffix, prefix, dir):
    """The recipe for these arguments; None: the long way is to be taken."""
    recipe, last_suffix, last_prefix, last_dir, last_tempdir, last_template, names = _last_recipe
    # By identity, as all that may be the host's: a string may be of a kind that says it is equal to another, and comparing str
    # with bytes is an error under -bb.
    if (suffix is last_suffix and prefix is last_prefix and dir is last_dir and tempdir is last_tempdir
            and template is last_template and _name_sequence is names and names.characters is _names.CHARACTERS and _is_usual()):
        return recipe
    return _write_recipe(suffix, prefix, dir)


def _write_recipe(suffix, prefix, dir):
    global _last_recipe
    default_dir, default_prefix, names = tempdir, template, _name_sequence  # once: another thread may set them meanwhile
    if not _is_usual():
        return None
    if names is None:
        _get_candidate_names()  # for the next call: TemporaryFile alone never needs them
        return None
    if type(names) is not _names._RandomNameSequence or names.characters is not _names.CHARACTERS:
        return None
    recipe = _recipe.written(default_prefix if prefix is None else prefix, "" if suffix is None else suffix,
                             default_dir if dir is None else dir)
    if recipe is not None:
        _last_recipe = recipe, suffix, prefix, dir, default_dir, default_prefix, names
    return recipe


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """Create a file that only the user can read and write, and give (descriptor, absolute path).

    'suffix', 'prefix' -- what the name ends and begins with; None is nothing and 'template'. Neither has a directory part.
    'dir' -- where; None is gettempdir().
    'text' -- makes no difference on Linux.

    The three may be str or bytes, but all of one kind, which is also the path's. The descriptor is not inherited by programs
    that are started. Closing it and removing the file is up to the caller.
    """
    recipe = None if text else _recipe_for(suffix, prefix, dir)
    if recipe is not None:
        made = recipe.create_file()
        if made is not None:
            return made
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    return _mkstemp_inner(dir, prefix, suffix, _text_openflags if text else _bin_openflags, output_type)


def mkdtemp(suffix=None, prefix=None, dir=None):
    """Create a directory that only the user can enter, and give its path. It is the caller's to remove.

    'suffix', 'prefix', 'dir' -- as for mkstemp.
    """
    recipe = _recipe_for(suffix, prefix, dir)
    if recipe is not None:
        path = recipe.create_directory()
        if path is not None:
            return path
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    names = _get_candidate_names()
    if output_type is bytes:
        names = map(_os.fsencode, names)
    attempts = 0
    while attempts < TMP_MAX:
        attempts += 1
        name, file = _paths.within(dir, prefix, next(names), suffix)
        _sys.audit("tempfile.mkdtemp", file)
        try:
            _primitives.create_directory(dir, name, file)
        except FileExistsError:
            continue
        return _os.path.abspath(file) if _versions.MKDTEMP_ABSOLUTE else file
    raise FileExistsError(_errno.EEXIST, "No usable temporary directory name found")


def mktemp(suffix="", prefix=template, dir=None):
    """Give a path at which there is nothing, without creating it.

    Do not use it: somebody else may create that path before the caller does. mkstemp and mkdtemp cannot be beaten to it.
    'suffix', 'prefix' and 'dir' are as for mkstemp, but str only.
    """
    if dir is None:
        dir = gettempdir()
    names = _get_candidate_names()
    attempts = 0
    while attempts < TMP_MAX:
        attempts += 1
        file = _paths.within(dir, prefix, next(names), suffix)[1]
        if not _exists(file):
            return file
    raise FileExistsError(_errno.EEXIST, "No usable temporary filename found")


def _is_plain(mode, buffering, encoding, newline, errors):
    """Whether io.open and its arguments are those that _files.buffered stands for. Nothing is compared before its type."""
    return (encoding is None and newline is None and errors is None and type(mode) is str and mode == "w+b"
            and type(buffering) is int and buffering == -1 and _io.open is _files.OWN_OPEN)


def _open_plain(suffix, prefix, dir):
    """A file object for the default mode, and the path. There is no file if there can be no object."""
    recipe = _recipe_for(suffix, prefix, dir)
    made = recipe.create_file() if recipe is not None else None
    if made is None:
        return _open_named("w+b", -1, None, None, suffix, prefix, dir, None)
    fd, name = made
    try:
        return _files.buffered(fd, name), name
    except BaseException:
        _os.unlink(name)
        raise


def _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors):
    """The same for any mode, by io.open."""
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    name = None

    def opener(*args):
        nonlocal name
        fd, name = _mkstemp_inner(dir, prefix, suffix, _bin_openflags, output_type)
        return fd
    try:
        file, raw = _files.opened(opener, dir, mode, buffering, newline, encoding, errors)
        if _versions.OPENER:
            raw.name = name
        return file, name
    except BaseException:
        if name is not None:
            _os.unlink(name)
        raise


def _abandon(file, name):
    file.close()
    if name is None:
        return  # an io.open of the host's has never asked for the descriptor
    try:
        _os.unlink(name)
    except FileNotFoundError:
        pass  # a closer that was just made has done it: an interrupt came before it was anybody's


_named_arguments = """Create a file with a name, as mkstemp does, and give a file object that deletes it in the end.

    'mode', 'buffering', 'encoding', 'newline', 'errors' -- as for io.open.
    'prefix', 'suffix', 'dir' -- as for mkstemp.
    'delete' -- whether it is {delete}.{delete_on_close}

    Its path is the attribute 'name'. Only the process that created the file deletes it, not a forked child that has a copy
    of the object; and nobody does if that process is killed.
    """

if _versions.DELETE_ON_CLOSE:
    def NamedTemporaryFile(mode='w+b', buffering=-1, encoding=None,
                           newline=None, suffix=None, prefix=None,
                           dir=None, delete=True, *, errors=None,
                           delete_on_close=True):
        if _is_plain(mode, buffering, encoding, newline, errors):
            file, name = _open_plain(suffix, prefix, dir)
        else:
            if "b" not in mode:
                encoding = _io.text_encoding(encoding)
            file, name = _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors)
        try:
            return _TemporaryFileWrapper(file, name, delete, delete_on_close)
        except BaseException:
            _abandon(file, name)
            raise

    NamedTemporaryFile.__doc__ = _named_arguments.format(delete="deleted at all", delete_on_close="""
    'delete_on_close' -- whether that happens when it is closed; else at the end of the with statement, or when nobody
       refers to the object any more.""")
else:
    def NamedTemporaryFile(mode='w+b', buffering=-1, encoding=None,
                           newline=None, suffix=None, prefix=None,
                           dir=None, delete=True, *, errors=None):
        if _is_plain(mode, buffering, encoding, newline, errors):
            file, name = _open_plain(suffix, prefix, dir)
        else:
            if _versions.TEXT_ENCODING and "b" not in mode:
                encoding = _io.text_encoding(encoding)
            file, name = _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors)
        try:
            return _TemporaryFileWrapper(file, name, delete)
        except BaseException:
            _abandon(file, name)
            raise

    NamedTemporaryFile.__doc__ = _named_arguments.format(delete="deleted when it is closed", delete_on_close="")


# Whether files without a name are to be had at all. An old kernel reads O_TMPFILE as O_DIRECTORY, and says that a directory
# cannot be written: then it is not tried again.
_O_TMPFILE_WORKS = hasattr(_os, 'O_TMPFILE')


def _open_unnamed(dir, flags):
    """_primitives.open_unnamed for a host that has set other flags."""
    return _os.open(dir, (_bin_openflags | _os.O_TMPFILE) & ~_os.O_CREAT, 0o600)


def TemporaryFile(mode='w+b', buffering=-1, encoding=None,
                  newline=None, suffix=None, prefix=None,
                  dir=None, *, errors=None):
    """Create a file without a name and give a file object on it. It is gone when it is closed, however the process ends.

    'mode', 'buffering', 'encoding', 'newline', 'errors' -- as for io.open.
    'prefix', 'suffix', 'dir' -- as for mkstemp; the first two only count where the file system has no files without a name.
    """
    if _O_TMPFILE_WORKS and _is_plain(mode, buffering, encoding, newline, errors):
        recipe = _recipe_for(suffix, prefix, dir)
        if recipe is not None:
            try:
                fd = recipe.create_unnamed()
            except _ffi.StartError:
                raise  # another attempt would look for room again
            except OSError:
                pass
            else:
                return _files.buffered(fd, fd)
    if _versions.TEXT_ENCODING and "b" not in mode:
        encoding = _io.text_encoding(encoding)
    return _open_unnamed_by_io_open(mode, buffering, encoding, newline, suffix, prefix, dir, errors)


def _open_unnamed_by_io_open(mode, buffering, encoding, newline, suffix, prefix, dir, errors):
    global _O_TMPFILE_WORKS
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    file = None
    if _O_TMPFILE_WORKS:
        try:
            opener = _primitives.open_unnamed if _bin_openflags == _primitives.FILE_FLAGS else _open_unnamed
            file, raw = _files.opened(opener, dir, mode, buffering, newline, encoding, errors)
        except IsADirectoryError:
            _O_TMPFILE_WORKS = False
        except _ffi.StartError:
            raise
        except OSError:
            pass  # the file system has no such files; if it is something else, the next attempt says so again
    if file is None:
        def create_and_unlink(*args):
            fd, name = _mkstemp_inner(dir, prefix, suffix, _bin_openflags, output_type)
            try:
                _os.unlink(name)
            except BaseException:
                _os.close(fd)
                raise
            return fd
        file, raw = _files.opened(create_and_unlink, dir, mode, buffering, newline, encoding, errors)
    if _versions.OPENER:
        raw.name = raw.fileno()
    return file


# --- the rest of the standard module's names

from ._directory import TemporaryDirectory  # noqa: E402 - both need what is above
from ._spooled import SpooledTemporaryFile  # noqa: E402

for _class in (_RandomNameSequence, _TemporaryFileCloser, _TemporaryFileWrapper, SpooledTemporaryFile, TemporaryDirectory):
    _class.__module__ = __name__  # so that they are pickled and described as what can be imported
del _class

_ours = {"_ffi", "_files", "_names", "_paths", "_primitives", "_recipe", "_versions", "_is_usable", "_choose_tempdir", "_usual", "_is_usual",
         "_last_recipe", "_recipe_for", "_write_recipe", "_is_plain", "_open_plain", "_open_named",
         "_abandon", "_named_arguments", "_open_unnamed", "_open_unnamed_by_io_open", "_renew_lock", "_ours", "_lazy",
         "__getattr__", "__dir__"}
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
