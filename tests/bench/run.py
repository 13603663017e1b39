"""make bench: every row, in one go. Prints the report and writes results.md and results.svg beside this file.

BENCH_ROUNDS: the turns of every row; those whose rounds are long take fewer. BENCH_ROWS: only the rows whose titles have this
text, and nothing is written. --quick: a few turns of everything, and nothing is written either; it proves that all rows run.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile

import chart
import report
import rows
import turns
import workers

TURNS, QUICK_TURNS = 500, 2
CROWD, QUICK_CROWD = 1_000_000, 1_000


def machine(workspace):
    with open("/proc/cpuinfo") as file:
        model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), platform.machine())
    system = subprocess.run(["stat", "-f", "-c", "%T", workspace], stdout=subprocess.PIPE, text=True).stdout.strip()
    return "%s, %d processors, Linux %s, %s, %s, CPython %s, files on %s; load average %.1f at the start." % (
        model, len(os.sched_getaffinity(0)), platform.release().split("-")[0], " ".join(platform.libc_ver()),
        workers.go_version(), platform.python_version(), system or "an unknown file system", os.getloadavg()[0])


class Bench:
    def __init__(self, team, quick, asked):
        self.team = team
        self.crowd = QUICK_CROWD if quick else CROWD
        self.block = 0 if quick else turns.BLOCK
        self.turns = asked
        self.least = QUICK_TURNS if quick else 5

    def _measure(self, name, contestants, part):
        print("  " + name, file=sys.stderr, flush=True)
        return turns.Result(turns.take_turns(self.team, contestants, max(self.least, round(self.turns * part)), self.block))

    def goal(self, row):
        if row is rows.CROWDED:
            self.team.measure("c:crowd", self.crowd)
        result = self._measure(row.title, [row.ours, row.theirs, row.floor], row.rounds)
        if row is rows.CROWDED:
            self.team.measure("c:disperse", self.crowd)
        return row, result

    def comparison(self, comparison):
        peers = [(name, theirs) for name, theirs in comparison.peers if self.team.has(theirs)]
        result = self._measure(comparison.title, [comparison.ours[1]] + [theirs for _, theirs in peers], comparison.rounds)
        return comparison, peers, result


def chosen(some, text):
    return [row for row in some if text in row.title]


def kind(row, result):
    if report.holds(row, result):
        return "holds"
    return "floor" if report.near_floor(row, result) else "missed"


def write(name, text):
    with open(os.path.join(workers.BENCH, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    quick = "--quick" in sys.argv[1:]
    only = os.environ.get("BENCH_ROWS", "")
    if not chosen(rows.GOALS + rows.PEERS, only):
        sys.exit("bench: no row's title has %r" % only)
    asked = int(os.environ.get("BENCH_ROUNDS") or (QUICK_TURNS if quick else TURNS))
    workspace = tempfile.mkdtemp(prefix="bench-", dir=workers.memory_folder())
    team = workers.Workers(workspace)
    try:
        where = machine(workspace)
        bench = Bench(team, quick, asked)
        goals = [bench.goal(row) for row in chosen(rows.GOALS, only)]
        peers = [bench.comparison(comparison) for comparison in chosen(rows.PEERS, only)]
    finally:
        team.close()
        shutil.rmtree(workspace)
    text = report.document(where, asked, team.missing.values(), goals, peers)
    print(text, end="")
    for reason in team.missing.values():
        print("skip  bench  " + reason)
    if quick:
        print("bench-quick: all %d rows ran, with too few turns for the figures to mean anything" % (len(goals) + len(peers)))
        return
    if only:
        return  # the report is of all rows
    write("results.md", text)
    write("results.svg", chart.chart([(row.title, result.ratio(row.ours, row.theirs).median, row.goal, kind(row, result))
                                      for row, result in goals]))


if __name__ == "__main__":
    main()
