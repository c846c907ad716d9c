"""Where a closer look goes, and how its mask goes back."""

import numpy as np
import pytest

from pyselfie.core.geometry import Rect, Size
from pyselfie.core.zoom import closer_look, part_of, person_box, put_back

SIZE = Size(640, 480)


def test_box_holds_the_whole_person():
    """In fractions of the picture, whatever the mask's size; faint pixels do not count."""
    mask = np.zeros((100, 200), np.float32)
    mask[20:30, 50:90] = 0.6
    mask[70, 10] = 0.29
    assert person_box(mask) == Rect(0.25, 0.2, 0.2, 0.1)
    assert person_box(np.zeros((4, 4), np.float32)) is None


@pytest.mark.parametrize("box", [None, Rect(0.1, 0.1, 0.2, 0.4), Rect(0.0, 0.6, 0.9, 0.2)])
def test_nobody_small_is_no_closer_look(box):
    """Nobody, somebody of 40 % of the height, and a group that fills the width are seen well enough."""
    assert closer_look(box, SIZE) is None


def test_a_small_person_is_shown_with_a_margin():
    """15 % of the box on each side of its longer direction, with the picture's aspect and the person in the middle."""
    assert closer_look(Rect(0.4, 0.4, 0.1, 0.2), SIZE) == Rect(205, 178, 166, 125)


@pytest.mark.parametrize("x", [0.0, 0.9])
@pytest.mark.parametrize("y", [0.0, 0.7])
def test_at_the_edge_the_part_stays_inside(x, y):
    """It is moved, not cut: the aspect stays."""
    part = closer_look(Rect(x, y, 0.1, 0.3), SIZE)
    assert part is not None
    assert (part.width, part.height) == (250, 187)
    assert part.x in {0, 640 - 250}
    assert part.y in {0, 480 - 187}


@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 2), Size(12_000, 7)])
def test_pictures_of_any_size_have_a_part(size):
    """It has at least a pixel and lies inside."""
    part = closer_look(Rect(0.99, 0.99, 0.01, 0.01), size)
    assert part is not None
    assert part.width >= 1
    assert part.height >= 1
    assert part.x + part.width <= size.width
    assert part.y + part.height <= size.height


def test_a_speck_is_not_blown_up():
    """The part is at least an eighth of the picture."""
    part = closer_look(Rect(0.5, 0.5, 0.001, 0.001), SIZE)
    assert part is not None
    assert (part.width, part.height) == (80, 60)


def test_the_part_goes_back_to_its_place():
    """What lies outside stays."""
    picture = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(6, 8, 3)
    part = Rect(2, 1, 3, 4)
    close_up = part_of(picture, part)
    np.testing.assert_array_equal(close_up, picture[1:5, 2:5])
    assert close_up.flags.c_contiguous
    mask = np.full((6, 8), 0.25, np.float32)
    put_back(np.ones((4, 3), np.float32), part, mask)
    assert mask.sum() == 12 + 0.25 * (48 - 12)
