"""The built-in backdrops: complete, of one size, and the same every time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from builder import backdrops

if TYPE_CHECKING:
    from pathlib import Path


def test_every_listed_file_is_drawn(tmp_path: Path):
    """backdrops.json lists each picture once, with a full-size file and a thumbnail of the same shape."""
    backdrops.draw_all(tmp_path)
    entries = json.loads((tmp_path / "backdrops.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in entries] == list(backdrops.BACKDROPS)
    for entry in entries:
        with Image.open(tmp_path / entry["file"]) as picture, Image.open(tmp_path / entry["thumb"]) as thumb:
            assert picture.size == (1920, 1080)
            assert thumb.size == (320, 180)
            assert np.asarray(picture.convert("L")).std() > 5, "a picture, not one colour"
    listed = {entry[key] for entry in entries for key in ("file", "thumb")}
    assert {path.name for path in tmp_path.iterdir()} == listed | {"backdrops.json"}


def test_drawing_again_gives_the_same_picture():
    """Chance has fixed seeds, so that a new build ships the same bytes."""
    _, draw = backdrops.BACKDROPS["bokeh"]
    np.testing.assert_array_equal(draw(), draw())
