"""A part of a finished picture, in the place of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pyselfie.extras import best_sampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect


def part_of_result(picture: NDArray[np.uint8], view: Rect) -> NDArray[np.uint8]:
    """Return a part of a picture at the picture's size.

    Parameters
    ----------
    picture
        uint8 [H, W, 3], or straight RGBA [H, W, 4], whose hidden colours have no share in the result.
    view
        The part, in fractions of the sides.
    """
    height, width, channels = picture.shape
    stretched: NDArray[np.uint8]
    if channels == 3:
        stretched = best_sampling().stretch_part(picture, view, width, height)
        return stretched
    colours = picture.astype(np.float32)
    colours[..., :3] *= colours[..., 3:] / 255
    colours = best_sampling().stretch_part(colours, view, width, height)
    colours[..., :3] *= 255 / np.maximum(colours[..., 3:], 1e-3)
    stretched = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
    return stretched
