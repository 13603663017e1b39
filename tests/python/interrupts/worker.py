"""One module, one scenario, one kind of interruption: what is left of it, as a line of JSON.

usage: worker.py MODULE SCENARIO opcodes|memory
       worker.py MODULE SCENARIO signals SEED HITS

MODULE is libtempfile.tempfile or tempfile. TMPDIR names a directory of this program's own, which is empty.

'opcodes' raises an exception before every instruction of what the scenario calls, one in each round. 'memory' lets every
allocation fail, one in each round. 'signals' raises from a handler of SIGALRM, HITS times, at random moments.
"""

import collections
import errno
import gc
import importlib
import json
import os
import random
import signal
import sys
import time
import warnings

HERE = os.environ.get("TMPDIR", "")
_close, _open, _fstat, _dup2 = os.close, os.open, os.fstat, os.dup2


class Interrupt(BaseException):
    pass


class Scenario:
    """prepare() is what happens undisturbed, act(made) what is interrupted; it gives what the caller has then."""

    def __init__(self, act, prepare=lambda: None):
        self.act, self.prepare = act, prepare


def scenarios(module):
    def named_with(_):
        with module.NamedTemporaryFile() as file:
            file.write(b"data")

    def spooled(mode, data):
        def prepare():
            file = module.SpooledTemporaryFile(mode=mode)
            file.write(data)
            return file
        return prepare

    def spooled_over(_):
        with module.SpooledTemporaryFile(10) as file:
            file.write(b"more than ten bytes")

    def directory():
        made = module.TemporaryDirectory()
        with open(os.path.join(made.name, "x"), "w"):
            pass
        os.mkdir(os.path.join(made.name, "y"))
        return made

    def directory_with(_):
        with module.TemporaryDirectory() as name:
            os.mkdir(os.path.join(name, "x"))  # and no file, whose descriptor this itself could lose

    def drop(made):
        made.pop()

    def boxed(make):
        return lambda: [make()]

    def received(make):
        """What is returned is the caller's, who could lose it as well: up to 3.10 signals are looked at between a call and
        what follows it. So it is received by C, which has the memory for it."""
        def act(box):
            box.extend(map(make, ("",)))
            return box
        return act

    return {
        "NamedTemporaryFile, creation": Scenario(lambda _: module.NamedTemporaryFile()),
        "NamedTemporaryFile, creation of text": Scenario(lambda _: module.NamedTemporaryFile("w+", encoding="utf-8")),
        "NamedTemporaryFile, with": Scenario(named_with),
        "NamedTemporaryFile, close": Scenario(lambda file: file.close(), module.NamedTemporaryFile),
        "NamedTemporaryFile, dropped": Scenario(drop, boxed(module.NamedTemporaryFile)),
        "TemporaryFile, creation": Scenario(lambda _: module.TemporaryFile()),
        "TemporaryFile, creation of text": Scenario(lambda _: module.TemporaryFile("w+", encoding="utf-8")),
        "TemporaryFile, close": Scenario(lambda file: file.close(), module.TemporaryFile),
        "SpooledTemporaryFile, roll-over": Scenario(lambda file: file.rollover(), spooled("w+b", b"data")),
        "SpooledTemporaryFile, roll-over of text": Scenario(lambda file: file.rollover(), spooled("w+", "data")),
        "SpooledTemporaryFile, by a write": Scenario(spooled_over),
        "TemporaryDirectory, creation": Scenario(lambda _: module.TemporaryDirectory()),
        "TemporaryDirectory, with": Scenario(directory_with),
        "TemporaryDirectory, cleanup": Scenario(lambda made: made.cleanup(), directory),
        "TemporaryDirectory, dropped": Scenario(drop, boxed(directory)),
        "mkstemp": Scenario(received(module.mkstemp), collections.deque),
        "mkdtemp": Scenario(received(module.mkdtemp), collections.deque),
    }


def own(result):
    """Removes what the caller has, as the caller would."""
    while isinstance(result, (list, collections.deque)) and result:
        own(result.pop())
    if isinstance(result, tuple):
        _close(result[0])
        os.unlink(result[1])
    elif isinstance(result, str):
        os.rmdir(result)


class Closings:
    """In the place of os.close: tells of a number that is closed already, and gives every number that is closed to a file of
    its own, which is missed in the end if something else closes it, such as a file object."""

    def __init__(self):
        self.twice, self.sentinels = 0, {}

    def close(self, descriptor):
        try:
            _fstat(descriptor)
        except OSError:
            self.twice += 1
            raise
        if descriptor in self.sentinels:
            self.twice += 1
            return
        _close(descriptor)
        null = _open("/dev/null", os.O_RDONLY)
        if null != descriptor:
            _dup2(null, descriptor, False)
            _close(null)
        self.sentinels[descriptor] = _fstat(descriptor).st_rdev

    def end(self):
        for descriptor, device in self.sentinels.items():
            try:
                if _fstat(descriptor).st_rdev != device:
                    raise OSError
                _close(descriptor)
            except OSError:
                self.twice += 1
        self.sentinels.clear()
        twice, self.twice = self.twice, 0
        return twice


def descriptors():
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            _fstat(int(number))
            found.add(number)
        except OSError:
            pass  # that of the list itself
    return found


class Count:
    def __init__(self):
        self.points = self.descriptors = self.twice = self.names = 0
        self.others = {}
        self.before = descriptors()
        self.at = {}

    def look(self, twice, where=None):
        """After a round: counts what is left, and removes it."""
        self.points += 1
        self.twice += twice
        if descriptors() != self.before or os.listdir(HERE):
            gc.collect()
            left = descriptors() - self.before
            for number in left:
                _close(int(number))
                self.descriptors += 1
                self.at.setdefault("descriptor", []).append(where)
            names = os.listdir(HERE)
            self.names += len(names)
            for name in names:
                self.at.setdefault("name", []).append(where)
                path = os.path.join(HERE, name)
                if os.path.isdir(path):
                    for top, directories, files in os.walk(path, topdown=False):
                        for inner in files:
                            os.unlink(os.path.join(top, inner))
                        for inner in directories:
                            os.rmdir(os.path.join(top, inner))
                    os.rmdir(path)
                else:
                    os.unlink(path)
        if twice:
            self.at.setdefault("twice", []).append(where)

    def error(self, error):
        text = "%s: %s" % (type(error).__name__, error)
        self.others[text] = self.others.get(text, 0) + 1

    def result(self):
        return {"points": self.points, "descriptors": self.descriptors, "twice": self.twice, "names": self.names,
                "others": self.others, "at": self.at}


def opcodes(scenario, skip_return):
    """An exception before each instruction. What a bare descriptor or path is returned by is left out: from there on it is
    the caller's, as it is after the call; 'skip_return' tells so."""
    import dis

    returns = {dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in dis.opmap}
    # It does nothing, so nothing is interrupted at it, and 3.15 leaves it out of the ranges of try.
    marker = dis.opmap.get("NOT_TAKEN")
    closings = Closings()
    state = {"left": 0, "where": None}
    here = __file__

    def trace(frame, event, argument):
        code = frame.f_code
        if code.co_filename == here:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            if code.co_code[frame.f_lasti] == marker:
                return trace
            if skip_return and frame.f_back.f_code.co_filename == here and code.co_code[frame.f_lasti] in returns:
                return trace
            state["left"] -= 1
            if state["left"] == 0:
                state["where"] = "%s:%s %s %s" % (os.path.basename(code.co_filename), frame.f_lineno, code.co_name,
                                                  dis.opname[code.co_code[frame.f_lasti]])
                raise Interrupt
        return trace

    def act():
        made = scenario.prepare()
        state["left"] = number
        os.close = closings.close
        sys.settrace(trace)
        try:
            return scenario.act(made)
        finally:
            sys.settrace(None)
            os.close = _close

    def one():
        """Tells whether it was interrupted."""
        try:
            own(act())
        except Interrupt:
            return True
        except BaseException as error:
            count.error(error)
            return True
        return state["left"] <= 0

    for number in (10**9,) * 3:
        own(act())
    sys._getframe().f_trace_opcodes = True  # 3.12 gives no events otherwise
    gc.collect()
    closings.end()
    gc.disable()
    count = Count()
    number = 1
    while one():
        count.look(closings.end(), state["where"])
        number += 1
    closings.end()
    return count.result()


def memory(scenario):
    from _testcapi import remove_mem_hooks, set_nomemory

    closings = Closings()
    holder = [None]

    def act(number):
        made = scenario.prepare()
        os.close = closings.close
        try:
            if number >= 0:
                set_nomemory(number, number + 1)
            holder[0] = scenario.act(made)
        finally:
            remove_mem_hooks()
            os.close = _close

    for _ in range(3):
        act(-1)
        own(holder[0])
        holder[0] = None
    gc.collect()
    closings.end()
    gc.disable()
    count = Count()
    fine = number = 0
    while fine < 40 and number < 3000:
        fine += 1
        try:
            act(number)
        except MemoryError:
            fine = 0
        except BaseException as error:
            count.error(error)
            fine = 0
        own(holder[0])
        holder[0] = None
        count.look(closings.end(), number)
        number += 1
    return count.result()


def signals(scenario, seed, hits):
    """At random times, from a handler."""
    source = random.Random(seed)
    armed, raised = [False], [0]

    def handler(*_):
        if armed[0]:
            armed[0] = False
            raised[0] += 1
            raise Interrupt

    signal.signal(signal.SIGALRM, handler)
    result = None
    times = []
    for _ in range(20):
        made = scenario.prepare()
        start = time.perf_counter()
        result = scenario.act(made)
        times.append(time.perf_counter() - start)
        own(result)
    longest = 1.3 * sorted(times)[10] + 30e-6
    count = Count()  # after the first calls: libffi 3.5 keeps itself open from then on
    tries = twice = 0
    while raised[0] < hits and tries < 20 * hits:
        tries += 1
        result = None
        made = scenario.prepare()
        delay = 1e-6 + source.random() * longest
        try:
            try:
                armed[0] = True
                signal.setitimer(signal.ITIMER_REAL, delay)
                result = scenario.act(made)
                armed[0] = False
            finally:
                armed[0] = False
        except Interrupt:
            pass
        except OSError as error:
            count.error(error)
            twice += error.errno == errno.EBADF
        signal.setitimer(signal.ITIMER_REAL, 0)
        own(made)
        made = None
        own(result)
        result = None
        count.look(twice)
        twice = 0
    out = count.result()
    out["points"], out["at"] = raised[0], {}
    return out


def main(module, name, kind, *arguments):
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None
    scenario = scenarios(importlib.import_module(module))[name]
    if kind == "opcodes":
        result = opcodes(scenario, name in ("mkstemp", "mkdtemp"))
    elif kind == "memory":
        result = memory(scenario)
    else:
        result = signals(scenario, *map(int, arguments))
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
