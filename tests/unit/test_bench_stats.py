"""The benchmark's arithmetic."""

from __future__ import annotations

import pytest

from bench.stats import overlap, percentile, ratio, summary


def test_percentile_is_a_measured_value() -> None:
    """The nearest rank: no value is made up between two measured ones."""
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.95) == 95.0
    assert percentile([7.0], 0.95) == 7.0
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_no_values_have_no_percentile() -> None:
    """An empty list is refused, not answered with zero."""
    with pytest.raises(ValueError, match="at least one value"):
        percentile([], 0.95)


def test_summary_ignores_a_single_outlier() -> None:
    """One slow frame in twenty moves neither the median nor the 95th percentile."""
    assert summary([2.0] * 19 + [900.0]) == {"median": 2.0, "p95": 2.0}


def test_ratio_is_taken_round_by_round() -> None:
    """A round in which the machine was slow for both counts like any other."""
    assert ratio([2.0, 20.0, 2.0], [4.0, 40.0, 4.0]) == {"median": 0.5, "p95": 0.5}


def test_unmatched_rounds_are_refused() -> None:
    """A contender that missed a round cannot be compared by rounds."""
    with pytest.raises(ValueError, match="2 against 1"):
        ratio([1.0, 2.0], [1.0])


def test_overlap_of_two_areas() -> None:
    """Intersection over union; two empty areas agree."""
    assert overlap([1, 1, 0, 0], [0, 1, 1, 0]) == pytest.approx(1 / 3, abs=1e-4)
    assert overlap([0, 0], [0, 0]) == 1.0
