"""Which library is in use."""

from . import _ffi


def library_path() -> str:
    """The path of the library that is in use, loaded now if it was not; a bare name if the system's loader found it.

    LibraryError if there is none that can be used.
    """
    _ffi.functions()
    return _ffi.path
