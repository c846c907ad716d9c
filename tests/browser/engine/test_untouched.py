"""The person's inside on the canvas: where the mask is 1, what happens at the edge changes no bit of the frame."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

# A model that finds a person in a disc, with an edge of six of its pixels.
FIND_DISC = """
import numpy as np
from pyselfie.browser.models.ort_web import OrtWebRuntime

run = OrtWebRuntime.run

async def find(*given):
    mask = await run(*given)
    y, x = np.indices(mask.shape)
    mask[...] = np.clip((50 - np.hypot(x - 128, y - 72)) / 6, 0, 1)
    return mask

OrtWebRuntime.run = find
"""
MASK = np.clip((50 - np.hypot(np.arange(256) - 128, np.arange(144)[:, None] - 72)) / 6, 0, 1)
EFFECTS = ("color", "picture", "transparent", "blur")
REACH = 10  # mask pixels: three quarters' windows, two steps of doubling


def inside(size: tuple[int, int], depth: int) -> NDArray[np.bool_]:
    """Return where the mask is 1, `depth` of its pixels around, for a frame of this size (width, height)."""
    padded = np.pad(np.rint(255 * MASK) == 255, depth)
    side = 2 * depth + 1
    solid = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    solid = np.asarray(solid.all(axis=(2, 3)))
    width, height = size
    result: NDArray[np.bool_] = solid[np.ix_(np.arange(height) * 144 // height, np.arange(width) * 256 // width)]
    return result


def composite(engine: EngineDriver, **options: Any) -> NDArray[np.int_]:
    """Return the composite with these options, uint8 levels [H, W, 4]."""
    engine.options(**options)
    return engine.snapshot().astype(int)


@pytest.mark.parametrize("size", [(640, 360), (960, 540)], ids=["small", "by-tiles"])
def test_pixels_well_within_the_person_stay(
    launch: Callable[..., GuardedPage], site: Server, astronaut: NDArray[np.uint8], size: tuple[int, int]
) -> None:
    """They are the frame's bit for bit, but for light wrap: it falls on at most 10 mask pixels of them, by the edge."""
    frame = np.random.default_rng(4).integers(0, 256, (size[1], size[0], 3), np.uint8)
    engine = EngineDriver(launch(), site.url, backend="wasm", painter="canvas2d")
    engine.start(modelSelection=1, edges="raw", colourCast=0, decontaminate=True)
    engine.in_worker(f"pyodide.runPython({json.dumps(FIND_DISC)})")
    engine.backdrop(astronaut)
    engine.show(frame)
    assert np.abs(engine.mask() - MASK).max() < 1e-6
    sure, deep = inside(size, 1), inside(size, REACH + 1)
    assert 0 < deep.sum() < sure.sum()
    for effect in EFFECTS:
        clean = composite(engine, effect=effect, lightWrap=0, decontaminate=True)
        plain = composite(engine, decontaminate=False)
        for picture in (clean, plain):
            np.testing.assert_array_equal(picture[sure][:, :3], frame[sure], err_msg=effect)
            assert (picture[sure][:, 3] == 255).all()
        assert np.abs(clean - plain)[~sure].max() > 20, f"{effect}: the edge has changed"
    wrapped = composite(engine, effect="picture", lightWrap=0.6, decontaminate=True)
    np.testing.assert_array_equal(wrapped[deep][:, :3], frame[deep])
    assert np.abs(wrapped[sure][:, :3] - frame[sure]).max() > 20, "light falls on the outermost pixels of the inside"
