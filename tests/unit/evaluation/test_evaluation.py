"""What `pyselfie evaluate` and the quality lab share: pairs by name, what fits, and the picture of errors."""

from __future__ import annotations

import numpy as np
import pytest

from pyselfie.evaluation.error_view import MISSING, TOO_MUCH, paint_errors
from pyselfie.evaluation.fit import UnfitError, check_levels, check_size
from pyselfie.evaluation.names import NamedPair, in_order, pair_names


def test_names_belong_together_without_their_suffix() -> None:
    """In the order of their names, in which numbers count as numbers, wherever they stand in their lists."""
    pairs, problems = pair_names(["a10.jpg", "a2.jpg", "b/c.png"], ["b/c.webp", "a2.png", "a10.png"])
    assert pairs == [NamedPair("a2", 1, 1), NamedPair("a10", 0, 2), NamedPair("b/c", 2, 0)]
    assert problems == []
    assert sorted(["x10", "x9", "x"], key=in_order) == ["x", "x9", "x10"]


def test_a_picture_and_a_mask_alone_are_a_pair() -> None:
    """Whatever they are called."""
    assert pair_names(["photo.jpg"], ["truth.png"]) == ([NamedPair("photo", 0, 0)], [])


def test_what_is_alone_is_told() -> None:
    """One sentence for pictures without masks and one for masks without pictures, with three names at most."""
    pairs, problems = pair_names(["a.png", "b.png", "c.png", "d.png", "e.png"], ["e.png", "other.png"])
    assert [pair.name for pair in pairs] == ["e"]
    assert problems == [
        "4 pictures have no mask of the same name: a.png, b.png, c.png, ...",
        "one mask has no picture of the same name: other.png",
    ]


def test_two_of_one_name_are_left_out() -> None:
    """Nobody can tell which is meant, among pictures and among masks; the others go on."""
    pairs, problems = pair_names(["a.png", "a.jpg", "a.webp", "b.png", "c.png"], ["a.png", "b.png", "c.gif", "c.png"])
    assert [pair.name for pair in pairs] == ["b"]
    assert problems[:2] == [
        "a.jpg and a.png have one name, and which of them counts cannot be told",
        "c.gif and c.png have one name, and which of them counts cannot be told",
    ]


def test_files_without_a_name_belong_to_nobody() -> None:
    """In a page a file can be called nothing at all."""
    assert [pair.name for pair in pair_names(["", "a.png"], ["a.png", ".."])[0]] == ["a"]


def test_what_does_not_fit_is_a_sentence() -> None:
    """A truth of another size, and one of labels; a black one fits."""
    rgb = np.zeros((4, 6, 3), np.uint8)
    with pytest.raises(UnfitError, match=r"^t\.png is 6x3, but p\.jpg is 6x4: a truth has the size of its picture$"):
        check_size(rgb[:3, :, 0], rgb, "t.png", "p.jpg")
    with pytest.raises(UnfitError, match=r"^t\.png has no level above 1, so it may have labels"):
        check_levels(rgb[..., 0] + 1, "t.png")
    check_levels(rgb[..., 0], "t.png")


def test_errors_are_painted_over_the_grey_picture() -> None:
    """Red where the person is missing, blue where there is too much, half of it where half is wrong, else grey."""
    rgb = np.full((1, 4, 3), 100, np.uint8)
    truth = np.array([[255, 0, 0, 255]], np.uint8)
    mask = np.array([[0, 255, 0, 127]], np.uint8)
    painted = paint_errors(rgb, truth, mask)[0]
    grey = 100 // 2 + 64
    assert tuple(painted[0]) == MISSING
    assert tuple(painted[1]) == TOO_MUCH
    assert tuple(painted[2]) == (grey, grey, grey)
    assert abs(int(painted[3, 0]) - (grey + MISSING[0]) / 2) <= 1
