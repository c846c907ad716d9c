"""From pixels to the model's input."""

import numpy as np

from pyselfie.core.tensor import fill_tensor


def test_rgb_becomes_unit_floats_and_alpha_is_left_out():
    """Every level is its 255th part, in place, whatever stands in the fourth channel."""
    picture = np.random.default_rng(4).integers(0, 256, (6, 8, 4), np.uint8)
    tensor = np.full((1, 6, 8, 3), 9, np.float32)
    fill_tensor(picture, tensor)
    np.testing.assert_allclose(tensor[0], picture[..., :3] / 255, atol=1e-7)
