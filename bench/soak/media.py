"""What a run is fed with: photos, a film, and a camera for Chromium."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from PIL import Image

from bench.frames import COUNT, write_frames

if TYPE_CHECKING:
    from pathlib import Path

CAMERA = "camera.mjpeg"
FILM = "film.webm"
_FILM_SIZE = (640, 360)
_FILM_FRAMES = 60
_FPS = 30


def write_media(folder: Path, *, small: bool = False) -> None:
    """Write ``0.jpg`` to ``7.jpg``, the same as a camera's film, forth and back, and two seconds of VP8.

    Photos and the camera's film have 1280x720 pixels, and a sixteenth of that if they're to be small.
    """
    write_frames(folder)
    photos = [folder / f"{index}.jpg" for index in range(COUNT)]
    if small:
        for photo in photos:
            _shrink(photo)
    (folder / CAMERA).write_bytes(b"".join(path.read_bytes() for path in photos + photos[::-1]))
    with av.open(str(folder / FILM), "w") as film:
        stream = film.add_stream("libvpx", rate=Fraction(_FPS), options={"deadline": "realtime", "cpu-used": "8"})
        stream.width, stream.height, stream.pix_fmt = *_FILM_SIZE, "yuv420p"
        pictures = [_read(path) for path in photos]
        for index in range(_FILM_FRAMES):
            film.mux(stream.encode(pictures[index % COUNT]))
        film.mux(stream.encode(None))


def _shrink(path: Path) -> None:
    with Image.open(path) as picture:
        small = picture.reduce(4)
    small.save(path, quality=90)


def _read(path: Path) -> av.VideoFrame:
    with Image.open(path) as picture:
        return av.VideoFrame.from_ndarray(np.asarray(picture.convert("RGB").resize(_FILM_SIZE)), format="rgb24")
