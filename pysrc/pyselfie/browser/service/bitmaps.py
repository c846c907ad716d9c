"""Pictures and masks as ``ImageBitmap``, which costs nothing to hand to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from js import ImageData, OffscreenCanvas

from pyselfie.browser.canvas.frames import FrameStore
from pyselfie.core.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.browser.js_types import Bitmap, Drawable, Frame

_OPAQUE = np.float32(255)


class BitmapCanvas:
    """A canvas that gives away what was drawn on it, and is empty again."""

    def __init__(self) -> None:
        self._canvas: js_types.OffscreenCanvas = OffscreenCanvas.new(1, 1)
        self._context = self._canvas.getContext("2d")

    def take(self, drawable: Drawable, size: Size, *, mirror: bool = False) -> Bitmap:
        """Return `drawable`, stretched to `size` (bilinear), mirrored left to right if asked."""
        if (self._canvas.width, self._canvas.height) != size:
            self._canvas.width, self._canvas.height = size
        # "copy": no trace of what was there; and Chromium interpolates exactly then, else in steps of a sixteenth.
        self._context.globalCompositeOperation = "copy"
        self._context.setTransform(-1 if mirror else 1, 0, 0, 1, size.width if mirror else 0, 0)
        self._context.drawImage(drawable, 0, 0, *size)
        return self._canvas.transferToImageBitmap()


class FrameBitmaps:
    """Makes of each frame the picture that goes back with its mask."""

    def __init__(self) -> None:
        self._store = FrameStore()
        self._canvas = BitmapCanvas()

    async def make(self, frame: Frame, *, mirror: bool) -> Bitmap:
        """Return the frame as a bitmap of the caller's, mirrored if asked; `frame` is owned from here on."""
        if not hasattr(frame, "displayWidth"):  # only a VideoFrame has one
            return self._mirrored(frame) if mirror else frame
        await self._store.take(frame)
        drawable = cast("Drawable", self._store.drawable)
        try:
            return self._canvas.take(drawable, Size(drawable.width, drawable.height), mirror=mirror)
        finally:
            self._store.clear()

    def close(self) -> None:
        """Take no more frames."""
        self._store.close()

    def _mirrored(self, bitmap: Bitmap) -> Bitmap:
        try:
            return self._canvas.take(bitmap, Size(bitmap.width, bitmap.height), mirror=True)
        finally:
            bitmap.close()


class MaskBitmaps:
    """Makes of each mask a picture as MediaPipe's: red, its alpha the mask, scaled up bilinearly."""

    def __init__(self) -> None:
        self._canvas = BitmapCanvas()
        self._small: js_types.OffscreenCanvas = OffscreenCanvas.new(1, 1)
        self._context = self._small.getContext("2d")
        self._pixels = ImageData.new(1, 1)
        self._rgba = np.zeros((1, 1, 4), np.uint8)

    def make(self, mask: NDArray[np.float32], width: int, height: int) -> Bitmap:
        """Return `mask`, float32 [h, w] in 0..1, as a bitmap of width x height pixels."""
        if self._rgba.shape[:2] != mask.shape:
            self._resize(Size(mask.shape[1], mask.shape[0]))
        self._rgba[..., 3] = np.rint(mask * _OPAQUE)
        self._pixels.data.assign(self._rgba)
        self._context.putImageData(self._pixels, 0, 0)
        return self._canvas.take(self._small, Size(width, height))

    def _resize(self, size: Size) -> None:
        self._small.width, self._small.height = size
        self._pixels = ImageData.new(*size)
        self._rgba = np.zeros((size.height, size.width, 4), np.uint8)
        self._rgba[..., 0] = 255
