"""The composite on NumPy arrays: the reference for the canvas painter, and what desktop Python uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.effects import EFFECTS, Scene
from pyselfie.core.geometry import Size, cover_crop
from pyselfie.core.porter_duff import OPERATORS, premultiply, to_straight_u8
from pyselfie.core.sampling import resize_half_pixel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.options import Options
    from pyselfie.core.porter_duff import Layer


def composite(
    frame: NDArray[np.uint8],
    mask: NDArray[np.float32],
    options: Options,
    backdrop: NDArray[np.uint8] | None = None,
    sample: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Return `frame` with the effect that `options` name.

    Parameters
    ----------
    frame : ndarray of uint8, shape [H, W, 3]
        RGB.
    mask : ndarray of float32, shape [h, w], 0..1
        How much each pixel is the person, at the model's size.
    options : Options
        Effect, colour, strength, mirror.
    backdrop : ndarray of uint8, shape [*, *, 3], optional
        RGB picture of any size for the effect "picture"; cropped to cover, never mirrored. Neutral grey without one.
    sample : ndarray of uint8, shape [h, w, 4], optional
        The frame at the mask's size, as the pipeline saw it; resampled from `frame` if not given.

    Returns
    -------
    ndarray of uint8, shape [H, W, 4]
        Straight RGBA.
    """
    size = Size(frame.shape[1], frame.shape[0])
    mask_height, mask_width = mask.shape
    if sample is None:
        sample = _with_alpha(resize_half_pixel(frame, mask_width, mask_height))
    effect = EFFECTS[options.effect]
    veil = np.empty((mask_height, mask_width, 4), np.uint8)
    effect.veil(Scene(sample, mask, size, options), veil)
    flip = slice(None, None, -1) if options.mirror else slice(None)
    layers = {
        "frame": premultiply(_with_alpha(frame))[:, flip],
        "veil": resize_half_pixel(premultiply(veil), size.width, size.height)[:, flip],
        "backdrop": _backdrop_layer(backdrop, size),
    }
    result: Layer = np.zeros((*frame.shape[:2], 4), np.float32)
    for draw in effect.draws:
        result = OPERATORS[draw.operator](result, layers[draw.layer])
    return to_straight_u8(result)


def _with_alpha(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])


def _backdrop_layer(backdrop: NDArray[np.uint8] | None, size: Size) -> Layer:
    if backdrop is None:
        backdrop = np.full((1, 1, 3), NEUTRAL_GREY, np.uint8)
    crop = cover_crop(Size(backdrop.shape[1], backdrop.shape[0]), size)
    left, top = round(crop.x), round(crop.y)
    right, bottom = round(crop.x + crop.width), round(crop.y + crop.height)
    cropped = np.ascontiguousarray(backdrop[top : max(bottom, top + 1), left : max(right, left + 1)])
    return premultiply(_with_alpha(resize_half_pixel(cropped, size.width, size.height)))


NEUTRAL_GREY = 127
"""What stands behind the person while a picture backdrop is chosen but not there yet; 0..255 in all channels."""
