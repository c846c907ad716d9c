"""What is made of two sides' pictures and times."""

import numpy as np

from bench.by_hand import compare, difference
from bench.measure import Field


def test_pictures_are_compared_in_all_channels():
    """Mean and most; bytes don't wrap round."""
    first = np.full((2, 2, 4), 250, np.uint8)
    second = first.copy()
    second[0, 0, 3] = 2
    assert difference(first, second) == {"mean": 15.5, "most": 248}
    assert difference(second, first) == {"mean": 15.5, "most": 248}


def test_without_both_sides_nothing_is_compared():
    """Where nobody is left there are no ratios, and no fault."""
    assert compare(Field([], {}), "ours", 1, {"count": 2, "width": 16, "height": 16, "kind": "bitmap"}) == {}
