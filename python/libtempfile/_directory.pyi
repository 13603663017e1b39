# Beside the module and not in it: its class has the signatures of the standard module's.
from tempfile import TemporaryDirectory as TemporaryDirectory
from typing import Any, Callable, Optional

_watch: Optional[Callable[[TemporaryDirectory[Any]], None]]
