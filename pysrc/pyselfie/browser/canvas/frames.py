"""The frame in hand: whatever arrives becomes one picture that canvases can draw quickly, as often as needed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from js import ImageData, OffscreenCanvas, createImageBitmap
from pyodide.ffi import JsException
from pyselfie_worker import copyFrame

from pyselfie.browser.calls import Calls
from pyselfie.browser.interop import js_object
from pyselfie.core.geometry import Size, fit_within
from pyselfie.core.quickest import Quickest

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser.js_types import Bitmap, Drawable, Frame, VideoFrame


_COPY, _DRAW, _BITMAP = "copyTo", "drawImage", "createImageBitmap"
WAYS = (_COPY, _DRAW, _BITMAP)
"""In for a ``VideoFrame``, the best guess first."""

NOT_CONVERTED = "none"
"""What statistics say of bitmaps, which are painted as they are."""


class FrameStore:
    """Holds the newest frame and ends every frame that it was given.

    A ``VideoFrame`` becomes a picture once and is closed at once, so that its source gets the buffer back; drawing it
    twice would convert it twice. There are three ways, and which one is quick depends on the browser and on where the
    frame's pixels are: so each format's first frames try them in turns. An ``ImageBitmap`` is kept as it is and closed
    when the next frame comes.

    Attributes
    ----------
    drawable : Drawable or None
        The picture, None before the first frame.
    size : Size
        Size of the composite to be painted: the frame's, limited to what every canvas can hold.
    way : str
        How the frame in hand came in: the browser's name of it, or `NOT_CONVERTED`; empty before the first one.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.drawable: Drawable | None = None
        self.size = Size(0, 0)
        self.way = ""
        self._now = now
        self._began = 0.0
        self._trials: dict[str, Quickest] = {}  # by the frames' format
        self._trial: Quickest | None = None  # that the frame in hand is a turn of
        self._bitmap: Bitmap | None = None
        self._pixels: Any = None
        self._bytes: Any = None  # of `_pixels`
        self._has_bytes = False  # they are the frame in hand
        self._scratch: Any = None
        self._scratch_context: Any = None
        self._scratch_size = Size(0, 0)
        self._copies: Calls[None] = Calls()
        self._conversion = js_object(format="RGBA", colorSpace="srgb")

    @property
    def is_on_trial(self) -> bool:
        """Whether frames still take turns; what one of them takes says nothing of later ones."""
        return not all(trial.is_decided for trial in self._trials.values())

    async def take(self, frame: Frame) -> None:
        """Take over `frame` and hold its picture."""
        self._trial = None
        if hasattr(frame, "displayWidth"):  # only a VideoFrame has one
            await self._convert(cast("VideoFrame", frame))
        else:
            self.way = NOT_CONVERTED
            self._hold(frame)
        assert self.drawable is not None  # noqa: S101 - both branches set it
        self.size = fit_within(Size(self.drawable.width, self.drawable.height))

    def sampled(self) -> None:
        """Note that the frame in hand has been drawn and read: what a way puts off is done by then."""
        if self._trial is not None:
            self._trial.took(self._now() - self._began)
            self._trial = None

    async def _convert(self, frame: VideoFrame) -> None:
        self._began = self._now()
        try:
            size = Size(frame.displayWidth, frame.displayHeight)
            if self._is_upright(frame, size):
                await self._take_quickly(frame, size)
            else:
                await self._make_bitmap(frame)
        finally:
            frame.close()

    def _is_upright(self, frame: VideoFrame, size: Size) -> bool:
        """Tell whether the picture is what the frame holds; ``copyTo`` does not rotate or stretch."""
        visible = frame.visibleRect
        return not getattr(frame, "rotation", 0) and (visible.width, visible.height) == size

    async def _take_quickly(self, frame: VideoFrame, size: Size) -> None:
        trial = self._trials.setdefault(str(frame.format), Quickest(WAYS))
        way = trial.way
        if way == _BITMAP:
            await self._make_bitmap(frame)
        else:
            self._resize_scratch(size)
            if way == _DRAW:
                self._has_bytes = False
                self._scratch_context.drawImage(frame, 0, 0, *size)
            elif not await self._copy_pixels(frame):
                trial.drop(_COPY)
                await self._make_bitmap(frame)
                return
            self.clear()
            self.drawable, self.way = self._scratch, way
        self._trial = trial

    def _resize_scratch(self, size: Size) -> None:
        if size == self._scratch_size:
            return
        self._scratch_size = size
        self._scratch = OffscreenCanvas.new(*size)
        self._scratch_context = self._scratch.getContext("2d", js_object(willReadFrequently=True))
        self._scratch_context.globalCompositeOperation = "copy"
        self._pixels, self._has_bytes = ImageData.new(*size), False
        self._bytes = self._pixels.data

    async def _copy_pixels(self, frame: VideoFrame) -> bool:
        self._has_bytes = False
        try:
            await self._copies.wait(lambda *ends: copyFrame(frame, self._bytes, self._conversion, *ends))
        except JsException:  # a browser without conversion in copyTo
            return False
        self._scratch_context.putImageData(self._pixels, 0, 0)
        self._has_bytes = True
        return True

    def read(self, target: NDArray[np.uint8]) -> bool:
        """Copy the frame into `target`, uint8 [H, W, 4] of `size`, RGBA, if its pixels are at hand; return whether."""
        if self.drawable is None or self.drawable is not self._scratch or self.size != self._scratch_size:
            return False
        pixels = self._bytes if self._has_bytes else self._scratch_context.getImageData(0, 0, *self.size).data
        pixels.assign_to(target)
        return True

    async def _make_bitmap(self, frame: VideoFrame) -> None:
        self._hold(await createImageBitmap(frame))
        self.way = _BITMAP

    def _hold(self, bitmap: Bitmap) -> None:
        self.clear()
        self._bitmap = bitmap
        self.drawable = bitmap

    def hand_over(self) -> Bitmap | None:
        """Give the frame away, its ownership with it."""
        if self.drawable is None:
            return None
        bitmap: Bitmap = self._scratch.transferToImageBitmap() if self._bitmap is None else self._bitmap
        self._bitmap = self.drawable = None
        return bitmap

    def close(self) -> None:
        """Let go of the frame for good; one that is just being copied is closed when that is done."""
        self.clear()
        self._copies.close()

    def clear(self) -> None:
        """Let go of the frame."""
        if self._bitmap is not None:
            self._bitmap.close()
        self._bitmap = None
        self.drawable = None
