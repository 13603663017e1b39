"""SpooledTemporaryFile: in memory until it is too large, or until somebody wants its descriptor."""

import io as _io
import warnings as _warnings
from _operator import attrgetter as _attrgetter

from . import _versions
from . import tempfile as _tempfile


class _Arguments:
    """The attribute _TemporaryFileArgs: a dictionary that is made when it is first asked for. Most files are never rolled over,
    and making it took a third of the time that making a file does."""

    def __get__(self, file, owner=None):
        if file is None or file._rolled:
            raise AttributeError("_TemporaryFileArgs")
        names = 'mode', 'buffering', 'encoding', 'newline', 'suffix', 'prefix', 'dir', 'errors'
        arguments = file._TemporaryFileArgs = dict(zip(names, file._arguments))
        return arguments


class SpooledTemporaryFile(_io.IOBase if _versions.SPOOLED_IS_IOBASE else object):
    """A file that stays in memory until a write goes past 'max_size' (0: never for that reason) or somebody asks for its
    descriptor; then it rolls over to a TemporaryFile, which the other arguments are for.
    """
    _rolled = False
    _TemporaryFileArgs = _Arguments()

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
        disk = _tempfile.TemporaryFile(**self._TemporaryFileArgs)
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
            _abandon(disk)
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

    closed = property(_attrgetter("_file.closed"))  # __del__ asks, for every object

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


def _abandon(file):
    """Closes a file whose data does not matter: what it holds back cannot be written, and must not hide why."""
    try:
        file.close()
    except OSError:
        pass
