"""Whether a truth can be compared: its size, and that it has levels and no labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

PERSON_FROM = 128
"""A level that somebody in a truth or a mask reaches somewhere; labels are mostly below."""


class UnfitError(ValueError):
    """A truth cannot be compared; one sentence says why."""


def check_size(truth: Picture, rgb: Picture, name: str, picture: str) -> None:
    """See whether a truth, [h, w], has the size of its picture, [H, W, 3]; both have names for the sentence.

    Raises
    ------
    UnfitError
        When it has another size.
    """
    if truth.shape != rgb.shape[:2]:
        sizes = [f"{each.shape[1]}x{each.shape[0]}" for each in (truth, rgb)]
        raise UnfitError(f"{name} is {sizes[0]}, but {picture} is {sizes[1]}: a truth has the size of its picture")


def check_levels(truth: Picture, name: object) -> None:
    """See whether a truth, uint8 [h, w], is white somewhere, or black everywhere.

    Raises
    ------
    UnfitError
        When it may have labels.
    """
    if 0 < truth.max() < PERSON_FROM:
        raise UnfitError(labels(name, int(truth.max()), "truth"))


def labels(name: object, level: int, kind: str) -> str:
    """Return a sentence about a `kind` of mask whose brightest level is low."""
    return f"{name} has no level above {level}, so it may have labels: a {kind} is white (255) where the person is"
