"""A user's Python effect on the page's frames: the function that runs on the desktop, at full size or as an overlay.

One of full size sees every pixel, so every pixel travels to Python, at once from where the frame has been converted to,
and back, at once to a canvas. An overlay spares that: it gets the sample that the model has got. So it also runs on the
WebGPU painter, which does the drawing itself (`webgpu.user_overlay`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from js import ImageData, OffscreenCanvas
from pyodide.ffi import create_proxy

from pyselfie.browser.interop import js_object
from pyselfie.core.effects import Draw
from pyselfie.core.geometry import Size
from pyselfie.core.sampling import resize_half_pixel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.browser.canvas.painter import Canvas2DPainter
    from pyselfie.browser.canvas.shot import Shot, SmallShot
    from pyselfie.custom.effect import CustomEffect
    from pyselfie.custom.live import LiveEffect

_PICTURE = (Draw("copy", "frame"),)
_OVER_FRAME = (Draw("copy", "frame"), Draw("source-over", "overlay"))


class CustomEffectCanvas:
    """Paints frames by a user's effect, which may become another one at any time.

    Parameters
    ----------
    live : LiveEffect
        The newest effect, and the last good one.
    on_run : callable
        Called after each frame that has been given to it.
    """

    def __init__(self, live: LiveEffect, on_run: Callable[[], None]) -> None:
        self.live = live
        self._on_run = on_run
        self._begin: float | None = None
        self._size = Size(0, 0)
        self._canvas: Any = None
        self._context: Any = None
        self._rgba = np.empty((0, 0, 4), np.uint8)
        self._overlay = np.empty((0, 0, 4), np.uint8)

    def paint(self, painter: Canvas2DPainter, shot: Shot) -> bool:
        """Paint one frame on Canvas 2D; returns whether an effect could: the newest one, or the last good one."""
        painted = self.live.run(lambda effect: self._paint(effect, painter, shot))
        self._on_run()
        return painted is not None

    def _paint(self, effect: CustomEffect, painter: Canvas2DPainter, shot: Shot) -> bool:
        if effect.kind == "overlay":
            overlay = self._overlay_of(effect, shot)
            painter.paint(shot.frame, shot.size, overlay, _OVER_FRAME, mirror=shot.mirror)
        else:
            begin = time.perf_counter()
            picture = self.picture(effect, shot)
            self._count(effect, begin)
            painter.paint(picture, shot.size, self._overlay, _PICTURE, mirror=False)
        return True

    def overlay(self, shot: SmallShot) -> NDArray[np.uint8] | None:
        """Return what is drawn over a frame, uint8 [h, w, 4], not mirrored; None if no overlay could.

        Effects of full size are left alone.
        """
        overlay = self.live.run(lambda effect: self._overlay_of(effect, shot), "overlay")
        self._on_run()
        return overlay

    def _count(self, effect: CustomEffect, begin: float) -> None:
        self.live.cost.add(effect, 1000 * (time.perf_counter() - begin))

    def _overlay_of(self, effect: CustomEffect, shot: SmallShot) -> NDArray[np.uint8]:
        """Return what the effect draws over the frame, uint8 [h, w, 4], not mirrored, whatever the effect has seen.

        Raises
        ------
        CustomEffectError
            When the function raises, or returns no such overlay.
        """
        begin = time.perf_counter()
        height, width = shot.mask.shape
        sample, mask = shot.sample[:, shot.flip, :3], shot.mask[:, shot.flip]
        classes = shot.classes_for(effect, Size(width, height))
        aspect = shot.size.width / shot.size.height
        result = effect(sample, mask, self._now(), classes, aspect=aspect)
        overlay = np.ascontiguousarray(result[:, shot.flip])
        self._count(effect, begin)
        return overlay

    def picture(self, effect: CustomEffect, shot: Shot) -> js_types.OffscreenCanvas:
        """Return the effect's picture of a frame on a canvas, which is the same one each time.

        Raises
        ------
        CustomEffectError
            When the function raises, or returns no picture of that size.
        """
        if shot.size != self._size:
            self._resize(shot.size)
        full = resize_half_pixel(shot.mask, *shot.size)[:, shot.flip]
        if not shot.read(self._rgba):
            self._draw(shot.frame)
        frame = self._rgba[:, shot.flip, :3]
        result = effect(frame, full, self._now(), shot.classes_for(effect, shot.size))
        self._rgba[..., : result.shape[2]] = result
        if result.shape[2] == 3:
            self._rgba[..., 3] = 255
        self._put()
        canvas: js_types.OffscreenCanvas = self._canvas
        return canvas

    def _resize(self, size: Size) -> None:
        self._size = size
        self._canvas = OffscreenCanvas.new(*size)
        self._context = self._canvas.getContext("2d", js_object(willReadFrequently=True))
        self._rgba = np.empty((size.height, size.width, 4), np.uint8)

    def _draw(self, frame: js_types.Drawable) -> None:
        """Get a frame's pixels that are nowhere at hand."""
        self._context.globalCompositeOperation = "copy"
        self._context.drawImage(frame, 0, 0, *self._size)
        self._context.getImageData(0, 0, *self._size).data.assign_to(self._rgba)

    def _put(self) -> None:
        """Copy the picture from Python's memory to the canvas, by a view: it is gone when that memory grows."""
        proxy: Any = create_proxy(self._rgba)
        try:
            view = proxy.getBuffer("u8clamped")
            try:
                image: Any = ImageData
                self._context.putImageData(image.new(view.data, *self._size), 0, 0)
            finally:
                view.release()
        finally:
            proxy.destroy()

    def reset(self) -> None:
        """Begin again: other pictures come, with a time and a state of their own."""
        self._begin = None
        self.live.reset()

    def _now(self) -> float:
        """Return seconds since the first frame."""
        now = time.monotonic()
        if self._begin is None:
            self._begin = now
        return now - self._begin
