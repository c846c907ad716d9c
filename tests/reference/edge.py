"""The layers ``edge`` and ``cast`` in the slow and obvious way, in floating point."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.effects import wrap_for
from pyselfie.core.sampling import resize_half_pixel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pyselfie.core.options import Options

    Array = NDArray[np.float64]

_MOST_KEPT = 8


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Have a function of arrays keep its last answers: its loops take long, and tests give one picture many effects."""
    known: dict[Any, Any] = {}

    @wraps(function)
    def remembered(*given: Any) -> Any:
        key = tuple((x.tobytes(), x.shape, x.dtype.str) if isinstance(x, np.ndarray) else x for x in given)
        if key not in known:
            if len(known) == _MOST_KEPT:
                known.clear()
            known[key] = function(*given)
        return known[key]

    return remembered


def edge_image(
    sample: NDArray[np.uint8], mask: NDArray[np.float32], light: Array, options: Options, alpha: NDArray[np.float32]
) -> Array:
    """Return the edge at the size of `alpha`, premultiplied RGBA [H, W, 4] in 0..1.

    Parameters
    ----------
    sample : ndarray of uint8, shape [h, w, 3]
        The frame at the mask's size.
    mask : ndarray of float32, shape [h, w], 0..1
        How much each pixel is the person.
    light : ndarray, shape [h/4, w/4, 3], 0..255
        Of `smeared`, turned where the picture is mirrored.
    options : Options
        `decontaminate`, `light_wrap`.
    alpha : ndarray of float32, shape [H, W], 0..1
        The mask, at any size.
    """
    height, width = alpha.shape
    share = alpha.astype(np.float64)[..., None]
    color = stretched(edge_color(sample, mask), width, height) / 255
    opacity = 1 - share if options.decontaminate else np.zeros_like(share)
    glow = wrap_for(options) * share * stretched(wrap_share(mask), width, height)
    behind = stretched(light, width, height) / 255
    return np.dstack([glow * behind + (1 - glow) * opacity * color, glow + (1 - glow) * opacity])


@_once
def window_colors(sample: NDArray[np.uint8], mask: NDArray[np.float32]) -> tuple[Array, Array]:
    """Return P and O, the mean colours of person and background round each point, [h/4, w/4, 3] in 0..255."""
    color, half_mask = blocks(sample, 2), blocks(mask[..., None], 2)
    person = np.clip(5 * half_mask - 2, 0, 1)
    inside, outside = np.empty((2, color.shape[0] // 2, color.shape[1] // 2, 3))
    for row, column in np.ndindex(inside.shape[:2]):
        window = np.s_[max(0, 2 * row - 2) : 2 * row + 4, max(0, 2 * column - 2) : 2 * column + 4]
        plain, share, own = (x[window].mean((0, 1)) for x in (color, person, color * person))
        inside[row, column] = (own + 0.01 * plain) / (share + 0.01)
        outside[row, column] = (plain - own + 0.01 * plain) / (1 - share + 0.01)
    return inside, outside


def edge_color(sample: NDArray[np.uint8], mask: NDArray[np.float32]) -> Array:
    """Return C at a quarter of the mask's size, [h/4, w/4, 3] in 0..255."""
    inside, outside = window_colors(sample, mask)
    return np.clip(inside + blocks(mask[..., None], 4) * (inside - outside), 0, 255)


@_once
def wrap_share(mask: NDArray[np.float32]) -> Array:
    """Return where light falls, [h/4, w/4, 1] in 0..1: a window of 12 pixels."""
    height, width = mask.shape
    result = np.empty((height // 4, width // 4, 1))
    for row, column in np.ndindex(height // 4, width // 4):
        window = mask[max(0, 4 * row - 4) : 4 * row + 8, max(0, 4 * column - 4) : 4 * column + 8]
        result[row, column] = np.clip(2 * (1 - window.mean()), 0, 1)
    return result


@_once
def smeared(backdrop: NDArray[np.uint8], width: int, height: int) -> Array:
    """Return W: the backdrop as it is behind the frame, [*, *, 3], shrunk to [height, width, 3] and smeared."""
    rows, columns = (
        np.linspace(0, size, parts + 1) for size, parts in zip(backdrop.shape[:2], (height, width), strict=True)
    )
    small = np.empty((height, width, 3))
    for row, column in np.ndindex(height, width):
        top, left = int(rows[row]), int(columns[column])
        bottom, right = max(int(rows[row + 1]), top + 1), max(int(columns[column + 1]), left + 1)
        small[row, column] = backdrop[top:bottom, left:right].mean((0, 1))
    padded = np.pad(small, ((2, 2), (2, 2), (0, 0)), mode="edge")
    return np.mean([padded[y : y + height, x : x + width] for y in range(5) for x in range(5)], axis=0)


def cast(sample: NDArray[np.uint8], mask: NDArray[np.float32], light: Array, strength: float) -> Array:
    """Return what the frame is multiplied by, [3] in 0..1."""
    luma = np.array([0.299, 0.587, 0.114])
    share = blocks(mask[..., None], 4)
    person = (blocks(sample, 4) * share).sum((0, 1)) / share.sum()
    behind = light.mean((0, 1))
    gains = 1 - strength + strength * np.clip((behind / (behind @ luma)) / (person / (person @ luma)), 0.7, 1.4)
    result: Array = gains / gains.max()
    return result


def blocks(picture: NDArray[np.uint8] | NDArray[np.float32], size: int) -> Array:
    """Return the means of `size` x `size` blocks, [h/size, w/size, n]."""
    height, width, channels = picture.shape
    parts = picture.astype(np.float64).reshape(height // size, size, width // size, size, channels)
    result: Array = parts.mean((1, 3))
    return result


def stretched(planes: Array, width: int, height: int) -> Array:
    """Return a picture at another size, bilinear."""
    result: Array = resize_half_pixel(planes.astype(np.float32), width, height).astype(np.float64)
    return result
