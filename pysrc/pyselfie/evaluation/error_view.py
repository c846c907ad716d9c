"""A picture of where a mask is wrong: in colour what it lacks and what it has too much, over the picture in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]
    Colour = tuple[int, int, int]

MISSING, TOO_MUCH = (235, 30, 20), (0, 90, 255)
"""Red where the mask lacks the person, blue where it has too much: told apart by most colour-blind people, too."""


def paint_errors(rgb: Picture, truth: Picture, mask: Picture, missing: Colour = MISSING) -> Picture:
    """Return where a mask is wrong, the stronger the more it is.

    Parameters
    ----------
    rgb
        uint8 [h, w, 3].
    truth, mask
        uint8 [h, w], 255 where the person is.
    missing
        The colour of what the mask lacks.

    Returns
    -------
    NDArray[np.uint8]
        [h, w, 3].
    """
    difference = mask[..., None].astype(np.float32) - truth[..., None]
    colour = np.where(difference < 0, np.array(missing), np.array(TOO_MUCH))
    grey = rgb.mean(-1, keepdims=True) / 2 + 64
    painted: Picture = (grey + (colour - grey) * np.abs(difference) / 255).astype(np.uint8)
    return painted
