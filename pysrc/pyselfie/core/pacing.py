"""When the machine cannot keep up: fewer masks before fewer frames."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGET = 0.9
"""Part of a frame's interval that work may fill; the rest is for everything else on the machine."""

MOST_FRAMES_PER_MASK = 6
"""An older mask would visibly trail behind the person: 0.2 s at 30 frames a second."""

OVERLOAD_S = 5.0
"""Masks reused for longer than this are no passing spell: the page is told, so that it can do something about it."""

_WEIGHT = 0.1  # of the newest frame in the running means


class Pacer:
    """Decides for which frames the model runs; the others are painted with the mask before.

    Parameters
    ----------
    interval_ms : float
        Time between two frames of the source in milliseconds, above 0.
    clock : callable
        ``clock()`` returns the time in seconds.

    Attributes
    ----------
    frames_per_mask : int
        1 where the machine keeps up, up to `MOST_FRAMES_PER_MASK`.
    reused : int
        Frames painted with the mask of an earlier one, so far.
    """

    def __init__(self, interval_ms: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.frames_per_mask = 1
        self.reused = 0
        self._interval_ms = interval_ms
        self._infer_ms: float | None = None
        self._other_ms: float | None = None
        self._since_mask = 0
        self._clock = clock
        self._reusing_since: float | None = None
        self._told = False

    def wants_mask(self) -> bool:
        """Return whether the model should run for the next frame."""
        self._since_mask += 1
        if self._since_mask < self.frames_per_mask:
            self.reused += 1
            return False
        self._since_mask = 0
        return True

    def learn(self, total_ms: float, infer_ms: float | None) -> None:
        """Take what a frame has cost.

        Parameters
        ----------
        total_ms : float
            All of it.
        infer_ms : float or None
            The model's part; None if it did not run.
        """
        self._other_ms = _mean(self._other_ms, total_ms - (infer_ms or 0.0))
        if infer_ms is not None:
            self._infer_ms = _mean(self._infer_ms, infer_ms)
        self.frames_per_mask = self._affordable()
        if self.frames_per_mask == 1:
            self._reusing_since, self._told = None, False
        elif self._reusing_since is None:
            self._reusing_since = self._clock()

    def overload(self) -> float | None:
        """Return for how many seconds masks have been reused, once per stretch longer than `OVERLOAD_S`; else None."""
        if self._reusing_since is None or self._told:
            return None
        seconds = self._clock() - self._reusing_since
        if seconds <= OVERLOAD_S:
            return None
        self._told = True
        return seconds

    def _affordable(self) -> int:
        room_ms = BUDGET * self._interval_ms - (self._other_ms or 0.0)
        infer_ms = self._infer_ms or 0.0
        if infer_ms <= room_ms:
            return 1
        if room_ms <= 0:
            return MOST_FRAMES_PER_MASK
        return min(MOST_FRAMES_PER_MASK, math.ceil(infer_ms / room_ms))


def _mean(before: float | None, newest: float) -> float:
    return newest if before is None else before + _WEIGHT * (newest - before)
