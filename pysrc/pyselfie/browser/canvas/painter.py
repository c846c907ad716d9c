"""The Canvas 2D painter: the legacy demo's operators on an OffscreenCanvas, driven from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from js import ImageData, OffscreenCanvas

from pyselfie.browser.backdrop import fit_backdrop
from pyselfie.core.geometry import Size, opaque_part

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.core.effects import Draw


class Canvas2DPainter:
    """Paints veil and frame with ``globalCompositeOperation``.

    Parameters
    ----------
    canvas : OffscreenCanvas
        The output; it takes the size of each composite.
    """

    def __init__(self, canvas: js_types.OffscreenCanvas) -> None:
        self._canvas = canvas
        self._context = canvas.getContext("2d")
        self._backdrop: js_types.Bitmap | None = None
        self._fitted: js_types.OffscreenCanvas | None = None  # the backdrop, cropped to the output's size
        self._veil: js_types.OffscreenCanvas = OffscreenCanvas.new(1, 1)
        self._veil_context = self._veil.getContext("2d")
        self._pixels = ImageData.new(1, 1)
        self._bytes = self._pixels.data
        # Kept here, as asking a canvas for its size means a call to JavaScript
        self._size = self._veil_size = Size(0, 0)
        self._mirrored = False
        self.flush = False

    def paint(
        self,
        frame: js_types.Drawable,
        size: Size,
        veil: NDArray[np.uint8],
        draws: tuple[Draw, ...],
        *,
        mirror: bool,
    ) -> None:
        """See `Painter.paint`."""
        self._resize(size)
        self._load_veil(veil)
        context = self._context
        self._orient(mirror=mirror)
        for draw in draws:
            context.globalCompositeOperation = draw.operator
            if draw.layer == "frame":
                context.drawImage(frame, 0, 0, *size)
            elif draw.layer == "veil":
                self._draw_veil(size, veil)
            else:
                self._draw_backdrop(size, mirror=mirror)
        if self.flush:
            context.getImageData(0, 0, 1, 1)

    def _orient(self, *, mirror: bool) -> None:
        if mirror == self._mirrored:
            return
        self._mirrored = mirror
        if mirror:
            self._context.setTransform(-1, 0, 0, 1, self._size.width, 0)
        else:
            self._context.setTransform(1, 0, 0, 1, 0, 0)

    def _resize(self, size: Size) -> None:
        """Give the canvas its size; in the same task as the painting, so that no empty canvas is ever shown."""
        if size != self._size:
            self._size = size
            self._canvas.width, self._canvas.height = size
            self._mirrored = False  # a new size resets the context
            self._fitted = None

    def _load_veil(self, veil: NDArray[np.uint8]) -> None:
        size = Size(veil.shape[1], veil.shape[0])
        if size != self._veil_size:
            self._veil_size = size
            self._veil.width, self._veil.height = size
            self._pixels = ImageData.new(*size)
            self._bytes = self._pixels.data
        self._bytes.assign(veil)
        self._veil_context.putImageData(self._pixels, 0, 0)

    def _draw_veil(self, size: Size, veil: NDArray[np.uint8]) -> None:
        """Draw the veil where it is not transparent: most of the canvas often need not be touched."""
        part = opaque_part(veil)
        if part is None:
            return
        x, y = size.width / self._veil_size.width, size.height / self._veil_size.height
        place = part.scaled(x, y)  # whole pixels of the canvas: others would be rounded, and the veil shifted with them
        source = place.x / x, place.y / y, place.width / x, place.height / y
        self._context.drawImage(self._veil, *source, *place)

    def _draw_backdrop(self, size: Size, *, mirror: bool) -> None:
        """Draw the backdrop upright: what is written on it stays readable in a mirrored picture."""
        if self._fitted is None:
            self._fitted = fit_backdrop(self._backdrop, size)
        self._orient(mirror=False)
        self._context.drawImage(self._fitted, 0, 0)
        self._orient(mirror=mirror)

    def set_backdrop(self, backdrop: js_types.Bitmap | None) -> None:
        """See `Painter.set_backdrop`."""
        if self._backdrop is not None:
            self._backdrop.close()
        self._backdrop = backdrop
        self._fitted = None

    def snapshot(self) -> Awaitable[Any]:
        """See `Painter.snapshot`."""
        return self._canvas.convertToBlob()

    def clear(self) -> None:
        """See `Painter.clear`."""
        self._orient(mirror=False)
        self._context.clearRect(0, 0, *self._size)

    def close(self) -> None:
        """See `Painter.close`."""
        self.set_backdrop(None)
        self.clear()
