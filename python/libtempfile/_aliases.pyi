# Beside the module and not in it: what it has of the standard module's has those signatures.
from typing import Any

def get(name: str) -> Any: ...
