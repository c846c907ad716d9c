"""When the machine cannot keep up: plainer edges before fewer masks, and those before fewer frames."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from pyselfie.core.timing import is_pause

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGET = 0.9
"""Part of a frame's interval that work may fill; the rest is for everything else on the machine."""

MOST_FRAMES_PER_MASK = 6
"""An older mask would visibly trail behind the person: 0.2 s at 30 frames a second."""

OVERLOAD_S = 5.0
"""Masks reused for longer than this are no passing spell: the page is told, so that it can do something about it."""

_MEMORY = 10  # frames in the running means

EDGE_GROWTH = 1.5
"""By how much a frame may grow with the edge, at most: it is taken up again where there is room for that."""

EDGE_REST_S = 5.0
"""How long the edge stays away at least; twice as long after each time that it did not last for `EDGE_STAY_S`."""

EDGE_LONGEST_REST_S = 80.0
EDGE_STAY_S = 30.0


class Pacer:
    """Decides whether edges are made better, and for which frames the model runs: others have the mask before.

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
    edge_dropped : bool
        Whether frames have to be painted as `core.effects.without_edge` says.
    """

    def __init__(self, interval_ms: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.frames_per_mask = 1
        self.reused = 0
        self.edge_dropped = False
        self._budget_ms = BUDGET * interval_ms
        self._infer_ms, self._other_ms = _Mean(), _Mean()
        self._since_mask = 0
        self._is_first = True
        self._clock = clock
        self._edge_since = self._edge_rests_until = -math.inf
        self._edge_rest_s = EDGE_REST_S
        self._reusing_since: float | None = None
        self._learnt_at = -math.inf
        self._told = False

    def wants_mask(self) -> bool:
        """Return whether the model should run for the next frame."""
        return self._since_mask + 1 >= self.frames_per_mask

    def learn(
        self, total_ms: float, infer_ms: float | None, *, needs_mask: bool = True, wants_edge: bool = False
    ) -> None:
        """Take what a frame has cost.

        Parameters
        ----------
        total_ms : float
            All of it.
        infer_ms : float or None
            The model's part; None if it did not run, whether or not it should have.
        needs_mask : bool
            Whether what was painted depends on the person: without a run it had the mask before.
        wants_edge : bool
            Whether the frame has a better edge, or would have it if there were time.
        """
        if infer_ms is not None:
            self._since_mask = 0
        elif needs_mask:
            self._since_mask += 1
            self.reused += 1
        if self._is_first:  # it makes what later ones use again: its time says nothing about theirs
            self._is_first = False
            return
        self._other_ms.add(total_ms - (infer_ms or 0.0))
        if infer_ms is not None:
            self._infer_ms.add(infer_ms)
        if wants_edge:
            self._weigh_edge()
        self.frames_per_mask = self._affordable() if self.edge_dropped or not wants_edge else 1
        self._note_reuse(total_ms)

    def _note_reuse(self, total_ms: float) -> None:
        now = self._clock()
        if is_pause(self._learnt_at, now, total_ms):  # no mask has been reused meanwhile
            self._reusing_since = None
        self._learnt_at = now
        if self.frames_per_mask == 1:
            self._reusing_since, self._told = None, False
        elif self._reusing_since is None:
            self._reusing_since = now

    def overload(self) -> float | None:
        """Return for how many seconds masks have been reused, once per stretch longer than `OVERLOAD_S`; else None."""
        if self._reusing_since is None or self._told:
            return None
        seconds = self._clock() - self._reusing_since
        if seconds <= OVERLOAD_S:
            return None
        self._told = True
        return seconds

    def _weigh_edge(self) -> None:
        """Drop the edge or take it up again; then what a frame costs has to be learnt anew."""
        if self._other_ms.count < _MEMORY:
            return
        now, needed_ms = self._clock(), self._other_ms.value + self._infer_ms.value
        if not self.edge_dropped and needed_ms > self._budget_ms:
            lasted = now - self._edge_since > EDGE_STAY_S
            self._edge_rest_s = EDGE_REST_S if lasted else min(2 * self._edge_rest_s, EDGE_LONGEST_REST_S)
            self._edge_rests_until = now + self._edge_rest_s
        elif self.edge_dropped and now > self._edge_rests_until and EDGE_GROWTH * needed_ms <= self._budget_ms:
            self._edge_since = now
        else:
            return
        self.edge_dropped = not self.edge_dropped
        self._other_ms = _Mean()

    def _affordable(self) -> int:
        room_ms, infer_ms = self._budget_ms - self._other_ms.value, self._infer_ms.value
        if infer_ms <= room_ms:
            return 1
        if room_ms <= 0:
            return MOST_FRAMES_PER_MASK
        return min(MOST_FRAMES_PER_MASK, math.ceil(infer_ms / room_ms))


class _Mean:
    """The mean of the last frames, more or less; of those there are, while they are few."""

    def __init__(self) -> None:
        self.value, self.count = 0.0, 0

    def add(self, newest: float) -> None:
        self.count = min(self.count + 1, _MEMORY)
        self.value += (newest - self.value) / self.count
