"""People far away: pictures of people shrunk to a quarter, at the lower edge of a frame of the old size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from bench.quality.backgrounds import covering, read_levels, to_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from bench.quality.backgrounds import Levels

_SHRUNK_BY = 4
_WALL = 0.5


def far_away(
    picture: Path, mask: Path, room: Path | None, *, crop: bool
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return a frame, uint8 [H, W, 3], RGB, and its truth, uint8 [H, W].

    Parameters
    ----------
    picture, mask
        A person, and where in the picture they are. Most are cut by the picture's lower edge, so they stay at it.
    room
        What is behind them; None for a grey wall.
    crop
        Whether all of the picture is put into the room, as a poster would be, or the person alone, cut out by the mask.
    """
    person, alpha = read_levels(picture), read_levels(mask, "L")
    height, width = alpha.shape
    frame: Levels = np.full((height, width, 3), _WALL, np.float32)
    if room is not None:
        frame = covering(read_levels(room), width, height).copy()
    small = round(width / _SHRUNK_BY), round(height / _SHRUNK_BY)
    person, alpha = (_shrunk(each, *small) for each in (person, alpha))
    left, top = (width - small[0]) // 2, height - small[1]
    place = np.s_[top:, left : left + small[0]]
    share = np.float32(1) if crop else alpha[..., None]
    frame[place] = share * person + (1 - share) * frame[place]
    truth: Levels = np.zeros((height, width), np.float32)
    truth[place] = alpha
    return to_bytes(frame), to_bytes(truth)


def _shrunk(levels: Levels, width: int, height: int) -> Levels:
    return np.asarray(cv2.resize(levels, (width, height), interpolation=cv2.INTER_AREA), np.float32)
