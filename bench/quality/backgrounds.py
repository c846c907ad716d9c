"""Pictures as floating point, and new backgrounds behind people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Levels = NDArray[np.float32]


def read_levels(path: Path, mode: str = "RGB") -> Levels:
    """Return a picture as float32 in 0..1: [H, W, 3] of mode ``"RGB"``, [H, W] of ``"L"``."""
    with Image.open(path) as picture:
        return np.array(picture.convert(mode), np.float32) / np.float32(255)


def to_bytes(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return levels in 0..1 rounded to 0..255."""
    levels_u8: NDArray[np.uint8] = np.rint(levels * 255).astype(np.uint8)
    return levels_u8


def covering(picture: Levels, width: int, height: int) -> Levels:
    """Return the middle of a picture [*, *, 3], scaled so that it fills [height, width, 3]."""
    scale = max(height / picture.shape[0], width / picture.shape[1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how).clip(0, 1).astype(np.float32)
    top, left = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
    return scaled[top : top + height, left : left + width]
