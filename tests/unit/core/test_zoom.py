"""Where a closer look goes, and how its mask goes back."""

import numpy as np
import pytest

from pyselfie.core.geometry import Rect, Size
from pyselfie.core.zoom import closer_look, is_confirmed, part_of, person_box, put_back

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


def test_the_part_shows_what_is_there():
    """A piece of the picture, contiguous."""
    picture = np.arange(8 * 6 * 3, dtype=np.uint8).reshape(6, 8, 3)
    close_up = part_of(picture, Rect(2, 1, 3, 4))
    np.testing.assert_array_equal(close_up, picture[1:5, 2:5])
    assert close_up.flags.c_contiguous


def test_the_person_goes_back_to_its_place():
    """Inside the box the close-up counts; further away than 3 % of it the first look does, whatever the close-up says.

    A person whose feet are cut off would get new ones otherwise.
    """
    mask = np.full((200, 400), 0.25, np.float32)
    close_up = np.arange(130 * 260, dtype=np.float32).reshape(130, 260)
    put_back(close_up, Rect(20, 40, 260, 130), Rect(0.3, 0.3, 0.2, 0.5), mask)
    expected = np.full((200, 400), 0.25, np.float32)
    expected[57:163, 114:206] = close_up[17:123, 94:186]
    np.testing.assert_array_equal(mask, expected)


def test_the_person_goes_back_at_the_pictures_edge():
    """Nothing outside of the part, or of the picture, is written."""
    mask = np.zeros((100, 100), np.float32)
    put_back(np.ones((50, 50), np.float32), Rect(50, 50, 50, 50), Rect(0.5, 0.5, 0.5, 0.5), mask)
    assert mask.sum() == 50 * 50


PART = Rect(160, 120, 320, 240)


def confirmed(close_up):
    """Tell it where the first look guesses at a person in the middle, 0.1 of the picture's sides."""
    first = np.zeros((100, 100), np.float32)
    first[45:55, 45:55] = 0.4
    return is_confirmed(first, close_up, PART, SIZE)


@pytest.mark.parametrize(("level", "expected"), [(1.0, True), (0.92, True), (0.8, False), (0.4, False)])
def test_a_person_is_confirmed_who_is_surely_there(level, expected):
    """The close-up sees the same person, and has next to no doubt."""
    close_up = np.zeros((50, 50), np.float32)
    close_up[20:30, 20:30] = level
    assert confirmed(close_up) == expected


def test_somebody_else_is_no_confirmation():
    """Who is sure, but elsewhere, is not the one whom the first look guessed at; half of that one is enough."""
    elsewhere = np.zeros((50, 50), np.float32)
    elsewhere[:15, :] = 1
    assert not confirmed(elsewhere)
    elsewhere[:25, :] = 1
    assert confirmed(elsewhere)
    assert not confirmed(np.zeros((50, 50), np.float32))
