"""The room goes dark, and a light follows the person."""

from typing import Annotated

import numpy as np

from pyselfie import Color, Range


def spotlight(
    sample,
    mask,
    time,
    aspect,
    state,
    darkness: float = 0.85,
    width: Annotated[float, Range(0.1, 1)] = 0.3,
    color: Color = Color("#FFE2A8"),
):
    """Find the person's upper half, follow it slowly, and darken all that the cone of light doesn't reach."""
    rows, columns = mask.shape
    y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j].astype(np.float32)
    weight = mask * (1 - y) ** 2 + 1e-6  # what is high counts most: the head
    aim = np.array([np.average(x, weights=weight), np.average(y, weights=weight)])
    state["aim"] = aim = 0.15 * aim + 0.85 * state.get("aim", aim)

    across, down = (x - aim[0]) * aspect, y - aim[1]
    pool = np.hypot(across, 0.8 * down) / width
    lit = 1 / (1 + np.exp(np.clip(14 * (pool - 1), -30, 30)))
    beam_width = 0.05 + width * 0.9 * np.clip(y / max(aim[1], 0.1), 0, 1)
    beam = np.exp(-((across / beam_width) ** 4)) * np.clip(1.1 - y / max(aim[1] + 0.15, 0.1), 0, 1)
    beam *= 1 - mask  # it is in the air behind the person
    light = np.maximum(lit, 0.5 * beam)

    dark = darkness * (1 - light)
    glow = 0.08 * lit + 0.3 * beam
    alpha = dark + glow * (1 - dark)
    night = np.array([8, 8, 20])
    paint = (night * dark[..., None] + color * (glow * (1 - dark))[..., None]) / np.maximum(alpha, 1e-3)[..., None]
    return np.dstack([paint, 255 * alpha]).clip(0, 255).astype(np.uint8)
