"""Quantiles of Student's t, which the standard library does not have, for any number of degrees of freedom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOSE = 1e-12  # relative


def quantile(tail: float, freedom: float) -> float:
    """Return the value that t exceeds with the probability `tail`, right to nine digits.

    Parameters
    ----------
    tail
        Above 0, below 0.5.
    freedom
        Degrees of freedom, above 0; no whole number is needed.
    """
    value, step = 0.0, math.inf
    while step > _CLOSE * value:  # Newton's: the probability falls ever more slowly, so no step goes too far
        step = (_above(value, freedom) - tail) / _density(value, freedom)
        value += step
    return value


def _above(value: float, freedom: float) -> float:
    """Return the probability that t is above `value`, which is not negative.

    With t = sqrt(freedom) tan(a), the density of a is cos(a) ** (freedom - 1) over its integral. From a to the right
    angle, or from 0 to a, its integral is a power series of the squared cosine or sine: the smaller one ends sooner.
    """
    whole = _whole(freedom)
    cosine = freedom / (freedom + value * value)  # squared, as the sine
    sine = value * value / (freedom + value * value)
    if cosine < sine:
        rest = _series(cosine, lambda term: (term - 0.5) / term * (freedom + 2 * term - 2) / (freedom + 2 * term))
        return math.pow(cosine, freedom / 2) / freedom * rest / whole
    part = _series(sine, lambda term: (freedom / 2 + term - 0.5) / (term + 0.5))
    return 0.5 - math.sqrt(sine) * math.pow(cosine, freedom / 2) * part / whole


def _density(value: float, freedom: float) -> float:
    cosine = freedom / (freedom + value * value)  # squared, as above
    return math.pow(cosine, (freedom + 1) / 2) / math.sqrt(freedom) / _whole(freedom)


def _whole(freedom: float) -> float:
    """Return the integral of cos(a) ** (freedom - 1) from -pi / 2 to pi / 2."""
    return math.sqrt(math.pi) * math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom + 1) / 2))


def _series(square: float, factor: Callable[[int], float]) -> float:
    """Return 1 + factor(1) square + factor(1) factor(2) square**2 + ... until nothing is added."""
    total = term = 1.0
    before, index = 0.0, 0
    while total != before:
        index += 1
        before, term = total, term * factor(index) * square
        total += term
    return total
