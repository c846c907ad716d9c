"""The Porter-Duff operators on straight bytes, which cost nothing extra where a layer is opaque."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Blend = Callable[[Bytes, Bytes, Bytes], Bytes]


class Painted(NamedTuple):
    """A layer, or what has been painted so far.

    Attributes
    ----------
    rgb
        uint8 [H, W, 3], straight.
    alpha
        uint8 [H, W]; None where everything is opaque.
    """

    rgb: Bytes
    alpha: Bytes | None


def over(under: Painted, layer: Painted, blend: Blend) -> Painted:
    """Return `layer` in front of `under`; `blend` is that of `arrays.blending`."""
    if layer.alpha is None:
        return layer
    if under.alpha is None:
        return Painted(blend(under.rgb, layer.rgb, layer.alpha), None)
    alpha = 255 - _product(255 - layer.alpha, 255 - under.alpha)
    share = np.rint(layer.alpha * np.float32(255) / np.maximum(alpha, 1)).astype(np.uint8)  # of what can be seen
    return Painted(blend(under.rgb, layer.rgb, share), alpha)


def erased(painted: Painted, alpha: Bytes | None) -> Painted:
    """Return `painted` without what a layer of this alpha covers."""
    kept = np.zeros(painted.rgb.shape[:2], np.uint8) if alpha is None else 255 - alpha
    return Painted(painted.rgb, kept if painted.alpha is None else _product(painted.alpha, kept))


def _product(one: Bytes, other: Bytes) -> Bytes:
    """Return the product of two alphas, where 255 counts as 1."""
    result: Bytes = np.rint(one * (other * np.float32(1 / 255))).astype(np.uint8)
    return result
