"""The random part of names, from the kernel's random source, so that a parent and its forked child never draw the same."""

import os

# What is a multiple of 37 below 256: a byte from there on would make the first characters likelier than the others.
_FAIR = 256 // 37 * 37


class _RandomNameSequence:
    """An endless sequence of unpredictable strings of eight characters, for file names. It is an iterator, and any number
    of threads can use one at the same time.

    It does not ask the library: multiprocessing draws names for its semaphores from here, and should not have its
    children forked from a process with the library's threads for want of eight characters.
    """

    characters = "abcdefghijklmnopqrstuvwxyz0123456789_"

    @property
    def rng(self):
        from random import SystemRandom

        return SystemRandom()

    def __iter__(self):
        return self

    def __next__(self):
        characters, name = self.characters, ""
        while len(name) < 8:
            for number in os.urandom(12):
                if number < _FAIR:
                    name += characters[number % 37]
        return name[:8]
