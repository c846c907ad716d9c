"""Sizes and rectangles in pixels."""

from __future__ import annotations

from typing import NamedTuple

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
