# Beside the module and not in it: its classes have the signatures of the standard module's.
from tempfile import _TemporaryFileWrapper as _TemporaryFileWrapper
from typing import Any, Optional

class _TemporaryFileCloser:
    file: Any
    name: Any
    delete: bool
    close_called: bool
    _owner: Optional[int]
    def close(self) -> None: ...
