"""Python's faulthandler with the library in the process. The report and the end must be the same as without the library.

usage: python3 crash.py LIBRARY
"""

import signal
import subprocess
import sys

# "before" and "after" are the time at which faulthandler is enabled. "without" is the control, which never loads the
# library.
CHILD = """
import ctypes, faulthandler, sys, threading
order, library, fault, where = sys.argv[1:]
if order == "before":
    faulthandler.enable()
if order != "without":
    tempfile = ctypes.CDLL(library)
    def use():
        made = ctypes.c_void_p()
        assert tempfile.tempfile_spooled_temporary_file(None, ctypes.byref(made)) == 0
        tempfile.tempfile_file_free(made)
    use()
else:
    def use(): pass
if order != "before":
    faulthandler.enable()
def innermost():
    use()
    if fault == "segv":
        ctypes.string_at(0)
    elif fault == "overflow":
        faulthandler._stack_overflow()
    elif fault == "abort":
        faulthandler._sigabrt()
    else:
        faulthandler._sigfpe()
if where == "main":
    innermost()
else:
    thread = threading.Thread(target=innermost)
    thread.start()
    thread.join()
"""

EXPECTED = {"segv": signal.SIGSEGV, "overflow": signal.SIGSEGV, "abort": signal.SIGABRT, "fpe": signal.SIGFPE}


def crash(order: str, library: str, fault: str, where: str) -> "tuple[int, list[str]]":
    """Returns how a process ended, and faulthandler's report without the addresses, which differ."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD, order, library, fault, where], stderr=subprocess.PIPE, text=True, timeout=120
    )
    lines = [line for line in child.stderr.splitlines() if line.startswith("Fatal Python error") or "innermost" in line]
    return child.returncode, lines


def main() -> None:
    library, ran = sys.argv[1], 0
    for fault, number in EXPECTED.items():
        for where in ("main", "thread"):
            control = crash("without", library, fault, where)
            # faulthandler has an alternate stack in its main thread only; elsewhere an overflow ends without a report
            assert control[0] == -number and (control[1] or (fault, where) == ("overflow", "thread")), (
                fault,
                where,
                control,
            )
            for order in ("before", "after"):
                found = crash(order, library, fault, where)
                assert found == control, (order, fault, where, found, control)
                ran += 1
    print(f"{ran} deaths as without the library, {len(EXPECTED) * 2} controls", end="")


main()
