"""The frame in hand: whatever arrives becomes one picture that canvases can draw quickly, as often as needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from js import ImageData, OffscreenCanvas, createImageBitmap
from pyodide.ffi import JsException

from pyselfie.browser.interop import js_object
from pyselfie.core.geometry import Size, fit_within

if TYPE_CHECKING:
    from pyselfie.browser.js_types import Bitmap, Drawable, Frame, VideoFrame


class FrameStore:
    """Holds the newest frame and ends every frame that it was given.

    A ``VideoFrame`` is converted to RGBA once and closed at once, so that its source gets the buffer back; drawing it
    twice would convert it twice. An ``ImageBitmap`` is kept as it is and closed when the next frame comes.

    Attributes
    ----------
    drawable : Drawable or None
        The picture, None before the first frame.
    size : Size
        Size of the composite to be painted: the frame's, limited to what every canvas can hold.
    """

    def __init__(self) -> None:
        self.drawable: Drawable | None = None
        self.size = Size(0, 0)
        self._bitmap: Bitmap | None = None
        self._pixels: Any = None
        self._scratch: Any = None
        self._scratch_context: Any = None
        self._scratch_size = Size(0, 0)
        self._conversion = js_object(format="RGBA", colorSpace="srgb")

    async def take(self, frame: Frame) -> None:
        """Take over `frame` and hold its picture."""
        if hasattr(frame, "displayWidth"):  # only a VideoFrame has one
            await self._convert(cast("VideoFrame", frame))
        else:
            self._hold(frame)
        assert self.drawable is not None  # noqa: S101 - both branches set it
        self.size = fit_within(Size(self.drawable.width, self.drawable.height))

    async def _convert(self, frame: VideoFrame) -> None:
        try:
            if not await self._copy_pixels(frame):
                self._hold(await createImageBitmap(frame))
        finally:
            frame.close()

    async def _copy_pixels(self, frame: VideoFrame) -> bool:
        """Convert by ``copyTo``, four times faster than drawing where it exists; it does not rotate or stretch."""
        size = Size(frame.displayWidth, frame.displayHeight)
        visible = frame.visibleRect
        if getattr(frame, "rotation", 0) or (visible.width, visible.height) != size:
            return False
        if size != self._scratch_size:
            self._scratch_size = Size(*size)
            self._scratch = OffscreenCanvas.new(*size)
            self._scratch_context = self._scratch.getContext("2d", js_object(willReadFrequently=True))
            self._pixels = ImageData.new(*size)
        try:
            await frame.copyTo(self._pixels.data, self._conversion)
        except JsException:  # a browser without conversion in copyTo
            return False
        self._scratch_context.putImageData(self._pixels, 0, 0)
        self.clear()
        self.drawable = self._scratch
        return True

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

    def clear(self) -> None:
        """Let go of the frame."""
        if self._bitmap is not None:
            self._bitmap.close()
        self._bitmap = None
        self.drawable = None
