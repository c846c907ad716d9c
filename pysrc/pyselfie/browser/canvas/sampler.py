"""From a frame of any size to the model's small RGBA picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from js import OffscreenCanvas

from pyselfie.browser.interop import js_object
from pyselfie.core.tensor import fill_tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Drawable
    from pyselfie.core.geometry import Rect


class CanvasSampler:
    """Scales frames down on a small canvas: bilinear with half-pixel centres, as MediaPipe's JavaScript samples.

    Parameters
    ----------
    width, height : int
        The model's input size in pixels. The frame is stretched to it: the models were trained on stretched input.

    Attributes
    ----------
    pixels : ndarray of uint8, shape [height, width, 4]
        What was read last, RGBA; always the same array.
    """

    def __init__(self, width: int, height: int) -> None:
        self.pixels = np.empty((height, width, 4), np.uint8)
        self._size = width, height
        canvas = OffscreenCanvas.new(width, height)
        self._context = canvas.getContext("2d", js_object(willReadFrequently=True, alpha=False))
        # Nothing shines through a transparent picture, and Chromium scales exactly, not in steps of 1/16 pixel.
        self._context.globalCompositeOperation = "copy"
        self._context.imageSmoothingQuality = "low"  # plain bilinear; more would blur what the model was trained on

    def read(self, frame: Drawable, part: Rect | None = None) -> None:
        """Scale `frame` down, or a part of it, which is in fractions of its sides."""
        draw_scaled(self._context, frame, self._size, part)
        self._context.getImageData(0, 0, *self._size).data.assign_to(self.pixels)

    def fill(self, tensor: NDArray[np.float32]) -> None:
        """Write what was read into `tensor`, float32 [1, height, width, 3], RGB in 0..1."""
        fill_tensor(self.pixels, tensor)


def draw_scaled(context: Any, frame: Drawable, size: tuple[int, int], part: Rect | None) -> None:
    """Draw a frame, or a part of it, over `size` pixels of a canvas."""
    if part is None:
        context.drawImage(frame, 0, 0, *size)
    else:
        context.drawImage(frame, *part.times(frame.width, frame.height), 0, 0, *size)
