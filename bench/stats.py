"""Medians, percentiles and ratios: pure functions on lists of milliseconds."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.types import Summary


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0..1) of all values do not exceed (nearest rank).

    Raises
    ------
    ValueError
        If there are no values.
    """
    if not values:
        raise ValueError("a percentile needs at least one value, got none")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * share // 1))
    return ordered[int(rank) - 1]


def summary(values: Sequence[float]) -> Summary:
    """Return median and 95th percentile, rounded to the microsecond."""
    return {"median": round(statistics.median(values), 3), "p95": round(percentile(values, 0.95), 3)}


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Summary:
    """Return median and 95th percentile of the quotients of matched rounds: same moment, same noise.

    Raises
    ------
    ValueError
        If the rounds do not match one to one.
    """
    if len(numerators) != len(denominators):
        raise ValueError(f"ratios need matched rounds, got {len(numerators)} against {len(denominators)}")
    return summary([above / below for above, below in zip(numerators, denominators, strict=True)])


def overlap(first: Sequence[int], second: Sequence[int]) -> float:
    """Return the intersection over union of two areas, each given as 0 or 1 per cell; 1.0 if both are empty."""
    pairs = list(zip(first, second, strict=True))
    union = sum(a | b for a, b in pairs)
    return round(sum(a & b for a, b in pairs) / union, 4) if union else 1.0
