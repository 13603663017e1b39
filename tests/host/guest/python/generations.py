"""Five generations by os.fork(). Each is forked while 4 threads of its parent use every class, and has 4 threads of its
own. Each uses the objects of the first process and ends like any interpreter."""

import os
import sys
import time

from busy import THREADS, Busy, Objects, end_after, use_every_class

GENERATIONS = 5


def fork(busy: Busy) -> "tuple[int, int]":
    """Forks while all threads are inside a call, if possible. Returns the child, and the number of threads inside."""
    deadline = time.monotonic() + 5
    while busy.inside < THREADS and time.monotonic() < deadline:
        time.sleep(0)
    return os.fork(), busy.inside


def generation(number: int, objects: Objects, counts: int) -> None:
    objects.use()
    own = Objects()
    if number < GENERATIONS:
        busy = Busy()
        pid, inside = fork(busy)
        if pid == 0:
            end_after(60)
            own.use()
            generation(number + 1, objects, counts)
            sys.exit(0)
        os.write(counts, bytes([inside]))
        status = os.waitpid(pid, 0)[1]
        busy.stop()
        assert status == 0, (number, status)
    own.use()
    use_every_class()
    objects.use()


def main() -> None:
    read, write = os.pipe()
    end_after(120)
    objects = Objects()
    generation(0, objects, write)
    inside = list(os.read(read, 100))
    assert len(inside) == GENERATIONS and sum(inside) > GENERATIONS * (THREADS - 1), inside
    print(f"{GENERATIONS} generations, {sum(inside) / GENERATIONS:.1f} threads inside at a fork", end="")


main()
