"""Change a picture's size by the two conventions that MediaPipe uses, on NumPy alone.

Corner warp
    What MediaPipe's CPU graph (Python) does to make the model's input: target pixel (x, y) samples the source at
    (x * W / w, y * H / h), without a half-pixel shift, in OpenCV's fixed-point arithmetic, zero outside.
Half-pixel bilinear
    The ordinary resize, which maps pixel centres onto pixel centres. MediaPipe uses it to bring the mask back to the
    picture's size, and its GPU graph (JavaScript) for the input too.

`pyselfie.arrays.sampling_cv2` has the same functions on OpenCV.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.core.perspective import STEPS, warp_coordinates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect


def corner_warp(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Stretch a picture as MediaPipe's CPU graph does, equal to OpenCV 4's `warpPerspective` to the last bit.

    Parameters
    ----------
    rgb
        uint8 [H, W, 3].
    width, height
        Size of the result in pixels.

    Returns
    -------
    NDArray[np.uint8]
        uint8 [height, width, 3].
    """
    source_height, source_width = rgb.shape[:2]
    pixels = rgb.reshape(-1, 3)
    total = np.full((height * width, 3), STEPS * STEPS // 2, np.float32)
    # Whole numbers below 2**24 are exact in float32, which is several times faster here than int32.
    for index, weight in _corner_taps((source_width, source_height), (width, height)):
        total += pixels.take(index, axis=0) * weight
    total *= 1 / (STEPS * STEPS)
    return total.astype(np.uint8).reshape(height, width, 3)


@lru_cache(maxsize=4)
def _corner_taps(
    source_size: tuple[int, int], target_size: tuple[int, int]
) -> list[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Return, for each of the four neighbours, its flat index [N] and its weight [N, 1] of 1024, 0 outside."""
    x, y = warp_coordinates(source_size, target_size)
    taps = []
    for down in (0, 1):
        for right in (0, 1):
            column, row = x // STEPS + right, y // STEPS + down
            inside = (column < source_size[0]) & (row < source_size[1])
            index = np.where(inside, row * source_size[0] + column, 0)
            weight = _share(x, right) * _share(y, down) * inside
            taps.append((index.ravel().astype(np.intp), weight.reshape(-1, 1).astype(np.float32)))
    return taps


def _share(position: NDArray[np.int32], neighbour: int) -> NDArray[np.int32]:
    """Return the weight in 1/32 of the nearer (0) or the farther (1) neighbour along one axis."""
    fraction = position % STEPS
    return fraction if neighbour else STEPS - fraction


def resize_half_pixel(array: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """Resize with half-pixel centres and bilinear weights, edges repeated, without smoothing when it shrinks.

    Target pixel x samples the source at (x + 1/2) * W / w - 1/2.

    Parameters
    ----------
    array
        float32 or uint8, [H, W] or [H, W, channels].
    width, height
        Size of the result in pixels.

    Returns
    -------
    NDArray[Any]
        Of the same dtype; [height, width] or [height, width, channels]. uint8 is rounded to the nearest.
    """
    result = array
    # Shrink before growing: the fewer pixels, the less work.
    sizes = sorted(((0, height), (1, width)), key=lambda item: item[1] / array.shape[item[0]])
    for axis, size in sizes:
        result = _resize_axis(result, axis, size)
    return _as_before(result, array)


def stretch_part(array: NDArray[Any], part: Rect, width: int, height: int) -> NDArray[Any]:
    """Resize a part of an array as `resize_half_pixel` does a whole one; beyond the array its edges are repeated.

    Parameters
    ----------
    array
        float32 or uint8, [H, W] or [H, W, channels].
    part
        In fractions of the array's sides; it may reach beyond them.
    width, height
        Size of the result in pixels.
    """
    rows = _part_taps(array.shape[0], height, part.y, part.height)
    columns = _part_taps(array.shape[1], width, part.x, part.width)
    return _as_before(_mixed(_mixed(array, 0, rows), 1, columns), array)


def _as_before(result: NDArray[Any], array: NDArray[Any]) -> NDArray[Any]:
    """Return the result with the dtype of what it was made of."""
    if array.dtype == np.uint8:
        return (result + np.float32(0.5)).astype(np.uint8)
    return result


class _AxisTaps(NamedTuple):
    near: NDArray[np.intp]
    far: NDArray[np.intp]
    weight: NDArray[np.float32]


@lru_cache(maxsize=8)
def _axis_taps(source: int, target: int) -> _AxisTaps:
    """Return the two neighbours of each target pixel along one axis, and the weight of the farther one."""
    return _part_taps(source, target, 0.0, 1.0)


def _part_taps(source: int, target: int, start: float, share: float) -> _AxisTaps:
    """Return the same of a part, in fractions of the axis."""
    position = (np.arange(target) + 0.5) * (source * share / target) + (source * start - 0.5)
    position = np.clip(position, 0, source - 1).astype(np.float32)
    near = position.astype(np.intp)
    return _AxisTaps(near, np.minimum(near + 1, source - 1), position - near.astype(np.float32))


def _resize_axis(array: NDArray[Any], axis: int, size: int) -> NDArray[np.float32]:
    if array.shape[axis] == size:
        return array.astype(np.float32)
    return _mixed(array, axis, _axis_taps(array.shape[axis], size))


def _mixed(array: NDArray[Any], axis: int, taps: _AxisTaps) -> NDArray[np.float32]:
    weight = taps.weight.reshape([-1 if number == axis else 1 for number in range(array.ndim)])
    near = array.take(taps.near, axis).astype(np.float32)
    far = array.take(taps.far, axis).astype(np.float32)
    far -= near
    far *= weight
    near += far
    return near
