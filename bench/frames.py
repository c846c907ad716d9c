"""The pictures that every contender gets: windows that wander over a real photo, so that no two in a row are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from builder.site.samples import astronaut_png

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (1280, 720)
COUNT = 8
_SCALED = 1400  # pixels: wider than a frame, so that the window has room to wander


def write_frames(folder: Path) -> None:
    """Write ``0.jpg`` to ``7.jpg``, 1280x720, cut from the astronaut's portrait that comes with scikit-image."""
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(astronaut_png()) as picture:
        photo = picture.convert("RGB").resize((_SCALED, _SCALED), Image.Resampling.BICUBIC)
    for index in range(COUNT):
        left, top = 15 * index, 12 * index
        photo.crop((left, top, left + SIZE[0], top + SIZE[1])).save(folder / f"{index}.jpg", quality=95)
