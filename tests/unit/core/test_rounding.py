"""Floats to bytes: the same numbers as rounding and converting gives."""

import numpy as np

from pyselfie.core.rounding import to_bytes


def test_bytes_are_what_rint_gives():
    """Half to even, up to the floats next to each half; a filter's overshoot of less than a half does not matter."""
    halves = np.arange(0, 255.5, 0.5, dtype=np.float32)
    values = np.concatenate(
        [halves, np.nextafter(halves, np.float32(-1)), np.nextafter(halves, np.float32(300)), [-0.49, 255.49]]
    ).astype(np.float32)
    np.testing.assert_array_equal(to_bytes(values), np.rint(values).astype(np.uint8))
    planes = np.random.default_rng(1).random((3, 20, 30), np.float32) * 255
    np.testing.assert_array_equal(to_bytes(planes), np.rint(planes).astype(np.uint8))
