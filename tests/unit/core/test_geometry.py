"""Sizes and rectangles."""

import numpy as np
import pytest

from pyselfie.core.geometry import MAX_SIDE, Rect, Size, cover_crop, fit_within, opaque_part


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (Size(1920, 1080), Size(640, 360), Rect(0, 0, 1920, 1080)),
        (Size(1920, 1080), Size(500, 500), Rect(420, 0, 1080, 1080)),
        (Size(1000, 2000), Size(200, 100), Rect(0, 750, 1000, 500)),
    ],
)
def test_cover_crop_keeps_the_aspect_and_the_centre(source, target, expected):
    """The crop has the target's aspect, fills one side of the source and is centred on the other."""
    assert cover_crop(source, target) == pytest.approx(expected)


def test_large_pictures_are_limited_to_what_a_canvas_holds():
    """12,000 pixels become MAX_SIDE, aspect kept; a small picture is never enlarged; no side vanishes."""
    assert fit_within(Size(12000, 3000)) == (MAX_SIDE, MAX_SIDE // 4)
    assert fit_within(Size(640, 480)) == (640, 480)
    assert fit_within(Size(50000, 1)) == (MAX_SIDE, 1)


def test_a_scaled_rectangle_has_whole_pixels_and_loses_nothing():
    """Its sides are rounded outwards."""
    assert Rect(1, 2, 3, 4).scaled(1.5, 2.25) == (1, 4, 5, 10)


def test_opaque_part_has_all_visible_pixels_and_a_margin_within_the_picture():
    """The rectangle covers what is visible plus the margin and ends at the picture's edges."""
    rgba = np.zeros((20, 30, 4), np.uint8)
    assert opaque_part(rgba) is None
    rgba[5, 10, 3] = rgba[9, 12, 3] = 1
    assert opaque_part(rgba) == (9, 4, 5, 7)
    rgba[0, 0, 3] = rgba[19, 29, 3] = 255
    assert opaque_part(rgba) == (0, 0, 30, 20)
