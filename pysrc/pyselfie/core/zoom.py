"""A closer look at a person who is small in the picture: which part of it, and how the mask of that part goes back.

The networks see 256 pixels across whatever the picture's size: of a person far away little is left. On a part of the
picture around the person they see as much as of one near by.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.geometry import Rect, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALL = 0.4
"""A person lower than this, as a fraction of the picture's height, gets a closer look."""

MARGIN = 0.15
"""Of the box, added on each side: with half of it hands are cut off."""

LEAST = 0.125
"""The smallest part, as a fraction of the picture's sides: in a smaller one there is nothing more to see."""

GUESS_FROM = 0.3
"""Of somebody far away the network is seldom sure: people at a quarter of their size were found best from here on."""

_REACH = 0.03
"""Of the box, added on each side of it: the close-up tells what the person inside looks like, and not that there is
more of it. Cut at a picture's lower edge, as in a poster, people are taken to go on below."""

SURE = 0.9
"""Where a close-up is to find somebody whom the first look has not: from here on a pixel of it is sure, as so much of
the person has to be. Fur and clutter leave the network in doubt."""


def person_box(mask: NDArray[np.float32], level: float = GUESS_FROM) -> Rect | None:
    """Return the smallest rectangle with all of the person, in fractions of the picture's sides.

    Parameters
    ----------
    mask
        float32 [h, w] in 0..1: the network's own, as the refinement of a mask takes small things away.
    level
        From which value on a pixel is the person's.

    Returns
    -------
    Rect or None
        None where there is nobody.
    """
    is_person = mask >= level
    rows, columns = np.flatnonzero(is_person.any(axis=1)), np.flatnonzero(is_person.any(axis=0))
    if not rows.size:
        return None
    height, width = mask.shape
    left, top = int(columns[0]), int(rows[0])
    right, bottom = int(columns[-1]) + 1, int(rows[-1]) + 1
    return Rect(left / width, top / height, (right - left) / width, (bottom - top) / height)


def closer_look(box: Rect | None, size: Size, limit: float = SMALL) -> Rect | None:
    """Return the part of a picture that shows a small person well.

    It has the picture's aspect, which the networks know best: they were trained on whole pictures.

    Parameters
    ----------
    box
        The person's, in fractions of the picture's sides.
    size
        The picture's, in pixels.
    limit
        Who is as high, as a fraction of the picture's height, is not small.

    Returns
    -------
    Rect or None
        In whole pixels, inside the picture; None where nobody is small.
    """
    if box is None or box.height >= limit:
        return None
    share = part_share(box)
    if share >= 1:  # a wide group far away: there is nothing to leave out
        return None
    x = _start(box.x + box.width / 2, share)
    y = _start(box.y + box.height / 2, share)
    left, top = round(x * size.width), round(y * size.height)
    width, height = max(1, round(share * size.width)), max(1, round(share * size.height))
    return Rect(min(left, size.width - width), min(top, size.height - height), width, height)


def part_share(box: Rect) -> float:
    """Return which fraction of the picture's sides the part around a box has."""
    return max(LEAST, max(box.width, box.height) * (1 + 2 * MARGIN))


def _start(middle: float, length: float) -> float:
    """Return where a stretch of this length around `middle` starts, so that it lies within 0..1."""
    return min(max(middle - length / 2, 0.0), 1 - length)


def part_of(picture: NDArray[np.uint8], part: Rect) -> NDArray[np.uint8]:
    """Return a part of a picture [H, W, 3], C-contiguous."""
    left, top, width, height = map(int, part)
    return np.ascontiguousarray(picture[top : top + height, left : left + width])


def is_confirmed(first: NDArray[np.float32], close_up: NDArray[np.float32], part: Rect, size: Size) -> bool:
    """Tell whether the close-up of a part is sure of a person whom the first look only guessed at.

    It has to find at least half of the same person, and to have few doubts of its own.

    Parameters
    ----------
    first, close_up
        float32 [h, w] in 0..1: the network's own masks of the picture and of the part.
    part
        In pixels of the picture.
    size
        The picture's.
    """
    is_person = close_up >= 0.5
    if (close_up >= SURE).sum() < max(1, SURE * is_person.sum()):
        return False
    return finds_same(first, close_up, part, size)


def finds_same(first: NDArray[np.float32], close_up: NDArray[np.float32], part: Rect, size: Size) -> bool:
    """Tell whether the close-up of a part finds at least half of whom the first look has; see `is_confirmed`."""
    is_person = close_up >= 0.5
    rows, columns = np.nonzero(first >= GUESS_FROM)
    height, width = close_up.shape
    y = ((rows + 0.5) / first.shape[0] * size.height - part.y) / part.height * height
    x = ((columns + 0.5) / first.shape[1] * size.width - part.x) / part.width * width
    found = is_person[np.clip(y.astype(int), 0, height - 1), np.clip(x.astype(int), 0, width - 1)]
    return bool(found.mean() >= 0.5)


def put_back(close_up: NDArray[np.float32], part: Rect, box: Rect, mask: NDArray[np.float32]) -> None:
    """Write what the close-up's mask says about the person into the `mask` of the whole picture.

    Parameters
    ----------
    close_up
        float32 [h, w], of the part's size.
    part
        In pixels of the picture.
    box
        The person's, in fractions of the picture's sides: outside of it, and a little around, `mask` stays.
    mask
        float32 [H, W], changed in place.
    """
    height, width = mask.shape
    reach = _REACH * max(box.width, box.height)
    left, top = round((box.x - reach) * width), round((box.y - reach) * height)
    right, bottom = round((box.x + box.width + reach) * width), round((box.y + box.height + reach) * height)
    copy_part(close_up, part, Rect(left, top, right - left, bottom - top), mask)


def copy_part(close_up: NDArray[np.float32], part: Rect, counts: Rect, mask: NDArray[np.float32]) -> None:
    """Copy the mask of a part, of the part's size, into one of the whole picture, as far as it `counts`; see above."""
    x, y = int(part.x), int(part.y)
    left, top = max(x, int(counts.x)), max(y, int(counts.y))
    right = min(x + int(part.width), int(counts.x + counts.width))
    bottom = min(y + int(part.height), int(counts.y + counts.height))
    mask[top:bottom, left:right] = close_up[top - y : bottom - y, left - x : right - x]


def place(
    close_up: NDArray[np.float32], part: Rect, size: Size, out: NDArray[np.float32], counts: Rect | None = None
) -> None:
    """Write the mask of a part into one of the whole picture that is no larger: each pixel is the mean of its area.

    Parameters
    ----------
    close_up
        float32 [h, w]: the part's mask, of any size.
    part
        In pixels of the picture.
    size
        The picture's.
    out
        float32 [H, W], changed in place: 0 outside of the part.
    counts
        Where in the part the mask is to be believed, in pixels of the picture; 0 elsewhere.
    """
    height, width = out.shape
    rows, top = _means(close_up, part.y / size.height * height, part.height / size.height * height, height)
    columns, left = _means(rows.T, part.x / size.width * width, part.width / size.width * width, width)
    out[...] = 0
    out[top : top + columns.shape[1], left : left + columns.shape[0]] = columns.T
    if counts is not None and counts != part:
        x, y = width / size.width, height / size.height
        out[: round(counts.y * y)] = out[round((counts.y + counts.height) * y) :] = 0
        out[:, : round(counts.x * x)] = out[:, round((counts.x + counts.width) * x) :] = 0


def _means(rows: NDArray[np.float32], start: float, length: float, end: int) -> tuple[NDArray[np.float32], int]:
    """Stretch rows over `length` from `start` on; returns the means of each whole step, and the first one's number."""
    first, last = int(start), min(math.ceil(start + length), end)
    count = len(rows)
    sums = np.zeros((count + 1, rows.shape[1]), np.float32)
    np.cumsum(rows, axis=0, out=sums[1:])
    at = np.clip((np.arange(first, last + 1) - start) * (count / length), 0, count)
    low = np.minimum(at.astype(np.intp), count - 1)
    share = (at - low).astype(np.float32)[:, None]
    until = sums[low] + share * (sums[low + 1] - sums[low])
    means = np.diff(until, axis=0) * np.float32(length / count)
    return np.clip(means, 0, 1, out=means), first  # sums are not exact


def placed_classes(close_up: NDArray[np.float32], part: Rect, size: Size) -> NDArray[np.float32]:
    """Return what is told apart in a part as planes of the whole picture, float32 [C, h, w]: the first is all else."""
    result = np.empty_like(close_up)
    for plane, target in zip(close_up, result, strict=True):
        place(plane, part, size, target)
    result[0] += 1 - result.sum(axis=0)
    return result
