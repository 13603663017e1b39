"""make bench-memory: what loading and the first use cost, and that use for long adds no memory.

Fails if a million rounds of a class leave more behind than FLAT, or if loading and first use take more memory than they
may; their time is printed beside its goal. MEMORY_ROUNDS: another number of rounds.
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
TIME_GOAL = 6e6  # nanoseconds
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
    command = [os.path.join(workers.BUILD, "bench", "first_use"), os.path.join(workers.BUILD, "libtempfile.so")]
    environment = dict(os.environ, TMPDIR=workspace)
    starts = [[int(word) for word in subprocess.check_output(command, env=environment).split()] for _ in range(STARTS)]
    load, call, loaded, used = (statistics.median(column) for column in zip(*starts))
    totals = [start[0] + start[1] for start in starts]
    total, memory = statistics.median(totals), statistics.median(start[2] + start[3] for start in starts)
    print("\n".join(report.table(["medians of %d processes" % STARTS, "load", "first call", "both", "goal", "verdict"], [
        ["time", report.time(load), report.time(call), "%s, lowest %s" % (report.time(total), report.time(min(totals))),
         report.time(TIME_GOAL), "holds" if total < TIME_GOAL else "missed"],
        ["resident memory", megabytes(loaded), megabytes(used), megabytes(memory), megabytes(MEMORY_GOAL),
         "holds" if memory < MEMORY_GOAL else "missed"],
    ])))
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
