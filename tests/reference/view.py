"""What a part of a picture looks like in the place of all of it, pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pyselfie.core.framing import Framing
from pyselfie.core.geometry import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shown(picture: NDArray[Any], view: Rect | None) -> NDArray[Any]:
    """Return the part of a picture [H, W, channels] at its size, bilinear; what is beyond is as its edge."""
    if view is None:
        return picture
    height, width = picture.shape[:2]
    result = picture
    for axis, length, start, share in ((0, height, view.y, view.height), (1, width, view.x, view.width)):
        at = ((np.arange(length) + 0.5) / length * share + start) * length - 0.5
        below = np.floor(at).astype(int)
        weight = (at - below).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        one, other = (result.take((below + more).clip(0, length - 1), axis) for more in (0, 1))
        result = (1 - weight) * one + weight * other
    return result.astype(picture.dtype) if picture.dtype.kind == "f" else np.rint(result).astype(picture.dtype)


def lit(light: NDArray[Any], view: Rect | None) -> NDArray[Any]:
    """Return a backdrop's light [h, w, channels] as it lies on all of a picture of which a part is shown over it."""
    if view is None:
        return light
    return shown(light, Rect(-view.x / view.width, -view.y / view.height, 1 / view.width, 1 / view.height))


def view_for(mask: NDArray[np.float32], *, mirror: bool = False) -> Rect:
    """Return the part that is shown of a photo with this mask."""
    framing = Framing()
    framing.see(mask)
    view = framing.step(0)
    return view._replace(x=1 - view.x - view.width) if mirror else view
