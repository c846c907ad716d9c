"""Paints the effects of `core.effects` on arrays of full size: what the desktop functions and the command line use.

`core.compositor` says in floating point what the pixels are; this gets to the same pixels on bytes, many times
faster (a test holds them together). What makes it possible: a veil's alpha depends on the mask alone, pixel by
pixel, so that 256 mask levels tell all of it; and the one veil with a texture, the blurred background, is smooth,
so that its colours can be scaled up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.compositor import NEUTRAL_GREY
from pyselfie.core.effects import EFFECTS, Scene
from pyselfie.core.geometry import Size, cover_crop
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.extras import best_blending, best_sampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

_TEXTURED = {"blur"}  # effects whose veil has the picture's colours; all others' depend on the mask alone
_RAMP = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)


class ArrayPainter:
    """Applies one effect to frames of any size.

    Parameters
    ----------
    options
        Effect, colour, strength, mirror, and which model made the masks.
    backdrop
        uint8 [*, *, 3], RGB: what effect "picture" puts behind the person; neutral grey without one.
    """

    def __init__(self, options: Options, backdrop: Picture | None = None) -> None:
        self._options = options
        self._spec = load_spec(options.model_selection)  # its size is where the background is blurred
        self._table = _veil_table(options.effect, options.color)
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
        size = Size(frame.shape[1], frame.shape[0])
        levels = self._blending.to_levels(self._resized(mask, size))
        alpha = self._blending.look_up(levels, self._table[:, 3].copy())
        result, holes = frame, None
        for draw in EFFECTS[self._options.effect].draws:
            match draw.operator, draw.layer:
                case "copy", "frame":
                    result = frame
                case "copy", "veil":
                    result = self._blending.look_up(levels, self._table[:, :3])
                case "source-over", "veil":
                    result = self._blending.blend(result, self._colours(frame, mask, levels), alpha)
                case "destination-out", "veil":
                    holes = alpha
                case "destination-over", "backdrop":
                    result, holes = self._blending.blend(result, self._cover(size), holes), None
                case _:
                    raise NotImplementedError(f"no way to draw {draw} on arrays")
        return result if holes is None else self._blending.with_alpha(result, 255 - holes)

    def _resized(self, mask: Mask, size: Size) -> Mask:
        if mask.shape == (size.height, size.width):
            return mask
        resized: Mask = self._sampling.resize_half_pixel(mask, *size)
        return resized

    def _colours(self, frame: Picture, mask: Mask, levels: Picture) -> Picture:
        """Return the veil's colours at the frame's size, RGB."""
        colours: Picture
        if self._options.effect not in _TEXTURED:
            colours = self._blending.look_up(levels, self._table[:, :3])
            return colours
        size = Size(frame.shape[1], frame.shape[0])
        if mask.shape == (size.height, size.width):
            mask = self._sampling.resize_half_pixel(mask, self._spec.width, self._spec.height)
        sample = self._sampling.resize_half_pixel(frame, mask.shape[1], mask.shape[0])
        veil = np.empty((*mask.shape, 4), np.uint8)
        EFFECTS[self._options.effect].veil(Scene(sample, mask, size, self._options), veil)
        colours = self._sampling.resize_half_pixel(np.ascontiguousarray(veil[..., :3]), *size)
        return colours

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
def _veil_table(effect: str, color: str) -> Picture:
    """Return the veil's straight RGBA for each mask level, uint8 [256, 4]; a textured veil's colours mean nothing."""
    veil = np.empty((16, 16, 4), np.uint8)
    scene = Scene(np.zeros((16, 16, 4), np.uint8), _RAMP, Size(16, 16), Options(effect=effect, color=color))
    EFFECTS[effect].veil(scene, veil)
    return veil.reshape(256, 4)


def _halved(rgb: Picture) -> Picture:
    """Return the means of 2x2 blocks; an odd last row or column is left out."""
    even = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2].astype(np.uint16)
    rows = even[0::2] + even[1::2]
    return ((rows[:, 0::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8)
