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
        making = _ffi.making_file()
        try:
            fd = _primitives.create_file(dir, name, filename, _bin_openflags, making)
        except FileExistsError:
            continue
        except BaseException:
            making.undo()
            raise
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
        making.settle()
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


def _try_names(dir, pre, suf, flags, output_type, making):
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
            fd = _primitives.create_file(dir, name, file, flags, making)
        except FileExistsError:
            continue
        return fd, file if _versions.ABSOLUTE_FIRST else _os.path.abspath(file)
    raise FileExistsError(_errno.EEXIST, "No usable temporary file name found")


def _give_up(made, making):
    """Closes and removes a file that mkstemp has not given to its caller."""
    if made is None:
        making.undo()
        return
    try:
        _os.close(made[0])
    finally:
        _os.unlink(made[1])


def _mkstemp_inner(dir, pre, suf, flags, output_type):
    """mkstemp, with everything given."""
    made = None
    making = _ffi.making_file()
    try:
        made = _try_names(dir, pre, suf, flags, output_type, making)
        making.settle()
        return made
    except BaseException:
        _give_up(made, making)
        raise


_own_mkstemp_inner = _mkstemp_inner


def _make_file(dir, pre, suf, flags, output_type, making):
    """_mkstemp_inner, be it the host's, for who undoes what is made."""
    if _mkstemp_inner is _own_mkstemp_inner:
        return _try_names(dir, pre, suf, flags, output_type, making)
    made = _mkstemp_inner(dir, pre, suf, flags, output_type)
    if type(made) is tuple and len(made) == 2:
        making.by_host(*made)
    return made


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


_usual = (TMP_MAX, _bin_openflags, gettempdir, _get_candidate_names, _mkstemp_inner, _names.OWN_NEXT,
          _primitives.OWN_OPEN, _primitives.OWN_MKDIR)
_last_recipe = (_os,) * 5  # none yet: the arguments of no call


def _recipe_for(suffix, prefix, dir):
    """The recipe for these arguments; None: the long way is to be taken."""
    recipe, last_suffix, last_prefix, last_dir, last_circumstances = _last_recipe
    # What the host may set or replace, and a recipe depends on.
    circumstances = (tempdir, template, _name_sequence, TMP_MAX, _bin_openflags, gettempdir, _get_candidate_names,
                     _mkstemp_inner, _names._RandomNameSequence.__next__, _os.open, _os.mkdir)
    # By identity: strings may be of a kind that says it is equal to another.
    if (suffix is last_suffix and prefix is last_prefix and dir is last_dir and circumstances == last_circumstances
            and circumstances[2].characters is _names.CHARACTERS):
        return recipe
    return _write_recipe(suffix, prefix, dir, circumstances)


def _write_recipe(suffix, prefix, dir, circumstances):
    global _last_recipe
    default_dir, default_prefix, names = circumstances[:3]  # None before the first use, but for the prefix
    if circumstances[3:] != _usual:
        return None
    if names is None:
        _get_candidate_names()  # for the next call: TemporaryFile alone never needs them
        return None
    if type(names) is not _names._RandomNameSequence or names.characters is not _names.CHARACTERS:
        return None
    recipe = _recipe.written(default_prefix if prefix is None else prefix, "" if suffix is None else suffix,
                             default_dir if dir is None else dir)
    if recipe is not None:
        _last_recipe = recipe, suffix, prefix, dir, circumstances
    return recipe


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """Create a file that only the user can read and write, and give (descriptor, absolute path).

    'suffix', 'prefix' -- what the name ends and begins with; None is nothing and 'template'. Neither has a directory part.
    'dir' -- where; None is gettempdir().
    'text' -- makes no difference on Linux.

    The three may be str or bytes, but all of one kind, which is also the path's. The descriptor is not inherited by programs
    that are started. Closing it and removing the file is up to the caller.
    """
    made = None
    making = _ffi.making_file()
    try:
        recipe = None if text else _recipe_for(suffix, prefix, dir)
        if recipe is not None:
            made = recipe.create_file(making)
        if made is None:
            prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
            made = _make_file(dir, prefix, suffix, _text_openflags if text else _bin_openflags, output_type, making)
        making.settle()
        return made
    except BaseException:
        _give_up(made, making)
        raise


def mkdtemp(suffix=None, prefix=None, dir=None):
    """Create a directory that only the user can enter, and give its path. It is the caller's to remove.

    'suffix', 'prefix', 'dir' -- as for mkstemp.
    """
    path = None
    making = _ffi.making_directory()
    try:
        path = _make_directory(suffix, prefix, dir, making)
        making.settle()
        return path
    except BaseException:
        if path is None:
            making.undo()
        else:
            _os.rmdir(path)
        raise


def _make_directory(suffix, prefix, dir, making):
    recipe = _recipe_for(suffix, prefix, dir)
    if recipe is not None:
        path = recipe.create_directory(making)
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
            _primitives.create_directory(dir, name, file, making)
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


_plain_file = "w+b", -1, None, None, None, _files.OWN_OPEN  # arguments of io.open, and that: what a recipe opens files for


def _open_plain(suffix, prefix, dir, making):
    """A file object for the default mode, and the path."""
    recipe = _recipe_for(suffix, prefix, dir)
    made = recipe.create_file(making) if recipe is not None else None
    if made is None:
        return _open_named("w+b", -1, None, None, suffix, prefix, dir, None, making)
    fd, name = made
    return _files.buffered(fd, name, making), name


def _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, making):
    """The same for any mode, by io.open."""
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    file, raw = _files.opened(_create_named, making, (dir, prefix, suffix, output_type), dir, mode, buffering, newline, encoding,
                              errors)
    name = making.path  # None if an io.open of the host's has never asked for the descriptor
    if _versions.OPENER:
        raw.name = name
    return file, name


def _create_named(making, _, dir, prefix, suffix, output_type):
    fd, making.path = _make_file(dir, prefix, suffix, _bin_openflags, output_type, making)
    return fd


def _abandon(making, file, name):
    """Closes and removes what NamedTemporaryFile has not given to its caller."""
    making.undo()
    if file is not None:
        file.close()
    if name is not None:
        try:
            _os.unlink(name)
        except FileNotFoundError:
            pass  # a wrapper that was there already has done it


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
        file = name = None
        making = _ffi.making_file()
        try:
            if (mode, buffering, encoding, newline, errors, _io.open) == _plain_file:
                file, name = _open_plain(suffix, prefix, dir, making)
            else:
                if "b" not in mode:
                    encoding = _io.text_encoding(encoding)
                file, name = _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, making)
            wrapper = _TemporaryFileWrapper(file, name, delete, delete_on_close)
            making.settle()
            return wrapper
        except BaseException:
            wrapper = None
            _abandon(making, file, name)
            raise

    NamedTemporaryFile.__doc__ = _named_arguments.format(delete="deleted at all", delete_on_close="""
    'delete_on_close' -- whether that happens when it is closed; else at the end of the with statement, or when nobody
       refers to the object any more.""")
else:
    def NamedTemporaryFile(mode='w+b', buffering=-1, encoding=None,
                           newline=None, suffix=None, prefix=None,
                           dir=None, delete=True, *, errors=None):
        file = name = None
        making = _ffi.making_file()
        try:
            if (mode, buffering, encoding, newline, errors, _io.open) == _plain_file:
                file, name = _open_plain(suffix, prefix, dir, making)
            else:
                if _versions.TEXT_ENCODING and "b" not in mode:
                    encoding = _io.text_encoding(encoding)
                file, name = _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, making)
            wrapper = _TemporaryFileWrapper(file, name, delete)
            making.settle()
            return wrapper
        except BaseException:
            wrapper = None
            _abandon(making, file, name)
            raise

    NamedTemporaryFile.__doc__ = _named_arguments.format(delete="deleted when it is closed", delete_on_close="")


# Whether files without a name are to be had at all. An old kernel reads O_TMPFILE as O_DIRECTORY, and says that a directory
# cannot be written: then it is not tried again.
_O_TMPFILE_WORKS = hasattr(_os, 'O_TMPFILE')


def _create_unnamed(making, dir):
    if _bin_openflags == _primitives.FILE_FLAGS:
        return _primitives.open_unnamed(dir, making)
    fd = _os.open(dir, (_bin_openflags | _os.O_TMPFILE) & ~_os.O_CREAT, 0o600)
    making.by_host(fd, None)
    return fd


def TemporaryFile(mode='w+b', buffering=-1, encoding=None,
                  newline=None, suffix=None, prefix=None,
                  dir=None, *, errors=None):
    """Create a file without a name and give a file object on it. It is gone when it is closed, however the process ends.

    'mode', 'buffering', 'encoding', 'newline', 'errors' -- as for io.open.
    'prefix', 'suffix', 'dir' -- as for mkstemp; the first two only count where the file system has no files without a name.
    """
    if _O_TMPFILE_WORKS and (mode, buffering, encoding, newline, errors, _io.open) == _plain_file:
        recipe = _recipe_for(suffix, prefix, dir)
        if recipe is not None:
            making = _ffi.making_unnamed()
            try:
                try:
                    fd = recipe.create_unnamed(making)
                except _ffi.StartError:
                    raise  # another attempt would look for room again
                except OSError:
                    pass
                else:
                    file = _files.buffered(fd, fd, making)
                    making.settle()
                    return file
            except BaseException:
                making.undo()
                raise
    if _versions.TEXT_ENCODING and "b" not in mode:
        encoding = _io.text_encoding(encoding)
    return _open_unnamed_by_io_open(mode, buffering, encoding, newline, suffix, prefix, dir, errors)


def _open_unnamed_by_io_open(mode, buffering, encoding, newline, suffix, prefix, dir, errors):
    global _O_TMPFILE_WORKS
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    arguments = dir, mode, buffering, newline, encoding, errors
    if _O_TMPFILE_WORKS:
        try:
            return _opened_unnamed(_create_unnamed, _ffi.making_unnamed(), (), arguments)
        except IsADirectoryError:
            _O_TMPFILE_WORKS = False
        except _ffi.StartError:
            raise
        except OSError:
            pass  # the file system has no such files; if it is something else, the next attempt says so again
    return _opened_unnamed(_create_and_unlink, _ffi.making_file(), (dir, prefix, suffix, output_type), arguments)


def _create_and_unlink(making, *arguments):
    fd = _create_named(making, *arguments)
    _os.unlink(making.path)
    making.path = None
    return fd


def _opened_unnamed(create, making, for_create, arguments):
    try:
        file, raw = _files.opened(create, making, for_create, *arguments)
        if _versions.OPENER:
            raw.name = raw.fileno()
        making.settle()
        return file
    except BaseException:
        making.undo()
        raise


# --- the rest of the standard module's names

from ._directory import TemporaryDirectory  # noqa: E402 - both need what is above
from ._spooled import SpooledTemporaryFile  # noqa: E402

for _class in (_RandomNameSequence, _TemporaryFileCloser, _TemporaryFileWrapper, SpooledTemporaryFile, TemporaryDirectory):
    _class.__module__ = __name__  # so that they are pickled and described as what can be imported
del _class

_ours = {"_ffi", "_files", "_names", "_paths", "_primitives", "_recipe", "_versions", "_is_usable", "_choose_tempdir", "_usual",
         "_last_recipe", "_recipe_for", "_write_recipe", "_plain_file", "_open_plain", "_open_named",
         "_abandon", "_give_up", "_make_file", "_make_directory", "_try_names", "_own_mkstemp_inner",
         "_opened_unnamed", "_named_arguments", "_create_named", "_create_unnamed", "_create_and_unlink",
         "_open_unnamed_by_io_open", "_renew_lock", "_ours", "_lazy",
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
