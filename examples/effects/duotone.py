"""Two colours for the person and two for what is behind, as on a printed poster."""

import numpy as np

from pyselfie import Color

LUMA = np.array([77, 150, 29], np.uint16)


def _table(dark, bright, contrast):
    """Return the colour of each brightness, uint8 [256, 3]."""
    light = np.linspace(-1, 1, 256)[:, None]
    light = 0.5 + 0.5 * np.tanh(light * (1 + 2 * contrast)) / np.tanh(1 + 2 * contrast)
    return (dark + (bright - dark) * light).astype(np.uint8)


def duotone(
    frame,
    mask,
    time,
    shadow: Color = Color("#2B0A57"),
    light: Color = Color("#FFB36B"),
    far: Color = Color("#062A4A"),
    near: Color = Color("#2FD0C8"),
    contrast: float = 0.5,
):
    """Look up each pixel's brightness in the table of the person, and in the one of the background."""
    grey = ((frame[..., 0] * LUMA[0] + frame[..., 1] * LUMA[1] + frame[..., 2] * LUMA[2]) >> 8).astype(np.uint8)
    person, behind = _table(shadow, light, contrast)[grey], _table(far, near, contrast)[grey]
    weight = (mask * 256).astype(np.uint16)[..., None]
    return ((person * weight + behind * (256 - weight)) >> 8).astype(np.uint8)
