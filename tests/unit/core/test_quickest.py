"""Which way is the quickest is found out by turns."""

from __future__ import annotations

import pytest

from pyselfie.core.quickest import Quickest


def _run(trial: Quickest, times: dict[str, list[float]], turns: int) -> list[str]:
    """Take `turns` turns of these lengths, the last one of a way again and again; return the ways taken."""
    left = {way: list(some) for way, some in times.items()}
    taken = []
    for _ in range(turns):
        way = trial.way
        taken.append(way)
        trial.took(left[way].pop(0) if len(left[way]) > 1 else left[way][0])
    return taken


def test_each_way_has_its_turns_and_the_quickest_goes_on() -> None:
    """Two turns each, one after the other; a slow first one and a later change do not count."""
    trial = Quickest(["a", "b", "c"], turns=2)
    times = {"a": [3.0, 3.0], "b": [9.0, 1.0, 50.0], "c": [2.0, 4.0]}
    assert _run(trial, times, 9) == ["a", "b", "c", "a", "b", "c", "b", "b", "b"]


def test_without_a_time_the_way_stays() -> None:
    """A turn that nobody has timed is no turn: who asks again gets the same way."""
    trial = Quickest(["a", "b"], turns=1)
    assert [trial.way, trial.way] == ["a", "a"]
    trial.took(1.0)
    assert trial.way == "b"


def test_what_does_not_work_is_left_out() -> None:
    """It has no more turns, and never wins."""
    trial = Quickest(["a", "b"], turns=2)
    trial.drop("a")
    assert _run(trial, {"b": [5.0]}, 3) == ["b", "b", "b"]
    trial.drop("b")
    with pytest.raises(ValueError, match="empty"):
        _ = trial.way
