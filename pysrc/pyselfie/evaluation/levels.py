"""What a decoded picture says as a mask: its alpha, if it is transparent anywhere, else how bright it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.evaluation.fit import UnfitError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_WEIGHTS, _ROUND, _SHIFT = np.array([19595, 38470, 7471], np.uint32), np.uint32(1 << 15), np.uint32(16)
"""Of red, green and blue in 1/65536, as Pillow has them (ITU-R BT.601), so that both get the same levels."""
_MOST_LABELS = 256
"""A palette has no more colours than that."""


def levels_of(rgba: Picture, name: str) -> Picture:
    """Return the levels of a mask's picture.

    Parameters
    ----------
    rgba
        uint8 [H, W, 4], not premultiplied.
    name
        What a sentence calls it.

    Returns
    -------
    NDArray[np.uint8]
        [H, W].

    Raises
    ------
    UnfitError
        When it has so few colours that they must be labels.
    """
    alpha = rgba[..., 3]
    if alpha.min() < 255:  # many programs write an alpha that says nothing
        return np.ascontiguousarray(alpha)
    red, green, blue = (rgba[..., channel] for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(red)
    if np.unique(np.ascontiguousarray(rgba).view(np.uint32)).size <= _MOST_LABELS:
        raise UnfitError(f"{name} has labels, by its few colours, and no levels of grey")
    levels: Picture = ((rgba[..., :3] @ _WEIGHTS + _ROUND) >> _SHIFT).astype(np.uint8)
    return levels
