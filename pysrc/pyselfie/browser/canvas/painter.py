"""The Canvas 2D painter: frame, overlay and backdrop on an OffscreenCanvas, drawn as the effect's record says."""

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
    """Paints layers with ``globalCompositeOperation``; owns the output canvas and the backdrop for as long as it lives.

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
        self._overlay: js_types.OffscreenCanvas = OffscreenCanvas.new(1, 1)
        self._overlay_context = self._overlay.getContext("2d")
        self._pixels = ImageData.new(1, 1)
        self._bytes = self._pixels.data
        # Kept here, as asking a canvas for its size means a call to JavaScript
        self._size = self._overlay_size = Size(0, 0)
        self._mirrored = False

    def paint(
        self,
        frame: js_types.Drawable,
        size: Size,
        overlay: NDArray[np.uint8],
        draws: tuple[Draw, ...],
        *,
        mirror: bool,
    ) -> None:
        """Paint one composite of `size` pixels by `draws`; the overlay is uint8 [h, w, 4], straight RGBA."""
        self._resize(size)
        context = self._context
        self._orient(mirror=mirror)
        for draw in draws:
            context.globalCompositeOperation = draw.operator
            if draw.layer == "frame":
                context.drawImage(frame, 0, 0, *size)
            elif draw.layer == "overlay":
                self._load_overlay(overlay)
                self._draw_overlay(size, overlay)
            else:
                self._draw_backdrop(size, mirror=mirror)

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

    def _load_overlay(self, overlay: NDArray[np.uint8]) -> None:
        size = Size(overlay.shape[1], overlay.shape[0])
        if size != self._overlay_size:
            self._overlay_size = size
            self._overlay.width, self._overlay.height = size
            self._pixels = ImageData.new(*size)
            self._bytes = self._pixels.data
        self._bytes.assign(overlay)
        self._overlay_context.putImageData(self._pixels, 0, 0)

    def _draw_overlay(self, size: Size, overlay: NDArray[np.uint8]) -> None:
        """Draw the overlay where it is not transparent: most of the canvas often need not be touched."""
        part = opaque_part(overlay)
        if part is None:
            return
        x, y = size.width / self._overlay_size.width, size.height / self._overlay_size.height
        place = part.scaled(
            x, y
        )  # whole pixels of the canvas: others would be rounded, and the overlay shifted with them
        source = place.x / x, place.y / y, place.width / x, place.height / y
        self._context.drawImage(self._overlay, *source, *place)

    def _draw_backdrop(self, size: Size, *, mirror: bool) -> None:
        """Draw the backdrop upright: what is written on it stays readable in a mirrored picture."""
        if self._fitted is None:
            self._fitted = fit_backdrop(self._backdrop, size)
        self._orient(mirror=False)
        self._context.drawImage(self._fitted, 0, 0)
        self._orient(mirror=mirror)

    def set_backdrop(self, backdrop: js_types.Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        if self._backdrop is not None:
            self._backdrop.close()
        self._backdrop = backdrop
        self._fitted = None

    def hand_over_backdrop(self) -> js_types.Bitmap | None:
        """Give the backdrop away, its ownership with it."""
        backdrop, self._backdrop = self._backdrop, None
        return backdrop

    def snapshot(self) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included."""
        return self._canvas.convertToBlob()

    def clear(self) -> None:
        """Paint nothing: the page's neutral placeholder shows through."""
        self._orient(mirror=False)
        self._context.clearRect(0, 0, *self._size)

    def close(self) -> None:
        """Free everything but what is on the canvas."""
        self.set_backdrop(None)
