"""Which part of each frame of a film the network is shown, so that it sees small people as well as those near by.

A close-up costs no second look at each frame: the last mask tells where the person is. Moving the part is what shows,
as smoothing begins anew, so it stays while the person is inside of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.geometry import Rect
from pyselfie.core.zoom import SMALL, closer_look, finds_same, is_confirmed, part_share, person_box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Size

    Mask = NDArray[np.float32]

LEAVE = 0.5
"""From this height on, as a fraction of the frame's, a person needs no close-up; it begins below `zoom.SMALL`."""

GLANCE_EVERY = 20
"""Frames from one glance at something else to the next: who comes in beside the part is missing for no longer. That is
two seconds at 10 frames a second, and the time of one more frame in 20."""

NEAR = 0.03
"""Of the part's side: as soon as the person comes so near to its border the part moves; it began with 0.115."""

LOOSE = 0.65
"""A part is made smaller when one of this share of its side would do."""

LARGEST = 0.7
"""Of the frame's sides: a larger part shows nothing better."""

RESTLESS = 3
"""Frames: a part that has to grow so soon again follows what isn't there, where the whole frame can only guess."""

GROWTH = 1.1
"""Of the part's side: less is a person who moves."""

PERSON_FROM = 0.5
"""In a close-up, and where a close-up is to be given up for somebody outside: what would be shown is what counts."""


class CloseUp:
    """Where a film's person is, from mask to mask.

    Attributes
    ----------
    part
        What is to be shown of the next frame, in whole pixels of it; None: all of it.
    counts
        Where in `part` its mask is to be believed, in whole pixels of the frame; None as well if `part` is.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin another film: its first frame is shown as a whole."""
        self.part: Rect | None = None
        self.counts: Rect | None = None
        self._wait = 0  # frames until the next glance
        self._glance: Rect | None = None  # what is looked at besides
        self._seen: Mask | None = None  # the frame's mask meanwhile
        self._age = 0  # of the part, in frames
        self._near: frozenset[str] = frozenset()  # the sides of the part that somebody seems to leave by
        self._settled: frozenset[str] = frozenset()  # those by which nobody leaves, as a glance has told

    @property
    def wants_raw(self) -> bool:
        """Whether `saw` needs the network's own mask: in a refined one of the whole frame nobody is small."""
        return self.part is None and self._wait == 0

    def saw(self, mask: Mask, size: Size) -> Rect | None:
        """Take the mask of `part` of a frame.

        Parameters
        ----------
        mask
            float32 [h, w] in 0..1, the network's own if `wants_raw`.
        size
            The frame's, in pixels.

        Returns
        -------
        Rect or None
            What else of this frame is to be looked at, for `glanced`: a part, or all of it. Mostly nothing.
        """
        part = self.part
        due = self._wait == 0
        self._wait = max(0, self._wait - 1)
        self._glance = None
        if part is None:
            self._glance = _part_around(_first_box(mask), size, SMALL) if due else None
        else:
            self._age += 1
            own = person_box(mask, PERSON_FROM)
            self._near = _sides_near(_in_frame(own, part, size), part, size, NEAR) if own else frozenset()
            if due or own is None or self._near - self._settled:
                self._glance, due = Rect(0, 0, *size), True
        if due:
            self._wait = GLANCE_EVERY - 1
        self._seen = None if self._glance is None else mask.copy()
        return self._glance

    def _move(self, box: Rect, size: Size) -> None:
        self._settled, self._age = frozenset(), 0
        self.part = self.counts = _part_around(box, size, LEAVE)
        if self.part is None:
            self._give_up()

    def _give_up(self) -> None:
        self.part = self.counts = None
        self._wait = 2 * GLANCE_EVERY  # not to and fro where the two looks don't agree

    def glanced(self, raw: Mask, size: Size, *, is_seen: bool) -> bool:
        """Take the glance that `saw` asked for; returns whether its mask is a better one of this frame already.

        Where the person is lost, at a cut nobody has told of, the frame has that of the whole frame at once.

        Parameters
        ----------
        raw
            float32 [h, w] in 0..1, the network's own mask of what was to be looked at.
        size
            The frame's, in pixels.
        is_seen
            Whether anybody is in the mask that the frame has so far.
        """
        seen, tried = self._seen, self._glance
        if seen is None or tried is None:
            return False
        if self.part is not None:
            self._compare(raw, seen, self.part, size)
            return self.part is None
        agrees = finds_same if is_seen else is_confirmed
        own = person_box(raw, PERSON_FROM)
        if own is None or not agrees(seen, raw, tried, size):
            return False
        self.part, self._age = tried, 0
        self._settle(_sides_near(_in_frame(own, tried, size), tried, size, NEAR), seen, size)
        return True

    def _settle(self, sides: frozenset[str], whole: Mask, size: Size) -> None:
        """Believe the close-up, but on these sides no further than the mask of the `whole` frame goes.

        At its border it takes people to go on, though it was laid so that nobody does: above a table, or the lower edge
        of a poster. Guesses don't count there.
        """
        part, self._settled = self.part, sides
        box = person_box(whole, PERSON_FROM) or person_box(whole)
        if part is None or box is None:
            return
        left = round(box.x * size.width) if "left" in sides else part.x
        top = round(box.y * size.height) if "top" in sides else part.y
        right = round((box.x + box.width) * size.width) if "right" in sides else part.x + part.width
        bottom = round((box.y + box.height) * size.height) if "bottom" in sides else part.y + part.height
        self.counts = Rect(left, top, max(0, right - left), max(0, bottom - top))

    def _compare(self, whole: Mask, close_up: Mask, part: Rect, size: Size) -> None:
        """Give the part up where the whole frame tells more; else have it where the whole frame has the person.

        The close-up alone would not do: at its border it takes people to go on, and would follow what isn't there.
        """
        own = person_box(close_up, PERSON_FROM)
        sure = whole >= PERSON_FROM
        place = _pixels(part, size, whole.shape)
        inside = np.zeros_like(whole)
        inside[place] = whole[place]
        box = person_box(np.where(sure, whole, inside))
        if box is None and own is not None and not self._near:  # there is nobody to be seen from afar
            return
        is_missed = sure[place].any() and not finds_same(inside * sure, close_up, part, size)
        if box is None or own is None or is_missed:
            self._give_up()
            return
        growth = part_share(box) / (part.height / size.height)
        if self._age < RESTLESS and growth > GROWTH and not sure.any():
            self._give_up()
            return
        is_loose = not self._near and growth < LOOSE
        # The two don't see alike: whoever seems to leave moves the part unless the whole frame clearly knows better.
        leaves = self._near & _sides_near(box, part, size, 2 * NEAR)
        if is_loose or leaves or _sides_near(box, part, size, NEAR):
            self._move(box, size)
        else:
            self._settle(self._near, np.where(sure, whole, inside), size)


def _first_box(raw: Mask) -> Rect | None:
    """Return the person's box in the whole frame; far from somebody whom the network is sure of guesses don't count."""
    sure = person_box(raw, PERSON_FROM)
    if sure is None:
        return person_box(raw)
    height, width = raw.shape
    reach = max(sure.width, sure.height) / 2
    rows = slice(max(0, int((sure.y - reach) * height)), math.ceil((sure.y + sure.height + reach) * height))
    columns = slice(max(0, int((sure.x - reach) * width)), math.ceil((sure.x + sure.width + reach) * width))
    near = np.zeros_like(raw)
    near[rows, columns] = raw[rows, columns]
    return person_box(near)


def _part_around(box: Rect | None, size: Size, limit: float) -> Rect | None:
    part = closer_look(box, size, limit)
    return None if part is None or part.height > LARGEST * size.height else part


def _in_frame(box: Rect, part: Rect, size: Size) -> Rect:
    """Return a box of a part, in fractions of the part, as one of the frame."""
    width, height = size
    x, y = (part.x + box.x * part.width) / width, (part.y + box.y * part.height) / height
    return Rect(x, y, box.width * part.width / width, box.height * part.height / height)


def _pixels(part: Rect, size: Size, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return where the part is in a mask of the frame."""
    x, y = shape[1] / size.width, shape[0] / size.height
    return (
        slice(int(part.y * y), math.ceil((part.y + part.height) * y)),
        slice(int(part.x * x), math.ceil((part.x + part.width) * x)),
    )


def _sides_near(box: Rect, part: Rect, size: Size, inset: float) -> frozenset[str]:
    """Return the sides of the part, those of the frame apart, that a box of the frame comes near: `inset` of them."""
    x, y = inset * part.width / size.width, inset * part.height / size.height
    left, top, width, height = _in_frame(Rect(0, 0, 1, 1), part, size)
    right, bottom = left + width, top + height
    near = {
        "left": left > 0 and box.x <= left + x,
        "top": top > 0 and box.y <= top + y,
        "right": part.x + part.width < size.width and box.x + box.width >= right - x,
        "bottom": part.y + part.height < size.height and box.y + box.height >= bottom - y,
    }
    return frozenset(side for side, is_near in near.items() if is_near)
