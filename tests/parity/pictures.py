"""The pictures that the golden masks were made of.

Each is built from PNG files that the pinned scikit-image wheel carries, with integer arithmetic alone, so that every
machine and every NumPy gets the same pixels; a golden stores their SHA-256.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import distribution
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

Picture = NDArray[np.uint8]


def sample(name: str) -> Picture:
    """Return one of scikit-image's sample pictures, uint8 [H,W,3]."""
    path = distribution("scikit-image").locate_file(f"skimage/data/{name}.png")
    with Image.open(str(path)) as image:
        return np.asarray(image.convert("RGB"))


def stretch(picture: Picture, width: int, height: int) -> Picture:
    """Return the picture resampled to another size: bilinear in whole 1/256 pixels, no floating point."""
    for axis, size in ((0, height), (1, width)):
        picture = _stretch_axis(picture, axis, size)
    return picture


def _stretch_axis(picture: Picture, axis: int, size: int) -> Picture:
    last = picture.shape[axis] - 1
    position = np.arange(size, dtype=np.int64) * last * 256 // max(size - 1, 1)
    index, weight = position >> 8, (position & 255).astype(np.int32)
    weight = weight.reshape([-1 if number == axis else 1 for number in range(3)])
    near = picture.take(index, axis).astype(np.int32)
    far = picture.take(np.minimum(index + 1, last), axis).astype(np.int32)
    return ((near * (256 - weight) + far * weight + 128) >> 8).astype(np.uint8)


def grain(picture: Picture) -> Picture:
    """Add detail of one pixel's size, so that a sampling error of a fraction of a pixel shows."""
    counter = np.arange(picture.size, dtype=np.uint32).reshape(picture.shape)
    noise = ((counter * np.uint32(2654435761)) >> np.uint32(27)).astype(np.int16) - 16
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def scene(width: int, height: int) -> Picture:
    """Return the astronaut, as tall as the picture allows, in the middle of the coffee table."""
    picture = stretch(sample("coffee"), width, height)
    side = min(width, height)
    left, top = (width - side) // 2, height - side
    picture[top : top + side, left : left + side] = stretch(sample("astronaut"), side, side)
    return grain(picture)


PICTURES: dict[str, Callable[[], Picture]] = {
    "1x1": lambda: stretch(sample("astronaut"), 1, 1),
    "7x5": lambda: stretch(sample("astronaut"), 7, 5),
    "64x48": lambda: stretch(sample("astronaut")[:400], 64, 48),
    "99x101": lambda: stretch(sample("astronaut"), 99, 101),
    "37x211": lambda: grain(stretch(sample("astronaut"), 37, 211)),
    "256x144": lambda: scene(256, 144),
    "256x256": lambda: stretch(sample("astronaut"), 256, 256),
    "451x300": lambda: sample("chelsea"),
    "512x512": lambda: sample("astronaut"),
    "600x400": lambda: sample("coffee"),
    "333x777": lambda: grain(stretch(sample("astronaut"), 333, 777)),
    "1601x90": lambda: grain(stretch(sample("astronaut"), 1601, 90)),
    "640x480": lambda: scene(640, 480),
    "1280x720": lambda: scene(1280, 720),
    "1920x1080": lambda: scene(1920, 1080),
    "3840x2160": lambda: scene(3840, 2160),
}


def build(name: str) -> Picture:
    """Return a picture by its name, uint8 [H,W,3], C-contiguous."""
    return np.ascontiguousarray(PICTURES[name]())


def fingerprint(picture: Picture) -> str:
    """Return the SHA-256 of a picture's shape and pixels."""
    return hashlib.sha256(repr(picture.shape).encode() + picture.tobytes()).hexdigest()
