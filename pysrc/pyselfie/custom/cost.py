"""What an effect costs: milliseconds a frame, told seldom enough to be read."""

from __future__ import annotations

import time
from collections import deque
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FRAMES = 15
"""The median is of so many."""
EVERY_S = 0.5
"""Between two figures."""
CHANGE, LEAST_CHANGE_MS = 0.15, 0.2
"""A figure that differs by less of itself, or by less than this, is not a new one."""


class Cost:
    """Keeps the time of the last frames of one effect.

    Parameters
    ----------
    clock
        Returns seconds.

    Attributes
    ----------
    ms : float or None
        The figure: the median of the last frames when it was last reviewed; None before the effect's first frame.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.ms: float | None = None
        self._clock = clock
        self._effect: object = None
        self._times: deque[float] = deque(maxlen=FRAMES)
        self._next = 0.0

    def add(self, effect: object, ms: float) -> None:
        """Take the time of one frame; another effect than before begins anew."""
        if effect is not self._effect:
            self._effect, self.ms, self._next = effect, None, 0.0
            self._times.clear()
        self._times.append(ms)

    def review(self) -> bool:
        """Return whether there is a new figure: not too soon after the last one, and another one than that."""
        now = self._clock()
        if not self._times or now < self._next:
            return False
        newest, told = median(self._times), self.ms
        if told is not None and abs(newest - told) < max(CHANGE * told, LEAST_CHANGE_MS):
            return False
        self.ms, self._next = newest, now + EVERY_S
        return True

    def of(self, effect: object) -> float | None:
        """Return the figure, if it is this effect's; rounded, for people."""
        return None if self.ms is None or effect is not self._effect else round(self.ms, 2)
