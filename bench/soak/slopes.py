"""Does a series grow? Its slope per hour, with the 95 % confidence interval."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 4
"""Samples without which nothing is said."""
_S_PER_HOUR = 3600.0
_NORMAL = statistics.NormalDist().inv_cdf(0.975)

Verdict = Literal["steady", "grows", "falls"]


class Slope(TypedDict):
    """Per hour: the slope and the ends of its interval; `verdict` is "steady" if zero lies in the interval."""

    per_hour: float
    low: float
    high: float
    verdict: Verdict


def slope(times_s: Sequence[float], values: Sequence[float]) -> Slope | None:
    """Return how fast `values` grow per hour; None if there are fewer than `FEWEST`.

    The slope is that of ordinary least squares. Its usual interval takes the samples for independent and would find
    slopes everywhere: a heap is a sawtooth, memory comes in steps, a cache fills once. So the interval is widened as
    Santer et al. (2000, doi:10.1029/1999JD901105) do it for temperatures: of n samples whose residuals resemble the
    next one's with the correlation r, only n (1 - r) / (1 + r) count. A trend that was fitted makes r seem smaller than
    it is, by about (2 + 4 r) / n (Marriott and Pope 1954); that is added.

    What comes of it: a straight climb leaves residuals without memory and is found early. A single step, or the teeth
    of a saw, leave residuals that follow each other for long, so few samples count, and zero stays in the interval. By
    chance one steady series in forty "grows": a finding is one when another run has it as well.

    Parameters
    ----------
    times_s
        Seconds, ascending.
    values
        One for each of them.
    """
    count = len(values)
    if count < FEWEST:
        return None
    per_s, level = statistics.linear_regression(times_s, values)
    rest = [value - level - per_s * moment for moment, value in zip(times_s, values, strict=True)]
    freedom = _independent(rest) - 2
    spread = statistics.variance(times_s) * (count - 1)
    error = math.sqrt(sum(one * one for one in rest) / freedom / spread)
    reach = _student(freedom) * error
    ends = [_S_PER_HOUR * end for end in (per_s - reach, per_s + reach)]
    return {"per_hour": _S_PER_HOUR * per_s, "low": ends[0], "high": ends[1], "verdict": _verdict(*ends)}


def _independent(rest: Sequence[float]) -> float:
    """Return how many of these residuals count; at least 3, or nothing could be said."""
    total = sum(one * one for one in rest)
    count = len(rest)
    if total == 0:
        return float(count)
    alike = sum(one * other for one, other in itertools.pairwise(rest)) / total
    alike = min(max(alike + (2 + 4 * alike) / count, 0.0), 0.999)
    return max(3.0, count * (1 - alike) / (1 + alike))


def _student(freedom: float) -> float:
    """Return Student's t at 97.5 %, for at least one degree of freedom.

    Up to 3 exactly or a little more, then by the first terms of its expansion in 1 / freedom (Abramowitz and Stegun
    26.7.5), which is right to half a percent.
    """
    if freedom < 3:
        return (12.706, 4.303)[int(freedom) - 1]
    z = _NORMAL
    terms = (z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
    return sum(term / freedom**power for power, term in enumerate(terms))


def _verdict(low: float, high: float) -> Verdict:
    if low > 0:
        return "grows"
    return "falls" if high < 0 else "steady"
