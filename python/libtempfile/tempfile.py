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
from _io import BufferedRandom as _BufferedRandom

# Not relative: 'python -m tempfile' runs this under the name __main__, which is in no package.
from libtempfile import (_directory, _ffi, _files, _names, _paths, _primitives, _process, _recipe, _removal, _spooled, _versions,
                         _warning, _wrapper)

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


class _RandomNameSequence:
    """An endless sequence of unpredictable strings of eight characters, for file names. It is an iterator, and any number
    of threads can use one at the same time.

    It does not ask the library: multiprocessing draws names for its semaphores from here, and should not have its
    children forked from a process with the library's threads for want of eight characters.
    """

    characters = _names.CHARACTERS

    @property
    def rng(self):
        from random import SystemRandom

        return SystemRandom()

    def __iter__(self):
        return self

    def __next__(self):
        if self.characters is not _names.CHARACTERS:  # the host's own
            return "".join(self.rng.choices(self.characters, k=_names.LENGTH))
        return _names.draw()


def _candidate_tempdir_list():
    """Where to look for a directory that can be used, in order."""
    # os.getenv and os.getcwd, and not the library's own list: what a program does to os.environ holds for it at once.
    dirlist = [dirname for dirname in map(_os.getenv, ('TMPDIR', 'TEMP', 'TMP')) if dirname]
    dirlist += ['/tmp', '/var/tmp', '/usr/tmp']
    try:
        dirlist.append(_os.getcwd())
    except (AttributeError, OSError):
        dirlist.append(_os.curdir)
    home = _os.getenv('HOME') or _home_of_user()
    if home[:1] == '/':
        dirlist.append(home)
    return dirlist


def _home_of_user():
    """What the system's list of users says; it need not say anything."""
    try:
        import pwd

        return pwd.getpwuid(_os.getuid()).pw_dir
    except (ImportError, KeyError, OSError):
        return ''


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
    reasons = []
    for dir in dirlist:
        if dir != _os.curdir:
            dir = _os.path.abspath(dir)
        try:
            if _is_usable(dir, names):
                return dir
            reason = "every name that was tried is taken"
        except _ffi.StartError:
            raise  # it says nothing of the directory, and the next one may not be chosen for it
        except OSError as error:
            reason = error.strerror or str(error)
        reasons.append("%r: %s" % (dir, reason))
    raise FileNotFoundError(_errno.ENOENT, "No usable temporary directory found in %s%s" % (
        dirlist, ": " + "; ".join(reasons) if reasons else ""))


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


# What the host may set or replace, and a recipe depends on, as the package made it.
_usual = (TMP_MAX, _bin_openflags, gettempdir, _get_candidate_names, _mkstemp_inner, _RandomNameSequence.__next__,
          _primitives.OWN_OPEN, _primitives.OWN_MKDIR, _RandomNameSequence)
_last_recipe = (None,) + (_os,) * 6  # none yet: the arguments of no call


def _is_usual():
    return (TMP_MAX is _usual[0] and _bin_openflags is _usual[1] and gettempdir is _usual[2]
            and _get_candidate_names is _usual[3] and _mkstemp_inner is _usual[4]
            and _usual[8].__next__ is _usual[5] and _os.open is _usual[6] and _os.mkdir is _usual[7])


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
    if type(names) is not _usual[8] or names.characters is not _names.CHARACTERS:
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


def _is_plain(mode, buffering, encoding, newline, errors):
    """Whether io.open and its arguments are those that _files.buffered stands for. Nothing is compared before its type."""
    return (encoding is None and newline is None and errors is None and type(mode) is str and mode == "w+b"
            and type(buffering) is int and buffering == -1 and _io.open is _files.OWN_OPEN)


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


class _TemporaryFileCloser:
    """Closes the file and deletes its name. It is apart from the wrapper because the wrapper's methods, which may outlive
    the wrapper, keep this alive too."""

    # Only the process that made a file deletes its name implicitly: a forked child has these objects too.
    #
    # A finalizer may run when the interpreter has taken the globals of this module away, so that whatever it needs is an
    # attribute or a default argument.
    close_called = False
    _owner = _process.ANYBODY  # a mark of the process that deletes

    def _own(self):
        """Makes this process the one that deletes the name."""
        self._owner = _process.mark if _process.mark[0] else _process.this()
        if _TemporaryFileCloser not in _wrapper.seen_to:
            _wrapper.see_to(_TemporaryFileCloser)
        if _wrapper.watch is not None:
            _wrapper.watch(self)

    def _is_owned(self):
        """Whether this process has called _own(). A closer that another thread is still making has no attributes yet."""
        return "_owner" in self.__dict__ and bool(self._owner[0])

    def _forsaken(self, unlink=_os.unlink):
        """Deletes the name, if that was still to be done, and leaves the rest."""
        done = getattr(self, "cleanup_called", self.close_called)  # closing may have left the name, with delete_on_close
        if self._is_owned() and self.delete and not done:
            try:
                unlink(self.name)
            except OSError:
                pass

    if _versions.DELETE_ON_CLOSE:
        cleanup_called = False

        if _versions.DROPPED_FILE_WARNS:
            def __init__(self, file, name, delete=True, delete_on_close=True,
                         warn_message="Implicitly cleaning up unknown file"):
                self.file = file
                self.name = name
                self.delete = delete
                self.delete_on_close = delete_on_close
                self.warn_message = warn_message
                if delete:
                    self._own()
        else:
            def __init__(self, file, name, delete=True, delete_on_close=True):
                self.file = file
                self.name = name
                self.delete = delete
                self.delete_on_close = delete_on_close
                if delete:
                    self._own()

        # What is done is noted when it is: an interruption before that leaves it to __del__. An error is noted, too.
        def cleanup(self, windows=(_os.name == 'nt'), unlink=_os.unlink):
            if not self.cleanup_called:
                try:
                    if not self.close_called:
                        self.close_called = True
                        self.file.close()
                finally:
                    if self.delete and self._owner[0]:
                        try:
                            unlink(self.name)
                        except FileNotFoundError:
                            pass
                        except OSError as error:
                            self.cleanup_called = error.errno is not None  # else it is of a signal's handler
                            raise
                    self.cleanup_called = True

        def close(self):
            if not self.close_called:
                try:
                    self.close_called = True
                    self.file.close()
                finally:
                    if self.delete and self.delete_on_close:
                        self.cleanup()

        if _versions.DROPPED_FILE_WARNS:
            _warn = staticmethod(_warning.warn)

            def __del__(self):
                dropped = not self.close_called and self._owner[0]
                try:
                    self.cleanup()
                except BaseException:
                    self.cleanup()  # if that was interrupted, for nobody else will do it
                    raise
                if dropped:
                    self._warn(self.warn_message)
        else:
            def __del__(self):
                try:
                    if not self.cleanup_called:
                        self.cleanup()
                except BaseException:
                    self.cleanup()  # if that was interrupted, for nobody else will do it
                    raise
    else:
        file = None

        def __init__(self, file, name, delete=True):
            self.file = file
            self.name = name
            self.delete = delete
            if delete:
                self._own()

        # As above.
        def close(self, unlink=_os.unlink):
            if not self.close_called and self.file is not None:
                try:
                    self.file.close()
                finally:
                    if self.delete and self._owner[0]:
                        try:
                            unlink(self.name)
                        except OSError as error:
                            self.close_called = error.errno is not None
                            raise
                    self.close_called = True

        def __del__(self):
            try:
                if not self.close_called:
                    self.close()
            except BaseException:
                self.close()
                raise

    # The wrapper's method: _wrapper.holding would take as long as writing a little does. As what that gives, it is bound to this
    # object.
    def write(self, buffer, /):
        return self.file.write(buffer)

    write.__qualname__, write.__module__, write.__doc__ = "BufferedRandom.write", None, _BufferedRandom.write.__doc__
    _write = write
    del write


class _TemporaryFileWrapper:
    """A file object that looks like the one it is made of, and whose file is deleted after it."""

    if _versions.DELETE_ON_CLOSE:
        def __init__(self, file, name, delete=True, delete_on_close=True):
            self.file = file
            self.name = name
            if _versions.DROPPED_FILE_WARNS:
                closer = _TemporaryFileCloser(file, name, delete, delete_on_close,
                                              warn_message="Implicitly cleaning up {!r}".format(self))
            else:
                closer = _TemporaryFileCloser(file, name, delete, delete_on_close)
            self._closer = closer
    else:
        def __init__(self, file, name, delete=True):
            self.file = file
            self.name = name
            self.delete = delete
            self._closer = _TemporaryFileCloser(file, name, delete)

    if _versions.DROPPED_FILE_WARNS:
        def __repr__(self):
            return "<{} file={!r}>".format(self.__class__.__name__, self.__dict__["file"])

    def __getattr__(self, name):
        if name == 'file':
            raise KeyError(name)  # this object was not initialized; asking it would go round in a circle
        # What is no number is kept as an attribute of this object: methods are, closed and the like are asked anew.
        file = self.file
        if name == 'write' and type(file) is _BufferedRandom and file is self._closer.file:
            self.write = write = self._closer._write  # nearly every file is written to: see there
            return write
        value = getattr(file, name)
        if hasattr(value, '__call__'):
            value = _wrapper.holding(self._closer, value, file)
        if not isinstance(value, int):
            setattr(self, name, value)
        return value

    def __enter__(self):
        self.file.__enter__()
        return self

    if _versions.DELETE_ON_CLOSE:
        def __exit__(self, exc, value, tb):
            file = self.file
            # closing is all that this one's __exit__ does, in twice the time
            result = file.close() if type(file) is _BufferedRandom else file.__exit__(exc, value, tb)
            self._closer.cleanup()
            return result
    else:
        def __exit__(self, exc, value, tb):
            file = self.file
            result = file.close() if type(file) is _BufferedRandom else file.__exit__(exc, value, tb)
            self.close()
            return result

    def close(self):
        """Close the file, and delete it if that is what closing is to do."""
        self._closer.close()

    def __iter__(self):
        # A generator over the lines: iter(file) is the file itself, without what keeps its name (bpo-23700), and
        # "yield from" would close it with the generator.
        for line in self.file:
            yield line


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
            if _is_plain(mode, buffering, encoding, newline, errors):
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
            if _is_plain(mode, buffering, encoding, newline, errors):
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
    if _O_TMPFILE_WORKS and _is_plain(mode, buffering, encoding, newline, errors):
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


class SpooledTemporaryFile(_io.IOBase if _versions.SPOOLED_IS_IOBASE else object):
    """A file that stays in memory until a write goes past 'max_size' (0: never for that reason) or somebody asks for its
    descriptor; then it rolls over to a TemporaryFile, which the other arguments are for.
    """
    _rolled = False
    _TemporaryFileArgs = _spooled.Arguments()

    def __init__(self, max_size=0, mode='w+b', buffering=-1,
                 encoding=None, newline=None,
                 suffix=None, prefix=None, dir=None, *, errors=None):
        if 'b' in mode:
            self._file = _io.BytesIO()
        else:
            if _versions.TEXT_ENCODING:
                encoding = _io.text_encoding(encoding)
            self._file = _io.TextIOWrapper(_io.BytesIO(), encoding=encoding, errors=errors, newline=newline)
        self._max_size = max_size
        self._rolled = False
        self._arguments = mode, buffering, encoding, newline, suffix, prefix, dir, errors

    __class_getitem__ = classmethod(type(list[int]))

    def _check(self, file):
        if self._rolled:
            return
        max_size = self._max_size
        if max_size and file.tell() > max_size:
            self.rollover()

    def rollover(self):
        if self._rolled:
            return
        memory = self._file
        disk = TemporaryFile(**self._TemporaryFileArgs)
        # Nothing of this object changes before all is on the disk: if that is full, the data is still here.
        try:
            position = memory.tell()
            if hasattr(disk, 'buffer'):
                memory.flush()
                disk.buffer.write(memory.buffer.getvalue())
            else:
                disk.write(memory.getvalue())
            disk.flush()
            disk.seek(position, 0)
        except BaseException:
            _spooled.abandon(disk)
            raise
        self.__dict__.update(_file=disk, _rolled=True)  # in one step, for whoever is interrupted here
        del self._TemporaryFileArgs

    # Every method is written out: the inner file changes at the roll-over, and a method that was taken before must go
    # to the new one.

    def __enter__(self):
        if self._file.closed:
            raise ValueError("Cannot enter context with closed file")
        return self

    def __exit__(self, exc, value, tb):
        self._file.close()

    def __iter__(self):
        return self._file.__iter__()

    def close(self):
        self._file.close()

    closed = property(_spooled.attrgetter("_file.closed"))  # __del__ asks, for every object

    @property
    def encoding(self):
        return self._file.encoding

    @property
    def errors(self):
        return self._file.errors

    def fileno(self):
        self.rollover()
        return self._file.fileno()

    def flush(self):
        self._file.flush()

    def isatty(self):
        return self._file.isatty()

    @property
    def mode(self):
        try:
            return self._file.mode
        except AttributeError:
            return self._TemporaryFileArgs['mode']

    @property
    def name(self):
        try:
            return self._file.name
        except AttributeError:
            return None

    @property
    def newlines(self):
        return self._file.newlines

    def read(self, *args):
        return self._file.read(*args)

    def readline(self, *args):
        return self._file.readline(*args)

    def readlines(self, *args):
        return self._file.readlines(*args)

    def seek(self, *args):
        return self._file.seek(*args)

    def tell(self):
        return self._file.tell()

    def write(self, s):
        file = self._file
        rv = file.write(s)
        max_size = self._max_size
        if max_size and not self._rolled and file.tell() > max_size:  # as _check does, but calling it takes longer than a small write
            self.rollover()
        return rv

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if cls._check is not SpooledTemporaryFile._check and cls.write is SpooledTemporaryFile.write:
            cls.write = _write_and_check  # a program's own check counts

    if _versions.LAZY_WRITELINES:
        def writelines(self, iterable):
            # An endless iterable must not fill the memory before it rolls over (gh-127371).
            lines = iter(iterable)
            if self._max_size and not self._rolled:
                for line in lines:
                    self.write(line)
                    if self._rolled:
                        break
            return self._file.writelines(lines)
    else:
        def writelines(self, iterable):
            file = self._file
            rv = file.writelines(iterable)
            self._check(file)
            return rv

    if not _versions.SPOOLED_IS_IOBASE:
        def truncate(self, size=None):
            if size is None:
                self._file.truncate()
            else:
                if size > self._max_size:
                    self.rollover()
                self._file.truncate(size)
    else:
        def truncate(self, size=None):
            if size is None:
                return self._file.truncate()
            if size > self._max_size:
                self.rollover()
            return self._file.truncate(size)

        def __del__(self):
            if not self.closed:
                _warnings.warn("Unclosed file {!r}".format(self), ResourceWarning, stacklevel=2, source=self)
                self.close()

        def readable(self):
            return self._file.readable()

        def read1(self, *args):
            return self._file.read1(*args)

        def readinto(self, b):
            return self._file.readinto(b)

        def readinto1(self, b):
            return self._file.readinto1(b)

        def seekable(self):
            return self._file.seekable()

        def writable(self):
            return self._file.writable()

        def detach(self):
            return self._file.detach()


def _write_and_check(self, s):
    file = self._file
    rv = file.write(s)
    self._check(file)
    return rv


_write_and_check.__name__, _write_and_check.__qualname__ = "write", "SpooledTemporaryFile.write"


_own_mkdtemp = mkdtemp


class TemporaryDirectory:
    """A directory as mkdtemp makes it, which is removed with all it holds: at the end of a with statement, which gives its
    path, by cleanup(), or when nobody refers to it any more.

    'suffix', 'prefix', 'dir' -- as for mkdtemp.
    'ignore_cleanup_errors' -- leave what cannot be removed, without an error. From 3.10 on.
    'delete' -- False: only cleanup() removes it. From 3.12 on.
    """

    if _versions.DIRECTORY_DELETE:
        def __init__(self, suffix=None, prefix=None, dir=None,
                     ignore_cleanup_errors=False, *, delete=True):
            self._make(suffix, prefix, dir, ignore_cleanup_errors, delete,
                       ignore_errors=ignore_cleanup_errors, delete=delete)

        if _versions.RMTREE_BY_DESCRIPTOR:
            @classmethod
            def _rmtree(cls, name, ignore_errors=False, repeated=False, dir_fd=None, fullname=None):
                _removal.clean_up(cls._rmtree, name, ignore_errors, repeated, dir_fd, fullname)
        else:
            @classmethod
            def _rmtree(cls, name, ignore_errors=False, repeated=False):
                _removal.clean_up(cls._rmtree, name, ignore_errors, repeated)

        @classmethod
        def _cleanup(cls, name, warn_message, ignore_errors=False, delete=True):
            if delete:
                cls._rmtree(name, ignore_errors=ignore_errors)
                _warning.warn(warn_message)
    elif _versions.IGNORE_CLEANUP_ERRORS:
        def __init__(self, suffix=None, prefix=None, dir=None,
                     ignore_cleanup_errors=False):
            self._make(suffix, prefix, dir, ignore_cleanup_errors, True, ignore_errors=ignore_cleanup_errors)

        @classmethod
        def _rmtree(cls, name, ignore_errors=False):
            _removal.clean_up(cls._rmtree, name, ignore_errors)

        @classmethod
        def _cleanup(cls, name, warn_message, ignore_errors=False):
            cls._rmtree(name, ignore_errors=ignore_errors)
            _warning.warn(warn_message)
    else:
        def __init__(self, suffix=None, prefix=None, dir=None):
            self._make(suffix, prefix, dir, False, True)

        @classmethod
        def _rmtree(cls, name):
            _removal.clean_up(cls._rmtree, name)

        @classmethod
        def _cleanup(cls, name, warn_message):
            cls._rmtree(name)
            _warning.warn(warn_message)

    def _make(self, suffix, prefix, dir, ignore_cleanup_errors, delete, /, **for_cleanup):
        making = _ffi.making_directory()
        try:
            if mkdtemp is _own_mkdtemp:
                self.name = name = _make_directory(suffix, prefix, dir, making)
                _removal.remember(name)
            else:
                self.name = mkdtemp(suffix, prefix, dir)  # which may give a directory that is not new
            self._ignore_cleanup_errors = ignore_cleanup_errors
            self._delete = delete
            self._owner = _process.this()
            self._finalizer = _weakref.finalize(self, _directory.if_ours, self._owner, self._cleanup, self.name,
                                                warn_message=f"Implicitly cleaning up {self!r}", **for_cleanup)
            if _directory.watch is not None:
                _directory.watch(self)
        except BaseException as error:
            self._give_up(making, error)
            raise
        making.settle()

    def _give_up(self, making, error):
        """Removes what this was to be for, unless it is another directory than the one that was made."""
        finalizer = self.__dict__.get("_finalizer")
        if finalizer is not None:
            finalizer.detach()
        if not (isinstance(error, OSError) and error.errno == _errno.ESTALE):
            making.undo()
        _removal.forget(self.__dict__.get("name"))

    def __repr__(self):
        return f"<{self.__class__.__name__} {self.name!r}>"

    def __enter__(self):
        return self.name

    def __exit__(self, exc, value, tb):
        if self._delete and self._owner[0]:
            self.cleanup()

    def cleanup(self):
        finalizer = self._finalizer
        if not finalizer.alive and not (_versions.IGNORE_CLEANUP_ERRORS and _os.path.exists(self.name)):
            _removal.forget(self.name)
            return
        try:
            if _versions.IGNORE_CLEANUP_ERRORS:
                self._rmtree(self.name, ignore_errors=self._ignore_cleanup_errors)
            else:
                self._rmtree(self.name)
        except BaseException as error:
            if _directory.of_the_removal(error):
                finalizer.detach()
            raise  # what was interrupted is left to the finalizer
        finalizer.detach()
        _removal.forget(self.name)

    __class_getitem__ = classmethod(type(list[int]))


# --- the rest of the standard module's names

_ours = {"_BufferedRandom", "_directory", "_ffi", "_files", "_names", "_paths", "_primitives", "_process", "_recipe", "_removal",
         "_spooled", "_versions", "_warning", "_wrapper", "_home_of_user", "_is_usable", "_choose_tempdir", "_own_mkdtemp",
         "_own_mkstemp_inner", "_usual", "_is_usual", "_last_recipe", "_recipe_for", "_write_recipe", "_is_plain", "_open_plain",
         "_open_named", "_abandon", "_give_up", "_make_file", "_make_directory", "_try_names", "_opened_unnamed",
         "_named_arguments", "_create_named", "_create_unnamed", "_create_and_unlink", "_open_unnamed_by_io_open",
         "_write_and_check", "_renew_lock", "_ours", "_lazy", "__getattr__", "__dir__"}
if not _versions.TEMPDIR_MAY_BE_BYTES:
    _ours.add("_gettempdir")

_lazy = ["_Random", "_functools", "_shutil", "_types"]
if _versions.RESETPERMS:
    _lazy += ["_dont_follow_symlinks", "_resetperms"]
if _versions.RMTREE_BY_DESCRIPTOR:
    _lazy += ["_nofollow_mode", "_resetflags", "_resetperms_at", "_resetperms_fd", "_rmtree_use_dir_fd", "_stat"]


def __getattr__(name):
    """Aliases that the standard module has for its own use and this one has not: some of them are slow to import."""
    value = None
    if not name.startswith("__"):  # importing asks for some, at a time when this module cannot import
        from libtempfile import _aliases

        value = _aliases.get(name)
    if value is None:
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    return value


def __dir__():
    return sorted((globals().keys() - _ours) | set(_lazy))
