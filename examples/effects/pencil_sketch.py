"""The person in pencil on paper; of what is behind, only the strongest lines are left."""

from typing import Annotated

import numpy as np

from pyselfie import Color, Range


def _blurred(plane, radius):
    """Return the means of squares of 2 * radius + 1 pixels, twice: nearly a Gaussian."""
    width = 2 * radius + 1
    for axis in (0, 1, 0, 1):
        pads = [(radius + 1, radius) if number == axis else (0, 0) for number in (0, 1)]
        sums = np.pad(plane, pads, mode="edge").cumsum(axis=axis, dtype=np.float32)
        ahead, behind = np.split(sums, [width], axis)[1], np.split(sums, [-width], axis)[0]
        plane = (ahead - behind) / width
    return plane


def pencil_sketch(
    frame,
    mask,
    time,
    softness: Annotated[float, Range(0.2, 3)] = 1.0,
    darkness: Annotated[float, Range(0.5, 4)] = 1.8,
    paper: Color = Color("#F6F0E2"),
    pencil: Color = Color("#2C2A33"),
):
    """Divide the picture by a soft copy of itself: even parts become white, and edges stay dark."""
    height, width = mask.shape
    grey = frame.mean(axis=2, dtype=np.float32)
    step = max(1, height // 240)  # the soft copy need not be large
    soft = _blurred(grey[::step, ::step], max(1, round(softness * height / step / 160)))
    soft = soft.repeat(step, axis=0).repeat(step, axis=1)[:height, :width]
    line = np.clip(1.02 - (grey + 6) / (soft + 6), 0, 1) * 2.2 * darkness
    shade = np.clip(0.62 - grey / 255, 0, 1) * 0.5 * darkness
    row, column = np.ogrid[:height, :width]
    strokes = np.sin(np.arange(height + width, dtype=np.float32) * (900 / height / np.pi))
    hatching = 0.75 + 0.5 * strokes[row + column]  # from lower left to upper right
    ink = (line + shade * hatching) * mask + np.clip(line - 0.25, 0, 1) * 0.35 * (1 - mask)
    ink = np.clip(ink, 0, 0.95)[..., None]
    return (paper + (pencil - paper) * ink).astype(np.uint8)
