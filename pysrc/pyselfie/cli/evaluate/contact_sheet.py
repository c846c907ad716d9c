"""A picture of the worst: each one beside its truth, its mask, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.cli.picture_file import Photo, write_pictures
from pyselfie.evaluation.error_view import paint_errors
from pyselfie.evaluation.results import WORST, Row, badness
from pyselfie.extras import require

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

_PURPOSE = "the contact sheet"
_TILE = 320, 240
_GAP, _LABEL = 8, 22
_PAPER, _INK = "#F5F5F5", "#1E1E1E"
_TITLES = "picture", "truth", "mask", "difference: orange is missing, blue too much"
_MISSING = 255, 140, 0
"""Orange: on a page of small pictures it stands out more than red."""


class _Entry(NamedTuple):
    row: Row
    tiles: list[Picture]


class ContactSheet:
    """Keeps what the sheet shows of the worst pictures seen so far."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def add(self, row: Row, rgb: Picture, truth: Picture, mask: NDArray[Any]) -> None:
        """Take a picture: uint8 [H, W, 3], its truth, uint8 [H, W], and its mask, uint8 or float in 0..1, [h, w]."""
        if len(self._entries) == WORST and badness(row) >= badness(self._entries[-1].row):
            return
        self._entries.append(_Entry(row, _tiles(rgb, truth, mask)))
        self._entries.sort(key=lambda entry: badness(entry.row))
        del self._entries[WORST:]

    def write(self, path: Path) -> None:
        """Write the sheet; without pictures nothing."""
        if not self._entries:
            return
        pillow, draw = require("PIL.Image", "cli", _PURPOSE), require("PIL.ImageDraw", "cli", _PURPOSE)
        width, height = _TILE
        size = 4 * (width + _GAP) + _GAP, _LABEL + len(self._entries) * (height + _LABEL + _GAP) + 2 * _GAP
        page = pillow.new("RGB", size, _PAPER)
        pen = draw.Draw(page)
        for column, title in enumerate(_TITLES):
            pen.text((_GAP + column * (width + _GAP), _GAP), title, fill=_INK, font_size=15)
        for number, (row, tiles) in enumerate(self._entries):
            top = _LABEL + 2 * _GAP + number * (height + _LABEL + _GAP)
            name = row.name.encode("utf-8", "replace").decode()  # it need not be text
            label = f"{name}   IoU {row.score.iou:.4f}   boundary F {row.score.boundary_f:.3f}"
            pen.text((_GAP, top), label, fill=_INK, font_size=15)
            for column, tile in enumerate(tiles):
                page.paste(pillow.fromarray(tile), (_GAP + column * (width + _GAP), top + _LABEL))
        write_pictures(path, [Photo(np.asarray(page), None)])


def _tiles(rgb: Picture, truth: Picture, mask: NDArray[Any]) -> list[Picture]:
    """Return picture, truth, mask and difference, each small enough for its place."""
    height, width = rgb.shape[:2]
    scale = min(_TILE[0] / width, _TILE[1] / height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    pillow = require("PIL.Image", "cli", _PURPOSE)
    levels = mask if mask.dtype == np.uint8 else np.rint(mask * 255).astype(np.uint8)
    small = [
        np.asarray(pillow.fromarray(each).convert("RGB").resize(size, pillow.Resampling.BILINEAR))
        for each in (rgb, truth, levels)
    ]
    return [*small, paint_errors(small[0], small[1][..., 0], small[2][..., 0], _MISSING)]
