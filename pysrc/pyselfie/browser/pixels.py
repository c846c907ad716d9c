"""From pictures of the browser to arrays, at their own size: only for whoever looks at them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from js import OffscreenCanvas

from pyselfie.browser.interop import js_object

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Drawable, VideoFrame
    from pyselfie.core.geometry import Size


class PixelReader:
    """Reads pictures by a canvas of its own: to be read often would make the output's canvas a slow one.

    Attributes
    ----------
    count : int
        Pictures that have been read.
    """

    def __init__(self) -> None:
        self.count = 0
        self._canvas = OffscreenCanvas.new(1, 1)
        self._context = self._canvas.getContext("2d", js_object(willReadFrequently=True))

    def read(self, picture: Drawable | VideoFrame, size: Size) -> NDArray[np.uint8]:
        """Return a picture that is drawn over `size` pixels, uint8 [h, w, 4], straight RGBA."""
        if (self._canvas.width, self._canvas.height) != size:
            self._canvas.width, self._canvas.height = size
        self._context.globalCompositeOperation = "copy"  # a new size forgets it
        self._context.drawImage(picture, 0, 0, *size)
        pixels = np.empty((size.height, size.width, 4), np.uint8)
        self._context.getImageData(0, 0, *size).data.assign_to(pixels)
        self.count += 1
        return pixels
