"""Paints the effects of `core.effects` on arrays of full size: what the desktop functions and the command line use.

The tests' reference says in floating point what the pixels are; this gets to the same pixels on bytes, many times
faster (a test holds them together). What makes it possible: an overlay's alpha depends on the mask alone, pixel by
pixel, so that 256 mask levels tell all of it; and the one overlay with a texture, the blurred background, is smooth,
so that its colours can be scaled up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.arrays.operators import Painted, erased, over
from pyselfie.core.effects import EFFECTS, NEUTRAL_GREY, Overlay, draws_for, without_edge
from pyselfie.core.geometry import Size, cover_crop
from pyselfie.core.manifest import load_spec
from pyselfie.core.overlay import BLURRED, Scene, fill_overlay, fill_ramp, ramp
from pyselfie.extras import best_blending, best_sampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.effects import Layer
    from pyselfie.core.options import Options

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]


_NOT_DRAWN = Overlay("#000000", "all")  # stands in where an effect has no overlay
_LEVELS = np.arange(256, dtype=np.uint8)


class ArrayPainter:
    """Applies one effect to frames of any size.

    Parameters
    ----------
    options
        Effect, colour, strength, mirror.
    backdrop
        uint8 [*, *, 3], RGB: what effect "picture" puts behind the person; neutral grey without one.
    model_selection
        Which model made the masks: 0 or 1. The background is blurred at its size.
    """

    def __init__(self, options: Options, backdrop: Picture | None = None, model_selection: int = 0) -> None:
        self._options = options
        self._effect = EFFECTS[options.effect]
        self._overlay = self._effect.overlay or _NOT_DRAWN
        self._table = _ramp_table(self._overlay, options.color)
        self._spec = load_spec(model_selection)  # its size is where the background is blurred
        self._backdrop = backdrop
        self._fitted: Picture | None = None
        self._sampling, self._blending = best_sampling(), best_blending()

    def paint(self, frame: Picture, mask: Mask) -> Picture:
        """Return the composite.

        Parameters
        ----------
        frame
            uint8 [H, W, 3], RGB.
        mask
            float32 [h, w] in 0..1, 1 where the person is; of the frame's size, or of the model's.

        Returns
        -------
        NDArray[np.uint8]
            RGB [H, W, 3], or straight RGBA [H, W, 4] from an effect that leaves holes.
        """
        if self._options.mirror:
            frame, mask = np.ascontiguousarray(frame[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
        levels = self._levels(mask, Size(frame.shape[1], frame.shape[0]))
        result = Painted(frame, None)
        for draw in draws_for(without_edge(self._options)):
            alpha = self._alpha(draw.layer, levels)
            if draw.operator == "destination-out":
                result = erased(result, alpha)
                continue
            layer = Painted(self._colors(draw.layer, frame, mask, levels), alpha)
            match draw.operator:
                case "copy":
                    result = layer
                case "source-over":
                    result = over(result, layer, self._blending.blend)
                case "destination-over":
                    result = over(layer, result, self._blending.blend)
        return result.rgb if result.alpha is None else self._blending.with_alpha(result.rgb, result.alpha)

    def _levels(self, mask: Mask, size: Size) -> Picture:
        """Return the mask at `size` as bytes, [H, W]."""
        if mask.shape != (size.height, size.width):
            mask = self._sampling.resize_half_pixel(mask, *size)
        levels: Picture = self._blending.to_levels(mask)
        return levels

    def _alpha(self, layer: Layer, levels: Picture) -> Picture | None:
        """Return a layer's alpha at the frame's size; None if it is opaque."""
        if layer != "overlay" or self._overlay.covers == "all":
            return None
        alpha: Picture = self._blending.look_up(levels, self._table[:, 3].copy())
        return alpha

    def _colors(self, layer: Layer, frame: Picture, mask: Mask, levels: Picture) -> Picture:
        """Return a layer's colours at the frame's size, RGB."""
        if layer == "frame":
            return frame
        if layer == "backdrop":
            return self._cover(Size(frame.shape[1], frame.shape[0]))
        if self._overlay.color == BLURRED:
            return self._blurred(frame, mask)
        colors: Picture = self._blending.look_up(levels, self._table[:, :3])
        return colors

    def _blurred(self, frame: Picture, mask: Mask) -> Picture:
        size = Size(frame.shape[1], frame.shape[0])
        if mask.shape == (size.height, size.width):
            mask = self._sampling.resize_half_pixel(mask, self._spec.width, self._spec.height)
        sample = self._sampling.resize_half_pixel(frame, mask.shape[1], mask.shape[0])
        small = np.empty((*mask.shape, 4), np.uint8)
        fill_overlay(self._overlay, Scene(sample, mask, size, self._options), small)
        colors: Picture = self._sampling.resize_half_pixel(np.ascontiguousarray(small[..., :3]), *size)
        return colors

    def _cover(self, size: Size) -> Picture:
        """Return the backdrop at `size`; it is kept for the next frame."""
        if self._fitted is None or self._fitted.shape[:2] != (size.height, size.width):
            self._fitted = self._fit(size)
        return self._fitted

    def _fit(self, size: Size) -> Picture:
        if self._backdrop is None:
            return np.full((size.height, size.width, 3), NEUTRAL_GREY, np.uint8)
        crop = cover_crop(Size(self._backdrop.shape[1], self._backdrop.shape[0]), size)
        left, top = round(crop.x), round(crop.y)
        right, bottom = max(round(crop.x + crop.width), left + 1), max(round(crop.y + crop.height), top + 1)
        part = np.ascontiguousarray(self._backdrop[top:bottom, left:right])
        while part.shape[0] >= 2 * size.height and part.shape[1] >= 2 * size.width:
            part = _halved(part)  # bilinear sampling alone would leave pixels out
        fitted: Picture = self._sampling.resize_half_pixel(part, *size)
        return fitted


@lru_cache(maxsize=32)
def _ramp_table(overlay: Overlay, color: str) -> Picture:
    """Return the overlay's straight RGBA for each mask level, uint8 [256, 4]; a textured one's colours mean nothing."""
    table = np.empty((256, 4), np.uint8)
    fill_ramp(ramp(overlay, color), _LEVELS, table)
    return table


def _halved(rgb: Picture) -> Picture:
    """Return the means of 2x2 blocks; an odd last row or column is left out."""
    even = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2].astype(np.uint16)
    rows = even[0::2] + even[1::2]
    return ((rows[:, 0::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8)
