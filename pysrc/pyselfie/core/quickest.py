"""Which of several ways is the quickest here: they take turns until that is clear; then the quickest one goes on."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TURNS = 6
"""For each way at least: the first one makes its buffers, and on a quiet machine the others are enough."""
MOST_TURNS = 24
"""For each way that is still in question by then: on a busy machine few turns tell little."""
_CLEARLY = 0.9
"""What the quickest turn of another way may take of the best guess's, where turns alone have not decided."""


class Quickest:
    """Names the way to take next, and is told how long it took.

    The ways take turns, so that what disturbs one disturbs the others as well, and the quickest turn of each counts. A
    way is out when its quickest turn is slower than the usual one (the median) of the quickest way. So the noise itself
    says how many turns there have to be. If several ways are left in the end, the best guess among them goes on,
    unless another one is clearly quicker.

    Parameters
    ----------
    ways
        Their names, the best guess first.
    turns, most
        Of each way, at least and at most.
    """

    def __init__(self, ways: Iterable[str], turns: int = TURNS, most: int = MOST_TURNS) -> None:
        self._times: dict[str, list[float]] = {way: [] for way in ways}
        self._left = list(self._times)  # the ways in question, the best guess first
        self._turns = turns
        self._most = most

    @property
    def way(self) -> str:
        """The one to take: always the same until `took` or `drop` is called.

        Raises
        ------
        ValueError
            When all have been dropped.
        """
        return min(self._left, key=lambda way: len(self._times[way]))

    @property
    def is_decided(self) -> bool:
        """Whether the turns are over."""
        return len(self._left) == 1

    def took(self, seconds: float) -> None:
        """Note how long `way` took; once it is decided that changes nothing."""
        if not self.is_decided:
            self._times[self.way].append(seconds)
            self._judge()

    def _judge(self) -> None:
        fewest, *_, most = sorted(len(self._times[way]) for way in self._left)
        if fewest < max(most, self._turns):  # amid a round, or too early
            return
        usual = statistics.median(self._times[min(self._left, key=self._best)])
        self._left = [way for way in self._left if self._best(way) <= usual]
        if fewest >= self._most:
            self._left = [self._final()]

    def _final(self) -> str:
        guess, quickest = self._left[0], min(self._left, key=self._best)
        return quickest if self._best(quickest) < _CLEARLY * self._best(guess) else guess

    def _best(self, way: str) -> float:
        return min(self._times[way])

    def drop(self, way: str) -> None:
        """Leave out one that does not work here; if it was the last one left, those that were slower are back."""
        self._times.pop(way, None)
        self._left = [one for one in self._left if one != way] or list(self._times)
