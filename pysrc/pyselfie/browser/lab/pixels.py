"""Pixels of frames and bitmaps as arrays, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from js import ImageData, OffscreenCanvas

from pyselfie.browser.interop import js_object

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.browser.js_types import Bitmap, Frame, VideoFrame

    Picture = NDArray[np.uint8]


def size_of(frame: Frame) -> tuple[int, int]:
    """Return width and height as they are shown."""
    if hasattr(frame, "displayWidth"):  # only a VideoFrame has one
        shown = cast("VideoFrame", frame)
        return shown.displayWidth, shown.displayHeight
    return frame.width, frame.height


def read_rgba(frame: Frame, size: tuple[int, int] | None = None) -> Picture:
    """Return a frame's pixels, uint8 [H, W, 4], not premultiplied, stretched to `size`; it stays open."""
    width, height = size or size_of(frame)
    context = OffscreenCanvas.new(width, height).getContext("2d", js_object(willReadFrequently=True))
    context.imageSmoothingQuality = "high"
    context.drawImage(frame, 0, 0, width, height)
    rgba = np.empty((height, width, 4), np.uint8)
    context.getImageData(0, 0, width, height).data.assign_to(rgba)
    return rgba


def over_white(rgba: Picture) -> Picture:
    """Return uint8 [H, W, 3]: white shows where the picture is transparent."""
    alpha = rgba[..., 3:]
    if alpha.min() == 255:
        return np.ascontiguousarray(rgba[..., :3])
    share = alpha.astype(np.float32) / 255
    mixed: Picture = np.rint(rgba[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
    return mixed


def as_bitmap(rgb: Picture) -> Bitmap:
    """Return a bitmap of uint8 [H, W, 3]; whoever gets it closes it."""
    height, width = rgb.shape[:2]
    canvas: js_types.OffscreenCanvas = OffscreenCanvas.new(width, height)
    pixels = ImageData.new(width, height)
    pixels.data.assign(np.dstack([rgb, np.full((height, width), 255, np.uint8)]))
    canvas.getContext("2d").putImageData(pixels, 0, 0)
    return canvas.transferToImageBitmap()
