"""The built-in background pictures, drawn with NumPy: the same bytes every time, and nobody else's copyright.

Every picture keeps its detail away from the middle, where the person is, and its light soft, as a room behind a
camera's focus looks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Picture = NDArray[np.floating]
    """Colours 0..1, shape (HEIGHT, WIDTH, 3), or one colour of shape (3,)."""
    Plane = NDArray[np.floating]
    """One number per pixel, shape (HEIGHT, WIDTH)."""

WIDTH, HEIGHT = 1920, 1080
THUMB_SIZE = (320, 180)
_QUALITY = 88


def draw_all(out_dir: Path) -> None:
    """Write every backdrop, its thumbnail and ``backdrops.json`` to `out_dir`.

    The JSON is a list of ``{"name", "title", "file", "thumb"}``; the paths in it are relative to `out_dir`.
    """
    entries = []
    for name, (title, draw) in BACKDROPS.items():
        image = _to_image(draw())
        image.save(out_dir / f"{name}.jpg", quality=_QUALITY, optimize=True)
        thumb = image.resize(THUMB_SIZE, Image.Resampling.LANCZOS)
        thumb.save(out_dir / f"{name}.thumb.jpg", quality=_QUALITY, optimize=True)
        entries.append({"name": name, "title": title, "file": f"{name}.jpg", "thumb": f"{name}.thumb.jpg"})
    (out_dir / "backdrops.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


# --- tools --------------------------------------------------------------------------------------------------------


def _grid() -> tuple[Plane, Plane]:
    """Return x (0..WIDTH/HEIGHT) and y (0..1), both in picture heights, so that circles are round."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    return (x + 0.5) / HEIGHT, (y + 0.5) / HEIGHT


X, Y = _grid()
ASPECT = WIDTH / HEIGHT


def _rgb(code: str) -> Picture:
    """Colour of a ``#rrggbb`` code as three numbers 0..1."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / np.float32(255)


def _ramp(t: Plane, *codes: str) -> Picture:
    """Blend smoothly through `codes` as `t` goes from 0 to 1."""
    stops = np.stack([_rgb(code) for code in codes])
    position = np.clip(t, 0, 1) * (len(codes) - 1)
    channels = [np.interp(position, np.arange(len(codes)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _smooth(edge0: float, edge1: float, t: Plane) -> Plane:
    """Hermite step from 0 at `edge0` to 1 at `edge1`."""
    u = np.clip((t - edge0) / (edge1 - edge0), 0, 1)
    return np.asarray(u * u * (3 - 2 * u), np.float32)


def _over(below: Picture, colour: Picture, alpha: Plane) -> Picture:
    """Paint `colour` over `below` with opacity `alpha`."""
    return below + (colour - below) * alpha[..., np.newaxis]


def _glow(x: float, y: float, radius: float) -> Plane:
    """Soft light around a point, 1 in its middle."""
    return np.exp(-(((X - x) ** 2 + (Y - y) ** 2) / radius**2)).astype(np.float32)


def _box(left: float, top: float, right: float, bottom: float, soft: float) -> Plane:
    """Rectangle with soft edges, 1 inside."""
    across = _smooth(left - soft, left + soft, X) * (1 - _smooth(right - soft, right + soft, X))
    return across * _smooth(top - soft, top + soft, Y) * (1 - _smooth(bottom - soft, bottom + soft, Y))


def _wave(x: Plane, seed: int, octaves: int, base: float) -> Plane:
    """Sum of sines with falling amplitude: the outline of a hill, about -1..1."""
    random = np.random.default_rng(seed)
    total = np.zeros_like(x)
    for octave in range(octaves):
        phase, stretch = random.uniform(0, 2 * np.pi), random.uniform(0.85, 1.15)
        total += np.sin(x * base * stretch * 1.9**octave + phase) / 1.9**octave
    return (total / 1.6).astype(np.float32)


def _blurred(picture: Picture, radius: float) -> Picture:
    image = _quantised(picture).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(image, np.float32) / np.float32(255)


def _quantised(picture: Picture) -> Image.Image:
    return Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))


def _to_image(picture: Picture) -> Image.Image:
    """Quantise with a grain of half a level, so that wide gradients show no bands."""
    grain = np.random.default_rng(7).triangular(-1.2, 0, 1.2, (HEIGHT, WIDTH, 1)).astype(np.float32)
    return _quantised(picture + grain / np.float32(255))


# --- pictures -----------------------------------------------------------------------------------------------------


def _room() -> Picture:
    """Draw a bright room out of focus: window with morning light, a shelf with books, a plant."""
    wall = _ramp(X / ASPECT * 0.8 + Y * 0.2, "#f3eee6", "#e6ddd0", "#cfc3b3")
    picture = _window(wall)
    picture = _shelves(picture)
    picture = _plant(picture)
    floor = _smooth(0.9, 0.93, Y)
    picture = _over(picture, _ramp(X / ASPECT, "#b99a78", "#9c7d5e"), floor)
    return _over(_blurred(picture, 9), _rgb("#fff6e4"), 0.35 * _glow(0.2, 0.35, 0.75))


def _window(picture: Picture) -> Picture:
    left, top, right, bottom = 0.1, 0.08, 0.56, 0.72
    picture = _over(picture, _rgb("#ffffff"), _box(left - 0.03, top - 0.03, right + 0.03, bottom + 0.03, 0.004))
    outside = _ramp(Y / 0.72, "#cfe6fb", "#eaf5ff", "#d8ead0", "#b5d2a6")
    outside = _over(outside, _rgb("#a8c99a"), _smooth(0.0, 0.02, Y - 0.52 - 0.05 * _wave(X, 3, 3, 9)))
    picture = _over(picture, outside, _box(left, top, right, bottom, 0.004))
    middle = (left + right) / 2
    frame = np.maximum(_box(middle - 0.012, top, middle + 0.012, bottom, 0.003), _box(left, 0.34, right, 0.36, 0.003))
    picture = _over(picture, _rgb("#fbfaf7"), frame)
    return _over(picture, _rgb("#d9cfc0"), _box(left - 0.06, bottom + 0.03, right + 0.06, bottom + 0.065, 0.004))


def _shelves(picture: Picture) -> Picture:
    for index, top in enumerate((0.24, 0.5)):
        picture = _books(picture, 1.27, top, seed=20 + index)
        picture = _over(picture, _rgb("#a88762"), _box(1.2, top, 1.72, top + 0.022, 0.003))
        picture = _over(picture, _rgb("#8f7d68"), 0.35 * _box(1.2, top + 0.022, 1.72, top + 0.06, 0.02))
    return picture


def _books(picture: Picture, left: float, floor: float, seed: int) -> Picture:
    random = np.random.default_rng(seed)
    spines = ("#c46a4f", "#e3b04b", "#4f7f8c", "#35506b", "#d8cfc2", "#8aa08a", "#b0574a")
    x = left
    for _ in range(9):
        width, height = random.uniform(0.022, 0.042), random.uniform(0.11, 0.17)
        picture = _over(picture, _rgb(str(random.choice(spines))), _box(x, floor - height, x + width, floor, 0.002))
        x += width + 0.003
    return picture


def _plant(picture: Picture) -> Picture:
    """Put a pot with leaves at the right edge, below the shelves."""
    random = np.random.default_rng(5)
    for _ in range(26):
        angle, length = random.uniform(-1.25, 1.25), random.uniform(0.16, 0.3)
        tip_x, tip_y = 1.6 + np.sin(angle) * length, 0.8 - np.cos(angle) * length
        leaf = _leaf(1.6, 0.8, tip_x, tip_y, 0.022)
        picture = _over(picture, _rgb(str(random.choice(["#5f8f63", "#47754f", "#7ba876", "#39613f"]))), leaf)
    taper = 0.09 - 0.16 * (Y - 0.78)
    pot = (1 - _smooth(0, 0.006, np.abs(X - 1.6) - taper)) * _box(0, 0.78, ASPECT, 0.94, 0.004)
    return _over(picture, _ramp((X - 1.5) / 0.2, "#f2ede4", "#cdbfae"), pot)


def _leaf(x0: float, y0: float, x1: float, y1: float, width: float) -> Plane:
    """Lens between two points, widest in the middle."""
    dx, dy = x1 - x0, y1 - y0
    length = float(np.hypot(dx, dy))
    along = ((X - x0) * dx + (Y - y0) * dy) / length**2
    aside = np.abs((X - x0) * dy - (Y - y0) * dx) / length
    bulge = width * np.sqrt(np.clip(4 * along * (1 - along), 0, 1))
    return (1 - _smooth(-0.003, 0.003, aside - bulge)) * ((along > 0) & (along < 1))


def _studio() -> Picture:
    """Draw a photographer's paper roll with one lamp from the upper left."""
    picture = _ramp(Y, "#8fa3b5", "#74889b", "#5c7084")
    picture = _over(picture, _rgb("#d7e2ea"), 0.85 * _glow(0.62, 0.36, 0.62))
    picture = _over(picture, _rgb("#27323d"), 0.75 * _smooth(0.55, 1.35, np.hypot(X - 0.85, (Y - 0.42) * 1.15)))
    sweep = _smooth(0.8, 0.98, Y - 0.03 * np.cos((X - ASPECT / 2) * 1.6))
    return _over(picture, _rgb("#9aabb9"), 0.28 * sweep)


LAMPS = ("#ffb84d", "#ff9a2e", "#ff7a3c", "#ffd78a", "#ff9a2e", "#ff5f7e", "#ffb84d", "#63b8f0")


def _bokeh() -> Picture:
    """Draw warm lights of an evening street, far out of focus."""
    picture = _ramp(Y * 0.8 + X / ASPECT * 0.2, "#1b1424", "#3a2130", "#5b3228", "#2a1a1c")
    picture = _over(picture, _rgb("#c9782f"), 0.45 * _glow(1.3, 0.55, 0.5))
    picture = _over(picture, _rgb("#8a3b5c"), 0.4 * _glow(0.3, 0.45, 0.55))
    random = np.random.default_rng(12)
    for size, count, strength in ((0.035, 40, 0.75), (0.06, 30, 0.5), (0.1, 14, 0.3)):
        for _ in range(count):
            colour = _rgb(str(random.choice(LAMPS)))
            x, y = random.uniform(0, ASPECT), float(random.normal(0.5, 0.16))
            picture = _light(picture, (x, y), size * random.uniform(0.7, 1.2), strength * colour)
    return _blurred(picture, 4)


def _light(picture: Picture, centre: tuple[float, float], radius: float, colour: Picture) -> Picture:
    """Add one disc of an unfocused lamp: even inside, a slightly brighter rim."""
    distance = np.hypot(X - centre[0], Y - centre[1]) / radius
    disc = 1 - _smooth(0.9, 1.04, distance)
    rim = 0.75 + 0.25 * _smooth(0.55, 0.98, distance)
    added = (disc * rim)[..., np.newaxis] * colour
    return 1 - (1 - picture) * (1 - added)


def _hills() -> Picture:
    """Draw an evening sky over hills that pale into the distance."""
    picture = _ramp(Y / 0.72, "#26365f", "#5a5f96", "#b97f9d", "#f2a98a", "#ffdca8")
    picture = _over(picture, _rgb("#fff0cf"), 0.75 * _glow(1.28, 0.58, 0.3))
    picture = _over(picture, _rgb("#fff7e3"), 1 - _smooth(0.055, 0.06, np.hypot(X - 1.28, Y - 0.56)))
    layers = (
        ("#d597a0", "#eab59f"),
        ("#a8749a", "#cf94a0"),
        ("#74588a", "#98729a"),
        ("#473f70", "#5f5286"),
        ("#262649", "#33335c"),
    )
    for index, (top, bottom) in enumerate(layers):
        line = 0.58 + 0.085 * index - (0.035 + 0.012 * index) * _wave(X, 40 + index, 5, 3.2 + index * 0.3)
        hill = _smooth(-0.0012, 0.0012, Y - line)
        picture = _over(picture, _ramp((Y - line) / 0.16, top, bottom), hill)
    return picture


def _paper() -> Picture:
    """Draw layers of cut paper in calm greens, each with the shadow that it throws on the next."""
    picture = np.broadcast_to(_rgb("#f4efe4"), (HEIGHT, WIDTH, 3)).copy()
    sun = 1 - _smooth(-0.002, 0.002, np.hypot(X - 0.42, Y - 0.3) - 0.16)
    picture = _over(_over(picture, _rgb("#6b6350"), 0.22 * _soft(sun)), _rgb("#eab676"), sun)
    sheets = ("#d8e2cf", "#b3cdb8", "#86b3a1", "#55917f", "#2f6b60")
    for index, code in enumerate(sheets):
        line = 0.42 + 0.125 * index - 0.1 * _wave(X, 60 + index, 2, 2.3 + 0.35 * index)
        sheet = _smooth(-0.0012, 0.0012, Y - line)
        picture = _over(picture, _rgb("#1d2b28"), 0.3 * _soft(sheet) * (1 - sheet))
        picture = _over(picture, _rgb(code), sheet)
    return picture


def _soft(shape: Plane) -> Plane:
    """Shadow of a shape, thrown a little upwards on the sheet behind it."""
    raised = np.pad(shape[9:], ((0, 9), (0, 0)), mode="edge")
    image = Image.fromarray((raised * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(16))
    return np.asarray(image, np.float32) / np.float32(255)


def _waves() -> Picture:
    """Draw, in deep blue, translucent bands that swing across the picture."""
    picture = _ramp(Y * 0.7 + X / ASPECT * 0.3, "#071a3a", "#0b2a5c", "#0a1f47")
    picture = _over(picture, _rgb("#1d5fae"), 0.55 * _glow(1.45, 0.2, 0.7))
    codes = ("#1c4f9c", "#2f7fc9", "#2a5fb8", "#46a5d8", "#1b4690", "#5fc3e0", "#3a6fd0")
    for index, code in enumerate(codes):
        line = (
            0.2 + 0.115 * index + 0.13 * np.sin(X * (2.0 + 0.17 * index) + 1.3 * index) + 0.05 * np.sin(X * 4.1 - index)
        )
        depth = Y - line
        band = _smooth(-0.0015, 0.0015, depth) * np.exp(-np.clip(depth, 0, None) / 0.16)
        picture = _over(picture, _rgb(code), 0.42 * band)
    return picture


BACKDROPS: dict[str, tuple[str, Callable[[], Picture]]] = {
    "room": ("Bright room", _room),
    "hills": ("Evening hills", _hills),
    "studio": ("Studio", _studio),
    "bokeh": ("City lights", _bokeh),
    "paper": ("Paper cut", _paper),
    "waves": ("Blue waves", _waves),
}
