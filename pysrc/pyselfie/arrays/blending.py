"""Blend pictures by an alpha of bytes, on NumPy alone; `blending_cv2` has the same functions on OpenCV.

Everywhere: `alpha` and `levels` are uint8 [H, W]; `under` and `over` uint8 [H, W, 3].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]


def to_levels(mask: NDArray[np.float32]) -> Bytes:
    """Return a mask of 0..1 as bytes, rounded to the nearest of 256 levels."""
    levels: Bytes = np.rint(mask * np.float32(255)).astype(np.uint8)
    return levels


def look_up(levels: Bytes, table: Bytes) -> Bytes:
    """Return `table`'s entry for each level; the table is uint8 [256] or [256, 3]."""
    picked: Bytes = table.take(levels, axis=0)
    return picked


def blend(under: Bytes, over: Bytes, alpha: Bytes) -> Bytes:
    """Return `over`, as far as alpha makes it opaque, in front of `under`."""
    opacity = alpha[..., None].astype(np.uint16)
    total = over * opacity
    total += under * (255 - opacity)
    total += 128
    total += total >> 8  # with the shift below: division by 255, rounded to the nearest
    total >>= 8
    return total.astype(np.uint8)


def lay(under: Bytes, over: Bytes) -> Bytes:
    """Return premultiplied RGBA, uint8 [H, W, 4], in front of `under`."""
    total = under * (255 - over[..., 3:]).astype(np.uint16)
    total += 128
    total += total >> 8
    total >>= 8
    total += over[..., :3]
    return np.minimum(total, 255).astype(np.uint8)


def product(one: Bytes, other: Bytes, scale: float) -> Bytes:
    """Return `scale` times the product of two alphas, where 255 counts as 1; `scale` is 0..1."""
    result: Bytes = np.rint(one * (other * np.float32(scale / 255))).astype(np.uint8)
    return result


def multiplied(rgb: Bytes, color: tuple[int, int, int]) -> Bytes:
    """Return a picture whose channels are multiplied by a colour's, where 255 counts as 1."""
    return (rgb * (np.array(color, np.float32) * np.float32(1 / 255)) + np.float32(0.5)).astype(np.uint8)


def with_alpha(rgb: Bytes, alpha: Bytes) -> Bytes:
    """Return straight RGBA; where nothing can be seen, nothing of the picture is left."""
    rgba = np.empty((*alpha.shape, 4), np.uint8)
    np.multiply(rgb, (alpha > 0)[..., None], out=rgba[..., :3])
    rgba[..., 3] = alpha
    return rgba
