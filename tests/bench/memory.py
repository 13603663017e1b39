"""make bench-memory: what loading, the first calls and a later one cost, and that use for long adds no memory.

Fails if a million rounds of a class leave more behind than FLAT, or if loading and first use take more memory than they
may; times are printed beside their goals. MEMORY_ROUNDS: another number of rounds.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import report
import workers

STARTS = 30
ROUNDS = 1_000_000
WARM = 100_000  # rounds after which the heap has the size that it keeps
TIME_GOALS = {"load and first call": 6e6, "first call in a forked child": 3.5e6, "a later call into Go": 60}  # nanoseconds
MEMORY_GOAL = 6 << 20
FLAT = 1 << 20  # less than two bytes a round
CLASSES = [
    ("C: mkstemp", "c:our_mkstemp"),
    ("C: NamedTemporaryFile", "c:our_named"),
    ("C: TemporaryFile", "c:our_unnamed"),
    ("C: SpooledTemporaryFile", "c:our_spooled"),
    ("C: SpooledTemporaryFile, rolled over", "c:our_rolled"),
    ("C: TemporaryDirectory", "c:our_directory"),
    ("Python: mkstemp", "python:our_mkstemp"),
    ("Python: NamedTemporaryFile", "python:our_named"),
    ("Python: TemporaryFile", "python:our_unnamed"),
    ("Python: SpooledTemporaryFile", "python:our_spooled"),
    ("Python: TemporaryDirectory", "python:our_directory"),
]


def megabytes(count):
    return "%.2f MB" % (count / (1 << 20))


def resident(process):
    """The bytes of a process that are in memory, counted page by page."""
    with open("/proc/%d/smaps_rollup" % process) as file:
        return 1024 * next(int(line.split()[1]) for line in file if line.startswith("Rss:"))


def first_use(workspace):
    """Medians over fresh processes; whether the memory goal holds."""
    program = os.path.join(workers.BUILD, "bench", "first_use")
    command = [program, os.path.join(workers.BUILD, "libtempfile.so"), os.path.join(workers.BUILD, "bench", "empty.so")]
    environment = dict(os.environ, TMPDIR=workspace)
    starts = [[int(word) for word in subprocess.check_output(command, env=environment).split()] for _ in range(STARTS)]
    times = {
        "load of an empty C library": [start[0] for start in starts],
        "load": [start[1] for start in starts],
        "first call": [start[2] for start in starts],
        "load and first call": [start[1] + start[2] for start in starts],
        "first call in a forked child": [start[3] for start in starts],
        "a later call into Go": [start[4] for start in starts],
    }
    rows = []
    for what, values in times.items():
        goal, median = TIME_GOALS.get(what), statistics.median(values)
        verdict = "" if goal is None else "holds" if median < goal else "missed"
        rows.append(
            [what, report.time(median), report.time(min(values)), "" if goal is None else report.time(goal), verdict]
        )
    memory = statistics.median(start[5] + start[6] for start in starts)
    rows.append(
        [
            "memory made resident by load and first call",
            megabytes(memory),
            megabytes(min(start[5] + start[6] for start in starts)),
            megabytes(MEMORY_GOAL),
            "holds" if memory < MEMORY_GOAL else "missed",
        ]
    )
    print("\n".join(report.table(["%d processes" % STARTS, "median", "lowest", "goal", "verdict"], rows)))
    return memory < MEMORY_GOAL


def growth(contestant, rounds, workspace):
    """What is resident after the warm rounds, and after so many more, in a process of its own."""
    kind, _, name = contestant.partition(":")
    worker = workers.Worker(workers.COMMANDS[kind](), workspace)
    try:
        worker.measure(name, WARM)
        before = resident(worker.process.pid)
        worker.measure(name, rounds)
        return before, resident(worker.process.pid)
    finally:
        worker.close()


def flatness(rounds, workspace):
    """Whether every class leaves memory as it was."""
    rows, flat = [], True
    for title, contestant in CLASSES:
        print("  " + title, file=sys.stderr, flush=True)
        before, after = growth(contestant, rounds, workspace)
        flat = flat and after - before <= FLAT
        rows.append([title, megabytes(before), megabytes(after), "flat" if after - before <= FLAT else "GROWS"])
    head = ["resident memory", "after {:,} rounds".format(WARM), "after {:,} more".format(rounds), ""]
    print("\n".join(report.table(head, rows)))
    return flat


def main():
    rounds = int(os.environ.get("MEMORY_ROUNDS") or ROUNDS)
    workspace = tempfile.mkdtemp(prefix="memory-", dir=workers.memory_folder())
    try:
        small = first_use(workspace)
        print()
        flat = flatness(rounds, workspace)
    finally:
        shutil.rmtree(workspace)
    sys.exit(not (small and flat))


if __name__ == "__main__":
    main()
