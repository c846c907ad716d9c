"""Which of several ways is the quickest here: each has its turns, and then the quickest one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

TURNS = 4
"""For each way: the first one makes its buffers, and the others are not always disturbed all three."""


class Quickest:
    """Names the way to take next, and is told how long it took; the quickest turn of each counts.

    Parameters
    ----------
    ways
        Their names, the best guess first.
    turns
        Of each way.
    """

    def __init__(self, ways: Iterable[str], turns: int = TURNS) -> None:
        self._times: dict[str, list[float]] = {way: [] for way in ways}
        self._turns = turns

    @property
    def way(self) -> str:
        """The one to take: always the same until `took` or `drop` is called.

        Raises
        ------
        ValueError
            When all have been dropped.
        """
        waiting = [way for way, times in self._times.items() if len(times) < self._turns]
        if waiting:
            return min(waiting, key=lambda way: len(self._times[way]))
        return min(self._times, key=lambda way: min(self._times[way]))

    def took(self, seconds: float) -> None:
        """Note how long `way` took; after the trial that changes nothing."""
        times = self._times[self.way]
        if len(times) < self._turns:
            times.append(seconds)

    def drop(self, way: str) -> None:
        """Leave out one that does not work here."""
        self._times.pop(way, None)
