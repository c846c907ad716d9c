"""The coordinates of OpenCV's `warpPerspective` for a stretch from one size to another, to the last bit.

MediaPipe's CPU graph stretches the picture to the model's size by `getPerspectiveTransform` and
`warpPerspective` of OpenCV 3 and 4. The transform is a plain scaling, but it is found by solving eight linear
equations, and where a coordinate lies exactly between two steps of 1/32 pixel, the rounding errors of that
decide. So the same arithmetic is done here, in the same order, as in `hal::LU64f`, `cv::invert` and
`WarpPerspectiveInvoker`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = 32
_Matrix = list[list[float]]
# The picture is warped in tiles, each of which starts its coordinates anew.
_TILE_ROWS, _TILE_AREA = 16, 1024


@lru_cache(maxsize=16)
def warp_coordinates(
    source_size: tuple[int, int], target_size: tuple[int, int]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return where each target pixel samples the source, corner to corner, without a half-pixel shift.

    Parameters
    ----------
    source_size, target_size
        (width, height) in pixels.

    Returns
    -------
    x, y : NDArray[np.int32]
        Two read-only arrays [target height, target width] in 1/32 pixel of the source.
    """
    width, height = target_size
    [m0, m1, m2], [m3, m4, m5], [m6, m7, m8] = _invert(_perspective_transform(source_size, target_size))
    tile_width = min(_TILE_AREA // min(_TILE_ROWS, height), width)
    column = np.arange(width)
    in_tile = (column % tile_width).astype(np.float64)
    tile = column - in_tile
    row = np.arange(height, dtype=np.float64)[:, None]
    scale = STEPS / ((m6 * tile + m7 * row + m8) + m6 * in_tile)
    x = np.rint(((m0 * tile + m1 * row + m2) + m0 * in_tile) * scale).astype(np.int32)
    y = np.rint(((m3 * tile + m4 * row + m5) + m3 * in_tile) * scale).astype(np.int32)
    x.flags.writeable = y.flags.writeable = False
    return x, y


def _perspective_transform(source_size: tuple[int, int], target_size: tuple[int, int]) -> _Matrix:
    """Return the 3x3 matrix that takes the source's corners to the target's, as `cv::getPerspectiveTransform` does."""
    source, target = _corners(*source_size), _corners(*target_size)
    pairs = list(zip(source, target, strict=True))
    rows = [[x, y, 1.0, 0.0, 0.0, 0.0, -x * u, -y * u, u] for (x, y), (u, _) in pairs]
    rows += [[0.0, 0.0, 0.0, x, y, 1.0, -x * v, -y * v, v] for (x, y), (_, v) in pairs]
    a, b, c, d, e, f, g, h = _solve(rows)
    return [[a, b, c], [d, e, f], [g, h, 1.0]]


def _corners(width: int, height: int) -> list[tuple[float, float]]:
    """Return the corners in MediaPipe's order: bottom left, top left, top right, bottom right."""
    return [(0.0, float(height)), (0.0, 0.0), (float(width), 0.0), (float(width), float(height))]


def _solve(rows: _Matrix) -> list[float]:
    """Solve linear equations, each row [coefficients..., right side], by elimination with partial pivoting."""
    size = len(rows)
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        negative_inverse = -1.0 / rows[pivot][pivot]
        for row in rows[pivot + 1 :]:
            factor = row[pivot] * negative_inverse
            row[pivot:] = [
                below + factor * above for below, above in zip(row[pivot:], rows[pivot][pivot:], strict=True)
            ]
    solution = [0.0] * size
    for index in reversed(range(size)):
        rest = rows[index][size]
        for known in range(index + 1, size):
            rest -= rows[index][known] * solution[known]
        solution[index] = rest / rows[index][index]
    return solution


def _invert(matrix: _Matrix) -> _Matrix:
    """Return the inverse of a 3x3 matrix by its adjugate."""
    [a, b, c], [d, e, f], [g, h, i] = matrix
    inverse = 1.0 / (a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))
    return [
        [(e * i - f * h) * inverse, (c * h - b * i) * inverse, (b * f - c * e) * inverse],
        [(f * g - d * i) * inverse, (a * i - c * g) * inverse, (c * d - a * f) * inverse],
        [(d * h - e * g) * inverse, (b * g - a * h) * inverse, (a * e - b * d) * inverse],
    ]
