"""From a frame of any size to the model's small RGBA picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import OffscreenCanvas

from pyselfie.browser.interop import js_object

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Drawable


class CanvasSampler:
    """Scales frames down on a small canvas: bilinear with half-pixel centres, as MediaPipe's JavaScript samples.

    Parameters
    ----------
    width, height : int
        The model's input size in pixels. The frame is stretched to it: the models were trained on stretched input.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        canvas = OffscreenCanvas.new(width, height)
        self._context = canvas.getContext("2d", js_object(willReadFrequently=True, alpha=False))
        # Nothing shines through a transparent picture, and Chromium scales exactly, not in steps of 1/16 pixel.
        self._context.globalCompositeOperation = "copy"
        self._context.imageSmoothingQuality = "low"  # plain bilinear; more would blur what the model was trained on

    def read(self, frame: Drawable, out: NDArray[np.uint8]) -> None:
        """Write `frame` into `out`, uint8 [height, width, 4] RGBA."""
        self._context.drawImage(frame, 0, 0, *self._size)
        self._context.getImageData(0, 0, *self._size).data.assign_to(out)
