"""Sizes and rectangles in pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SIDE = 4096
"""Longest side of an output canvas, in pixels: what every engine's canvas and GPU texture holds."""


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class Rect(NamedTuple):
    """A rectangle in pixels, origin at the top left."""

    x: float
    y: float
    width: float
    height: float

    def scaled(self, x: float, y: float) -> Rect:
        """Return the smallest rectangle of whole pixels that covers this one scaled by `x` and `y`."""
        left, top = math.floor(self.x * x), math.floor(self.y * y)
        right, bottom = math.ceil((self.x + self.width) * x), math.ceil((self.y + self.height) * y)
        return Rect(left, top, right - left, bottom - top)

    def times(self, x: float, y: float) -> Rect:
        """Return it scaled by `x` and `y`, not rounded."""
        return Rect(self.x * x, self.y * y, self.width * x, self.height * y)


_ALPHAS_OF_A_PAIR = np.array([0, 0, 0, 255] * 2, np.uint8).view(np.uint64)[0]


def opaque_part(rgba: NDArray[np.uint8], margin: int = 1) -> Rect | None:
    """Return the smallest rectangle with every pixel that is not transparent, and a `margin` around it.

    Parameters
    ----------
    rgba : ndarray of uint8, shape [H, W, 4], C-contiguous
        Any RGBA picture of even width.
    margin : int
        Pixels added on each side, as far as there are any: scaled up, a pixel shines half its width beyond its edges.

    Returns
    -------
    Rect or None
        None if everything is transparent.
    """
    height, width = rgba.shape[:2]
    pairs = rgba.reshape(height, width * 4).view(np.uint64)  # two pixels at a time: a quarter of the time per channel
    rows = np.flatnonzero(np.bitwise_or.reduce(pairs, axis=1) & _ALPHAS_OF_A_PAIR)
    columns = np.flatnonzero(np.bitwise_or.reduce(pairs, axis=0).view(np.uint8)[3::4])
    if not rows.size:
        return None
    left, top = max(0, int(columns[0]) - margin), max(0, int(rows[0]) - margin)
    right, bottom = min(width, int(columns[-1]) + 1 + margin), min(height, int(rows[-1]) + 1 + margin)
    return Rect(left, top, right - left, bottom - top)


def fit_within(size: Size, max_side: int = MAX_SIDE) -> Size:
    """Return `size` scaled down, aspect kept, so that no side is longer than `max_side`; never scaled up."""
    scale = min(1.0, max_side / max(size))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def cover_crop(source: Size, target: Size) -> Rect:
    """Return the centred part of `source` that has `target`'s aspect: CSS ``object-fit: cover``.

    Drawn into the whole target, that part fills it without being stretched.
    """
    scale = min(source.width / target.width, source.height / target.height)
    width, height = target.width * scale, target.height * scale
    return Rect((source.width - width) / 2, (source.height - height) / 2, width, height)
