"""What a frame, a mask and an effect's result have to be, and one clear sentence for what they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""How much red, green and blue count for brightness (ITU-R BT.601)."""

_SLACK = 1e-3
"""How far a mask may leave 0..1: filters on float32 overshoot by a little."""


def check_frame(frame: Any, name: str = "frame") -> NDArray[np.uint8]:
    """Return `frame` as a C-contiguous uint8 array [H, W, 3].

    Raises
    ------
    TypeError
        When it is no array of bytes.
    ValueError
        When it has another shape than [H, W, 3], or no pixels.
    """
    if not isinstance(frame, np.ndarray):
        raise TypeError(
            f"the {name} has to be a NumPy array of shape (height, width, 3), got {type(frame).__name__}{advice(frame)}"
        )
    if frame.dtype != np.uint8:
        raise TypeError(f"the {name} has to be uint8, RGB in 0..255, got {frame.dtype}{advice(frame)}")
    if frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(f"the {name} has to be RGB of shape (height, width, 3), got {frame.shape}{advice(frame)}")
    if not frame.size:
        raise ValueError(f"the {name} is empty: its shape is {frame.shape}")
    return np.ascontiguousarray(frame)


def check_mask(mask: Any) -> NDArray[np.float32]:
    """Return `mask` as a C-contiguous float32 array [h, w] within 0..1.

    Raises
    ------
    TypeError
        When it is no floating point (or boolean) array.
    ValueError
        When it is not two-dimensional, empty, not a number somewhere, or outside 0..1.
    """
    if not isinstance(mask, np.ndarray) or mask.dtype.kind not in "fb":
        kind = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
        raise TypeError(f"the mask has to be a floating point array of shape (height, width) in 0..1, got {kind}")
    mask = np.asarray(mask)  # a masked array would leave out of its range what it hides, and is then used whole
    if mask.ndim != 2 or not mask.size:
        raise ValueError(f"the mask has to have the shape (height, width), got {mask.shape}")
    low, high = float(mask.min()), float(mask.max())
    if not (low >= -_SLACK and high <= 1 + _SLACK):  # true for NaN too
        raise ValueError(f"the mask has to be in 0..1, got values from {low:g} to {high:g}")
    result = np.ascontiguousarray(mask, np.float32)
    return result if low >= 0 and high <= 1 else result.clip(0, 1)


def advice(image: Any) -> str:
    """Return what turns a picture of the usual wrong kinds into the right one, led in by a colon; "" if unknown."""
    if not isinstance(image, np.ndarray):
        return ": np.asarray(picture) makes an array of it" if hasattr(image, "__array_interface__") else ""
    if image.ndim == 2:
        return ": a grey picture becomes RGB by np.dstack([image] * 3)"
    if image.ndim == 3 and image.shape[2] == 4:
        return ": leave alpha out with image[..., :3], and mind that OpenCV reads BGR(A), not RGB"
    if image.ndim == 3 and image.shape[2] == 3 and image.dtype.kind == "f":
        return ": of a picture in 0..1, (image * 255).round().astype(np.uint8) makes bytes"
    return ""
