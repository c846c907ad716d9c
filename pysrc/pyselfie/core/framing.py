"""Which part of a film's frames is shown, so that the person is well in it; it moves seldom, slowly, and never shakes.

The mask tells where the person is. A wanted part that is about the one before changes nothing; another one has to be
wanted for a while, and is reached by a critically damped spring, as a camera operator would.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.geometry import Rect
from pyselfie.core.sampling import stretch_part

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_ZOOM = 1.6
"""More would show a webcam's pixels."""

SEE_EVERY_S = 0.25
"""So often the mask is looked at: a person moves by more in a second, but the part doesn't have to."""

WAIT_S = 0.75
"""So long another part has to be wanted before it is gone to: who leans to the side comes back."""

ALONE_S = 2.0
"""So long nobody has to be seen before all of the frame is shown."""

DEAD = 0.08
"""Of the part's side: a wanted part whose middle or side is by less another one is the same."""

HEADROOM = 0.1
"""Of the part's height, above the head."""

_FULL = Rect(0.0, 0.0, 1.0, 1.0)
_WIDEST = 0.7  # of the part's width: the person's
_TALLEST = 1.0 - HEADROOM
_TAIL = 0.01  # of the person's pixels, on each side: stray ones are none of the person
_FEWEST = 0.01  # of all pixels: less is nobody
_PERIOD_S = 0.45  # of the spring: nine tenths of the way take 1.75 s
_THERE = 5e-4  # of the frame's sides: less than a pixel of a frame of 1280


class Framing:
    """The part of a film's frames that is shown, in fractions of their sides; its aspect is the frame's.

    Attributes
    ----------
    view
        The part. All of the frame before a person was seen.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin another film: the first person seen is shown at once."""
        self.view = self._goal = _FULL
        self.cut()

    def cut(self) -> None:
        """Begin another scene, or a pause: who is elsewhere then is shown at once; else the part stays."""
        self._speed = (0.0, 0.0, 0.0)  # of left, top and side, a second
        self._is_new = True
        self._unseen_s = math.inf  # since the mask was looked at
        self._alone_s = 0.0
        self._wanted_s = 0.0  # since another part than the goal has been wanted

    @property
    def wants_mask(self) -> bool:
        """Whether it is time to call `see`."""
        return self._unseen_s >= SEE_EVERY_S

    @property
    def has_seen(self) -> bool:
        """Whether a mask of this film has been looked at."""
        return math.isfinite(self._unseen_s)

    def see(self, mask: NDArray[np.float32]) -> None:
        """Look where the person is.

        Parameters
        ----------
        mask
            float32 [h, w] in 0..1, of all of the frame.
        """
        passed_s = min(self._unseen_s, 2 * SEE_EVERY_S)
        self._unseen_s = 0.0
        box = _box(mask)
        if box is None:
            self._alone_s += passed_s
            if self._alone_s >= ALONE_S or self._is_new:
                self._goal = _FULL
            if self._is_new:
                self.view = _FULL
            return
        self._alone_s = 0.0
        wanted = _part_for(box)
        if self._is_new:
            self._is_new = False
            if self._goal == _FULL or not _is_like(wanted, self._goal):
                self._goal = wanted
            self.view = self._goal
            return
        if _is_like(wanted, self._goal):
            self._wanted_s = 0.0
            return
        self._wanted_s += passed_s
        if self._wanted_s >= WAIT_S:
            self._goal, self._wanted_s = wanted, 0.0

    def step(self, seconds: float) -> Rect:
        """Let time pass; return the part for the next frame."""
        self._unseen_s += seconds
        if self.view != self._goal:
            self._ease(seconds)
        return self.view

    def _ease(self, seconds: float) -> None:
        """Follow a critically damped spring, exactly, however long the step is."""
        rate = 1 / _PERIOD_S
        fade = math.exp(-rate * seconds)
        goal, now = _three(self._goal), _three(self.view)
        places, speeds = [], []
        for end, start, speed in zip(goal, now, self._speed, strict=True):
            off = start - end
            pull = speed + rate * off
            places.append(end + (off + pull * seconds) * fade)
            speeds.append((speed - rate * pull * seconds) * fade)
        if all(abs(place - end) < _THERE for place, end in zip(places, goal, strict=True)):
            self.view, self._speed = self._goal, (0.0, 0.0, 0.0)
            return
        side = min(places[2], 1.0)
        self.view = Rect(_inside(places[0], side), _inside(places[1], side), side, side)
        self._speed = (speeds[0], speeds[1], speeds[2])


def mirrored(view: Rect) -> Rect:
    """Return the part of a mirrored frame that shows the same."""
    return view._replace(x=1 - view.x - view.width)


def light_in(view: Rect, light: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the light that falls on a frame of which a part is shown, as the backdrop is shown in full.

    Parameters
    ----------
    view
        The part, in fractions of the frame's sides.
    light
        uint8 [h, w, 3], of `core.edge.backdrop_light`.
    """
    around = Rect(-view.x / view.width, -view.y / view.height, 1 / view.width, 1 / view.height)
    lit: NDArray[np.uint8] = stretch_part(light, around, light.shape[1], light.shape[0])
    return lit


def _box(mask: NDArray[np.float32]) -> Rect | None:
    """Return where nearly all of the person is, in fractions of the mask's sides; None if there is nobody."""
    is_person = mask >= 0.5
    rows, columns = is_person.sum(axis=1), is_person.sum(axis=0)
    if rows.sum() < max(1, _FEWEST * mask.size):
        return None
    (top, bottom), (left, right) = _ends(rows), _ends(columns)
    return Rect(left, top, right - left, bottom - top)


def _ends(counts: NDArray[np.intp]) -> tuple[float, float]:
    """Return between which two places, in fractions of all, the middle of what is counted lies."""
    until = np.concatenate(([0.0], np.cumsum(counts) / counts.sum()))
    first, last = np.interp((_TAIL, 1 - _TAIL), until, np.linspace(0, 1, len(until)))
    return float(first), float(last)


def _part_for(box: Rect) -> Rect:
    side = max(box.width / _WIDEST, box.height / _TALLEST)
    side = min(max(side, 1 / LARGEST_ZOOM), 1.0)
    x = _inside(box.x + box.width / 2 - side / 2, side)
    return Rect(x, _inside(box.y - HEADROOM * side, side), side, side)


def _inside(start: float, side: float) -> float:
    return min(max(start, 0.0), 1 - side)


def _is_like(one: Rect, other: Rect) -> bool:
    most = DEAD * other.width
    middles = (one.x + one.width / 2, one.y + one.height / 2), (other.x + other.width / 2, other.y + other.height / 2)
    return abs(one.width - other.width) < most and all(abs(a - b) < most for a, b in zip(*middles, strict=True))


def _three(part: Rect) -> tuple[float, float, float]:
    return part.x, part.y, part.width
