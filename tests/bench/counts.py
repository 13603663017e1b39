"""Counts that do not wobble as times do: the system calls and the instructions of one round of every class.

    counts.py          fails if a system call was added since counts.json was written, or over 2 % of instructions
    counts.py --write  writes counts.json

A round's count is the difference between runs of N and of 2 N rounds, so that loading and first use drop out. System calls
are those of the thread that works: what the runtime's own threads do depends on the time, as waiting does. Rarer ones than
one in twenty rounds count as none: random bytes are drawn for many names at once, and memory is asked for now and then.

Instructions are counted without garbage collections, whose share falls on whichever thread is about. What is left of chance
adds some: a system call that took long makes the runtime take the thread's processor away. So the lowest of six measurements
counts, and fewer are made once one is low enough. The environment is always the same: the larger, the longer it is searched.
"""

import glob
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile

import workers

FILE = os.path.join(workers.BENCH, "counts.json")
ROUNDS = 1000
LONG = {"our_spooled", "our_rolled"}  # the rounds of others are so short that ten times as many are needed for instructions
GROWTH = 1.02  # of instructions
ATTEMPTS = 6
WAITING = {"futex", "sched_yield", "nanosleep", "restart_syscall"}
C = ["our_mkstemp", "our_mkdtemp", "our_named", "our_unnamed", "our_directory", "our_spooled", "our_rolled"]
LINES = ["our_lines", "our_lines_read", "our_text_and_back"]  # system calls alone: the instructions are those of COPIES
# One call of 64 bytes that is a copy. What the system takes once in a thousand of them is in the instructions.
COPIES = [
    "call_write_held",
    "call_write_text",
    "call_read",
    "call_readline",
    "call_readline_text",
    "call_write_spool",
    "call_read_spool",
    "call_seek_spool",
    "call_tell_spool",
]
PYTHON = ["our_mkstemp", "our_named", "our_directory", "our_unnamed", "our_spooled", "our_spooled_often"]


def run(command, kind, contestant, rounds, workspace):
    """Runs a worker for so many rounds, under a program that counts."""
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": workspace,
        "LD_LIBRARY_PATH": workers.BUILD,
        "PYTHONPATH": workers.PYTHON_PACKAGE,
        "PYTHONHASHSEED": "0",
        "GODEBUG": "asyncpreemptoff=1",
        "GOGC": "off",
    }
    done = subprocess.run(
        command + workers.COMMANDS[kind](),
        input="%s %d\n" % (contestant, rounds),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit("counts: %s of %s: %s" % (contestant, kind, done.stderr))


def system_calls(kind, contestant, rounds, workspace):
    """How many of each system call the working thread makes, from its start to its end."""
    out = os.path.join(workspace, "strace")
    run(["strace", "-c", "-o", out], kind, contestant, rounds, workspace)
    calls = {}
    with open(out) as file:
        for line in file:
            fields = line.split()
            if len(fields) >= 5 and fields[3].isdigit() and fields[-1] != "total":
                calls[fields[-1]] = int(fields[3])
    return calls


def instructions(contestant, rounds, workspace):
    """How many instructions the working thread needs, from its start to its end."""
    out = os.path.join(workspace, "callgrind")
    run(
        ["valgrind", "--tool=callgrind", "--separate-threads=yes", "--callgrind-out-file=" + out],
        "c",
        contestant,
        rounds,
        workspace,
    )
    with open(out + "-01") as file:
        total = next(int(line.split()[1]) for line in file if line.startswith(("summary:", "totals:")))
    for part in glob.glob(out + "*"):
        os.remove(part)
    return total


def system_calls_of_a_round(kind, contestant, workspace):
    once, twice = (system_calls(kind, contestant, n * ROUNDS, workspace) for n in (1, 2))
    each = {name: round((twice[name] - once.get(name, 0)) / ROUNDS, 1) for name in sorted(twice)}
    return {name: count for name, count in each.items() if count > 0 and name not in WAITING}


def instructions_of_a_round(contestant, workspace, known):
    """The lowest of the measurements; one that shows no growth is enough."""
    rounds = ROUNDS if contestant in LONG else 10 * ROUNDS
    once = twice = float("inf")
    for _ in range(ATTEMPTS):
        once = min(once, instructions(contestant, rounds, workspace))
        twice = min(twice, instructions(contestant, 2 * rounds, workspace))
        if twice - once <= known * GROWTH * rounds:
            break
    return round((twice - once) / rounds)


def interpreter():
    return "python%d.%d" % sys.version_info[:2]


def toolchain():
    """What instructions depend on besides the source."""
    return "%s, %s, %s" % (platform.machine(), " ".join(platform.libc_ver()), workers.go_version())


def count(workspace, known):
    """What is counted here: {"c": {contestant: {call: count}}, interpreter: ..., "instructions": {...}}."""
    found = {}
    if shutil.which("strace"):
        found["c"] = {name: system_calls_of_a_round("c", name, workspace) for name in C + LINES + COPIES}
        found[interpreter()] = {name: system_calls_of_a_round("python", name, workspace) for name in PYTHON}
    else:
        print("skip  counts  system calls are not counted: strace is missing (apt-get install strace)")
    if shutil.which("valgrind"):
        found["instructions"] = {name: instructions_of_a_round(name, workspace, known.get(name, 0)) for name in C + COPIES}
        found["toolchain"] = toolchain()
    else:
        print("skip  counts  instructions are not counted: valgrind is missing (apt-get install valgrind)")
    return found


def say(calls):
    return ", ".join("%s %g" % item for item in calls.items()) or "none"


def compare_calls(part, found, known):
    """Prints what a part's rounds call, and gives what has grown."""
    grown = []
    for name, calls in found.items():
        print("%-12s %-18s %s" % (part, name, say(calls)))
        before = known.get(name, {})
        if any(number > before.get(call, 0) for call, number in calls.items()):
            grown.append("%s %s: %s; it was: %s" % (part, name, say(calls), say(before)))
    return grown


def compare_instructions(found, known):
    grown = []
    for name, number in found.items():
        before = known.get(name, 0)
        print("%-12s %-18s %d, was %d" % ("instructions", name, number, before))
        if number > before * GROWTH:
            grown.append("instructions %s: %d; it was: %d" % (name, number, before))
    return grown


def compare(found, known):
    grown = []
    for part, counts in found.items():
        if part == "toolchain":
            continue
        if part not in known:
            print("skip  counts  no counts are known for %s: make counts adds them" % part)
        elif part != "instructions":
            grown += compare_calls(part, counts, known[part])
        elif known["toolchain"] != found["toolchain"]:
            print("skip  counts  instructions are known for %s, and this is %s" % (known["toolchain"], found["toolchain"]))
        else:
            grown += compare_instructions(counts, known[part])
    return grown


def read():
    if not os.path.exists(FILE):
        return {}
    with open(FILE) as file:
        return json.load(file)


def write(counts):
    with open(FILE, "w") as file:
        json.dump(counts, file, indent=1, sort_keys=True)
        file.write("\n")
    print("counts: written to tests/bench/counts.json")


def main():
    writes = "--write" in sys.argv[1:]
    known = read()
    with tempfile.TemporaryDirectory(prefix="counts-", dir=workers.memory_folder()) as workspace:
        found = count(workspace, {} if writes else known.get("instructions", {}))
    if writes:
        write({**known, **found})
        return
    grown = compare(found, known)
    for line in grown:
        print("grown: " + line)
    if grown:
        sys.exit(1)
    print("check-counts: nothing has grown")


if __name__ == "__main__":
    main()
