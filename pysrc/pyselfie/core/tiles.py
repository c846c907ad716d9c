"""An overlay in tiles: most of them hide what is behind or show nothing, and only in the others is there any blending.

A tile has 8x8 of the overlay's pixels. Scaled up, they mix with their neighbours: so a tile counts as opaque, or as
transparent, only if the pixels around it are so too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Size

SIDE = 8
"""Pixels: as many as a 64-bit word has bytes, so that NumPy looks at a row of a tile at once."""

LEAST_PIXELS = 300_000
"""Of the composite: in a smaller one, sorting takes longer than blending everything. Measured from 180p to 1080p."""

MOST_MIXED = 0.5
"""Of all tiles: with more of them, a path with that many corners costs what it saves. Measured on masks of noise."""

_LAST_BYTE = np.uint64(56)  # bits before it


class Tiles(NamedTuple):
    """What tiles are; the others are transparent.

    Attributes
    ----------
    opaque : ndarray of bool, shape [rows, columns]
        Alpha is 255, up to one pixel beyond the tile.
    mixed : ndarray of bool, shape [rows, columns]
        Alpha is neither 255 nor 0 everywhere.
    """

    opaque: NDArray[np.bool_]
    mixed: NDArray[np.bool_]


def tiles_for(alpha: NDArray[np.uint8], size: Size) -> Tiles | None:
    """Return an overlay's tiles, or None if painting by them is not quicker than drawing the overlay as it is.

    Parameters
    ----------
    alpha : ndarray of uint8, shape [H, W]
        The overlay's opacity.
    size : Size
        What the overlay is scaled to, in pixels. Scaled down, more than neighbours are mixed: tiles would have seams.
    """
    height, width = alpha.shape
    if size.width * size.height < LEAST_PIXELS or size.width < width or size.height < height:
        return None
    if height % SIDE or width % SIDE:
        return None
    tiles = sort_tiles(alpha)
    return tiles if np.count_nonzero(tiles.mixed) <= MOST_MIXED * tiles.mixed.size else None


def sort_tiles(alpha: NDArray[np.uint8]) -> Tiles:
    """Return which tiles of an overlay are what.

    Parameters
    ----------
    alpha : ndarray of uint8, shape [H, W]
        The overlay's opacity; H and W are multiples of `SIDE`.
    """
    height, width = alpha.shape
    both = np.empty((2, height, width), np.uint8)  # what is not transparent, and what is not opaque
    both[0] = alpha
    words = both.view(np.uint64)
    np.invert(words[0], out=words[1])
    rows = words.reshape(2, height // SIDE, SIDE, width // SIDE)
    some = np.bitwise_or.reduce(rows, axis=2)
    some[:, 1:] |= rows[:, :-1, -1]
    some[:, :-1] |= rows[:, 1:, 0]
    # a tile's first byte is its left column, in the byte order of all machines that this runs on
    beyond_left, beyond_right = some >> _LAST_BYTE, some << _LAST_BYTE
    some[..., 1:] |= beyond_left[..., :-1]
    some[..., :-1] |= beyond_right[..., 1:]
    visible, holed = some != 0
    return Tiles(~holed, visible & holed)


def widened(tiles: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return these tiles and all that touch them."""
    wide = tiles.copy()
    wide[1:] |= tiles[:-1]
    wide[:-1] |= tiles[1:]
    result = wide.copy()
    result[:, 1:] |= wide[:, :-1]
    result[:, :-1] |= wide[:, 1:]
    return result


def path_of(tiles: NDArray[np.bool_], size: Size) -> str:
    """Return tiles as an SVG path of whole pixels, one rectangle for each run in a row.

    Parameters
    ----------
    tiles : ndarray of bool, shape [rows, columns]
        Of `Tiles`.
    size : Size
        What the overlay is scaled to, in pixels.
    """
    rows, columns = tiles.shape
    ys, xs = _words(rows, size.height), _words(columns, size.width)
    padded = np.zeros((rows, columns + 2), np.bool_)
    padded[:, 1:-1] = tiles
    changes = np.flatnonzero(np.diff(padded.ravel())).tolist()
    parts = []
    for start, stop in zip(changes[::2], changes[1::2], strict=True):
        row, left = divmod(start, columns + 2)
        parts.append(f"M{xs[left]} {ys[row]}H{xs[left + stop - start]}V{ys[row + 1]}H{xs[left]}")
    return "".join(parts)


@lru_cache(maxsize=8)
def _words(count: int, length: int) -> tuple[str, ...]:
    """Return where `count` tiles begin and end on `length` pixels."""
    return tuple(str(round(length * i / count)) for i in range(count + 1))
