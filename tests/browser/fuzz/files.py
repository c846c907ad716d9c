"""Pictures and films for the file input, damaged in every way: made from a seed."""

from __future__ import annotations

import base64
import io
from functools import cache
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from PIL import Image

from tests.unit.fuzz.mutations import mutated

if TYPE_CHECKING:
    from random import Random

_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "AVIF": "image/avif"}
_FILMS = {"mp4": ("libx264", "video/mp4"), "webm": ("libvpx", "video/webm"), "mkv": ("mjpeg", "video/x-matroska")}
TYPES = [*_PICTURES.values(), *(kind for _, kind in _FILMS.values()), "image/svg+xml", "text/plain", "", "video/x"]
_SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="36" viewBox="0 0 4 3"><rect width="3" height="2"/>'
    b'<image href="a.png" width="2"/><foreignObject width="2" height="2"><p xmlns="http://www.w3.org/1999/xhtml">x</p>'
    b"</foreignObject></svg>"
)
_OTHER = [b"", b"x", b"RIFF", b"\x1aE\xdf\xa3", b"\0\0\0\x18ftypmp42", b"OggS" + b"\0" * 40, b"\0" * 5000, b"%PDF-1.7"]


@cache
def picture(kind: str, frames: int = 1) -> bytes:
    """Return a noisy picture of 48 x 36, or an animation, as a file."""
    random = np.random.default_rng(3)
    made = [Image.fromarray(random.integers(0, 256, (36, 48, 3), np.uint8)) for _ in range(frames)]
    more = {"save_all": True, "append_images": made[1:]} if frames > 1 else {}
    with io.BytesIO() as file:
        made[0].save(file, kind, **more)
        return file.getvalue()


@cache
def film(suffix: str) -> bytes:
    """Return a film of 64 x 48, five frames, as a file."""
    codec, _ = _FILMS[suffix]
    random = np.random.default_rng(4)
    with io.BytesIO() as file:
        with av.open(file, "w", format={"mkv": "matroska"}.get(suffix, suffix)) as container:
            stream: Any = container.add_stream(codec, rate=10)
            stream.width, stream.height = 64, 48
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            for _ in range(5):
                frame = av.VideoFrame.from_ndarray(random.integers(0, 256, (48, 64, 3), np.uint8))
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return file.getvalue()


def any_file(dice: Random) -> dict[str, str]:
    """Return a file: its name, its type, which may be another's, and its content in base64."""
    chance = dice.random()
    if chance < 0.6:
        kind = dice.choice([*_PICTURES])
        data, right = picture(kind, 3 if kind in {"GIF", "WEBP"} and dice.random() < 0.5 else 1), _PICTURES[kind]
    elif chance < 0.85:
        suffix = dice.choice([*_FILMS])
        data, right = film(suffix), _FILMS[suffix][1]
    elif chance < 0.95:
        data, right = _SVG, "image/svg+xml"
    else:
        data, right = dice.choice(_OTHER), dice.choice(TYPES)
    name = dice.choice(["a.png", "b.mp4", "no suffix", "é“x”\n.jpg", "", "n" * 300])
    return {
        "name": name,
        "type": right if dice.random() < 0.8 else dice.choice(TYPES),
        "data": base64.b64encode(mutated(data, dice)).decode(),
    }
