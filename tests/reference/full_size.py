"""What the WebGPU painter's pixels are, in the slow and obvious way: alpha has the frame's size, not the mask's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pyselfie.core.effects import EFFECTS, draws_for, folds_edge, wrap_for
from pyselfie.core.geometry import Size
from pyselfie.core.sampling import resize_half_pixel
from tests.reference.compositor import fitted, overlay_color, with_alpha
from tests.reference.edge import cast, smeared, stretched, window_colors, wrap_share
from tests.reference.porter_duff import OPERATORS, premultiply, to_straight_u8
from tests.reference.view import lit, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect
    from pyselfie.core.options import Options
    from tests.reference.edge import Array
    from tests.reference.porter_duff import Layer


class Near(NamedTuple):
    """What is known at the mask's size.

    Attributes
    ----------
    mask : ndarray of float32, shape [h, w], 0..1
        How much each pixel is the person.
    person, outside : ndarray, shape [h/4, w/4, 3], 0..255
        Mean colours of person and background round each point.
    """

    mask: NDArray[np.float32]
    person: Array
    outside: Array

    def mirrored(self) -> Near:
        """Return what is known of the mirrored frame."""
        return Near(self.mask[:, ::-1], self.person[:, ::-1], self.outside[:, ::-1])

    @classmethod
    def of_mask(cls, frame: NDArray[np.uint8], mask: NDArray[np.float32]) -> Near:
        """Return what the mask alone tells, as of a raw model."""
        return cls(mask, *window_colors(resize_half_pixel(frame, *mask.shape[::-1]), mask))


def fitted_alpha(frame: NDArray[np.uint8], coefficients: NDArray[np.float32]) -> Array:
    """Return alpha, [H, W] in 0..1, of a frame [H, W, 3] and coefficients [4, h/4, w/4]."""
    fit = stretched(np.moveaxis(coefficients, 0, -1).astype(np.float64), frame.shape[1], frame.shape[0])
    alpha = (fit[..., :3] * frame / 255).sum(-1) + fit[..., 3]
    result: Array = np.clip((alpha - 0.2) / 0.6, 0, 1)
    return result


def full_size_composite(
    frame: NDArray[np.uint8],
    alpha: Array,
    near: Near,
    options: Options,
    backdrop: NDArray[np.uint8] | None = None,
    view: Rect | None = None,
) -> NDArray[np.uint8]:
    """Return `frame` with the effect that `options` name, uint8 [H, W, 4], straight RGBA; see `compositor.composite`.

    Parameters
    ----------
    frame : ndarray of uint8, shape [H, W, 3]
        RGB.
    alpha : ndarray, shape [H, W], 0..1
        How much each pixel is the person.
    near : Near
        Of the frame.
    options : Options
        The user's.
    backdrop : ndarray of uint8, shape [*, *, 3], optional
        The picture behind the person.
    view : Rect, optional
        The part of the result, in fractions of its sides, that is shown in its place, over all of the backdrop.
    """
    if options.mirror:
        frame, alpha, near = frame[:, ::-1], alpha[:, ::-1], near.mirrored()
    size = Size(frame.shape[1], frame.shape[0])
    behind = fitted(backdrop, size)
    layers: dict[str, Layer] = {"frame": premultiply(with_alpha(frame)), "backdrop": premultiply(with_alpha(behind))}
    layers |= _person_layers(frame, alpha[..., None], near, behind, options, view)
    result: Layer = np.zeros((*frame.shape[:2], 4), np.float32)
    for draw in draws_for(options):
        layer = shown(layers[draw.layer], None if draw.layer == "backdrop" else view)
        result = result * layer if draw.operator == "multiply" else OPERATORS[draw.operator](result, layer)
    return to_straight_u8(result)


def _person_layers(
    frame: NDArray[np.uint8], a: Array, near: Near, behind: NDArray[np.uint8], options: Options, view: Rect | None
) -> dict[str, Layer]:
    """Return overlay, edge and cast, premultiplied; `a` is [H, W, 1]."""
    height, width = near.mask.shape
    light = smeared(behind, width // 4, height // 4)
    sample = resize_half_pixel(np.ascontiguousarray(frame), width, height)
    colour = cast(sample, near.mask, light, options.colour_cast)
    return {
        "overlay": _overlay(frame, a, near, options).astype(np.float32),
        "edge": _edge(frame, a, near, lit(light, view), options).astype(np.float32),
        "cast": np.broadcast_to(np.append(colour, 1).astype(np.float32), (*frame.shape[:2], 4)),
    }


def _edge_color(frame: NDArray[np.uint8], a: Array, near: Near) -> Array:
    person, outside = (stretched(one, frame.shape[1], frame.shape[0]) / 255 for one in near[1:])
    return np.clip(person + a * (person - outside), 0, 1)


def _edge(frame: NDArray[np.uint8], a: Array, near: Near, light: Array, options: Options) -> Array:
    lit = wrap_for(options) * a * stretched(wrap_share(near.mask), frame.shape[1], frame.shape[0])
    opacity = (1 - a) * options.decontaminate
    colour = _edge_color(frame, a, near)
    glow = stretched(light, frame.shape[1], frame.shape[0]) / 255
    return np.dstack([lit * glow + (1 - lit) * opacity * colour, 1 - (1 - lit) * (1 - opacity)])


def _overlay(frame: NDArray[np.uint8], a: Array, near: Near, options: Options) -> Array:
    overlay = EFFECTS[options.effect].overlay
    if overlay is None:
        return np.zeros((*a.shape[:2], 4))
    colour = overlay_color(overlay.color, frame, near.mask, options).astype(np.float64)
    colour = stretched(colour, frame.shape[1], frame.shape[0]) / 255
    if overlay.color == "mask":
        colour = np.dstack([a] * 3)
    if folds_edge(options):
        return np.dstack([(1 - a) * (a * _edge_color(frame, a, near) + colour), 1 - a**2])
    opacity = {"person": a, "background": 1 - a, "all": np.ones_like(a)}[overlay.covers]
    return np.dstack([colour * opacity, opacity])
