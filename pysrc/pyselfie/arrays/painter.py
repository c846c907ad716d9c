"""Paints the effects of `core.effects` on arrays of full size: what the desktop functions and the command line use.

The tests' reference says in floating point what the pixels are; this gets to the same pixels on bytes, many times
faster (a test holds them together). What makes it possible: an overlay's alpha depends on the mask alone, pixel by
pixel, so that 256 mask levels tell all of it; and what has a texture, the blurred background and the edge's colours, is
smooth, so that it can be scaled up.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.arrays.backdrop import FittedBackdrop
from pyselfie.arrays.edge import EdgeMaker
from pyselfie.arrays.operators import Painted, erased, over
from pyselfie.core.edge import cast_color, fold_alpha
from pyselfie.core.effects import EFFECTS, Overlay, draws_for, folds_edge
from pyselfie.core.framing import light_in
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.overlay import BLURRED, Scene, fill_overlay, fill_ramp, ramp
from pyselfie.extras import best_blending, best_sampling

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.core.effects import Layer, Operator
    from pyselfie.core.geometry import Rect
    from pyselfie.core.options import Options

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]


_NOT_DRAWN = Overlay("#000000", "all")  # stands in where an effect has no overlay
_LEVELS = np.arange(256, dtype=np.uint8)


class _Shot:
    """A frame with its mask as bytes at full size, and small when that is first asked for."""

    def __init__(self, frame: Picture, levels: Picture, make_scene: Callable[[], Scene]) -> None:
        self.frame, self.levels = frame, levels
        self.size = Size(frame.shape[1], frame.shape[0])
        self._make_scene = make_scene

    @cached_property
    def scene(self) -> Scene:
        return self._make_scene()


class ArrayPainter:
    """Applies one effect to frames of any size.

    Parameters
    ----------
    options
        Effect, colour, strength, mirror, and what makes the person's edge fit.
    backdrop
        uint8 [*, *, 3], RGB: what effect "picture" puts behind the person; neutral grey without one.
    model_selection
        Which model made the masks. The background is blurred, and the edge's colours are found, at its size.
    """

    def __init__(self, options: Options, backdrop: Picture | None = None, model_selection: int = 0) -> None:
        self._options = options
        self._draws = draws_for(options)
        self._overlay = EFFECTS[options.effect].overlay or _NOT_DRAWN
        self._table = _ramp_table(self._overlay, options.color, folds=folds_edge(options))
        self._spec = load_spec(model_selection)
        self._sampling, self._blending = best_sampling(), best_blending()
        self._behind = FittedBackdrop(backdrop, self._sampling)
        self._edge = EdgeMaker(options, self._sampling, self._blending)

    def paint(self, frame: Picture, mask: Mask, view: Rect | None = None) -> Picture:
        """Return the composite.

        Parameters
        ----------
        frame
            uint8 [H, W, 3], RGB.
        mask
            float32 [h, w] in 0..1, 1 where the person is; of the frame's size, the model's, or any other.
        view
            The part of the result, in fractions of its sides, that is shown in its place, backdrop aside; all without.

        Returns
        -------
        NDArray[np.uint8]
            RGB [H, W, 3], or straight RGBA [H, W, 4] from an effect that leaves holes.
        """
        if self._options.mirror:
            frame, mask = np.ascontiguousarray(frame[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
        size = Size(frame.shape[1], frame.shape[0])
        shot = _Shot(frame, self._levels(mask, size), lambda: self._scene(frame, mask))
        result = Painted(frame, None)  # a copy comes first
        for draw in self._draws:
            if draw.layer == "cast":
                result = Painted(self._blending.multiplied(result.rgb, self._cast(shot)), result.alpha)
                continue
            for layer in self._layers(draw.layer, shot, view):
                seen = layer if view is None or draw.layer == "backdrop" else self._seen(layer, view)
                result = self._drawn(draw.operator, seen, result)
        return result.rgb if result.alpha is None else self._blending.with_alpha(result.rgb, result.alpha)

    def _seen(self, layer: Painted, view: Rect) -> Painted:
        """Return the part of a layer that is shown, at the layer's size."""
        height, width = layer.rgb.shape[:2]
        rgb, alpha = self._sampling.stretch_part(layer.rgb, view, width, height), layer.alpha
        return Painted(rgb, None if alpha is None else self._sampling.stretch_part(alpha, view, width, height))

    def _drawn(self, operator: Operator, layer: Painted, result: Painted) -> Painted:
        match operator:
            case "source-over":
                return over(result, layer, self._blending.blend)
            case "destination-out":
                return erased(result, layer.alpha)
            case "destination-over":
                return over(layer, result, self._blending.blend)
        return layer

    def _levels(self, mask: Mask, size: Size) -> Picture:
        """Return the mask at `size` as bytes, [H, W]."""
        if mask.shape != (size.height, size.width):
            mask = self._sampling.resize_half_pixel(mask, *size)
        levels: Picture = self._blending.to_levels(mask)
        return levels

    def _scene(self, frame: Picture, mask: Mask) -> Scene:
        """Return frame and mask at the model's size, for which blur and edges are made, whatever the mask's."""
        size = Size(self._spec.width, self._spec.height)
        if mask.shape != (size.height, size.width):
            mask = self._sampling.resize_half_pixel(mask, *size)
        sample = self._sampling.resize_half_pixel(frame, *size)
        return Scene(sample, mask, Size(frame.shape[1], frame.shape[0]), self._options)

    def _layers(self, layer: Layer, shot: _Shot, view: Rect | None) -> list[Painted]:
        """Return a layer at the frame's size; it may be several, one over the other."""
        match layer:
            case "frame":
                return [Painted(shot.frame, None)]
            case "backdrop":
                return [Painted(self._behind.at(shot.size), None)]
            case "edge":
                light = self._light if view is None else lambda scene: light_in(view, self._light(scene))
                return self._edge.layers(shot.scene, shot.levels, light)
        return [Painted(self._overlay_colors(shot), self._overlay_alpha(shot))]

    def _overlay_alpha(self, shot: _Shot) -> Picture | None:
        if self._overlay.covers == "all":
            return None
        alpha: Picture = self._blending.look_up(shot.levels, self._table[:, 3].copy())
        return alpha

    def _overlay_colors(self, shot: _Shot) -> Picture:
        colors: Picture
        if self._overlay.color == BLURRED:
            small = np.empty((*shot.scene.mask.shape, 4), np.uint8)
            fill_overlay(self._overlay, shot.scene, small)
            colors = self._sampling.resize_half_pixel(np.ascontiguousarray(small[..., :3]), *shot.size)
        else:
            colors = self._blending.look_up(shot.levels, self._table[:, :3])
        return colors

    def _light(self, scene: Scene) -> Picture:
        small = Size(scene.mask.shape[1] // 4, scene.mask.shape[0] // 4)
        return self._behind.light(scene.frame_size, small)

    def _cast(self, shot: _Shot) -> tuple[int, int, int]:
        scene = shot.scene
        return cast_color(scene.sample, scene.mask, self._light(scene), self._options.colour_cast)


@lru_cache(maxsize=32)
def _ramp_table(overlay: Overlay, color: str, *, folds: bool) -> Picture:
    """Return the overlay's straight RGBA for each mask level, uint8 [256, 4]; a textured one's colours mean nothing."""
    table = np.empty((256, 4), np.uint8)
    fill_ramp(ramp(overlay, color), _LEVELS, table)
    if folds:
        table[:, 3] = fold_alpha(_LEVELS)
    return table
