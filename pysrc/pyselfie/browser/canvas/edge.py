"""The layer ``edge`` on a small canvas, which is then drawn over the frame once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.browser.canvas.small import SmallCanvas
from pyselfie.core.edge import quarter, wrap_share
from pyselfie.core.effects import wrap_for
from pyselfie.core.geometry import Size
from pyselfie.core.rounding import to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.browser import js_types
    from pyselfie.core.overlay import Scene

    Bytes = NDArray[np.uint8]


class EdgeCanvas:
    """Makes the edge by canvas operations: NumPy works at a quarter of the mask's size only."""

    def __init__(self) -> None:
        self._edge, self._glow = SmallCanvas(), SmallCanvas()
        self._color, self._light = SmallCanvas(), SmallCanvas()

    def make(
        self, scene: Scene, veil: js_types.OffscreenCanvas, light: Callable[[Size], Bytes]
    ) -> js_types.OffscreenCanvas:
        """Return the edge at the mask's size; valid until the next call.

        Parameters
        ----------
        scene
            Sample, mask, and the options `decontaminate`, `light_wrap` and `mirror`.
        veil
            A canvas of the mask's size that is opaque where the person is not; its colours do not count.
        light
            Returns W of `core.edge.backdrop_light` at a size.
        """
        size = Size(scene.mask.shape[1], scene.mask.shape[0])
        self._edge.resize(size)
        context = self._edge.context
        operators = iter(("copy", "source-over"))
        if scene.options.decontaminate:
            self._color.load(_opaque(scene.edge_color))
            context.globalCompositeOperation = next(operators)
            context.drawImage(veil, 0, 0)
            context.globalCompositeOperation = "source-in"
            context.drawImage(self._color.canvas, 0, 0, *size)
        if wrap_for(scene.options):
            self._make_glow(scene, veil, light)
            context.globalCompositeOperation = next(operators)
            context.drawImage(self._glow.canvas, 0, 0)
        return self._edge.canvas

    def _make_glow(self, scene: Scene, veil: js_types.OffscreenCanvas, light: Callable[[Size], Bytes]) -> None:
        """Paint W with the opacity that falls on the person."""
        share = quarter(scene.mask)
        colors = light(Size(share.shape[1], share.shape[0]))
        pixels = np.empty((*share.shape, 4), np.uint8)
        # The edge is drawn mirrored with the person, the backdrop is not: turned twice, its light is where it belongs
        pixels[..., :3] = colors[:, ::-1] if scene.options.mirror else colors
        pixels[..., 3] = to_bytes(wrap_share(share) * np.float32(255 * wrap_for(scene.options)))
        self._light.load(pixels)
        self._glow.resize(Size(scene.mask.shape[1], scene.mask.shape[0]))
        context = self._glow.context
        context.globalCompositeOperation = "copy"
        context.drawImage(self._light.canvas, 0, 0, *self._glow.size)
        context.globalCompositeOperation = "destination-out"
        context.drawImage(veil, 0, 0)


def _opaque(planes: NDArray[np.float32]) -> Bytes:
    """Return planes [3, h, w] of 0..255 as RGBA [h, w, 4]."""
    rgba = np.full((*planes.shape[1:], 4), 255, np.uint8)
    for channel, plane in enumerate(to_bytes(planes)):
        rgba[..., channel] = plane
    return rgba
