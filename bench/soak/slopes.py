"""Does a series grow? Its slope per hour, with a confidence interval."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import TYPE_CHECKING, Literal, TypedDict

from bench.soak.student import quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 12
"""Samples without which nothing is said: of fewer nobody can tell how much they resemble each other."""
_S_PER_HOUR = 3600.0
_OUTSIDE = 0.05
"""The chance that one of the intervals of a run does not hold its slope."""

Verdict = Literal["steady", "grows", "falls"]


class Slope(TypedDict):
    """Per hour: the slope and the ends of its interval; `verdict` is "steady" if zero lies in the interval."""

    per_hour: float
    low: float
    high: float
    verdict: Verdict


def slope(times_s: Sequence[float], values: Sequence[float], judged: int) -> Slope | None:
    """Return how fast `values` grow per hour; None if there are fewer than `FEWEST`.

    The slope is that of ordinary least squares, over the samples' numbers: what leaks does so by use, and a round that
    takes longer than others would bend the straightest climb.

    Its usual interval takes the samples for independent and would find slopes everywhere: a heap is a sawtooth, memory
    comes in steps, a cache fills once. So the interval is widened as
    Santer et al. (2000, doi:10.1029/1999JD901105) do it for temperatures: of n samples whose residuals resemble the
    next one's with the correlation r, only n (1 - r) / (1 + r) count. A trend that was fitted makes r seem smaller than
    it is, by about (2 + 4 r) / n (Marriott and Pope 1954); that is added.

    A run judges many series, and one that grows by chance fails it. So all intervals together are 95 % ones: each is
    wider, as if it were one of 100 - 5 / `judged` % (Bonferroni). Of many series one also has an r that is by chance
    much too small: r is raised by as many of its standard errors, 1 / sqrt(n), as `judged` of them stay below in half
    of the runs, which is none for one series.

    What comes of it: a straight climb leaves residuals without memory and is found early. A single step, or the teeth
    of a saw, leave residuals that follow each other for long, so few samples count, and zero stays in the interval. Of
    runs in which nothing grows, with 14 series, fewer than one in twenty "grow", also if each sample resembles the one
    before by 0.7. The price: what drifts slowly under much noise is found by a longer run only.

    Parameters
    ----------
    times_s
        Seconds, ascending.
    values
        One for each of them.
    judged
        How many series the run judges, this one included.
    """
    count = len(values)
    if count < FEWEST:
        return None
    step, level = statistics.linear_regression(range(count), values)
    rest = [value - level - step * index for index, value in enumerate(values)]
    freedom = _independent(rest, judged) - 2
    spread = count * (count * count - 1) / 12  # of the samples' numbers
    error = math.sqrt(sum(one * one for one in rest) / freedom / spread)
    reach = quantile(_OUTSIDE / 2 / judged, freedom) * error
    per_hour = _S_PER_HOUR * (count - 1) / (times_s[-1] - times_s[0])
    ends = [per_hour * end for end in (step - reach, step + reach)]
    return {"per_hour": per_hour * step, "low": ends[0], "high": ends[1], "verdict": _verdict(*ends)}


def _independent(rest: Sequence[float], judged: int) -> float:
    """Return how many of these residuals count; at least 3, or nothing could be said."""
    total = sum(one * one for one in rest)
    count = len(rest)
    if total == 0:
        return float(count)
    alike = sum(one * other for one, other in itertools.pairwise(rest)) / total
    alike += (2 + 4 * alike) / count
    errors = statistics.NormalDist().inv_cdf(1 - 0.5 / judged)
    alike += errors / math.sqrt(count)
    alike = min(max(alike, 0.0), 0.999)
    return max(3.0, count * (1 - alike) / (1 + alike))


def _verdict(low: float, high: float) -> Verdict:
    if low > 0:
        return "grows"
    return "falls" if high < 0 else "steady"
