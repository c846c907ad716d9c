"""A small portrait in a larger frame, to be shown as a film; and what the models tell of it outside a browser."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.geometry import Rect, Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.zoom import part_of, place
from pyselfie.runtimes.looks import Looks
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.harness import png_base64

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pyselfie.core.manifest import ModelSpec
    from tests.browser.harness import EngineDriver

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

PUSH = """
async ([png, cut]) => void (await push(new VideoFrame(await bitmap(png), { timestamp: 0 }), { cut }))
"""


SIZE = Size(640, 360)


class Scene:
    """Somebody small in a wide picture, and who is where: the portrait, cut out, before a wall.

    Parameters
    ----------
    portrait
        Of somebody near by, square.
    top, side : int
        Where she is, in pixels.
    wall : int
        Its grey.
    """

    def __init__(self, portrait: Picture, top: int, side: int, wall: int) -> None:
        at = np.s_[top : top + side, 160 : 160 + side]
        alpha = resize_half_pixel(run(portrait, load_spec("general")), side, side)
        picture = np.full((SIZE.height, SIZE.width, 3), wall, np.float32)
        small = resize_half_pixel(portrait.astype(np.float32), side, side)
        picture[at] += alpha[..., None] * (small - picture[at])
        self.wall = wall
        self.picture = np.clip(picture, 0, 255).astype(np.uint8)
        self.truth = np.zeros((SIZE.height, SIZE.width), np.float32)
        self.truth[at] = alpha
        self.noisy = [self._noise(seed) for seed in range(4)]

    def _noise(self, seed: int) -> Picture:
        noise = np.random.default_rng(seed).normal(0, 3, self.picture.shape)
        return np.clip(self.picture + noise, 0, 255).astype(np.uint8)


def tensor_of(picture: Picture, spec: ModelSpec) -> NDArray[np.float32]:
    """Return a model's input."""
    return np.ascontiguousarray(
        resize_half_pixel(picture.astype(np.float32), spec.width, spec.height)[None] * np.float32(1 / 255), np.float32
    )


def run(picture: Picture, spec: ModelSpec) -> Mask:
    """Return what one look at all of a picture tells, outside a browser."""
    return NativeRuntime(spec).run_sync(tensor_of(picture, spec))


def closely(runtime: NativeRuntime, picture: Picture, part: Rect, believed: Rect) -> Mask:
    """Return the mask of a picture by a look at a part of it, outside a browser."""
    here = Rect(*(round(one) for one in part))
    mask = runtime.run_sync(tensor_of(part_of(picture, here), runtime.spec))
    placed = np.empty_like(mask)
    place(mask, here, Size(picture.shape[1], picture.shape[0]), placed, believed)
    return placed


def parts_of(pictures: list[Picture], spec: ModelSpec) -> list[Rect | None]:
    """Return which part of each frame of a film is shown to the model on the canvas, by `Looks`."""
    with ThreadPoolExecutor(1) as thread:  # Playwright's loop runs in this one
        return thread.submit(lambda: asyncio.run(_parts_of(pictures, spec))).result()


async def _parts_of(pictures: list[Picture], spec: ModelSpec) -> list[Rect | None]:
    looks, runtime, parts = Looks(), NativeRuntime(spec), []
    for picture in pictures:

        def show(part: Rect | None, of: Picture = picture) -> NDArray[np.float32]:
            return tensor_of(of if part is None else part_of(of, part), spec)

        await looks.run(runtime, show, Size(picture.shape[1], picture.shape[0]))
        parts.append(looks.part)
    return parts


def overlap(mask: Mask, truth: Mask) -> float:
    """Return the intersection over the union."""
    one, other = mask >= 0.5, truth >= 0.5
    return float((one & other).sum() / (one | other).sum())


def push(engine: EngineDriver, picture: Picture, *, cut: bool = False) -> None:
    """Show a frame of a film."""
    engine.page.evaluate(PUSH, [png_base64(picture), cut])
