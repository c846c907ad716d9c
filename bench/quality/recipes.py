"""What others make of the same networks' masks, and pyselfie with one look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pyselfie import Segmenter
from pyselfie.arrays.sampling_cv2 import resize_half_pixel
from pyselfie.metrics.planes import LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Picture = NDArray[np.uint8]

_MEDIAPIPE = (5.68842, -0.748699, -57.8051, 291.309, -624.717)
_PREVIOUS_RATIO = 0.9
_SQUARE = np.ones((7, 7), np.uint8)
_RADIUS, _EPSILON, _NEW_SHARE = 8, 0.01, 0.7


class Untouched:
    """The network's mask, drawn bilinearly."""

    def __call__(self, mask: Plane, rgb: Picture) -> Plane:
        """Return the mask at the picture's size."""
        return _drawn(mask, rgb)


class OneLook(Segmenter):
    """pyselfie's own masks of pictures, but small people get no second look."""

    @property
    def _looks_closer(self) -> bool:
        return False


class MediaPipeSmoothing:
    """MediaPipe's ``SegmentationSmoothingCalculator``: the last mask counts where the new one is in doubt.

    The doubt is the square of the entropy of p in bits, by the calculator's polynomial in (p - 1/2)^2. The last mask's
    share is 0.9 where the doubt is full; MediaPipe's graph for poses has 0.7, which smooths less.
    """

    def __init__(self) -> None:
        self._last: Plane | None = None

    def __call__(self, mask: Plane, rgb: Picture) -> Plane:
        """Return the smoothed mask at the picture's size."""
        if self._last is not None:
            square = (mask - np.float32(0.5)) ** 2
            sure = np.zeros_like(mask)
            for factor in reversed(_MEDIAPIPE):
                sure = (sure + np.float32(factor)) * square
            doubt = 1 - np.minimum(1, sure)
            mask = mask + (self._last - mask) * doubt * np.float32(_PREVIOUS_RATIO)
        self._last = mask
        return _drawn(mask, rgb)


class OpenPeer:
    """The recipe of suitenumerique/meet, pull request 1378, the best open one that we know of.

    Opening and closing of the mask by 7x7, in clips 0.7 of it and 0.3 of the last one, then a guided filter (He, Sun,
    Tang, PAMI 2013) with the picture's colours, radius 8, epsilon 0.01, its statistics at half the picture's size.
    """

    def __init__(self, *, clip: bool) -> None:
        self._clip = clip
        self._last: Plane | None = None

    def __call__(self, mask: Plane, rgb: Picture) -> Plane:
        """Return the filtered mask, at most 640 pixels long."""
        for kind in (cv2.MORPH_OPEN, cv2.MORPH_CLOSE):
            mask = np.asarray(cv2.morphologyEx(mask, kind, _SQUARE), np.float32)
        if self._clip and self._last is not None:
            mask = np.float32(_NEW_SHARE) * mask + np.float32(1 - _NEW_SHARE) * self._last
        self._last = mask
        picture = rgb.astype(np.float32) / 255
        scale = LIMIT / max(rgb.shape)
        if scale < 1:
            picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
        return guided_filter(picture, mask)


def guided_filter(picture: NDArray[Any], mask: Plane) -> Plane:
    """Return the mask that is, in each window, a linear function of the picture's colours, fitted to `mask`.

    Parameters
    ----------
    picture
        float32 [H, W, 3] in 0..1.
    mask
        float32 [h, w] in 0..1.

    Returns
    -------
    NDArray[np.float32]
        [H, W] in 0..1.
    """
    height, width = picture.shape[:2]
    half = max(1, width // 2), max(1, height // 2)
    colours, person = resize_half_pixel(picture, *half), resize_half_pixel(mask, *half)
    mean, mean_person = _box(colours), _box(person)
    covariance = _box(colours * person[..., None]) - mean * mean_person[..., None]
    products = _box((colours[..., :, None] * colours[..., None, :]).reshape(*person.shape, 9))
    spread = products.reshape(*person.shape, 3, 3) - mean[..., :, None] * mean[..., None, :]
    slope = np.linalg.solve(spread + _EPSILON * np.eye(3, dtype=np.float32), covariance[..., None])[..., 0]
    offset = mean_person - (slope * mean).sum(-1)
    fit = resize_half_pixel(np.dstack([_box(slope), _box(offset)]), width, height)
    alpha: Plane = ((fit[..., :3] * picture).sum(-1) + fit[..., 3]).clip(0, 1).astype(np.float32)
    return alpha


def _box(values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim == 3 and values.shape[2] > 4:  # OpenCV takes four channels at once
        return np.dstack([_box(values[..., channel]) for channel in range(values.shape[2])])
    size = 2 * _RADIUS + 1
    return np.asarray(cv2.boxFilter(values, -1, (size, size), borderType=cv2.BORDER_REPLICATE))


def _drawn(mask: Plane, rgb: Picture) -> Plane:
    drawn: Plane = resize_half_pixel(mask, rgb.shape[1], rgb.shape[0])
    return drawn
