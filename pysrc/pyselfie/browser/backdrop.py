"""The picture behind the person, cropped to the output's size, and the light that it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from js import OffscreenCanvas

from pyselfie.browser.interop import js_object
from pyselfie.core.edge import backdrop_light
from pyselfie.core.effects import NEUTRAL_GREY
from pyselfie.core.geometry import Size, cover_crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser import js_types


def fit_backdrop(backdrop: js_types.Bitmap | None, size: Size) -> js_types.OffscreenCanvas:
    """Return a canvas of `size` that `backdrop` covers, cropped and never stretched; neutral grey without one."""
    fitted = OffscreenCanvas.new(*size)
    context = fitted.getContext("2d")
    if backdrop is None:
        context.fillStyle = f"rgb({NEUTRAL_GREY} {NEUTRAL_GREY} {NEUTRAL_GREY})"
        context.fillRect(0, 0, *size)
    else:
        crop = cover_crop(Size(backdrop.width, backdrop.height), size)
        context.imageSmoothingQuality = "high"  # once per size, so quality costs nothing per frame
        context.drawImage(backdrop, *crop, 0, 0, *size)
    return fitted


class BackdropLight:
    """Reads the light of fitted backdrops, on one small canvas."""

    def __init__(self) -> None:
        self._canvas = OffscreenCanvas.new(1, 1)
        self._context = self._canvas.getContext("2d", js_object(willReadFrequently=True, alpha=False))
        self._pixels = np.empty((1, 1, 4), np.uint8)

    def of(self, fitted: js_types.OffscreenCanvas, size: Size) -> NDArray[np.uint8]:
        """Return `core.edge.backdrop_light` at `size`, uint8 [height, width, 3]."""
        if self._pixels.shape[1::-1] != size:
            self._canvas.width, self._canvas.height = size
            self._pixels = np.empty((size.height, size.width, 4), np.uint8)
            self._context.imageSmoothingQuality = "medium"  # what is left out would flicker where the backdrop moves
        self._context.drawImage(fitted, 0, 0, *size)
        self._context.getImageData(0, 0, *size).data.assign_to(self._pixels)
        return backdrop_light(self._pixels)
