"""What an effect has to return, and what it returned instead, in the words that end a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_picture(result: Any, size: tuple[int, int]) -> str:
    """Return what is wrong with a picture of full size; an empty string if nothing is.

    Parameters
    ----------
    result
        Should be uint8 [H, W, 3] or [H, W, 4].
    size
        (H, W).
    """
    return _check(result, size, (3, 4))


def check_overlay(result: Any, size: tuple[int, int]) -> str:
    """Return what is wrong with an overlay, which should be uint8 [h, w, 4]; an empty string if nothing is."""
    return _check(result, size, (4,))


def _check(result: Any, size: tuple[int, int], channels: tuple[int, ...]) -> str:
    if not isinstance(result, np.ndarray):
        return f"{type(result).__name__}, not a NumPy array"
    if result.dtype.kind == "f" and (lost := np.argwhere(np.isnan(result))).size:
        place = ", ".join(str(index) for index in lost[0])
        return f"{result.dtype} with {len(lost)} values that are not a number (NaN), the first at [{place}], not uint8"
    if result.dtype != np.uint8:
        return f"{result.dtype}, not uint8: .clip(0, 255).astype(np.uint8) makes bytes of values in 0..255"
    if result.ndim != 3 or result.shape[:2] != size or result.shape[2] not in channels:
        expected = " or ".join(f"({size[0]}, {size[1]}, {count})" for count in channels)
        return f"the shape {result.shape}, not {expected}{'' if 3 in channels else ', which is RGBA'}"
    return ""
