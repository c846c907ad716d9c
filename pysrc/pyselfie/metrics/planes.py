"""What the measures work on: planes of numbers of one size, and shapes that grow and shrink."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.pictures import check_mask
from pyselfie.extras import best_sampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Area = NDArray[np.bool_]

LIMIT = 640
"""Pixels of a truth's longer side, at most."""


def plane(values: Any, name: str = "mask") -> Plane:
    """Return a mask as float32 [h, w] in 0..1.

    Parameters
    ----------
    values
        uint8, boolean, or floating point in 0..1; [h, w].
    name
        What a sentence about a wrong one calls it.

    Raises
    ------
    TypeError, ValueError
        When it is none of these, in one sentence.
    """
    if isinstance(values, np.ndarray) and values.dtype == np.uint8:
        values = values / np.float32(255)
    try:
        return check_mask(values)
    except (TypeError, ValueError) as error:
        raise type(error)(str(error).replace("the mask", f"the {name}", 1)) from None


def limited(values: Plane) -> Plane:
    """Return a plane of at most `LIMIT` pixels a side; each pixel of a smaller one is the mean of what it covers."""
    scale = LIMIT / max(values.shape)
    if scale >= 1:
        return values
    height, width = (max(1, round(count * scale)) for count in values.shape)
    return _area_means(_area_means(values, height).T, width).T.copy()


def _area_means(values: Plane, size: int) -> Plane:
    """Return the means of the rows that each of `size` rows covers, [size, w]; one in part counts in part."""
    count = len(values)
    edges = np.arange(size + 1) * (count / size)
    values = np.ascontiguousarray(values)
    means = np.empty((size, values.shape[1]), np.float32)
    for row, (start, end) in enumerate(itertools.pairwise(edges)):
        covered = np.arange(int(start), min(count, math.ceil(end)))
        weights = (np.minimum(end, covered + 1) - np.maximum(start, covered)) * (size / count)
        means[row] = weights.astype(np.float32) @ values[covered[0] : covered[-1] + 1]
    return means


def matched(mask: Any, truth: Any) -> tuple[Plane, Plane]:
    """Return both as planes of one size: the truth limited, the mask drawn bilinearly at its size."""
    target = limited(plane(truth, "truth"))
    return drawn(plane(mask), target.shape), target


def drawn(mask: Plane, shape: tuple[int, ...]) -> Plane:
    """Return a mask at another size [height, width], bilinearly with half-pixel centres."""
    if mask.shape == shape:
        return mask
    result: Plane = best_sampling().resize_half_pixel(mask, shape[1], shape[0])
    return result


def disc(radius: int) -> list[int]:
    """Return the half-widths of a disc's rows, from the top: OpenCV's ``MORPH_ELLIPSE`` of 2 * radius + 1."""
    return [round(math.sqrt(radius**2 - y**2)) for y in range(-radius, radius + 1)]


def within(distance: int) -> list[int]:
    """Return the half-widths of the rows of all places that are at most `distance` away, by Euclid."""
    return [math.isqrt(distance**2 - y**2) for y in range(-distance, distance + 1)]


def grown(area: Area, half_widths: Sequence[int]) -> Area:
    """Return every place where the shape, put there, meets the area.

    Parameters
    ----------
    area
        bool [h, w]; outside of it there is nothing.
    half_widths
        Of the shape's rows, from the top; an odd number of them.
    """
    across = _distances_along_rows(area)
    height, reach = len(area), len(half_widths) // 2
    result = np.zeros_like(area)
    for offset, half_width in zip(range(-reach, reach + 1), half_widths, strict=True):
        if abs(offset) < height:
            rows = slice(max(0, -offset), height - max(0, offset))
            result[rows] |= across[max(0, offset) : height - max(0, -offset)] <= half_width
    return result


def shrunk(area: Area, half_widths: Sequence[int]) -> Area:
    """Return every place where the shape, put there, lies in the area; what is outside the picture is no objection."""
    return ~grown(~area, half_widths)


def _distances_along_rows(area: Area) -> NDArray[np.int32]:
    """Return how far it is to the nearest place of the area in the same row."""
    far, width = np.int32(1 << 20), area.shape[1]
    columns = np.arange(width, dtype=np.int32)
    from_left = columns - np.maximum.accumulate(np.where(area, columns, -far), axis=1)
    reversed_right = np.maximum.accumulate(np.where(area, -columns, -far)[:, ::-1], axis=1)
    return np.minimum(from_left, -columns - reversed_right[:, ::-1])
