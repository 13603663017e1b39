"""Measures contestants turn by turn, so that all meet the same machine.

A turn is a block of rounds that takes about a millisecond: long beside the clock and the request, and short beside what
else the machine does. The order is drawn anew every time, since who comes after himself finds the caches as he left them.
"""

import random
import statistics
from collections import namedtuple

BLOCK = 1_000_000  # nanoseconds

# first and third: the quartiles, in nanoseconds or as a ratio.
Figure = namedtuple("Figure", "median first third")


def _figure(values):
    first, median, third = statistics.quantiles(values, n=4, method="inclusive")
    return Figure(median, first, third)


def _block(workers, contestant, block):
    """How many rounds make a block; 1 if it is to take no time. The first one, which pays for the first use, is not
    counted."""
    count = 1
    workers.measure(contestant, count)
    while block > 0:
        took = max(workers.measure(contestant, count), 1)
        if took * 2 > block:
            return count
        count = min(count * 10, max(count + 1, count * block // took))
    return count


def take_turns(workers, contestants, turns, block=BLOCK):
    """The nanoseconds of a round of each contestant, as it took them at each turn."""
    contestants = list(dict.fromkeys(contestants))
    counts = {contestant: _block(workers, contestant, block) for contestant in contestants}
    times = {contestant: [] for contestant in contestants}
    order = random.Random(0)
    for _ in range(max(turns, 2)):
        order.shuffle(contestants)
        for contestant in contestants:
            times[contestant].append(workers.measure(contestant, counts[contestant]) / counts[contestant])
    return times


class Result:
    """What a row's contestants took."""

    def __init__(self, times):
        self._times = times

    def time(self, contestant):
        return _figure(self._times[contestant])

    def ratio(self, ours, theirs):
        """The ratio of the medians, with the quartiles of the ratios of each turn."""
        spread = _figure([a / b for a, b in zip(self._times[ours], self._times[theirs])])
        return spread._replace(median=self.time(ours).median / self.time(theirs).median)
