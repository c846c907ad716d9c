"""The benchmark's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.against import main as against
from bench.against import rows
from bench.stats import overlap, percentile, ratio, summary
from builder.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from bench.types import Startup


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


def test_starts_of_two_sites_are_compared_round_by_round() -> None:
    """Cold and warm: the medians, the quickest over the quickest, the median of neighbours' ratios, and the bytes."""

    def start(cold: float, warm: float, size: int) -> Startup:
        return {"cold_ms": [cold], "warm_ms": [warm], "cold_bytes": size, "warm_bytes": 5000}

    ours = [start(1000.0, 500.0, 8_750_000), start(3000.0, 600.0, 8_750_000), start(1500.0, 400.0, 8_750_000)]
    theirs = [start(2000.0, 500.0, 11_000_000), start(4000.0, 1200.0, 11_000_000), start(1500.0, 800.0, 11_000_000)]
    assert rows(ours, theirs) == [
        ["cold", "1500", "2000", "0.67", "0.75", "8.75", "11.00"],
        ["warm", "500", "800", "0.80", "0.50", "0.01", "0.01"],
    ]


def test_only_a_built_site_can_be_compared_with(tmp_path: Path) -> None:
    """Another folder is refused before anything starts."""
    with pytest.raises(BuildError, match="is no built site: name a folder that"):
        against(["--against", str(tmp_path)], [])
