"""What the layers ``edge`` and ``cast`` are: colours that make the person's edge fit another background.

A pixel at the edge mixes the person and the old background, I = aF + (1-a)B, and F is what belongs in front of the new
one. Blur fusion (M. Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021) says
F = P + a (I - aP - (1-a)O), where P and O are the mean colours of person and background in a window. That is
F = aI + (1-a) C with C = P + a (P - O): one ``source-over`` of C with the opacity 1-a over the frame. C is smooth, so
that a quarter of the mask's size is enough for it, and where a is 1 the frame stays as it is, bit for bit.

Light of the new background falls on the edge as well: over C lies W, the backdrop smeared, with the opacity
`strength` * a * `wrap_share`. Both together are the layer ``edge``.

Everywhere: colours are 0..255, a mask is float32 [h, w] in 0..1, h and w are multiples of 4, and the quarter is
[h/4, w/4].
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pyselfie.core.blur import doubled, halved
from pyselfie.core.pictures import LUMA

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Planes = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

_FLOOR = np.float32(0.01)
"""Weight of a window's plain mean: it stands in where the window has nothing of person or background."""

_WRAP_GAIN = np.float32(2)
"""Light falls where less than half of the window is the person, and less and less where more is."""

CAST_RANGE = (0.7, 1.4)
"""How far a cast may change a channel before the option's share of it is taken."""


class WindowMeans(NamedTuple):
    """Mean colours in windows of 12 mask pixels, float32 [3, h/4, w/4] each.

    Attributes
    ----------
    person, outside
        Of the person and of the old background.
    """

    person: Planes
    outside: Planes


def window_means(sample: Bytes, mask: Planes) -> WindowMeans:
    """Return the mean colours of person and background round each point.

    Parameters
    ----------
    sample
        uint8 [h, w, 3 or more], the frame at the mask's size; further channels are ignored.
    mask
        float32 [h, w].
    """
    height, width = mask.shape
    planes = np.empty((7, height // 2, width // 2), np.float32)  # colour, share of the person, their product
    colors, share, both = planes[:3], planes[3], planes[4:]
    colors[...] = halved(np.ascontiguousarray(np.moveaxis(sample[..., :3], -1, 0), np.float32))
    np.clip(5 * halved(mask[None])[0] - 2, 0, 1, out=share)  # what is half and half belongs to neither
    np.multiply(colors, share, out=both)
    sums = _sums3(halved(planes))
    colors, share, both = sums[:3], sums[3], sums[4:]
    floor = _FLOOR * _counts3(height // 4, width // 4)
    both += _FLOOR * colors
    colors *= 1 + 2 * _FLOOR  # of which `both` takes one share of the floor away again
    colors -= both
    both /= share + floor
    colors /= _counts3(height // 4, width // 4) + floor - share
    return WindowMeans(both, colors)


def quarter(mask: Planes) -> Planes:
    """Return the means of 4x4 blocks, [h/4, w/4]."""
    result: Planes = halved(halved(mask[None]))[0]
    return result


def edge_color(means: WindowMeans, quarter_mask: Planes) -> Planes:
    """Return C, float32 [3, h/4, w/4]."""
    color = means.person - means.outside
    color *= quarter_mask
    color += means.person
    np.clip(color, 0, 255, out=color)
    return color


def fold(color: Planes, mask: Planes, background: Planes) -> Planes:
    """Return the colours of an overlay that is the edge and, over it, a background of opacity 1-a, float32 [3, h, w].

    a (aI + (1-a)C) + (1-a) N is one ``source-over`` of (aC + N) / (1 + a) with the opacity 1 - a²: see `fold_alpha`.

    Parameters
    ----------
    color
        C of `edge_color`.
    mask
        a.
    background
        N, float32 [3, h, w].
    """
    result: Planes = doubled(doubled(color))
    result *= mask
    result += background
    result /= 1 + mask
    return result


def fold_alpha(levels: Bytes) -> Bytes:
    """Return the opacity of a folded overlay for a mask's levels; both uint8, 0..255."""
    square = np.multiply(levels, levels, dtype=np.uint16)
    square += 128
    square += square >> 8  # with the shift below: division by 255, rounded to the nearest
    result: Bytes = ~(square >> 8).astype(np.uint8)
    return result


def wrap_share(quarter_mask: Planes) -> Planes:
    """Return where light of the background falls, 0..1 [h/4, w/4]: everywhere but well within the person.

    Its opacity is the option `light_wrap` times the mask times this.
    """
    share: Planes = _sums3(quarter_mask[None])[0]
    share *= -_WRAP_GAIN / _counts3(*quarter_mask.shape)
    share += _WRAP_GAIN
    np.clip(share, 0, 1, out=share)
    return share


def backdrop_light(backdrop: Bytes) -> Bytes:
    """Return W from the backdrop at a quarter of the mask's size: its means of 5x5.

    Parameters
    ----------
    backdrop
        uint8 [h/4, w/4, 3 or more], cropped to cover; further channels are ignored.

    Returns
    -------
    NDArray[np.uint8]
        [h/4, w/4, 3].
    """
    planes = np.moveaxis(backdrop[..., :3], -1, 0).astype(np.float32)
    for axis in (1, 2):
        length = planes.shape[axis]
        padded = planes.take(np.arange(-2, length + 2).clip(0, length - 1), axis)
        planes = np.zeros_like(planes)
        for start in range(5):
            planes += padded[(*(slice(None),) * axis, slice(start, start + length))]
        planes *= np.float32(1 / 5)
    result: Bytes = np.moveaxis(np.rint(planes), 0, -1).astype(np.uint8)
    return result


def cast_color(sample: Bytes, mask: Planes, light: Bytes, strength: float) -> tuple[int, int, int]:
    """Return the colour that the frame is multiplied by, each channel 0..255 and one of them 255.

    The person's mean colour moves towards the backdrop's, as far as `strength` says; brightness does not count.

    Parameters
    ----------
    sample
        uint8 [h, w, 3 or more], the frame at the mask's size.
    mask
        float32 [h, w].
    light
        uint8 [n, m, 3]: W, or any small copy of the backdrop.
    strength
        The option `colour_cast`.
    """
    share = quarter(mask)
    person = np.array([(quarter(sample[..., channel].astype(np.float32)) * share).sum() for channel in range(3)])
    behind = light.reshape(-1, 3).mean(axis=0)
    if not person.any() or not behind.any():  # no person, or one in black: nothing has a colour
        return 255, 255, 255
    ratio = (behind / (behind @ LUMA)) / np.maximum(person / (person @ LUMA), 1e-3)
    gains = 1 - strength + strength * np.clip(ratio, *CAST_RANGE)
    red, green, blue = np.rint(255 * gains / gains.max()).astype(int).tolist()
    return red, green, blue


def _sums3(planes: Planes) -> Planes:
    """Return the sums of 3x3 blocks round each point; nothing lies outside."""
    for axis in (1, 2):
        every = (slice(None),) * axis
        total = planes.copy()
        total[(*every, slice(1, None))] += planes[(*every, slice(0, -1))]
        total[(*every, slice(0, -1))] += planes[(*every, slice(1, None))]
        planes = total
    return planes


@lru_cache(maxsize=4)
def _counts3(height: int, width: int) -> Planes:
    """Return how many points each of `_sums3` has, [height, width]: 4, 6 or 9."""
    counts: Planes = _sums3(np.ones((1, height, width), np.float32))[0]
    return counts
