"""Pools of forked workers of multiprocessing. They use every class and inherited objects, while 4 threads of the parent
do the same. A worker ends after a few tasks, and meanwhile a thread of the pool forks another one."""

import multiprocessing
import os
import sys

from busy import Busy, Objects, end_after, use_every_class

WORKERS, TASKS, TASKS_OF_ONE = 3, 60, 4

inherited: "Objects | None" = None


def task(arguments: "tuple[int, str, str]") -> "tuple[int, int]":
    number, path, directory = arguments
    assert inherited is not None
    inherited.use()
    inherited.memory.rollover()
    with open(path, "rb") as file:
        assert file.read() == b"data"
    with open(os.path.join(directory, str(number)), "x") as file:
        file.write("a worker was here")
    use_every_class()
    if number % 10 == 0:  # a child of the worker
        pid = os.fork()
        if pid == 0:
            inherited.use()
            use_every_class()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
    return number, os.getpid()


def initialize() -> None:
    end_after(120)


def main() -> None:
    global inherited
    end_after(180)
    context = multiprocessing.get_context("fork")
    inherited = Objects()
    busy, workers = Busy(), set()
    for most in (TASKS_OF_ONE, None):
        with context.Pool(WORKERS, initialize, maxtasksperchild=most) as pool:
            tasks = [(number, inherited.named.name, inherited.directory.name) for number in range(TASKS)]
            done = pool.map(task, tasks, chunksize=1)
            pool.close()
            pool.join()
        assert sorted(number for number, _ in done) == list(range(TASKS)), done
        assert len(os.listdir(inherited.directory.name)) == TASKS
        for name in os.listdir(inherited.directory.name):
            os.unlink(os.path.join(inherited.directory.name, name))
        workers |= {pid for _, pid in done}
    busy.stop()
    inherited.use()
    assert len(workers) >= TASKS // TASKS_OF_ONE, workers
    print(f"{2 * TASKS} tasks in {len(workers)} workers, {TASKS // 5} forks of theirs", end="")


if __name__ == "__main__":
    sys.exit(main())
