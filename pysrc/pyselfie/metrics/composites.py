"""Measures of a person put over a new background, against the true composite."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.metrics.planes import disc, grown, plane

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.metrics.planes import Area

_LOW, _HIGH = 0.02, 0.98
_GROWTH = 4


def edge_band(alpha: Any) -> Area:
    """Return where the edge is, bool [h, w]: 0.02 < alpha < 0.98, and 4 px all round.

    Parameters
    ----------
    alpha
        The person's true alpha, [h, w], floating point in 0..1 or uint8.
    """
    levels = plane(alpha, "alpha")
    return grown((levels > _LOW) & (levels < _HIGH), disc(_GROWTH))


def band_error(composite: NDArray[Any], truth: NDArray[Any], alpha: Any) -> float:
    """Return the mean |composite - truth| in the edge band, in 1/255; 0 when there is no edge.

    Parameters
    ----------
    composite, truth
        [h, w, 3], uint8, or floating point in 0..1. The composite is rounded to bytes, as it would be seen.
    alpha
        The person's true alpha, [h, w], floating point in 0..1 or uint8.

    Raises
    ------
    TypeError, ValueError
        When the sizes differ, or one is nothing like that.
    """
    difference = _in_band(composite, truth, alpha)
    return float(np.abs(difference).mean()) if difference.size else 0.0


def band_psnr(composite: NDArray[Any], truth: NDArray[Any], alpha: Any) -> float:
    """Return the peak signal-to-noise ratio in the edge band in dB, 10 log10(255^2 / mean square error).

    Parameters
    ----------
    composite, truth
        [h, w, 3], uint8, or floating point in 0..1. The composite is rounded to bytes, as it would be seen.
    alpha
        The person's true alpha, [h, w], floating point in 0..1 or uint8.

    Returns
    -------
    float
        Infinity when they are equal there, or there is no edge.

    Raises
    ------
    TypeError, ValueError
        When the sizes differ, or one is nothing like that.
    """
    difference = _in_band(composite, truth, alpha)
    error = float(np.mean(difference**2)) if difference.size else 0.0
    return 10 * math.log10(255**2 / error) if error else math.inf


def _in_band(composite: NDArray[Any], truth: NDArray[Any], alpha: Any) -> NDArray[np.float64]:
    """Return the differences in the band in 1/255, [n, 3]."""
    band = edge_band(alpha)
    ours = np.rint(_levels(composite, "composite", band))
    difference: NDArray[np.float64] = (ours - _levels(truth, "truth", band))[band]
    return difference


def _levels(picture: NDArray[Any], name: str, band: Area) -> NDArray[np.float64]:
    """Return a picture in 0..255."""
    if not isinstance(picture, np.ndarray) or not (picture.dtype == np.uint8 or picture.dtype.kind == "f"):
        kind = picture.dtype if isinstance(picture, np.ndarray) else type(picture).__name__
        raise TypeError(f"the {name} has to be an array of uint8, or of floating point in 0..1, got {kind}")
    if picture.shape != (*band.shape, 3):
        raise ValueError(f"the {name} has to have the shape {(*band.shape, 3)}, as alpha has, got {picture.shape}")
    levels = picture.astype(np.float64)
    if not np.isfinite(levels).all():
        raise ValueError(f"the {name} has to have numbers only, got NaN or infinity")
    return levels if picture.dtype == np.uint8 else levels.clip(0, 1) * 255
