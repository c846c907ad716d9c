"""The person in full colour, all else in grey, but for one colour that may stay."""

import numpy as np

from pyselfie import Color


def colour_pop(
    frame, mask, time, strength: float = 1.0, boost: float = 0.35, keep: bool = True, color: Color = Color("#D8352A")
):
    """Move the background's colours towards their grey, and the person's a little away from it."""
    light = (frame @ np.array([0.3, 0.59, 0.11], np.float32))[..., None]
    away = frame - light  # what makes a colour of a grey
    person = mask[..., None]
    stays = person
    if keep:
        hue = color - np.mean(color)
        length = np.sqrt(np.einsum("...i,...i", away, away))[..., None] + 8
        alike = (away @ hue)[..., None] / (length * np.linalg.norm(hue))
        stays = np.maximum(person, np.clip(6 * alike - 4.6, 0, 1) * np.clip(length / 60 - 0.3, 0, 1))
    amount = stays * (1 + boost * person) + (1 - stays) * (1 - strength)
    shade = 1 - 0.18 * strength * (1 - stays)
    return np.clip((light + away * amount) * shade, 0, 255).astype(np.uint8)
