"""The background blur as matrices, for a painter that multiplies better than it adds up running sums: the GPU.

Every step of `blur_background` between the weighting and the division is linear and separable, so that it is one
matrix along x and one along y. The matrices are made by sending unit vectors through `blur`'s own functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pyselfie.core.blur import decimation, doubled, gaussian, halved

if TYPE_CHECKING:
    from numpy.typing import NDArray


class BlurMatrices(NamedTuple):
    """A blur of one width on one grid.

    Attributes
    ----------
    factor : int
        The grid has 1/factor of the mask's width and height.
    across, down : ndarray of float32, shape [n, n, 2]
        ``[to, from]`` along x and y: the weights of the blur, and those of the much wider one that fills gaps.
    """

    factor: int
    across: NDArray[np.float32]
    down: NDArray[np.float32]


def blur_matrices(sigma: tuple[float, float], mask_size: tuple[int, int]) -> BlurMatrices:
    """Return the matrices of a blur.

    Parameters
    ----------
    sigma : (float, float)
        Standard deviations along x and y, in mask pixels; see `blur_sigma`.
    mask_size : (width, height)
        In pixels, multiples of 16.
    """
    factor, (sigma_x, sigma_y) = decimation(sigma)
    width, height = mask_size
    return BlurMatrices(factor, _along_axis(width // factor, sigma_x), _along_axis(height // factor, sigma_y))


def reach(weights: NDArray[np.float32]) -> int:
    """Return the largest distance between pixels of which one has a weight in the other's sum."""
    towards, origin = np.nonzero(weights.any(axis=-1))
    return int(np.abs(towards - origin).max())


def _along_axis(length: int, sigma: float) -> NDArray[np.float32]:
    units = np.eye(length, dtype=np.float32)[:, None, :]
    fine = gaussian(units, (sigma, 0.0))
    coarse = gaussian(_halved_across(_halved_across(units)), (sigma, 0.0))
    for _ in range(2):
        coarse = doubled(coarse)[:, :1]
    return np.ascontiguousarray(np.stack([fine[:, 0].T, coarse[:, 0].T], axis=-1))


def _halved_across(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    return halved(np.repeat(planes, 2, axis=1))
