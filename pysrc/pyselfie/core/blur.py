"""Background blur that the person's colours cannot bleed into.

A plain blur of the frame smears the person over the background: the well-known halo. Here every pixel counts with
the weight that it is background, and the sums are divided by the blurred weights (normalised convolution,
Knutsson and Westin, CVPR 1993), so that only background colours meet. The Gaussian is three box filters by
running sums (Wells, IEEE PAMI 8(2), 1986): its cost does not depend on the radius.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.effects import NEUTRAL_GREY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Planes = NDArray[np.float32]

PERSON_FROM = 0.1
"""Mask value from which a pixel is too much of the person to lend its colour to the background."""

SIGMA_RANGE = (0.006, 0.046)
"""Standard deviation of the blur at strength 0 and 1, as a fraction of the frame's height."""

_MOST_DECIMATION = 4  # at a quarter of the size the mask still has 36 rows for the widest blur
COARSE_WEIGHT = np.float32(0.02)
MEAN_WEIGHT = np.float32(1e-4)
_DECIMATE_FROM = 3.0  # a blur this wide, in pixels, loses nothing at half the resolution
_ADDED_VARIANCE = {1: 0.0, 2: 1.0, 4: 5.0}  # of going to 1/factor of the size and back, in square pixels
_BOXES = 3
_MOST_ADDED = 3  # a box of this radius is summed up as quickly pixel by pixel as by running sums; narrower ones quicker


def blur_sigma(strength: float, frame_size: tuple[int, int], mask_size: tuple[int, int]) -> tuple[float, float]:
    """Return the blur's standard deviations (x, y) in mask pixels.

    Parameters
    ----------
    strength : float
        0..1.
    frame_size, mask_size : (width, height)
        In pixels. Their aspects may differ: the mask's pixels need not be square.
    """
    low, high = SIGMA_RANGE
    sigma_px = (low + (high - low) * strength) * frame_size[1]
    return sigma_px * mask_size[0] / frame_size[0], sigma_px * mask_size[1] / frame_size[1]


def blur_background(rgb: NDArray[np.uint8], mask: NDArray[np.float32], sigma: tuple[float, float]) -> Planes:
    """Return the frame's background, blurred, as if the person were not there.

    Parameters
    ----------
    rgb : ndarray of uint8, shape [H, W, 3 or more]
        The frame at the mask's size; further channels are ignored. H and W are multiples of 16.
    mask : ndarray of float32, shape [H, W], 0..1
        How much each pixel is the person.
    sigma : (float, float)
        Standard deviations along x and y, in pixels.

    Returns
    -------
    ndarray of float32, shape [3, H, W], 0..255
        Planar red, green, blue.
    """
    planes = np.empty((4, *mask.shape), np.float32)
    weight = planes[3]
    np.multiply(mask, np.float32(-1 / PERSON_FROM), out=weight)
    weight += 1
    np.maximum(weight, 0, out=weight)
    for channel in range(3):  # three planes are far quicker than one loop over three channels per pixel
        np.multiply(rgb[..., channel], weight, out=planes[channel])

    factor, sigma_here = decimation(sigma)
    for _ in range(factor // 2):
        planes = halved(planes)
    blurred = gaussian(planes, sigma_here)
    _fill_gaps(blurred, planes, sigma_here)
    result: Planes = blurred[:3] / blurred[3]
    while factor > 1:
        result, factor = doubled(result), factor // 2
    return result


def decimation(sigma: tuple[float, float]) -> tuple[int, tuple[float, float]]:
    """Return (factor, sigma): blur at 1/factor of the size, by this `sigma` in pixels of that size."""
    factor = 1
    while min(sigma) / factor >= _DECIMATE_FROM and factor < _MOST_DECIMATION:
        factor *= 2
    x, y = (math.sqrt(along**2 - _ADDED_VARIANCE[factor]) / factor for along in sigma)
    return factor, (x, y)


def _fill_gaps(blurred: Planes, planes: Planes, sigma: tuple[float, float]) -> None:
    """Add a faint, much wider blur and the mean, so that weights are nowhere zero."""
    coarse = gaussian(halved(halved(planes)), sigma)
    mean = planes.mean(axis=(1, 2), keepdims=True)
    if mean[3, 0, 0] <= 0:  # no background at all: whatever stands here is covered by the person
        mean = np.array([NEUTRAL_GREY] * 3 + [1], np.float32).reshape(4, 1, 1)
    coarse += MEAN_WEIGHT * mean / mean[3]
    coarse *= COARSE_WEIGHT
    blurred += doubled(doubled(coarse))


def gaussian(planes: Planes, sigma: tuple[float, float]) -> Planes:
    """Return `planes` [N, H, W] blurred by three boxes along each axis; outside counts as weight zero."""
    for axis, sigma_axis in ((2, sigma[0]), (1, sigma[1])):
        radius, fraction = box_extent(sigma_axis)
        for _ in range(_BOXES):
            planes = _box(planes, radius, fraction, axis)
    return planes


def box_extent(sigma: float) -> tuple[int, float]:
    """Return (radius, fraction) of the box whose three-fold convolution has the variance ``sigma ** 2``.

    The box counts the pixels up to `radius` fully and the next one on each side by `fraction`, 0..1 (Gwosdek et al.,
    "Theoretical Foundations of Gaussian Convolution by Extended Box Filtering", SSVM 2011, equation 15).
    """
    variance = sigma**2 / _BOXES
    radius = int((math.sqrt(12 * variance + 1) - 1) / 2)
    numerator = (2 * radius + 1) * (radius * (radius + 1) - 3 * variance)
    return radius, numerator / (6 * (variance - (radius + 1) ** 2))


def _box(planes: Planes, radius: int, fraction: float, axis: int) -> Planes:
    """Return the mean along `axis` of the box that `box_extent` describes, zeros outside."""
    length, pad = planes.shape[axis], radius + 1
    shape = list(planes.shape)
    shape[axis] = length + 2 * pad

    def along(start: int) -> tuple[slice, ...]:
        return (slice(None),) * axis + (slice(start, start + length),)

    padded = np.zeros(shape, np.float32)
    padded[along(pad)] = planes
    result: Planes = padded[along(0)] + padded[along(2 * pad)]
    result *= np.float32(fraction)
    if radius <= _MOST_ADDED:
        for start in range(1, 2 * pad):
            result += padded[along(start)]
    else:
        sums = np.add.accumulate(padded, axis=axis)
        result += sums[along(pad + radius)] - sums[along(0)]
    result *= np.float32(1 / (2 * radius + 1 + 2 * fraction))
    return result


def halved(planes: Planes) -> Planes:
    """Return the means of 2x2 blocks."""
    rows = planes[:, 0::2] + planes[:, 1::2]
    result: Planes = rows[:, :, 0::2] + rows[:, :, 1::2]
    result *= np.float32(0.25)
    return result


def doubled(planes: Planes) -> Planes:
    """Return `planes` at twice the size: bilinear with half-pixel centres, edges replicated."""
    for axis in (1, 2):
        padded = np.concatenate([planes.take([0], axis), planes, planes.take([-1], axis)], axis) * np.float32(0.25)
        shape = list(planes.shape)
        shape[axis] *= 2
        result = np.empty(shape, np.float32)
        near = planes * np.float32(0.75)
        every = (slice(None),) * axis
        np.add(near, padded[(*every, slice(0, -2))], out=result[(*every, slice(0, None, 2))])
        np.add(near, padded[(*every, slice(2, None))], out=result[(*every, slice(1, None, 2))])
        planes = result
    return planes
