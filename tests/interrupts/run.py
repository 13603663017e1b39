"""Interruptions everywhere, beside CPython's tempfile: descriptors left, descriptors closed twice, names left.

usage: run.py opcodes|memory|signals [HITS]

HITS is how many signals each scenario of ours gets, by default 100. PYTHONS names interpreters; SCENARIOS a part of the scenarios' names.
It fails if a descriptor is left or closed twice, or more names are left than of CPython's.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "conformance"))
sys.path.insert(0, HERE)

import interpreters  # noqa: E402
import worker  # noqa: E402

OURS, THEIRS = "libtempfile.tempfile", "tempfile"
SECONDS = 900


def run(interpreter, module, scenario, *arguments):
    """What a worker found; None if it died."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment.update(PYTHONPATH=os.path.join(ROOT, "python"), TMPDIR=folder, PYTHONDONTWRITEBYTECODE="1")
        command = [interpreter, os.path.join(HERE, "worker.py"), module, scenario, *map(str, arguments)]
        done = subprocess.run(command, env=environment, timeout=SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        return {"died": done.returncode, "said": done.stderr[-2000:]}
    return json.loads(done.stdout)


def names():
    """Of the scenarios."""
    return [name for name in worker.scenarios(tempfile) if os.environ.get("SCENARIOS", "") in name]


def judge(ours, theirs, kind):
    """What is wrong with a row, in words."""
    if "died" in ours:
        return "died with %d: %s" % (ours["died"], ours["said"])
    wrong = []
    if ours["descriptors"]:
        wrong.append("descriptors left")
    if ours["twice"]:
        wrong.append("closed twice")
    if "died" not in theirs and ours["names"] > theirs["names"]:
        wrong.append("more names than CPython")
    return ", ".join(wrong)


def row(ours, theirs):
    if "died" in ours:
        return "died"
    cells = []
    for one in ours, theirs:
        cells.append("died" if "died" in one else "%6d %4d %4d %5d" % (one["points"], one["descriptors"], one["twice"], one["names"]))
    return " | ".join(cells)


def main(kind="opcodes", hits="100"):
    failed = 0
    for interpreter in interpreters.find():
        total = [0, 0, 0, 0]
        print("%s%s\n%-42s %22s | CPython's" % (interpreter.name, ": points, descriptors left, closed twice, names left", "", "ours"))
        for number, name in enumerate(names()):
            more = (number, hits) if kind == "signals" else ()
            ours, theirs = (run(interpreter.path, module, name, kind, *more) for module in (OURS, THEIRS))
            wrong = judge(ours, theirs, kind)
            failed += bool(wrong)
            print("%-42s %s%s" % (name, row(ours, theirs), "   FAIL " + wrong if wrong else ""), flush=True)
            if os.environ.get("VERBOSE") and "died" not in ours:
                print("   ", ours["at"], ours["others"])
            if "died" not in ours:
                total = [a + ours[key] for a, key in zip(total, ("points", "descriptors", "twice", "names"))]
        print("%-42s %6d %4d %4d %5d" % ("all", *total))
    print("interrupts, %s: %s" % (kind, "%d scenarios failed" % failed if failed else "ok"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
