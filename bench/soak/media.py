"""What a run is fed with: photos, a film, and a camera for Chromium."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from PIL import Image

from bench.frames import COUNT, write_frames

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CAMERA = "camera.mjpeg"
FILM = "film.webm"
_FILM_SIZE = (640, 360)
_FILM_FRAMES = 60
_FPS = 30
_NARROWER = 16


def write_media(folder: Path, *, small: bool = False) -> None:
    """Write ``0.jpg`` to ``7.jpg``, the same as a camera's film, forth and back, and two seconds of VP8.

    The camera's film has 1280x720 pixels, and a sixteenth of that if it's to be small. Photos are 16 pixels narrower: a
    frame's size says which of the two it is from.
    """
    write_frames(folder)
    photos = [folder / f"{index}.jpg" for index in range(COUNT)]
    if small:
        for photo in photos:
            _change(photo, lambda picture: picture.reduce(4))
    (folder / CAMERA).write_bytes(b"".join(path.read_bytes() for path in photos + photos[::-1]))
    with av.open(str(folder / FILM), "w") as film:
        stream = film.add_stream("libvpx", rate=Fraction(_FPS), options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = *_FILM_SIZE, "yuv420p"
        pictures = [_read(path) for path in photos]
        for index in range(_FILM_FRAMES):
            film.mux(stream.encode(pictures[index % COUNT]))
        film.mux(stream.encode(None))
    for photo in photos:
        _change(photo, lambda picture: picture.crop((0, 0, picture.width - _NARROWER, picture.height)))


def _change(path: Path, how: Callable[[Image.Image], Image.Image]) -> None:
    with Image.open(path) as picture:
        changed = how(picture)
    changed.save(path, quality=90)


def _read(path: Path) -> av.VideoFrame:
    with Image.open(path) as picture:
        return av.VideoFrame.from_ndarray(np.asarray(picture.convert("RGB").resize(_FILM_SIZE)), format="rgb24")
