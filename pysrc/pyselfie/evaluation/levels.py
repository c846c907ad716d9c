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


def levels_of(rgba: Picture, name: str, *, has_palette: bool = False) -> Picture:
    """Return the levels of a mask's picture.

    Parameters
    ----------
    rgba
        uint8 [H, W, 4], not premultiplied.
    name
        What a sentence calls it.
    has_palette
        Its file has its colours in a palette: then they are labels, if they are no greys.

    Returns
    -------
    NDArray[np.uint8]
        [H, W].

    Raises
    ------
    UnfitError
        When it has labels.
    """
    alpha = rgba[..., 3]
    if alpha.min() < 255:  # many programs write an alpha that says nothing
        return np.ascontiguousarray(alpha)
    red, green, blue = (rgba[..., channel] for channel in range(3))
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(red)
    if has_palette:
        raise UnfitError(f"{name} has labels, by its palette of colours, and no levels of grey")
    levels: Picture = ((rgba[..., :3] @ _WEIGHTS + _ROUND) >> _SHIFT).astype(np.uint8)
    return levels
