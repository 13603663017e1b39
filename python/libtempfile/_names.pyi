# Beside the module and not in it: its class has the signatures of the standard module's.
from random import Random

CHARACTERS: str
LENGTH: int

def draw() -> str: ...

class _RandomNameSequence:
    characters: str
    @property
    def rng(self) -> Random: ...
    def __iter__(self) -> _RandomNameSequence: ...
    def __next__(self) -> str: ...

OWN_NEXT: object
