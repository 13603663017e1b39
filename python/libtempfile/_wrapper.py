"""What NamedTemporaryFile returns: Python's own file object, and something that deletes the name after it."""

import gc as _gc
import os as _os
import sys as _sys
from _io import BufferedRandom as _BufferedRandom

from . import _process, _versions

_watch = None  # cleanup_on_signals() puts a function here, which is told of each file that is to be deleted


class _AtEnd:
    """Deletes the names of the files that nothing ever finalizes: what a daemon thread holds at exit, for instance, since its
    frames are never taken down. It is an attribute of sys, which the interpreter takes down when all other modules are gone;
    this module's own globals may outlive that. The garbage collector knows what is left, so that a file costs nothing more
    for its sake."""

    def __init__(self):
        self.kinds = []
        self.objects, self.frozen, self.unfreeze = _gc.get_objects, _gc.get_freeze_count, _gc.unfreeze  # globals are gone then

    def __del__(self):
        if self.frozen():
            self.unfreeze()  # the list would lack them
        for one in self.objects():
            for kind in self.kinds:
                # By no comparison: a metaclass of the host's may have one, which fails now that its globals are gone.
                if issubclass(type(one), kind):
                    one._forsaken()


_end_is_watched = False


def _watch_end():
    """Is called for the first file."""
    global _end_is_watched
    _end_is_watched = True
    name = "_libtempfile_at_end"
    if name not in _sys.__dict__:
        setattr(_sys, name, _AtEnd())
    getattr(_sys, name).kinds.append(_TemporaryFileCloser)


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
        if not _end_is_watched:
            _watch_end()
        if _watch is not None:
            _watch(self)

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
            def __del__(self):
                dropped = not self.close_called and self._owner[0]
                try:
                    self.cleanup()
                except BaseException:
                    self.cleanup()  # if that was interrupted, for nobody else will do it
                    raise
                if dropped:
                    import warnings

                    warnings.warn(self.warn_message, ResourceWarning)
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

    # The wrapper's method, bound when it is made and not when it is first asked for, since nearly every file is written to, and
    # asking takes as long as writing a little does. As the others are, it is bound to this object: see _holding.
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
            if type(file) is _BufferedRandom and type(self) is _TemporaryFileWrapper and "write" not in _members:
                self.write = closer._write
    else:
        def __init__(self, file, name, delete=True):
            self.file = file
            self.name = name
            self.delete = delete
            self._closer = closer = _TemporaryFileCloser(file, name, delete)
            if type(file) is _BufferedRandom and type(self) is _TemporaryFileWrapper and "write" not in _members:
                self.write = closer._write

    if _versions.DROPPED_FILE_WARNS:
        def __repr__(self):
            return "<{} file={!r}>".format(self.__class__.__name__, self.__dict__["file"])

    def __getattr__(self, name):
        if name == 'file':
            raise KeyError(name)  # this object was not initialized; asking it would go round in a circle
        # What is no number is kept as an attribute of this object: methods are, closed and the like are asked anew.
        file = self.file
        value = getattr(file, name)
        if hasattr(value, '__call__'):
            value = _holding(self._closer, value, file)
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


_members = _TemporaryFileWrapper.__dict__  # and what a host adds: a write of its own counts

_Method = type([].append)  # of an object that is written in C, as Python's files are
_descriptions = {}  # of methods, by type and name: what functools.wraps copies


def _holding(closer, method, file):
    """The method, with a reference to what would delete the file: write = f.write; del f leaves the file (bpo-18879)."""
    def func_wrapper(*args, **kwargs):
        return method(*args, **kwargs)

    if type(method) is _Method and method.__self__ is file:
        key = type(file), method.__name__
        if key not in _descriptions:
            _descriptions[key] = method.__module__, method.__qualname__, method.__doc__
        func_wrapper.__name__ = key[1]
        func_wrapper.__module__, func_wrapper.__qualname__, func_wrapper.__doc__ = _descriptions[key]
        func_wrapper.__wrapped__ = method
    else:
        from functools import update_wrapper

        update_wrapper(func_wrapper, method)
    func_wrapper._closer = closer
    return func_wrapper
