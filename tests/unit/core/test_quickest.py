"""Which way is the quickest is found out by turns, as many as the noise asks for."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

from pyselfie.core.quickest import Quickest

if TYPE_CHECKING:
    from collections.abc import Callable


def _run(trial: Quickest, times: dict[str, list[float]], turns: int) -> list[str]:
    """Take `turns` turns of these lengths, the last one of a way again and again; return the ways taken."""
    left = {way: list(some) for way, some in times.items()}
    taken = []
    for _ in range(turns):
        way = trial.way
        taken.append(way)
        trial.took(left[way].pop(0) if len(left[way]) > 1 else left[way][0])
    return taken


def _chosen(length: Callable[[str], float], turns: int = 100) -> str:
    """Return the way that goes on in the end, where turns take what `length` says."""
    trial = Quickest(["copy", "draw", "bitmap"])
    for _ in range(turns):
        trial.took(length(trial.way))
    return trial.way


def _busy_machine(seed: int, quiet: dict[str, float]) -> Callable[[str], float]:
    """Return how long turns take where others want the processor: four times as long on average, some in a row."""
    rng = random.Random(seed)  # noqa: S311 - noise, no secret
    share = 1.0

    def length(way: str) -> float:
        nonlocal share
        if rng.random() < 0.8:
            share = 1 + rng.expovariate(1 / 3)
        return quiet[way] * share

    return length


def test_each_way_has_its_turns_and_the_quickest_goes_on() -> None:
    """Two turns each, one after the other; a slow first one and a later change do not count."""
    trial = Quickest(["a", "b", "c"], turns=2)
    times = {"a": [7.0, 7.0], "b": [9.0, 1.0, 50.0], "c": [6.0, 8.0]}
    assert _run(trial, times, 9) == ["a", "b", "c", "a", "b", "c", "b", "b", "b"]


def test_ways_between_which_the_noise_does_not_decide_have_more_turns() -> None:
    """The slow one is out; of the others each had a turn that was quicker than the other's usual ones."""
    trial = Quickest(["a", "b", "c"], turns=2, most=4)
    times = {"a": [5.0, 2.0, 5.0, 1.0], "b": [2.1, 3.0, 3.0, 3.0], "c": [9.0]}
    assert _run(trial, times, 12) == ["a", "b", "c", "a", "b", "c", "a", "b", "a", "b", "a", "a"]


@pytest.mark.parametrize(("other", "chosen"), [(0.95, "a"), (0.85, "b")])
def test_undecided_the_best_guess_goes_on_unless_another_is_clearly_quicker(other: float, chosen: str) -> None:
    """After the last turn a tenth of the time decides."""
    trial = Quickest(["a", "b"], turns=2, most=2)
    _run(trial, {"a": [1.0, 1.0], "b": [3.0, other]}, 4)
    assert trial.way == chosen


def test_a_trial_comes_to_its_end() -> None:
    """Ways that take the same have no more turns than the most; from then on it is the best guess."""
    trial = Quickest(["a", "b"], turns=2, most=5)
    assert _run(trial, {"a": [1.0], "b": [1.0]}, 13) == [*itertools.chain(*[("a", "b")] * 5), "a", "a", "a"]


def test_a_busy_machine_seldom_leads_to_a_slow_way() -> None:
    """Of 300 trials in heavy noise at most a twentieth goes wrong; with four turns each it was a fifth."""
    quiet = {"copy": 2.6, "draw": 3.6, "bitmap": 4.9}
    right = [_chosen(_busy_machine(seed, quiet)) == "copy" for seed in range(300)]
    assert right.count(False) <= 15


def test_the_best_guess_is_no_prejudice() -> None:
    """In the same noise a way that is much quicker than the best guess wins."""
    quiet = {"copy": 3.2, "draw": 4.2, "bitmap": 1.1}
    assert {_chosen(_busy_machine(seed, quiet)) for seed in range(100)} == {"bitmap"}


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


def test_when_the_one_that_was_left_stops_working_the_others_are_back() -> None:
    """A way that was too slow is better than none."""
    trial = Quickest(["a", "b", "c"], turns=1)
    _run(trial, {"a": [1.0], "b": [2.0], "c": [3.0]}, 3)
    assert trial.way == "a"
    trial.drop("a")
    assert _run(trial, {"b": [2.0], "c": [3.0]}, 4)[-2:] == ["b", "b"]
