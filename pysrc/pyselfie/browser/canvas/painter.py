"""The Canvas 2D painter: frame, overlay and backdrop on an OffscreenCanvas, drawn as the effect's record says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyselfie.browser.backdrop import BackdropLight, fit_backdrop
from pyselfie.browser.canvas.edge import EdgeCanvas
from pyselfie.browser.canvas.small import SmallCanvas
from pyselfie.browser.canvas.tile_paths import TilePaths
from pyselfie.core.edge import cast_color
from pyselfie.core.framing import light_in
from pyselfie.core.geometry import Rect, Size, opaque_part

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import numpy as np
    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.core.effects import Draw
    from pyselfie.core.overlay import Scene

_ALL = Rect(0, 0, 1, 1)
_UPRIGHT: tuple[float, ...] = (1, 0, 0, 1, 0, 0)


class Canvas2DPainter:
    """Paints layers with ``globalCompositeOperation``; owns the output canvas and the backdrop for as long as it lives.

    Parameters
    ----------
    canvas : OffscreenCanvas
        The output; it takes the size of each composite.

    Attributes
    ----------
    canvas : OffscreenCanvas
        The same.
    overlay : ndarray of uint8, shape [h, w, 4], or None
        Of the last composite, if it has one; whoever gave it may change it.
    view : Rect or None
        The part of the composite, in fractions of its sides, that is shown in its place, backdrop aside; None: all.
    """

    def __init__(self, canvas: js_types.OffscreenCanvas) -> None:
        self.canvas = canvas
        self.overlay: NDArray[np.uint8] | None = None
        self.view: Rect | None = None
        self._context = canvas.getContext("2d")
        self._backdrop: js_types.Bitmap | None = None
        self._fitted: js_types.OffscreenCanvas | None = None  # the backdrop, cropped to the output's size
        self._overlay, self._edge = SmallCanvas(), EdgeCanvas()
        self._reader = BackdropLight()
        self._light: NDArray[np.uint8] | None = None  # of the fitted backdrop
        self._size = Size(0, 0)  # kept here, as asking a canvas for its size means a call to JavaScript
        self._placing = _UPRIGHT  # the context's transform

    def paint(
        self,
        frame: js_types.Drawable,
        size: Size,
        overlay: NDArray[np.uint8],
        draws: tuple[Draw, ...],
        *,
        mirror: bool,
        scene: Scene | None = None,
    ) -> None:
        """Paint one composite of `size` pixels by `draws`.

        Parameters
        ----------
        frame
            The full frame.
        size
            Of the composite.
        overlay
            uint8 [h, w, 4], straight RGBA.
        draws
            Of `core.effects.draws_for`.
        mirror
            Whether all but the backdrop is mirrored.
        scene
            What the overlay, edge and cast are made from; without one there is no edge and no cast.
        """
        self._resize(size)
        context = self._context
        self._place(self._placing_for(mirror=mirror))
        layers = {draw.layer for draw in draws}
        self.overlay = overlay if "overlay" in layers else None
        paths = None
        if layers & {"edge", "overlay"}:
            self._overlay.load(overlay)
            if scene is not None and self.view is None:  # enlarged, tiles would show their seams
                paths = TilePaths.of(overlay, scene.options, size)
        for draw in draws:
            context.globalCompositeOperation = draw.operator
            if draw.layer == "frame":
                context.drawImage(frame, 0, 0, *size)
            elif draw.layer == "overlay":
                self._draw_overlay(overlay, None if draw.operator == "copy" else paths)
            elif draw.layer == "backdrop":
                self._draw_backdrop(mirror=mirror)
            elif draw.layer == "edge" and scene is not None:
                self._draw_edge(scene, overlay, paths)
            elif scene is not None:
                self._draw_cast(scene)

    def _placing_for(self, *, mirror: bool) -> tuple[float, ...]:
        """Return the transform for all but the backdrop: mirrored, then enlarged."""
        width, height = self._size
        view = self.view or _ALL
        x, y = 1 / view.width, 1 / view.height
        left, top = -view.x * width * x, -view.y * height * y
        return (-x, 0, 0, y, left + width * x, top) if mirror else (x, 0, 0, y, left, top)

    def _place(self, placing: tuple[float, ...]) -> None:
        if placing != self._placing:
            self._placing = placing
            self._context.setTransform(*placing)

    def _resize(self, size: Size) -> None:
        """Give the canvas its size; in the same task as the painting, so that no empty canvas is ever shown."""
        if size != self._size:
            self._size = size
            self.canvas.width, self.canvas.height = size
            self._placing = _UPRIGHT  # a new size resets the context
            self._fitted = self._light = None

    def _draw_overlay(self, overlay: NDArray[np.uint8], paths: TilePaths | None) -> None:
        if paths is None:
            self._draw_small(self._overlay.canvas, opaque_part(overlay))
            return
        self._context.fillStyle = paths.color
        self._context.fill(paths.opaque)
        self._draw_within(self._overlay.canvas, paths.mixed)

    def _draw_edge(self, scene: Scene, overlay: NDArray[np.uint8], paths: TilePaths | None) -> None:
        """Draw the edge where the person is at all, or only where the overlay neither hides it nor ends."""
        edge = self._edge.make(scene, self._overlay.canvas, self._light_on_frame)
        if paths is None:
            self._draw_small(edge, opaque_part(~overlay))
        else:
            self._draw_within(edge, paths.edge)

    def _draw_cast(self, scene: Scene) -> None:
        height, width = scene.mask.shape
        light = self._light_at(Size(width // 4, height // 4))
        red, green, blue = cast_color(scene.sample, scene.mask, light, scene.options.colour_cast)
        self._context.fillStyle = f"rgb({red} {green} {blue})"
        self._context.fillRect(0, 0, *self._size)

    def _draw_within(self, canvas: js_types.OffscreenCanvas, path: js_types.Path2D) -> None:
        """Draw a canvas of the overlay's size, inside `path` alone."""
        self._context.save()
        self._context.clip(path)
        self._context.drawImage(canvas, 0, 0, *self._size)
        self._context.restore()

    def _draw_small(self, canvas: js_types.OffscreenCanvas, part: Rect | None) -> None:
        """Draw a part of a canvas of the overlay's size: most of the output often need not be touched."""
        if part is None:
            return
        x, y = self._size.width / self._overlay.size.width, self._size.height / self._overlay.size.height
        place = part.scaled(x, y)  # whole pixels of the output: others would be rounded, and the picture shifted
        source = place.x / x, place.y / y, place.width / x, place.height / y
        self._context.drawImage(canvas, *source, *place)

    def _draw_backdrop(self, *, mirror: bool) -> None:
        """Draw the backdrop upright: what is written on it stays readable in a mirrored picture."""
        self._place(_UPRIGHT)
        self._context.drawImage(self._fitted_backdrop(), 0, 0)
        self._place(self._placing_for(mirror=mirror))

    def _fitted_backdrop(self) -> js_types.OffscreenCanvas:
        if self._fitted is None:
            self._fitted = fit_backdrop(self._backdrop, self._size)
        return self._fitted

    def _light_at(self, size: Size) -> NDArray[np.uint8]:
        """Return what light the backdrop gives, uint8 [height, width, 3]."""
        if self._light is None or self._light.shape[1::-1] != size:
            self._light = self._reader.of(self._fitted_backdrop(), size)
        return self._light

    def _light_on_frame(self, size: Size) -> NDArray[np.uint8]:
        """Return where the backdrop's light falls on all of the composite, of which a part is shown."""
        light = self._light_at(size)
        return light if self.view is None else light_in(self.view, light)

    def set_backdrop(self, backdrop: js_types.Bitmap | None) -> None:
        """Take over the picture behind the person; the one before is closed."""
        if self._backdrop is not None:
            self._backdrop.close()
        self._backdrop = backdrop
        self._fitted = self._light = None

    def hand_over_backdrop(self) -> js_types.Bitmap | None:
        """Give the backdrop away, its ownership with it."""
        backdrop, self._backdrop = self._backdrop, None
        return backdrop

    def snapshot(self) -> Awaitable[Any]:
        """Return (awaitable) the output as a PNG ``Blob``, alpha included."""
        return self.canvas.convertToBlob()

    def clear(self) -> None:
        """Paint nothing: the page's neutral placeholder shows through."""
        self._place(_UPRIGHT)
        self._context.clearRect(0, 0, *self._size)

    def close(self) -> None:
        """Free everything but what is on the canvas."""
        self.set_backdrop(None)
