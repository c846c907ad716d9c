"""A small portrait in a larger frame, to be shown as a film; and what the models tell of it outside a browser."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.geometry import Rect, Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.zoom import part_of
from pyselfie.runtimes.looks import Looks
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.harness import png_base64

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.browser.harness import EngineDriver

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

PUSH = """
async ([png, cut]) => void (await push(new VideoFrame(await bitmap(png), { timestamp: 0 }), { cut }))
"""


class Scene:
    """A portrait at a quarter of the frame's sides, and what is known of it."""

    def __init__(self, portrait: Picture) -> None:
        at = np.s_[300:428, 60:188]
        self.picture = np.full((512, 512, 3), 127, np.uint8)
        self.picture[at] = resize_half_pixel(resize_half_pixel(portrait, 256, 256), 128, 128)
        self.truth = np.zeros((512, 512), np.float32)
        self.truth[at] = resize_half_pixel(run(portrait), 128, 128)
        self.noisy = [self._noise(seed) for seed in range(4)]

    def _noise(self, seed: int) -> Picture:
        noise = np.random.default_rng(seed).normal(0, 3, self.picture.shape)
        return np.clip(self.picture + noise, 0, 255).astype(np.uint8)


def before_a_wall(portrait: Picture) -> tuple[Picture, Mask]:
    """Return somebody small in a wide picture whom all models find, and who is where: the portrait, cut out."""
    at, alpha = np.s_[240:360, 160:280], resize_half_pixel(run(portrait), 120, 120)
    picture, truth = np.full((360, 640, 3), 200, np.float32), np.zeros((360, 640), np.float32)
    small = resize_half_pixel(portrait.astype(np.float32), 120, 120)
    picture[at] += alpha[..., None] * (small - picture[at])
    truth[at] = alpha
    return np.clip(picture, 0, 255).astype(np.uint8), truth


def tensor_of(picture: Picture) -> NDArray[np.float32]:
    """Return a model's input."""
    return np.ascontiguousarray(
        resize_half_pixel(picture.astype(np.float32), 256, 256)[None] * np.float32(1 / 255), np.float32
    )


def run(picture: Picture, edges: str = "refined") -> Mask:
    """Return what one look at all of a picture tells, outside a browser."""
    return NativeRuntime(load_spec("general", edges)).run_sync(tensor_of(picture))


def parts_of(pictures: list[Picture]) -> list[Rect | None]:
    """Return which part of each frame of a film is shown to the model on the canvas, by `Looks`."""
    with ThreadPoolExecutor(1) as thread:  # Playwright's loop runs in this one
        return thread.submit(lambda: asyncio.run(_parts_of(pictures))).result()


async def _parts_of(pictures: list[Picture]) -> list[Rect | None]:
    looks, runtime, parts = Looks(), NativeRuntime(load_spec("general", "refined")), []
    for picture in pictures:

        def show(part: Rect | None, of: Picture = picture) -> NDArray[np.float32]:
            return tensor_of(of if part is None else part_of(of, part))

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
