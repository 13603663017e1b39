# Beside the module and not in it: its classes have the signatures of the standard module's.
from tempfile import _TemporaryFileWrapper as _TemporaryFileWrapper
from typing import Any, Callable, Optional

_watch: Optional[Callable[[_TemporaryFileCloser], None]]

class _TemporaryFileCloser:
    file: Any
    name: Any
    delete: bool
    close_called: bool
    _owner: Any
    def _own(self) -> None: ...
    def _is_owned(self) -> bool: ...
    def close(self) -> None: ...
    def cleanup(self) -> None: ...  # from 3.12 on
