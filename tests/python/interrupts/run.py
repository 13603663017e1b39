"""Interruptions everywhere, beside CPython's tempfile: descriptors left, descriptors closed twice, names left.

usage: run.py opcodes|memory|signals [HITS]

HITS is how many signals each scenario of ours gets, by default 100. PYTHONS names interpreters; SCENARIOS a part of the
scenarios' names. It fails if a descriptor is left or closed twice, or more names are left than of CPython's.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "conformance"))
sys.path.insert(0, HERE)

import interpreters  # noqa: E402
import worker  # noqa: E402

OURS, THEIRS = "libtempfile.tempfile", "tempfile"
SECONDS = 900


def run(interpreter, module, scenario, *arguments):
    """What a worker found; None if it died."""
    with tempfile.TemporaryDirectory() as folder:
        command = [os.path.join(HERE, "worker.py"), module, scenario, *map(str, arguments)]
        done = interpreter.run(command, folder, timeout=SECONDS, stderr=subprocess.PIPE)
    if done.returncode != 0:
        return {"died": done.returncode, "said": done.stderr[-2000:]}
    return json.loads(done.stdout)


def names():
    """Of the scenarios."""
    return [name for name in worker.scenarios(tempfile) if os.environ.get("SCENARIOS", "") in name]


def judge(ours):
    """What is wrong with a row, in words."""
    if "died" in ours:
        return "died with %d: %s" % (ours["died"], ours["said"])
    wrong = []
    if ours["descriptors"]:
        wrong.append("descriptors left")
    if ours["twice"]:
        wrong.append("closed twice")
    return ", ".join(wrong)


def row(ours, theirs):
    cells = []
    for one in ours, theirs:
        cells.append(
            "died" if "died" in one else "%6d %4d %4d %5d" % (one["points"], one["descriptors"], one["twice"], one["names"])
        )
    return " | ".join(cells)


def by_class(rows, which):
    """The names that were left, for each class."""
    totals = {}
    for name, pair in rows.items():
        kind = name.split(",")[0]
        totals[kind] = totals.get(kind, 0) + pair[which].get("names", 0)
    return totals


def judge_all(interpreter, kind, hits):
    """Prints a table; gives how much is wrong in it."""
    print("      points, descriptors left, closed twice, names left: ours | CPython's")
    failed, rows = 0, {}
    for number, name in enumerate(names()):
        more = (number, hits) if kind == "signals" else ()
        ours, theirs = rows[name] = [run(interpreter, module, name, kind, *more) for module in (OURS, THEIRS)]
        wrong = judge(ours)
        failed += bool(wrong)
        print(
            "%s %s %-42s %s %s" % ("FAIL" if wrong else "ok", interpreter.name, name, row(ours, theirs), wrong), flush=True
        )
        if os.environ.get("VERBOSE") and "died" not in ours:
            print("   ", ours["at"], ours["others"])
    keys = "points", "descriptors", "twice", "names"
    print(
        "      %-42s %s"
        % ("all", row(*({key: sum(pair[which].get(key, 0) for pair in rows.values()) for key in keys} for which in (0, 1))))
    )
    theirs = by_class(rows, 1)
    for name, left in by_class(rows, 0).items():
        if left and left >= theirs[name]:
            failed += 1
            print("FAIL %s %s: %d names left, and CPython's leaves %d" % (interpreter.name, name, left, theirs[name]))
    return failed


def main(kind="opcodes", hits="100"):
    failed = sum([judge_all(interpreter, kind, hits) for interpreter in interpreters.find()])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
