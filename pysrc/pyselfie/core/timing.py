"""Named stage timers over a sliding window of frames, and what counts as a pause between two."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 120
"""Frames in the sliding window: four seconds at 30 frames a second."""

GAP_S = 1.0
"""A longer time without a frame is a pause: a hidden tab, a stopped camera. Everything may have changed meanwhile."""


def is_pause(before: float, now: float, work_ms: float = 0.0) -> bool:
    """Whether the time between two frames is a pause.

    Parameters
    ----------
    before, now
        When they were seen, in seconds; a video's time may jump back, too.
    work_ms
        What the newer one has cost in between: a slow machine is no pause.
    """
    return abs(now - before) > GAP_S + work_ms / 1000


class StageClock:
    """Milliseconds spent in each named stage of the last frames.

    A frame is measured between `begin` and `end`; `lap` closes the stage that has just run.

    Parameters
    ----------
    now : callable, optional
        Returns seconds; `time.perf_counter` unless told (tests pass their own).
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._start = self._mark = 0.0
        self._laps: dict[str, deque[float]] = {}
        self._ran: set[str] = set()  # stages of this frame
        self._ends: deque[float] = deque(maxlen=WINDOW)
        self.frames = 0

    def begin(self) -> None:
        """Start a frame."""
        self._start = self._mark = self._now()
        self._ran.clear()

    def lap(self, stage: str) -> None:
        """End the running stage under the name `stage`; the next one starts now."""
        now = self._now()
        self._record(stage, now - self._mark)
        self._mark = now
        self._ran.add(stage)

    def end(self) -> float:
        """End the frame and return its milliseconds."""
        now = self._now()
        self._record("total", now - self._start)
        self._ends.append(now)
        self.frames += 1
        return (now - self._start) * 1000

    def _record(self, stage: str, seconds: float) -> None:
        self._laps.setdefault(stage, deque(maxlen=WINDOW)).append(seconds * 1000)

    @property
    def fps(self) -> float:
        """Frames ended per second over the window; 0 before the second frame."""
        if len(self._ends) < 2 or self._ends[-1] <= self._ends[0]:
            return 0.0
        return (len(self._ends) - 1) / (self._ends[-1] - self._ends[0])

    def last(self, stage: str) -> float:
        """Return the newest milliseconds of `stage`, 0 if it never ran."""
        laps = self._laps.get(stage)
        return laps[-1] if laps else 0.0

    def ran(self, stage: str) -> bool:
        """Whether the newest frame had this stage."""
        return stage in self._ran

    def summary(self) -> dict[str, dict[str, float]]:
        """Return ``{stage: {"median": ms, "p95": ms}}`` over the window, in the order in which the stages first ran."""
        return {
            stage: {"median": float(median), "p95": float(p95)}
            for stage, laps in self._laps.items()
            for median, p95 in [np.percentile(laps, [50, 95])]  # np.median would import numpy.ma
        }

    def clear(self) -> None:
        """Forget the window (after a pause, a new source or a new model), keep the frame count."""
        self._laps.clear()
        self._ends.clear()
