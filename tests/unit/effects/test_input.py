"""What the functions of `effects` say about arrays and parameters that they cannot take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pyselfie import effects
from pyselfie.core.options import OptionError

FRAME = np.zeros((4, 4, 3), np.uint8)
MASK = np.ones((4, 4), np.float32)


@pytest.mark.parametrize(
    ("mask", "error", "sentence"),
    [
        (np.full((4, 4), np.nan), ValueError, r"has to be in 0\.\.1, got values from nan to nan"),
        (np.full((4, 4), 255.0), ValueError, r"got values from 255 to 255"),
        (np.zeros((4, 4, 1)), ValueError, r"shape \(height, width\), got \(4, 4, 1\)"),
        (np.zeros((0, 4)), ValueError, r"got \(0, 4\)"),
        (np.zeros((4, 4), np.uint8), TypeError, "floating point array .*, got uint8"),
        ([[0.0]], TypeError, "got list"),
        (np.ma.masked_greater(np.full((4, 4), 5.0), 1), ValueError, "got values from 5 to 5"),
        (None, TypeError, "got NoneType"),
    ],
)
def test_bad_mask_is_refused(mask: Any, error: type[Exception], sentence: str) -> None:
    """One sentence with what came and what was expected."""
    with pytest.raises(error, match=sentence):
        effects.blur(FRAME, mask)


@pytest.mark.parametrize(
    ("bad", "error", "sentence"),
    [
        (np.zeros((4, 4, 3)), TypeError, "the frame has to be uint8, RGB in 0..255, got float64"),
        (np.zeros((4, 4, 4), np.uint8), ValueError, r"the frame has to be RGB .*, got \(4, 4, 4\)"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, r"the frame is empty: its shape is \(0, 4, 3\)"),
        ([1, 2, 3], TypeError, "the frame has to be a NumPy array .*, got list"),
    ],
)
def test_bad_frame_is_refused(bad: Any, error: type[Exception], sentence: str) -> None:
    """One sentence with what came and what was expected."""
    with pytest.raises(error, match=sentence):
        effects.fill(bad, np.zeros((4, 4)))


def test_bad_parameters_are_refused() -> None:
    """Strength, colour and background are checked as on the page; slight overshoot of a filtered mask is forgiven."""
    with pytest.raises(OptionError, match="strength is 2"):
        effects.blur(FRAME, MASK, strength=2)
    with pytest.raises(OptionError, match="color is “green”"):
        effects.fill(FRAME, MASK, color="green")
    floats: Any = np.zeros((4, 4, 3))
    with pytest.raises(TypeError, match="the background has to be uint8"):
        effects.replace_background(FRAME, MASK, floats)
    np.testing.assert_array_equal(effects.cut_out(FRAME, MASK * np.float32(1.0005))[..., 3].max(), 255)
