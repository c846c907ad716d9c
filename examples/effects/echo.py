"""Where the person was a moment ago stays for a while, in colours of its own."""

from typing import Annotated

import numpy as np

from pyselfie import Color, Range


def echo(
    sample,
    mask,
    time,
    state,
    ghosts: Annotated[int, Range(1, 8)] = 4,
    apart: Annotated[float, Range(0.03, 0.5)] = 0.12,
    first: Color = Color("#FF3D81"),
    last: Color = Color("#20C5FF"),
):
    """Keep a few samples, `apart` seconds from each other, and draw the oldest one first."""
    past = state.setdefault("past", [])
    if not past or abs(time - past[-1][0]) >= apart:
        past.append((time, sample, mask))
        del past[: -ghosts - 1]

    color = np.zeros((*mask.shape, 3), np.float32)
    alpha = np.zeros((*mask.shape, 1), np.float32)
    for age, (_, picture, person) in reversed(list(enumerate(reversed(past)))):
        far = age / (ghosts + 1)
        tint = first * (1 - far) + last * far
        ghost = picture.mean(axis=2, keepdims=True) / 255 * tint * 0.8 + tint * 0.35
        here = 0.85 * (1 - far) * person[..., None]
        color += (np.minimum(ghost, 255) - color) * here
        alpha += (1 - alpha) * here
    straight = color / np.maximum(alpha, 0.01)
    return np.dstack([np.minimum(straight, 255), 255 * alpha * (1 - mask[..., None])]).astype(np.uint8)
