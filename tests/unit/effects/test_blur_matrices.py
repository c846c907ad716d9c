"""The blur as matrices: the same picture as the running sums paint."""

from __future__ import annotations

import numpy as np
import pytest

from pyselfie.core.blur import (
    COARSE_WEIGHT,
    MEAN_WEIGHT,
    PERSON_FROM,
    blur_background,
    blur_sigma,
    doubled,
    halved,
)
from pyselfie.core.blur_matrices import blur_matrices, reach

SIGMAS = {
    "narrow": blur_sigma(0, (1280, 720), (256, 144)),
    "half": blur_sigma(0.5, (1280, 720), (256, 256)),
    "wide": blur_sigma(1, (1280, 720), (256, 144)),
    "portrait": blur_sigma(1, (720, 1280), (256, 256)),
    "a tower": blur_sigma(1, (100, 1000), (256, 256)),
}


def blur_by_matrices(rgb, mask, sigma):
    """Return what `blur_background` returns, by `blur_matrices`."""
    height, width = mask.shape
    factor, across, down = blur_matrices(sigma, (width, height))
    weight = np.maximum(0, 1 - mask / np.float32(PERSON_FROM))
    planes = np.concatenate([np.moveaxis(rgb, -1, 0) * weight, weight[None]]).astype(np.float32)
    for _ in range(factor // 2):
        planes = halved(planes)
    fine, coarse = (down[..., scale] @ planes @ across[..., scale].T for scale in (0, 1))
    mean = planes.mean(axis=(1, 2), keepdims=True)
    sums = fine + COARSE_WEIGHT * (coarse + MEAN_WEIGHT * mean / mean[3])
    result = sums[:3] / sums[3]
    for _ in range(factor // 2):
        result = doubled(result)
    return result


@pytest.mark.parametrize("sigma", SIGMAS.values(), ids=SIGMAS.keys())
def test_matrices_blur_as_running_sums_do(sigma):
    """At every width and aspect the matrices give the background that `blur_background` gives."""
    random = np.random.default_rng(5)
    rgb = random.integers(0, 256, (144 if sigma[1] < 7 else 256, 256, 3), np.uint8)
    mask = np.zeros(rgb.shape[:2], np.float32)
    mask[20:100, 40:180] = 1
    mask[15:20, 40:180] = 0.05
    assert np.abs(blur_by_matrices(rgb, mask, sigma) - blur_background(rgb, mask, sigma)).max() < 0.1


def test_reach_is_the_farthest_weight():
    """Beyond `reach` all weights are zero, and at that distance one is not."""
    weights = np.zeros((8, 8, 2), np.float32)
    weights[:, :, 0] = np.eye(8)
    weights[6, 3, 1] = 0.1
    assert reach(weights) == 3
