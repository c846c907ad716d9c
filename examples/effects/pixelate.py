"""All but the person becomes squares."""

from typing import Annotated

import numpy as np

from pyselfie import Range


def pixelate(sample, mask, time, aspect, squares: Annotated[int, Range(4, 64)] = 20):
    """Give each square its mean colour; pixels of the person don't count in it."""
    rows, columns = mask.shape
    down = max(1, round(squares / aspect))
    row, column = np.arange(rows) * down // rows, np.arange(columns) * squares // columns
    square = row[:, None] * squares + column

    behind = (1.001 - mask).ravel()
    weight = np.bincount(square.ravel(), behind, down * squares)
    sums = [np.bincount(square.ravel(), behind * sample[..., band].ravel(), down * squares) for band in range(3)]
    means = (np.stack(sums, axis=1) / weight[:, None]).astype(np.uint8)
    return np.dstack([means[square], (255 * np.clip(1.5 - 2 * mask, 0, 1)).astype(np.uint8)])
