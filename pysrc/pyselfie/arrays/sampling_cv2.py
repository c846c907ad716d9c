"""The functions of `core.sampling` on OpenCV: several times faster, and equal to the last bit for the corner warp."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core import sampling
from pyselfie.core.perspective import STEPS, warp_coordinates

try:
    import cv2
except ImportError as error:
    raise ImportError('OpenCV is not installed; pip install "pyselfie[native]" brings it') from error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect

# OpenCV counts the pixels of a remapped picture in 16 bits.
_REMAP_LIMIT = 32767


def corner_warp(rgb: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Stretch a picture as MediaPipe's CPU graph does; see `core.sampling.corner_warp`.

    `cv2.warpPerspective` itself changed its arithmetic in OpenCV 5; `cv2.remap` with fixed-point maps did not.
    """
    source_height, source_width = rgb.shape[:2]
    if max(source_width, source_height) >= _REMAP_LIMIT:
        return sampling.corner_warp(rgb, width, height)
    corners, fractions = _fixed_point_maps((source_width, source_height), (width, height))
    warped = cv2.remap(rgb, corners, fractions, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(warped, np.uint8)


@lru_cache(maxsize=4)
def _fixed_point_maps(
    source_size: tuple[int, int], target_size: tuple[int, int]
) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
    """Return the maps of `cv2.remap`: int16 [h, w, 2] whole pixels and uint16 [h, w] steps of 1/32, y * 32 + x."""
    x, y = warp_coordinates(source_size, target_size)
    corners = np.stack([x // STEPS, y // STEPS], axis=-1).astype(np.int16)
    return corners, (y % STEPS * STEPS + x % STEPS).astype(np.uint16)


def resize_half_pixel(array: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """Resize with half-pixel centres and bilinear weights; see `core.sampling.resize_half_pixel`."""
    return np.asarray(cv2.resize(array, (width, height), interpolation=cv2.INTER_LINEAR))


def stretch_part(array: NDArray[Any], part: Rect, width: int, height: int) -> NDArray[Any]:
    """Resize a part of an array, to 1/32 of a pixel; see `core.sampling.stretch_part`."""
    rows, columns = array.shape[:2]
    if max(rows, columns, width, height) >= _REMAP_LIMIT:
        return sampling.stretch_part(array, part, width, height)
    across, down = columns * part.width / width, rows * part.height / height
    left, top = columns * part.x - 0.5 + across / 2, rows * part.y - 0.5 + down / 2
    matrix = np.array([[across, 0, left], [0, down, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(array, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE))
