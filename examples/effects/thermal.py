"""A camera for warmth: the person glows, and the room is cold."""

import numpy as np

from pyselfie import Color

COLD, HOT = "#07021F #3B0F70 #8C2981 #DE4968".split(), "#FE9F6D #FECF72 #FCFDBF".split()
PALETTE = np.array([Color(color) for color in COLD + HOT])
STEPS = np.linspace(0, 1, len(PALETTE))
LEVELS = 2048  # with 256 a colour would jump by three where brightness does by one
TABLE = np.stack([np.interp(np.linspace(0, 1, LEVELS), STEPS, PALETTE[:, band]) for band in range(3)], axis=1)
TABLE = TABLE.astype(np.uint8)


def _soft(plane):
    """Return the plane smoothed over three pixels each way: such cameras see little detail."""
    for _ in range(2):
        wide = np.pad(plane, 1, mode="edge")
        plane = (wide[:-2] + wide[1:-1] + wide[2:]) / 3
        plane = (plane[:, :-2] + plane[:, 1:-1] + plane[:, 2:]) / 3
    return plane


def thermal(sample, mask, time, warmth: float = 0.55, outline: bool = True):
    """Take warmth from brightness, and much more of it from being a person."""
    light = _soft(sample @ np.array([0.3, 0.59, 0.11], np.float32)) / 255
    person = _soft(mask)
    heat = (0.04 + 0.26 * light) * (1 - person) + (warmth * 0.5 + 0.78 * light**1.3) * person
    if outline:
        heat += 0.25 * person * (1 - person)
    rgba = np.full((*mask.shape, 4), 255, np.uint8)
    rgba[..., :3] = TABLE[np.clip(LEVELS * heat, 0, LEVELS - 1).astype(int)]
    return rgba
