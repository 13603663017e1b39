"""The worker in Python with the peers that are packages of their own; see ../worker.h."""

import os
import sys
import time

from atomicwrites import atomic_write

PATH = os.path.join(os.environ["TMPDIR"], "replaced")
CONTENT = b"x" * (100 << 20)
SIZES = {"atomicwrites_small": 4096, "atomicwrites_large": 100 << 20}


def main():
    for line in sys.stdin:
        name, count = line.split()
        content = memoryview(CONTENT)[: SIZES[name]]
        start = time.perf_counter_ns()
        for _ in range(int(count)):
            with atomic_write(PATH, mode="wb", overwrite=True) as file:
                file.write(content)
        print(time.perf_counter_ns() - start, flush=True)


if __name__ == "__main__":
    main()
