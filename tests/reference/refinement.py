"""What the refined networks compute behind the network, in plain NumPy: every piece is checked against it.

Arrays are [channels, height, width], in float64 where it matters; h x w is the model's size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Array = np.ndarray


class Answer(NamedTuple):
    """Everything that a refined model gives."""

    mask: Array
    next_luma: Array
    coefficients: Array
    still: Array
    person: Array
    outside: Array
    edge: Array


def window_mean(planes: Array, size: int, stride: int) -> Array:
    """Return the means of windows of `size` pixels every `stride` pixels; at the border of what is there."""
    reach = (size - stride) // 2
    _, height, width = planes.shape
    result = np.empty((planes.shape[0], height // stride, width // stride))
    for row, column in np.ndindex(*result.shape[1:]):
        top, left = row * stride - reach, column * stride - reach
        window = planes[:, max(top, 0) : top + size, max(left, 0) : left + size]
        result[:, row, column] = window.mean(axis=(1, 2), dtype=np.float64)
    return result


def grow(planes: Array, factor: int) -> Array:
    """Return bilinear samples between the pixels' centres, `factor` times as many along each side."""
    for axis in (1, 2):
        size = planes.shape[axis]
        places = np.clip((np.arange(size * factor) + 0.5) / factor - 0.5, 0, size - 1)
        low = np.floor(places).astype(int)
        share = (places - low).reshape([-1, 1] if axis == 1 else [-1])
        first, second = (np.take(planes, np.minimum(low + step, size - 1), axis) for step in (0, 1))
        planes = first * (1 - share) + second * share
    return planes


def sharpen(mask: Array) -> Array:
    """Stretch a mask about 1/2."""
    return np.clip(5 * mask - 2, 0, 1)


def inverse_spread(half: Array) -> Array:
    """Return the inverse of the colours' covariance in each window, [h/4, w/4, 3, 3]."""
    mean = window_mean(half, 6, 2)
    products = (half[:, None] * half[None]).reshape(9, *half.shape[1:])
    squares = window_mean(products, 6, 2).reshape(3, 3, *mean.shape[1:])
    spread = squares - mean[:, None] * mean[None] + 3e-4 * np.eye(3)[:, :, None, None]
    return np.linalg.inv(spread.transpose(2, 3, 0, 1))


def fit(half: Array, person: Array) -> Array:
    """Return the coefficients [4, h/4, w/4] of alpha = a . rgb + b that fit a mask on half the model's size."""
    mean, mean_person = window_mean(half, 6, 2), window_mean(person, 6, 2)
    along = window_mean(half * person, 6, 2) - mean * mean_person
    slope = np.einsum("yxij,jyx->iyx", inverse_spread(half), along)
    offset = mean_person - (slope * mean).sum(axis=0, keepdims=True)
    return window_mean(np.concatenate([slope, offset]), 3, 1)


def apply(coefficients: Array, picture: Array) -> Array:
    """Return a . rgb + b."""
    return (coefficients[:3] * picture).sum(axis=0, keepdims=True) + coefficients[3:]


def keep_sure_places(coefficients: Array, mask: Array) -> Array:
    """Let the network's answer stand where it is sure all around."""
    doubt = window_mean(mask, 8, 4)
    inside, outside = np.clip(10 * doubt - 9, 0, 1), np.clip(1 - 10 * doubt, 0, 1)
    return coefficients * (1 - inside - outside) + inside * np.reshape([0, 0, 0, 1], (4, 1, 1))


def without_islands(mask: Array, classes: Array, markers: list[int]) -> Array:
    """Return the mask less what is joined to none of the classes `markers`, by cells of 8 by 8 pixels."""
    person, sure = cells(mask[0]), np.clip((cells(classes[markers].max(axis=0)) - 0.5) / 0.3, 0, 1)
    reached = np.minimum(person, sure)
    reached += (person - reached) * (1 - sure.max())
    for _ in range(24):
        around = np.pad(reached, 1)
        windows = np.lib.stride_tricks.sliding_window_view(around, (3, 3))
        reached = np.minimum(person, windows.max(axis=(2, 3)))
    return np.minimum(mask, reached.repeat(8, axis=0).repeat(8, axis=1))


def cells(plane: Array) -> Array:
    """Return the greatest value of each cell of 8 by 8 pixels."""
    height, width = plane.shape
    return plane.reshape(height // 8, 8, width // 8, 8).max(axis=(1, 3))


def luma(half: Array) -> Array:
    """Return 0.299 red + 0.587 green + 0.114 blue."""
    return np.tensordot([0.299, 0.587, 0.114], half, axes=1)[None]


def same_scene(change: Array) -> float:
    """Return 1 while the scene goes on, 0 after a cut, by the change of luma in 8 by 8 cells (6 rows of 8 for 16:9)."""
    _, height, width = change.shape
    rows = 8 if height == width else 6
    cells = change.reshape(rows, height // rows, 8, width // 8).mean(axis=(1, 3))
    share = np.clip((np.abs(cells) - 0.015) / 0.02, 0, 1).mean()
    return float(np.clip(4 - 30 * share, 0, 1))


def opacity(coefficients: Array, picture: Array) -> Array:
    """Return the opacity of each pixel of the picture."""
    return np.clip((apply(grow(coefficients, 4), picture) - 0.2) / 0.6, 0, 1)


def refine(
    picture: Array, mask: Array, last_mask: Array, last_luma: Array, smoothing: float, *, sure_places: bool = True
) -> Answer:
    """Return what a refined model gives.

    Parameters
    ----------
    picture
        [3, h, w] in 0..1.
    mask
        The network's, [1, h, w] in 0..1.
    last_mask, last_luma
        [1, h, w] and [1, h/2, w/2]: `mask` and `next_luma` of the frame before.
    smoothing
        The most that the last mask weighs, 0..1.
    sure_places
        Whether the network's answer stands where it is sure all around.
    """
    half, person = window_mean(picture, 2, 2), window_mean(sharpen(mask), 2, 2)
    person = sharpen(apply(grow(fit(half, person), 2), half))
    coefficients = fit(half, person)
    if sure_places:
        coefficients = keep_sure_places(coefficients, mask)
    alpha = opacity(coefficients, picture)
    change = last_luma - luma(half)
    still = smoothing * same_scene(change) * np.clip(1.5 - 100 * window_mean(np.abs(change), 3, 1), 0, 1)
    final = alpha + (last_mask - alpha) * still.repeat(2, axis=1).repeat(2, axis=2)
    inside, outside, edge = fringe(half, person, final)
    return Answer(final, luma(half) + change * still, coefficients, still, inside, outside, edge)


def fringe(half: Array, person: Array, final: Array) -> tuple[Array, Array, Array]:
    """Return the mean colours of person and surroundings in each window, and the colour of the edge."""
    mean, share, both = (window_mean(planes, 6, 2) for planes in (half, person, half * person))
    inside, outside = (both + 0.01 * mean) / (share + 0.01), (1.01 * mean - both) / (1.01 - share)
    return inside, outside, np.clip(inside + window_mean(final, 4, 4) * (inside - outside), 0, 1)
