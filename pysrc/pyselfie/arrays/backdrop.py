"""The picture behind the person on arrays: cropped to the frame's size, and its light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.edge import backdrop_light
from pyselfie.core.effects import NEUTRAL_GREY
from pyselfie.core.geometry import Size, cover_crop

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]


class FittedBackdrop:
    """Crops one picture to the size of frames; what has been made is kept for the next frame.

    Parameters
    ----------
    picture
        uint8 [*, *, 3], RGB; neutral grey without one.
    sampling
        Of `pyselfie.extras.best_sampling`.
    """

    def __init__(self, picture: Picture | None, sampling: ModuleType) -> None:
        self._picture = np.full((1, 1, 3), NEUTRAL_GREY, np.uint8) if picture is None else picture
        self._sampling = sampling
        self._fitted: Picture | None = None
        self._light: Picture | None = None

    def at(self, size: Size) -> Picture:
        """Return the picture at `size`, cropped to cover and never stretched."""
        if self._fitted is None or self._fitted.shape[:2] != (size.height, size.width):
            self._fitted, self._light = self._fit(size), None
        return self._fitted

    def light(self, size: Size, small: Size) -> Picture:
        """Return `core.edge.backdrop_light` of the picture at `size`, made at the size `small`."""
        fitted = self.at(size)
        if self._light is None or self._light.shape[:2] != (small.height, small.width):
            self._light = backdrop_light(self._shrunk(fitted, small))
        return self._light

    def _fit(self, size: Size) -> Picture:
        crop = cover_crop(Size(self._picture.shape[1], self._picture.shape[0]), size)
        left, top = round(crop.x), round(crop.y)
        right, bottom = max(round(crop.x + crop.width), left + 1), max(round(crop.y + crop.height), top + 1)
        return self._shrunk(np.ascontiguousarray(self._picture[top:bottom, left:right]), size)

    def _shrunk(self, picture: Picture, size: Size) -> Picture:
        while picture.shape[0] >= 2 * size.height and picture.shape[1] >= 2 * size.width:
            picture = _halved(picture)  # bilinear sampling alone would leave pixels out
        result: Picture = self._sampling.resize_half_pixel(picture, *size)
        return result


def _halved(rgb: Picture) -> Picture:
    """Return the means of 2x2 blocks; an odd last row or column is left out."""
    even = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2].astype(np.uint16)
    rows = even[0::2] + even[1::2]
    return ((rows[:, 0::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8)
