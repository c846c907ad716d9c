"""Canvases of the mask's size or less, which take pixels from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from js import ImageData, OffscreenCanvas

from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser import js_types


class SmallCanvas:
    """A canvas with its context; pixels that are loaded decide its size.

    Attributes
    ----------
    canvas : OffscreenCanvas
        To be drawn on others.
    context : Context2D
        To draw on it.
    size : Size
        Kept here, as asking a canvas for its size means a call to JavaScript.
    """

    def __init__(self) -> None:
        self.canvas: js_types.OffscreenCanvas = OffscreenCanvas.new(1, 1)
        self.context = self.canvas.getContext("2d")
        self.size = Size(1, 1)
        self._pixels: js_types.ImageData | None = None

    def resize(self, size: Size) -> None:
        """Give it its size; another one than before empties it."""
        if size != self.size:
            self.size = size
            self.canvas.width, self.canvas.height = size
            self._pixels = None

    def load(self, rgba: NDArray[np.uint8]) -> None:
        """Show these pixels, uint8 [h, w, 4], straight RGBA."""
        self.resize(Size(rgba.shape[1], rgba.shape[0]))
        if self._pixels is None:
            self._pixels = ImageData.new(*self.size)
        self._pixels.data.assign(rgba)
        self.context.putImageData(self._pixels, 0, 0)
