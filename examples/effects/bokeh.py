"""The farther from the person, the wider the blur, with the round lights of a fast lens."""

from typing import Annotated

import numpy as np

from pyselfie import Range

TAPS = 60
TURN = np.pi * (3 - np.sqrt(5))  # the golden angle: points at its multiples fill a disc evenly


def _halved(plane):
    return (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4


def _doubled(plane):
    """Return the plane at twice its size, and a little softer."""
    big = np.pad(plane.repeat(2, axis=0).repeat(2, axis=1), ((1, 1), (1, 1), (0, 0)), mode="edge")
    big = (big[:-2] + 2 * big[1:-1] + big[2:]) / 4
    return (big[:, :-2] + 2 * big[:, 1:-1] + big[:, 2:]) / 4


def _distance(mask):
    """Return how far each pixel is from the person, 0..1, in strides of 1, 2, 4 ... pixels."""
    for stride in (1, 2, 4, 8, 16, 32):
        far = np.pad(mask, stride, mode="edge")
        beside = far[stride:-stride, 2 * stride :], far[stride:-stride, : -2 * stride]
        above = far[2 * stride :, stride:-stride], far[: -2 * stride, stride:-stride]
        mask = np.maximum(mask, np.maximum.reduce([*beside, *above]) - stride / 64)
    return 1 - mask


def bokeh(sample, mask, time, aspect, size: Annotated[float, Range(1, 12)] = 7.0, lights: float = 0.5):
    """Gather each pixel's light from the discs that reach it; the frame's own detail stays near the person."""
    color, person = _halved(sample.astype(np.float32)), _halved(mask)
    height, width = person.shape
    distance = _distance(person)
    weight = (1 - person) ** 2 * (0.05 + lights * (color.mean(axis=2) / 255) ** 6)
    light = np.dstack([color * weight[..., None], weight, size * (0.15 + distance)])
    light = np.pad(light, ((16, 16), (16, 16), (0, 0)), mode="edge")

    total = np.full((height, width, 4), 1e-6, np.float32)
    for index in range(TAPS):
        radius = size * 1.15 * np.sqrt(index / TAPS)
        x, y = radius * np.cos(index * TURN) / aspect, radius * np.sin(index * TURN)
        x, y = 16 + round(np.clip(x, -16, 16)), 16 + round(y)
        there = light[y : y + height, x : x + width]
        total += there[..., :4] * np.clip(there[..., 4:] - radius + 1, 0, 1)
    blurred = _doubled(total[..., :3] / total[..., 3:]).clip(0, 255)
    alpha = _doubled(np.clip(5 * distance, 0, 1)[..., None]) * (1 - mask[..., None])
    return np.dstack([blurred, 255 * alpha]).astype(np.uint8)
