"""Small masks that measures can be worked out of by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def left_part(width: int, shape: tuple[int, int] = (20, 20)) -> NDArray[np.float32]:
    """Return a mask with a person in the first columns."""
    mask = np.zeros(shape, np.float32)
    mask[:, :width] = 1
    return mask


def constant(*levels: float) -> list[NDArray[Any]]:
    """Return a mask of each level."""
    return [np.full((8, 8), level, np.float32) for level in levels]
