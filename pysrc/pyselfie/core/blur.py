"""Background blur that the person's colours cannot bleed into.

A plain blur of the frame smears the person over the background: the well-known halo. Here every pixel counts with
the weight that it is background, and the sums are divided by the blurred weights (normalised convolution,
Knutsson and Westin, CVPR 1993), so that only background colours meet. The Gaussian is three box filters by
running sums (Wells, IEEE PAMI 8(2), 1986): its cost does not depend on the radius.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Planes = NDArray[np.float32]

PERSON_FROM = 0.1
"""Mask value from which a pixel is too much of the person to lend its colour to the background."""

SIGMA_RANGE = (0.006, 0.046)
"""Standard deviation of the blur at strength 0 and 1, as a fraction of the frame's height."""

_COARSE_FACTOR = 4  # how much wider the blur is that fills where the fine one found no background
_COARSE_WEIGHT = np.float32(0.02)
_MEAN_WEIGHT = np.float32(1e-4)
_DECIMATE_FROM = 3.0  # a blur this wide, in pixels, loses nothing at half the resolution


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
    np.multiply(np.moveaxis(rgb[..., :3], -1, 0), weight, out=planes[:3])

    factor = 1
    while min(sigma) / factor >= _DECIMATE_FROM and factor < _COARSE_FACTOR:
        planes, factor = _halved(planes), factor * 2
    sigma_here = sigma[0] / factor, sigma[1] / factor
    blurred = _gaussian(planes, sigma_here)
    _fill_gaps(blurred, planes, sigma_here)
    result: Planes = blurred[:3] / blurred[3]
    while factor > 1:
        result, factor = _doubled(result), factor // 2
    return result


def _fill_gaps(blurred: Planes, planes: Planes, sigma: tuple[float, float]) -> None:
    """Add a faint, much wider blur and the mean, so that weights are nowhere zero."""
    coarse = _gaussian(_halved(_halved(planes)), sigma)
    mean = planes.mean(axis=(1, 2), keepdims=True)
    if mean[3, 0, 0] <= 0:  # no background at all: whatever stands here is covered by the person
        mean = np.array([127, 127, 127, 1], np.float32).reshape(4, 1, 1)
    coarse += _MEAN_WEIGHT * mean / mean[3]
    coarse *= _COARSE_WEIGHT
    blurred += _doubled(_doubled(coarse))


def _gaussian(planes: Planes, sigma: tuple[float, float]) -> Planes:
    """Return `planes` [N, H, W] blurred by three boxes along each axis; outside counts as weight zero."""
    for width in box_widths(sigma[0]):
        planes = _box(planes, width, axis=2)
    for width in box_widths(sigma[1]):
        planes = _box(planes, width, axis=1)
    return planes


def box_widths(sigma: float) -> tuple[int, int, int]:
    """Return three odd box widths whose convolution has about the variance ``sigma ** 2`` (Kovesi, DICTA 2010)."""
    ideal = np.sqrt(12 * sigma**2 / 3 + 1)
    lower = max(1, int(ideal) - (int(ideal) % 2 == 0))
    lower_count = round((12 * sigma**2 - 3 * lower**2 - 12 * lower - 9) / (-4 * lower - 4))
    lower_count = min(3, max(0, lower_count))
    first, second, third = ([lower] * lower_count + [lower + 2] * 3)[:3]
    return first, second, third


def _box(planes: Planes, width: int, axis: int) -> Planes:
    """Return the running mean of an odd `width` along `axis`, zeros outside."""
    if width == 1:
        return planes
    length, radius = planes.shape[axis], width // 2
    shape = list(planes.shape)
    shape[axis] = length + width
    sums = np.empty(shape, np.float32)

    def along(start: int | None, stop: int | None) -> tuple[slice, ...]:
        return tuple(slice(start, stop) if i == axis else slice(None) for i in range(planes.ndim))

    sums[along(0, radius + 1)] = 0
    np.add.accumulate(planes, axis=axis, out=sums[along(radius + 1, radius + 1 + length)])
    sums[along(radius + 1 + length, None)] = sums[along(radius + length, radius + length + 1)]
    result = sums[along(width, None)] - sums[along(0, length)]
    result *= np.float32(1 / width)
    return result


def _halved(planes: Planes) -> Planes:
    """Return the means of 2x2 blocks."""
    rows = planes[:, 0::2] + planes[:, 1::2]
    result: Planes = rows[:, :, 0::2] + rows[:, :, 1::2]
    result *= np.float32(0.25)
    return result


def _doubled(planes: Planes) -> Planes:
    """Return `planes` at twice the size: bilinear with half-pixel centres, edges replicated."""
    for axis in (1, 2):
        first, last = planes.take([0], axis), planes.take([-1], axis)
        before = np.concatenate([first, planes.take(range(planes.shape[axis] - 1), axis)], axis)
        after = np.concatenate([planes.take(range(1, planes.shape[axis]), axis), last], axis)
        shape = list(planes.shape)
        shape[axis] *= 2
        doubled = np.empty(shape, np.float32)
        even = (slice(None),) * axis + (slice(0, None, 2),)
        odd = (slice(None),) * axis + (slice(1, None, 2),)
        doubled[even] = planes * np.float32(0.75) + before * np.float32(0.25)
        doubled[odd] = planes * np.float32(0.75) + after * np.float32(0.25)
        planes = doubled
    return planes
