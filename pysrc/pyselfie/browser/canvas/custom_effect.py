"""A user's Python effect on the page's frames: ``(frame, mask, time) -> frame``, the function that runs on the desktop.

It sees every pixel, so every pixel travels from the canvas to Python and back; the built-in effects spare that.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from js import ImageData, OffscreenCanvas

from pyselfie.browser.interop import js_object
from pyselfie.core.geometry import Size
from pyselfie.core.sampling import resize_half_pixel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.core.classes import Classes
    from pyselfie.custom.effect import CustomEffect


class CustomEffectCanvas:
    """Turns a frame into the effect's picture.

    Parameters
    ----------
    effect : CustomEffect
        The user's function, guarded.

    Attributes
    ----------
    has_failed : bool
        Whether the function has raised; it is not to be called again.
    takes_classes : bool
        Whether the function is to be told what the model tells apart, if it does.
    """

    def __init__(self, effect: CustomEffect) -> None:
        self.has_failed = False
        self.takes_classes = effect.takes_classes
        self._effect = effect
        self._begin: float | None = None
        self._size = Size(0, 0)
        self._canvas: Any = None
        self._context: Any = None
        self._pixels: Any = None
        self._rgba = np.empty((0, 0, 4), np.uint8)

    def picture(
        self,
        frame: js_types.Drawable,
        size: Size,
        mask: NDArray[np.float32],
        classes: Classes | None = None,
        *,
        mirror: bool,
    ) -> js_types.OffscreenCanvas:
        """Return the effect's picture of `frame` on a canvas, which is the same one each time.

        Parameters
        ----------
        frame : Drawable
            Any size.
        size : Size
            Of the picture, in pixels.
        mask : ndarray of float32, shape [h, w], 0..1
            At the model's size.
        classes : Classes or None
            At `size`; None where the model knows none.
        mirror : bool
            Hand the function frame, mask and classes mirrored left to right.

        Raises
        ------
        CustomEffectError
            When the function raises, or returns no picture of that size.
        """
        if size != self._size:
            self._resize(size)
        flip = slice(None, None, -1) if mirror else slice(None)
        classes = classes.mirrored() if classes and mirror else classes
        result = self._effect(self._read(frame)[:, flip], self._full(mask)[:, flip], self._now(), classes)
        self._rgba[..., : result.shape[2]] = result
        if result.shape[2] == 3:
            self._rgba[..., 3] = 255
        self._pixels.data.assign(self._rgba)
        self._context.putImageData(self._pixels, 0, 0)
        canvas: js_types.OffscreenCanvas = self._canvas
        return canvas

    def _resize(self, size: Size) -> None:
        self._size = size
        self._canvas = OffscreenCanvas.new(*size)
        self._context = self._canvas.getContext("2d", js_object(willReadFrequently=True))
        self._pixels = ImageData.new(*size)
        self._rgba = np.empty((size.height, size.width, 4), np.uint8)

    def _read(self, frame: js_types.Drawable) -> NDArray[np.uint8]:
        self._context.globalCompositeOperation = "copy"
        self._context.drawImage(frame, 0, 0, *self._size)
        self._context.getImageData(0, 0, *self._size).data.assign_to(self._rgba)
        return self._rgba[..., :3]

    def _full(self, mask: NDArray[np.float32]) -> NDArray[np.float32]:
        full: NDArray[np.float32] = resize_half_pixel(mask, *self._size)
        return full

    def _now(self) -> float:
        """Return seconds since the first frame."""
        now = time.monotonic()
        if self._begin is None:
            self._begin = now
        return now - self._begin
