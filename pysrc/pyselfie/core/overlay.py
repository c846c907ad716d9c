"""Overlays as numbers and as bytes: what the painters draw for an effect's `Overlay`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pyselfie.core.blur import blur_background, blur_sigma
from pyselfie.core.edge import edge_color, fold, fold_alpha, quarter, window_means
from pyselfie.core.effects import EFFECTS
from pyselfie.core.options import parse_color
from pyselfie.core.rounding import to_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.effects import Cover, Overlay
    from pyselfie.core.geometry import Size
    from pyselfie.core.options import Options

BLURRED = "blurred"
"""The one colour that the mask alone does not tell; of its ramp only alpha counts."""


class Ramp(NamedTuple):
    """An overlay that depends on the mask alone: straight RGBA, each channel ``base + slope * level``.

    Attributes
    ----------
    base : tuple of int
        0..255.
    slope : tuple of int
        -1, 0 or 1; the level is the mask in 0..255.
    """

    base: tuple[int, int, int, int]
    slope: tuple[int, int, int, int]


_ALPHA: dict[Cover, tuple[int, int]] = {"person": (0, 1), "background": (255, -1), "all": (255, 0)}


def ramp(overlay: Overlay, chosen: str) -> Ramp:
    """Return `overlay` as numbers.

    Parameters
    ----------
    overlay : Overlay
        An effect's.
    chosen : str
        The option `color`, ``"#RRGGBB"``.
    """
    red, green, blue, slope = 0, 0, 0, 0
    if overlay.color == "mask":
        slope = 1
    elif overlay.color != BLURRED:
        red, green, blue = parse_color(chosen if overlay.color == "chosen" else overlay.color)
    alpha, alpha_slope = _ALPHA[overlay.covers]
    return Ramp((red, green, blue, alpha), (slope, slope, slope, alpha_slope))


def flat_color(options: Options) -> tuple[int, int, int] | None:
    """Return the colour that the whole overlay of the options' effect has, 0..255; None if it has more than one."""
    overlay = EFFECTS[options.effect].overlay
    if overlay is None or overlay.color == BLURRED:
        return None
    (red, green, blue, _), (slope, *_) = ramp(overlay, options.color)
    return None if slope else (red, green, blue)


def to_levels(mask: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return 0..1 as 0..255, rounded."""
    return to_bytes(mask * np.float32(255))


# Loops whose innermost axis is three channels long are ten times slower than the ones below, in WebAssembly above all:
# so one channel at a time, or all four bytes of a pixel at once.


def fill_ramp(numbers: Ramp, levels: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Write a ramp into `out`, uint8 [..., 4], straight RGBA, for the levels of a mask, uint8 [...]."""
    out.view(np.uint32)[...] = np.array(numbers.base, np.uint8).view(np.uint32)
    for channel, (base, slope) in enumerate(zip(*numbers, strict=True)):
        if slope > 0:
            np.add(np.uint8(base), levels, out=out[..., channel])
        elif slope < 0:
            np.subtract(np.uint8(base), levels, out=out[..., channel])


@dataclass(frozen=True)
class Scene:
    """What an overlay is made from.

    Attributes
    ----------
    sample : ndarray of uint8, shape [H, W, 4]
        The frame at the mask's size, RGBA.
    mask : ndarray of float32, shape [H, W], 0..1
        How much each pixel is the person.
    frame_size : Size
        The full frame's size in pixels.
    options : Options
        The user's choices.
    edge : ndarray of float32, shape [3, H/4, W/4], 0..255, optional
        C of `core.edge`, where the model gives it: that saves finding it here.
    """

    sample: NDArray[np.uint8]
    mask: NDArray[np.float32]
    frame_size: Size
    options: Options
    edge: NDArray[np.float32] | None = None

    @property
    def edge_color(self) -> NDArray[np.float32]:
        """C of `core.edge`, float32 [3, H/4, W/4] in 0..255."""
        if self.edge is not None:
            return self.edge
        return edge_color(window_means(self.sample, self.mask), quarter(self.mask))


def fill_overlay(overlay: Overlay, scene: Scene, out: NDArray[np.uint8]) -> None:
    """Write `overlay` into `out`, uint8 [H, W, 4], straight (not premultiplied) RGBA."""
    levels = to_levels(scene.mask)
    fill_ramp(ramp(overlay, scene.options.color), levels, out)
    folds = overlay.folds_edge and scene.options.decontaminate
    if folds:
        out[..., 3] = fold_alpha(levels)
    if overlay.color == BLURRED:
        _fill_blurred(scene, out, folds=folds)


def _fill_blurred(scene: Scene, out: NDArray[np.uint8], *, folds: bool) -> None:
    """Write the blurred background into the colour channels, the edge folded in if it has to be."""
    mask_size = scene.mask.shape[1], scene.mask.shape[0]
    sigma = blur_sigma(scene.options.strength, scene.frame_size, mask_size)
    blurred = blur_background(scene.sample, scene.mask, sigma)
    if folds:
        blurred = fold(scene.edge_color, scene.mask, blurred)
    for channel, plane in enumerate(to_bytes(blurred)):
        out[..., channel] = plane
