"""A signal that is about to break down behind the person: torn bands, colours that drift apart, lines."""

from typing import Annotated

import numpy as np

from pyselfie import Range


def _chance(seeds):
    """Return numbers in 0..1 that look random and are the same for the same seeds."""
    return np.modf(np.abs(np.sin(seeds * 12.9898 + 4.1414) * 43758.5453))[0]


def glitch(
    frame,
    mask,
    time,
    strength: float = 0.6,
    bands: Annotated[int, Range(4, 60)] = 24,
    person: float = 0.15,
):
    """Move bands of rows sideways, each colour a little further than the one before; the person less."""
    height, width = mask.shape
    tick = int(time * 9)
    seeds = np.arange(bands) + 57.0 * tick
    ends = np.cumsum(0.2 + _chance(seeds))
    ends = np.round(ends / ends[-1] * height).astype(int)
    shifts = np.where(_chance(seeds + 0.3) > 0.6, (_chance(seeds + 0.7) - 0.5) * 0.3, 0)

    broken = np.empty_like(frame)
    for begin, end, shift in zip([0, *ends], ends, shifts, strict=False):
        for band, drift in enumerate((-0.012, 0.0, 0.012)):
            moved = round((shift + drift) * strength * width)
            broken[begin:end, :, band] = np.roll(frame[begin:end, :, band], moved, axis=1)
    amount = strength * (person * mask + 1 - mask)
    lines = 1 - 0.28 * amount * (np.arange(height) * 240 // height % 2)[:, None].astype(np.float32)
    weight = np.clip(2 * amount, 0, 1)[..., None]
    return ((frame + (broken.astype(np.float32) - frame) * weight) * lines[..., None]).astype(np.uint8)
