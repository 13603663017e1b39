"""Files and directories that go away when they are no longer needed, under names that nobody can guess.

NamedTemporaryFile, TemporaryFile, SpooledTemporaryFile and TemporaryDirectory clean up after themselves; what mkstemp and
mkdtemp make is the caller's to remove. Paths are str unless one of the arguments is bytes. 'tempdir', if it is set, is where
things are made that ask for no other place, and 'template' what their names begin with; TMP_MAX names are tried at most.
"""

# The standard module's namespace for the running version, over libtempfile. The functions stand here because their globals
# are hooks: programs and tests replace tempdir, template, TMP_MAX, _get_candidate_names, _candidate_tempdir_list and others,
# so each is looked up when it is needed. The classes stand here because inspect looks for their source in their module.

__all__ = [
    "NamedTemporaryFile",
    "TemporaryFile",
    "SpooledTemporaryFile",
    "TemporaryDirectory",
    "mkstemp",
    "mkdtemp",
    "mktemp",
    "TMP_MAX",
    "gettempprefix",
    "tempdir",
    "gettempdir",
    "gettempprefixb",
    "gettempdirb",
]

# --- Names that the standard module lacks. dir() shows neither these nor those of the last section.

# Not relative: 'python -m tempfile' runs this module under the name __main__, which is in no package. And not by "from",
# which asks the package for each name before it imports it.
import libtempfile._versions as _versions
import libtempfile._process as _process
import libtempfile._ffi as _ffi
import libtempfile._pending as _pending
import libtempfile._create as _create
import libtempfile._file as _file
import libtempfile._directory as _directory

import sys as _sys
import warnings as _warnings
from _io import BufferedRandom as _BufferedRandom


# Finalizers call it, also at exit when the globals are gone.
def _warn(message, category=ResourceWarning, frame=_sys._getframe, explicit=_warnings.warn_explicit):
    """warnings.warn at the caller's line, but as from the module 'tempfile': filters name that module, under whichever name
    the program has imported this one."""
    caller = frame(1)
    # Without the globals themselves, for which the source would be read each time.
    registry = caller.f_globals.setdefault("__warningregistry__", {})
    explicit(message, category, caller.f_code.co_filename, caller.f_lineno, "tempfile", registry)


# A reload begins with all names, and keeps the set.
_hidden = globals().get("_hidden") or {name for name in globals() if not name.startswith("__")} - {"_sys", "_warnings"}
_hidden.add("_hidden")

# --- The standard module's names.

import errno as _errno
import io as _io
import os as _os
import weakref as _weakref
import _thread

_allocate_lock = _thread.allocate_lock

_text_openflags = _bin_openflags = _create.FILE_FLAGS

TMP_MAX = 20 if _versions.FEW_ATTEMPTS else _os.TMP_MAX

template = "tmp"

_once_lock = _allocate_lock()


def _exists(fn):
    try:
        _os.lstat(fn)
    except OSError:
        return False
    else:
        return True


def _infer_return_type(*args):
    """str or bytes, the type of all the arguments that are given."""
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
    """Fills in the arguments that a call left out, in the type of the others."""
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

    It does not ask the library. multiprocessing draws the names of its semaphores here, and then forks: the library's
    threads would make that fork warn.
    """

    characters = _create.CHARACTERS

    @property
    def rng(self):
        from random import SystemRandom

        return SystemRandom()

    def __iter__(self):
        return self

    def __next__(self):
        if self.characters is not _create.CHARACTERS:  # a program has set its own
            return "".join(self.rng.choices(self.characters, k=_create.LENGTH))
        return _create.draw()


def _candidate_tempdir_list():
    """Where to look for a directory that can be used, in order."""
    # os.getenv and os.getcwd, and not the library's own list, so that a change of os.environ counts at once.
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
    """mkstemp, with everything given."""
    made = None
    pending = _pending.for_file()
    try:
        made = _try_names(dir, pre, suf, flags, output_type, pending)
        pending.claim()
        return made
    except BaseException:
        _give_up(made, pending)
        raise


if _versions.TEMPDIR_MAY_BE_BYTES:

    def gettempprefix():
        """Return the default prefix of names, as str."""
        return _os.fsdecode(template)
else:

    def gettempprefix():
        """Return the default prefix of names."""
        return template


def gettempprefixb():
    """Return gettempprefix() as bytes."""
    return _os.fsencode(template)


tempdir = None

if _versions.TEMPDIR_MAY_BE_BYTES:

    def _gettempdir():
        """Return tempdir, which is chosen at the first use."""
        return _tempdir_or_default()

    def gettempdir():
        """Return the default directory, in which files are created if 'dir' is None, as str."""
        dir = _gettempdir()
        return dir if type(dir) is str else _os.fsdecode(dir)

    def gettempdirb():
        """Return gettempdir() as bytes."""
        return _os.fsencode(_gettempdir())
else:

    def gettempdir():
        """Return the default directory, in which files are created if 'dir' is None."""
        return _tempdir_or_default()

    def gettempdirb():
        """Return gettempdir() as bytes."""
        return _os.fsencode(_tempdir_or_default())


def mkstemp(suffix=None, prefix=None, dir=None, text=False):
    """Create a file that only the user can read and write. Return its descriptor and its absolute path.

    'suffix' -- the end of the name. None: "".
    'prefix' -- the beginning of the name. None: gettempprefix().
    'dir' -- the directory. None: gettempdir().
    'text' -- no effect on Linux.

    The first three are either all str or all bytes, and the path is of that type. A directory part in suffix or prefix is a
    ValueError. Programs that the process starts do not inherit the descriptor. The caller closes it and deletes the file.
    """
    made = None
    pending = _pending.for_file()
    try:
        plan = None if text else _plan_for(suffix, prefix, dir)
        if plan is not None:
            made = plan.create_file(pending)
        if made is None:
            prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
            made = _make_file(dir, prefix, suffix, _text_openflags if text else _bin_openflags, output_type, pending)
        pending.claim()
        return made
    except BaseException:
        _give_up(made, pending)
        raise


def mkdtemp(suffix=None, prefix=None, dir=None):
    """Create a directory that only the user can enter, and return its path. The caller removes it, with rmtree for instance.

    'suffix', 'prefix', 'dir' -- as for mkstemp.
    """
    path = None
    pending = _pending.for_directory()
    try:
        path = _make_directory(suffix, prefix, dir, pending)
        pending.claim()
        return path
    except BaseException:
        if path is None:
            pending.undo()
        else:
            _os.rmdir(path)
        raise


def mktemp(suffix="", prefix=template, dir=None):
    """Return a path that does not exist, and create nothing.

    Deprecated: another process may create something at the path before the caller does. Use mkstemp or mkdtemp.
    'suffix', 'prefix' and 'dir' are as for mkstemp, but str only.
    """
    if dir is None:
        dir = gettempdir()
    names = _get_candidate_names()
    attempts = 0
    while attempts < TMP_MAX:
        attempts += 1
        file = _create.within(dir, prefix, next(names), suffix)[1]
        if not _exists(file):
            return file
    raise FileExistsError(_errno.EEXIST, "No usable temporary filename found")


class _TemporaryFileCloser:
    """Closes the file and deletes its name. It is an object apart from the wrapper because the wrapper's methods, which may
    outlive the wrapper, keep it alive."""

    # Only the process that made a file deletes its name implicitly: a forked child has copies of these objects.
    #
    # A finalizer may run when the interpreter has cleared the globals of this module. So everything that it needs is an
    # attribute or a default argument.
    close_called = False
    _owner = _process.ANYBODY  # the mark of the process that deletes

    def _own(self):
        """Makes this process the owner, which deletes the name."""
        self._owner = _process.mark if _process.mark[0] else _process.this()
        if _TemporaryFileCloser not in _file.kinds_at_exit:
            _file.clean_up_at_exit(_TemporaryFileCloser)
        if _file.watch is not None:
            _file.watch(self)

    def _is_owned(self):
        """Whether this process has called _own(). The closer may be one that another thread is still making."""
        return "_owner" in self.__dict__ and bool(self._owner[0])

    def _delete_leftover(self, unlink=_os.unlink):
        """At exit, deletes the name if nothing else has."""
        done = getattr(self, "cleanup_called", self.close_called)  # with delete_on_close=False, closing leaves the name
        if self._is_owned() and self.delete and not done:
            try:
                unlink(self.name)
            except OSError:
                pass

    if _versions.DELETE_ON_CLOSE:
        cleanup_called = False

        if _versions.DROPPED_FILE_WARNS:

            def __init__(
                self, file, name, delete=True, delete_on_close=True, warn_message="Implicitly cleaning up unknown file"
            ):
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

        # The flags are set after the work, or an error of it. So an interruption leaves the work to __del__.
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
                            self.cleanup_called = error.errno is not None  # without an errno, a signal's handler raised it
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
            _warn = staticmethod(_warn)

            def __del__(self):
                dropped = not self.close_called and self._owner[0]
                try:
                    self.cleanup()
                except BaseException:
                    self.cleanup()  # if it was interrupted: nothing else does it later
                    raise
                if dropped:
                    self._warn(self.warn_message)
        else:

            def __del__(self):
                try:
                    if not self.cleanup_called:
                        self.cleanup()
                except BaseException:
                    self.cleanup()  # if it was interrupted: nothing else does it later
                    raise
    else:
        file = None

        def __init__(self, file, name, delete=True):
            self.file = file
            self.name = name
            self.delete = delete
            if delete:
                self._own()

        # The flag is set after the work, or an error of it. So an interruption leaves the work to __del__.
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

    # The wrapper's method. _file.keep_alive would take as long as a small write; like its result, this refers to the closer.
    def write(self, buffer, /):
        return self.file.write(buffer)

    write.__qualname__, write.__module__, write.__doc__ = "BufferedRandom.write", None, _BufferedRandom.write.__doc__
    _write = write
    del write


class _TemporaryFileWrapper:
    """A file object that behaves like the one it wraps, and deletes the file in the end."""

    if _versions.DELETE_ON_CLOSE:

        def __init__(self, file, name, delete=True, delete_on_close=True):
            self.file = file
            self.name = name
            if _versions.DROPPED_FILE_WARNS:
                closer = _TemporaryFileCloser(
                    file, name, delete, delete_on_close, warn_message="Implicitly cleaning up {!r}".format(self)
                )
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
            raise KeyError(name)  # __init__ has not run; reading self.file would call this method again, for ever
        # Methods are kept as attributes of this object. Numbers, such as closed, are read from the file each time.
        file = self.file
        if name == 'write' and type(file) is _BufferedRandom and file is self._closer.file:
            self.write = write = self._closer._write  # the quick way for the most used method
            return write
        value = getattr(file, name)
        if hasattr(value, '__call__'):
            value = _file.keep_alive(self._closer, value, file)
        if not isinstance(value, int):
            setattr(self, name, value)
        return value

    def __enter__(self):
        self.file.__enter__()
        return self

    if _versions.DELETE_ON_CLOSE:

        def __exit__(self, exc, value, tb):
            file = self.file
            # its __exit__ does no more than close, and takes twice as long
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
        # A generator, which refers to this object: iter(file) would be the file, and the name deleted too early (bpo-23700).
        # "yield from" would close the file with the generator.
        for line in self.file:
            yield line


_named_arguments = """Create a file with a name and return a file object that deletes the file.

    'mode', 'buffering', 'encoding', 'newline', 'errors' -- as for io.open.
    'prefix', 'suffix', 'dir' -- as for mkstemp.
    'delete' -- {delete}{delete_on_close}

    The attribute 'name' is the path. Only the process that created the file deletes it; a forked child with a copy of the
    object does not. The file is left behind if the process is killed.
    """

if _versions.DELETE_ON_CLOSE:

    def NamedTemporaryFile(
        mode='w+b',
        buffering=-1,
        encoding=None,
        newline=None,
        suffix=None,
        prefix=None,
        dir=None,
        delete=True,
        *,
        errors=None,
        delete_on_close=True,
    ):
        file = name = None
        pending = _pending.for_file()
        try:
            if _is_plain(mode, buffering, encoding, newline, errors):
                file, name = _open_plain(suffix, prefix, dir, pending)
            else:
                if "b" not in mode:
                    encoding = _io.text_encoding(encoding)
                file, name = _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, pending)
            wrapper = _TemporaryFileWrapper(file, name, delete, delete_on_close)
            pending.claim()
            return wrapper
        except BaseException:
            wrapper = None
            _abandon(pending, file, name)
            raise

    NamedTemporaryFile.__doc__ = _named_arguments.format(
        delete="False: the file is kept.",
        delete_on_close="""
    'delete_on_close' -- False: the file is not deleted when it is closed, but at the end of the with statement, or when the
       object is garbage. From 3.12 on.""",
    )
else:

    def NamedTemporaryFile(
        mode='w+b',
        buffering=-1,
        encoding=None,
        newline=None,
        suffix=None,
        prefix=None,
        dir=None,
        delete=True,
        *,
        errors=None,
    ):
        file = name = None
        pending = _pending.for_file()
        try:
            if _is_plain(mode, buffering, encoding, newline, errors):
                file, name = _open_plain(suffix, prefix, dir, pending)
            else:
                if _versions.TEXT_ENCODING and "b" not in mode:
                    encoding = _io.text_encoding(encoding)
                file, name = _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, pending)
            wrapper = _TemporaryFileWrapper(file, name, delete)
            pending.claim()
            return wrapper
        except BaseException:
            wrapper = None
            _abandon(pending, file, name)
            raise

    NamedTemporaryFile.__doc__ = _named_arguments.format(
        delete="True: closing deletes the file. False: it is kept.", delete_on_close=""
    )
del _named_arguments


# Whether to try files without a name. An old kernel takes O_TMPFILE for O_DIRECTORY and refuses to write a directory: then
# this becomes False.
_O_TMPFILE_WORKS = hasattr(_os, 'O_TMPFILE')


def TemporaryFile(mode='w+b', buffering=-1, encoding=None, newline=None, suffix=None, prefix=None, dir=None, *, errors=None):
    """Create a file without a name and return a file object. The file disappears when it is closed, even by a crash.

    'mode', 'buffering', 'encoding', 'newline', 'errors' -- as for io.open.
    'prefix', 'suffix', 'dir' -- as for mkstemp. The first two have an effect only if the file system has no files without a
       name: then the file has one for a moment.
    """
    if _O_TMPFILE_WORKS and _is_plain(mode, buffering, encoding, newline, errors):
        plan = _plan_for(suffix, prefix, dir)
        if plan is not None:
            pending = _pending.for_unnamed()
            try:
                try:
                    fd = plan.create_unnamed(pending)
                except _ffi.StartError:
                    raise  # another attempt would be refused too
                except OSError:
                    pass
                else:
                    file = _file.open_plain(fd, fd, pending)
                    pending.claim()
                    return file
            except BaseException:
                pending.undo()
                raise
    if _versions.TEXT_ENCODING and "b" not in mode:
        encoding = _io.text_encoding(encoding)
    return _open_unnamed_by_io_open(mode, buffering, encoding, newline, suffix, prefix, dir, errors)


class SpooledTemporaryFile(_io.IOBase if _versions.SPOOLED_IS_IOBASE else object):
    """A file in memory. It rolls over to a TemporaryFile when a write goes past 'max_size' or when fileno() is called.

    'max_size' -- in bytes; 0: no limit.

    The other arguments are for the TemporaryFile.
    """

    _rolled = False
    _TemporaryFileArgs = _file.SpooledArguments()

    def __init__(
        self,
        max_size=0,
        mode='w+b',
        buffering=-1,
        encoding=None,
        newline=None,
        suffix=None,
        prefix=None,
        dir=None,
        *,
        errors=None,
    ):
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
        # This object changes when all is on the disk: on a full disk the data stays in memory.
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
            _file.discard(disk)
            raise
        self.__dict__.update(_file=disk, _rolled=True)  # in one step, so that no interruption comes between
        del self._TemporaryFileArgs

    # Every method is written out, because the inner file changes at the roll-over: a method that was read before that must
    # work on the new file.

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

    closed = property(_file.attrgetter("_file.closed"))  # __del__ asks, for every object

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
        if max_size and not self._rolled and file.tell() > max_size:  # _check, written out: a call takes longer
            self.rollover()
        return rv

    def __init_subclass__(cls, **keywords):
        super().__init_subclass__(**keywords)
        if cls._check is not SpooledTemporaryFile._check and cls.write is SpooledTemporaryFile.write:
            cls.write = _write_and_check  # calls the program's _check

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


class TemporaryDirectory:
    """A directory that is removed with its contents: at the end of the with statement, by cleanup(), or when the object is
    garbage. The with statement gives its path, which is also the attribute 'name'.

    'suffix', 'prefix', 'dir' -- as for mkdtemp.
    'ignore_cleanup_errors' -- True: leave entries that cannot be removed, and raise no error. From 3.10 on.
    'delete' -- False: only cleanup() removes it. From 3.12 on.
    """

    if _versions.DIRECTORY_DELETE:

        def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False, *, delete=True):
            self._make(
                suffix, prefix, dir, ignore_cleanup_errors, delete, ignore_errors=ignore_cleanup_errors, delete=delete
            )

        if _versions.RMTREE_BY_DESCRIPTOR:

            @classmethod
            def _rmtree(cls, name, ignore_errors=False, repeated=False, dir_fd=None, fullname=None):
                _directory.clean_up(cls._rmtree, name, ignore_errors, repeated, dir_fd, fullname)
        else:

            @classmethod
            def _rmtree(cls, name, ignore_errors=False, repeated=False):
                _directory.clean_up(cls._rmtree, name, ignore_errors, repeated)

        @classmethod
        def _cleanup(cls, name, warn_message, ignore_errors=False, delete=True):
            if delete:
                cls._rmtree(name, ignore_errors=ignore_errors)
                _warn(warn_message)
    elif _versions.IGNORE_CLEANUP_ERRORS:

        def __init__(self, suffix=None, prefix=None, dir=None, ignore_cleanup_errors=False):
            self._make(suffix, prefix, dir, ignore_cleanup_errors, True, ignore_errors=ignore_cleanup_errors)

        @classmethod
        def _rmtree(cls, name, ignore_errors=False):
            _directory.clean_up(cls._rmtree, name, ignore_errors)

        @classmethod
        def _cleanup(cls, name, warn_message, ignore_errors=False):
            cls._rmtree(name, ignore_errors=ignore_errors)
            _warn(warn_message)
    else:

        def __init__(self, suffix=None, prefix=None, dir=None):
            self._make(suffix, prefix, dir, False, True)

        @classmethod
        def _rmtree(cls, name):
            _directory.clean_up(cls._rmtree, name)

        @classmethod
        def _cleanup(cls, name, warn_message):
            cls._rmtree(name)
            _warn(warn_message)

    def _make(self, suffix, prefix, dir, ignore_cleanup_errors, delete, /, **for_cleanup):
        pending = _pending.for_directory()
        try:
            if mkdtemp is _own_mkdtemp:
                self.name = name = _make_directory(suffix, prefix, dir, pending)
                _directory.remember_identity(name, pending)
            else:
                self.name = mkdtemp(suffix, prefix, dir)  # the host's; its directory need not be new
            self._ignore_cleanup_errors = ignore_cleanup_errors
            self._delete = delete
            self._owner = _process.this()
            self._finalizer = _weakref.finalize(
                self,
                _directory.in_owner,
                self._owner,
                self._cleanup,
                self.name,
                warn_message=f"Implicitly cleaning up {self!r}",
                **for_cleanup,
            )
            if _directory.watch is not None:
                _directory.watch(self)
        except BaseException as error:
            self._give_up(pending, error)
            raise
        pending.claim()

    def _give_up(self, pending, error):
        """Removes the directory, unless another one has taken its place."""
        finalizer = self.__dict__.get("_finalizer")
        if finalizer is not None:
            finalizer.detach()
        if not (isinstance(error, OSError) and error.errno == _errno.ESTALE):
            pending.undo()
        _directory.forget_identity(self.__dict__.get("name"))

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
            _directory.forget_identity(self.name)
            return
        try:
            if _versions.IGNORE_CLEANUP_ERRORS:
                self._rmtree(self.name, ignore_errors=self._ignore_cleanup_errors)
            else:
                self._rmtree(self.name)
        except BaseException as error:
            if _directory.is_of_removal(error):
                finalizer.detach()
            raise  # after an interruption the finalizer tries again
        finalizer.detach()
        _directory.forget_identity(self.name)

    __class_getitem__ = classmethod(type(list[int]))


# --- Helpers, from here on. The standard module lacks them too.

_listed = globals().keys() - _hidden
_own_mkstemp_inner, _own_mkdtemp = _mkstemp_inner, mkdtemp


def _renew_lock():
    """In a forked child, where the thread that held the lock does not exist."""
    global _once_lock
    _once_lock = _allocate_lock()


_os.register_at_fork(after_in_child=_renew_lock)


def _home_of_user():
    """From the system's list of users; an empty string if that has none."""
    try:
        import pwd

        return pwd.getpwuid(_os.getuid()).pw_dir
    except (ImportError, KeyError, OSError):
        return ''


def _is_usable(dir, names):
    """Whether a file can be created in a directory, written and removed; OSError if not. False: all names tried are
    taken."""
    for _ in range(100):
        name, filename = _create.within(dir, "", next(names), "")
        pending = _pending.for_file()
        try:
            fd = _create.create_file(dir, name, filename, _bin_openflags, pending)
        except FileExistsError:
            continue
        except BaseException:
            pending.undo()
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
        pending.claim()
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
            raise  # it is not the directory's fault, and must not make a later one the default
        except OSError as error:
            reason = error.strerror or str(error)
        reasons.append("%r: %s" % (dir, reason))
    raise FileNotFoundError(
        _errno.ENOENT,
        "No usable temporary directory found in %s%s" % (dirlist, ": " + "; ".join(reasons) if reasons else ""),
    )


def _tempdir_or_default():
    """tempdir, chosen at the first use."""
    global tempdir
    if tempdir is None:
        with _once_lock:
            if tempdir is None:
                tempdir = _get_default_tempdir()
    return tempdir


def _try_names(dir, pre, suf, flags, output_type, pending):
    """Creates the file, under the first name that is free: the descriptor and the absolute path."""
    if _versions.ABSOLUTE_FIRST:
        dir = _create.absolute(dir)
    names = _get_candidate_names()
    if output_type is bytes:
        names = map(_os.fsencode, names)
    attempts = 0
    while attempts < TMP_MAX:  # making a range takes longer than the rest of the loop
        attempts += 1
        name, file = _create.within(dir, pre, next(names), suf)
        _sys.audit("tempfile.mkstemp", file)
        try:
            fd = _create.create_file(dir, name, file, flags, pending)
        except FileExistsError:
            continue
        return fd, file if _versions.ABSOLUTE_FIRST else _os.path.abspath(file)
    raise FileExistsError(_errno.EEXIST, "No usable temporary file name found")


def _make_file(dir, pre, suf, flags, output_type, pending):
    """_mkstemp_inner, the host's too, for a caller that undoes the creation itself."""
    if _mkstemp_inner is _own_mkstemp_inner:
        return _try_names(dir, pre, suf, flags, output_type, pending)
    made = _mkstemp_inner(dir, pre, suf, flags, output_type)
    if type(made) is tuple and len(made) == 2:
        pending.take_over(*made)
    return made


def _give_up(made, pending):
    """Closes and removes a file that mkstemp did not return to its caller."""
    if made is None:
        pending.undo()
        return
    try:
        _os.close(made[0])
    finally:
        _os.unlink(made[1])


def _make_directory(suffix, prefix, dir, pending):
    plan = _plan_for(suffix, prefix, dir)
    if plan is not None:
        path = plan.create_directory(pending)
        if path is not None:
            return path
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    names = _get_candidate_names()
    if output_type is bytes:
        names = map(_os.fsencode, names)
    attempts = 0
    while attempts < TMP_MAX:
        attempts += 1
        name, file = _create.within(dir, prefix, next(names), suffix)
        _sys.audit("tempfile.mkdtemp", file)
        try:
            _create.create_directory(dir, name, file, pending)
        except FileExistsError:
            continue
        return _os.path.abspath(file) if _versions.MKDTEMP_ABSOLUTE else file
    raise FileExistsError(_errno.EEXIST, "No usable temporary directory name found")


def _is_plain(mode, buffering, encoding, newline, errors):
    """Whether _file.open_plain does what io.open would with these arguments. Types are checked before values are compared:
    that may run a host's code, or fail under -bb."""
    return (
        encoding is None
        and newline is None
        and errors is None
        and type(mode) is str
        and mode == "w+b"
        and type(buffering) is int
        and buffering == -1
        and _io.open is _file.OWN_OPEN
    )


def _open_plain(suffix, prefix, dir, pending):
    """For NamedTemporaryFile in its default mode: the file object, and the path."""
    plan = _plan_for(suffix, prefix, dir)
    made = plan.create_file(pending) if plan is not None else None
    if made is None:
        return _open_named("w+b", -1, None, None, suffix, prefix, dir, None, pending)
    fd, name = made
    return _file.open_plain(fd, name, pending), name


def _open_named(mode, buffering, encoding, newline, suffix, prefix, dir, errors, pending):
    """For any mode, by io.open."""
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    for_create = dir, prefix, suffix, output_type
    file, raw = _file.open_file(_create_named, pending, for_create, dir, mode, buffering, newline, encoding, errors)
    name = pending.path  # None if a host's io.open never asked for the descriptor
    if _versions.OPENER:
        raw.name = name
    return file, name


def _create_named(pending, _, dir, prefix, suffix, output_type):
    fd, pending.path = _make_file(dir, prefix, suffix, _bin_openflags, output_type, pending)
    return fd


def _abandon(pending, file, name):
    """Closes and removes a file that NamedTemporaryFile did not return to its caller."""
    pending.undo()
    if file is not None:
        file.close()
    if name is not None:
        try:
            _os.unlink(name)
        except FileNotFoundError:
            pass  # the wrapper has removed it already


def _create_unnamed(pending, dir):
    if _bin_openflags == _create.FILE_FLAGS:
        return _create.create_unnamed(dir, pending)
    fd = _os.open(dir, (_bin_openflags | _os.O_TMPFILE) & ~_os.O_CREAT, 0o600)
    pending.take_over(fd, None)
    return fd


def _open_unnamed_by_io_open(mode, buffering, encoding, newline, suffix, prefix, dir, errors):
    global _O_TMPFILE_WORKS
    prefix, suffix, dir, output_type = _sanitize_params(prefix, suffix, dir)
    arguments = dir, mode, buffering, newline, encoding, errors
    if _O_TMPFILE_WORKS:
        try:
            return _opened_unnamed(_create_unnamed, _pending.for_unnamed(), (), arguments)
        except IsADirectoryError:
            _O_TMPFILE_WORKS = False
        except _ffi.StartError:
            raise
        except OSError:
            pass  # the file system has no such files; any other error comes again from the next attempt
    return _opened_unnamed(_create_and_unlink, _pending.for_file(), (dir, prefix, suffix, output_type), arguments)


def _create_and_unlink(pending, *arguments):
    fd = _create_named(pending, *arguments)
    _os.unlink(pending.path)
    pending.path = None
    return fd


def _opened_unnamed(create, pending, for_create, arguments):
    try:
        file, raw = _file.open_file(create, pending, for_create, *arguments)
        if _versions.OPENER:
            raw.name = raw.fileno()
        pending.claim()
        return file
    except BaseException:
        pending.undo()
        raise


def _write_and_check(self, s):
    file = self._file
    rv = file.write(s)
    self._check(file)
    return rv


_write_and_check.__name__, _write_and_check.__qualname__ = "write", "SpooledTemporaryFile.write"


# --- Plans for calls in a row that differ in nothing but the random name.

# The globals and functions that a plan depends on and the host may set or replace, as this package made them.
_originals = (
    TMP_MAX,
    _bin_openflags,
    gettempdir,
    _get_candidate_names,
    _mkstemp_inner,
    _RandomNameSequence.__next__,
    _create.OWN_OPEN,
    _create.OWN_MKDIR,
    _RandomNameSequence,
)
_last_plan = (None,) + (_os,) * 6  # the plan, and the arguments and settings that it was made for; at first those of no call


def _nothing_replaced():
    return (
        TMP_MAX is _originals[0]
        and _bin_openflags is _originals[1]
        and gettempdir is _originals[2]
        and _get_candidate_names is _originals[3]
        and _mkstemp_inner is _originals[4]
        and _originals[8].__next__ is _originals[5]
        and _os.open is _originals[6]
        and _os.mkdir is _originals[7]
    )


def _plan_for(suffix, prefix, dir):
    """The plan for these arguments; None if the call goes the long way."""
    plan, last_suffix, last_prefix, last_dir, last_tempdir, last_template, names = _last_plan
    # By identity, as all of these may be the host's: a str of its own class may claim to equal another, and comparing str
    # with bytes is an error under -bb.
    if (
        suffix is last_suffix
        and prefix is last_prefix
        and dir is last_dir
        and tempdir is last_tempdir
        and template is last_template
        and _name_sequence is names
        and names.characters is _create.CHARACTERS
        and _nothing_replaced()
    ):
        return plan
    return _new_plan(suffix, prefix, dir)


def _new_plan(suffix, prefix, dir):
    global _last_plan
    # Read once: another thread may set them in between.
    default_dir, default_prefix, names = tempdir, template, _name_sequence
    if not _nothing_replaced():
        return None
    if names is None:
        _get_candidate_names()  # for the next call: TemporaryFile alone never needs them
        return None
    if type(names) is not _originals[8] or names.characters is not _create.CHARACTERS:
        return None
    plan = _create.plan(
        default_prefix if prefix is None else prefix, "" if suffix is None else suffix, default_dir if dir is None else dir
    )
    if plan is not None:
        _last_plan = plan, suffix, prefix, dir, default_dir, default_prefix, names
    return plan


# --- Aliases that the standard module has for its own use. This one has no use for them, and some are slow to import.

_aliases = {
    "_Random": ("random", "Random"),
    "_functools": ("functools", None),
    "_shutil": ("shutil", None),
    "_types": ("types", None),
}
_later_aliases = {name: (_directory.__name__, name) for name in ("_dont_follow_symlinks", "_resetperms")}
_debians_aliases = {"_rmtree": ("shutil", "rmtree"), **_later_aliases}  # in versions that lack them otherwise; not shown
if _versions.RESETPERMS:
    _aliases.update(_later_aliases)
if _versions.RMTREE_BY_DESCRIPTOR:
    _aliases.update(
        {
            name: (_directory.__name__, name)
            for name in ("_nofollow_mode", "_resetflags", "_resetperms_at", "_resetperms_fd", "_rmtree_use_dir_fd")
        },
        _stat=("stat", None),
    )


def _alias(name):
    """The object, or None."""
    module, attribute = _aliases.get(name) or _debians_aliases.get(name) or (None, None)
    if module is None:
        return None
    from importlib import import_module

    found = import_module(module)
    return found if attribute is None else getattr(found, attribute)


def __getattr__(name):
    value = _alias(name)
    if value is None:
        raise AttributeError("module {!r} has no attribute {!r}".format(__name__, name))
    return value


def __dir__():
    return sorted((globals().keys() - _hidden) | _aliases.keys())


_hidden |= globals().keys() - _listed
