"""Alpha at the frame's size on the WebGPU painter: the fit's arithmetic, and what one frame leaves to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import StandIn, in_pipeline, leave_model_out, write_buffers
from tests.browser.gpu.gpu_watch import faults, watch_gpu
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver, png_base64
from tests.parity.pictures import build
from tests.reference.full_size import fitted_alpha

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

    Picture = NDArray[np.uint8]
    Array = NDArray[np.float64]

LEVEL = 1 / 255
SIZE = 320, 180
FIT, STILL = (4, 36, 64), (72, 128)

PUSH = """
async ([png, video, cut]) => {
  const picture = await bitmap(png);
  await push(video ? new VideoFrame(picture, { timestamp: 0 }) : picture, { cut });
}
"""

# Python for the worker: a black frame, which is painted in some way.
_PROCESS = """
from js import OffscreenCanvas, createImageBitmap
from pyselfie.browser.engine.engine import Engine

engine = next(found for found in gc.get_objects() if isinstance(found, Engine))
canvas = OffscreenCanvas.new(320, 180)
canvas.getContext("2d").fillRect(0, 0, 320, 180)
await pipeline.process(await createImageBitmap(canvas), engine._options_now, {how})
"""
FOLLOW = _PROCESS.format(how="fresh_mask=False")  # with the mask of the one before
BRINGS_MASK = _PROCESS.format(
    how="mask=lambda size: np.tile(np.linspace(0, 1, size.width, dtype='f4'), (size.height, 1))"
)


@pytest.fixture(scope="module")
def engine(browser_for: Callable[..., Browser], origins: set[str], site: Server) -> Iterator[EngineDriver]:
    """Return an engine of the landscape model that paints the mask; no error may come up.

    The model computes nothing: its outputs are what a test has written. However slow the machine is, its frames are
    one film.
    """
    context = browser_for(WEBGPU_FLAGS).new_context()
    guard = Guard(context, origins)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]
    engine = EngineDriver(leave_model_out(watch_gpu(page)), site.url, backend="webgpu", painter="webgpu")
    assert engine.start(effect="mask", modelSelection=1)["painter"] == "webgpu"
    in_pipeline(engine, "import pyselfie.core.timing\npyselfie.core.timing.GAP_S = 1e9")
    yield engine
    assert faults(engine) == []
    assert engine.log("notice", "error", "backendchange") == []
    context.close()
    assert guard.faults() == []


def alpha_of(engine: EngineDriver, frame: Picture, *, video: bool = False, cut: bool = False) -> Array:
    """Show a frame and return its alpha, [H, W] in 0..1."""
    engine.page.evaluate(PUSH, [png_base64(frame), video, cut])
    engine.mask()  # waits for the model without blocking the worker, as a snapshot does
    return engine.snapshot()[..., 0] / 255


def some_frame(seed: int = 1, size: tuple[int, int] = SIZE) -> Picture:
    """Return a picture with something in every pixel."""
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)


def some_fit(seed: int) -> NDArray[np.float32]:
    """Return coefficients that give every alpha from 0 to 1."""
    rng = np.random.default_rng(seed)
    slopes = rng.normal(0, 0.6, (3, *FIT[1:]))
    return np.concatenate([slopes, 0.5 - slopes.sum(0, keepdims=True) / 2]).astype(np.float32)


def constant_fit(alpha: float) -> NDArray[np.float32]:
    """Return coefficients of this alpha everywhere."""
    return np.concatenate([np.zeros((3, *FIT[1:])), np.full((1, *FIT[1:]), 0.2 + 0.6 * alpha)]).astype(np.float32)


def constant_still(weight: float) -> NDArray[np.float32]:
    """Return a weight of the last alpha."""
    return np.full(STILL, weight, np.float32)


def begin(engine: EngineDriver, alpha: float, size: tuple[int, int] = SIZE) -> None:
    """Have this alpha everywhere as the last one."""
    write_buffers(engine, coefficients=constant_fit(alpha), still=constant_still(0))
    assert np.abs(alpha_of(engine, some_frame(size=size)) - alpha).max() <= LEVEL


@pytest.fixture
def stand_in(engine: EngineDriver) -> StandIn:
    """Return what finds people in the model's place, smoothed."""
    stand_in = StandIn(engine, load_spec("landscape", "refined"))
    stand_in.runtime.set("smoothing", 0.85)
    return stand_in


def test_at_the_models_size_alpha_is_the_models_mask(engine: EngineDriver, stand_in: StandIn) -> None:
    """Frame by frame of a noisy film, smoothed by the graph and by the shader: they stay within 2/255.

    And smoothed they are: the last alpha is not what its own frame alone says.
    """
    rng = np.random.default_rng(4)
    picture = build("256x144")
    for number in range(6):
        frame = np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
        mask = stand_in.find(frame)
        alpha = alpha_of(engine, frame, cut=number == 0)
        assert np.abs(alpha - mask).max() <= 2 * LEVEL
    assert np.abs(fitted_alpha(frame, stand_in.runtime.extra("coefficients")[0]) - alpha).max() > 0.02


def scene(portrait: Picture, left: int, wall: int) -> Picture:
    """Return a person in front of a wall."""
    frame = np.full((SIZE[1], SIZE[0], 3), wall, np.uint8)
    small = resize_half_pixel(portrait, SIZE[1], SIZE[1])
    frame[:, left : left + SIZE[1]] = small
    return frame


def test_nothing_of_a_scene_is_left_after_a_cut(engine: EngineDriver, stand_in: StandIn, astronaut: Picture) -> None:
    """The first frame of another scene is what it is without the one before, though nobody has told of the cut.

    Of one that was told `test_looks.py` knows.
    """
    before, after = scene(astronaut, 0, 40), scene(astronaut[:, ::-1], 140, 210)
    for number in range(3):
        stand_in.find(before)
        last = alpha_of(engine, before, cut=number == 0)
    stand_in.find(after)
    fresh = fitted_alpha(after, stand_in.runtime.extra("coefficients")[0])
    assert np.abs(last - fresh).mean() > 0.05, "the scenes differ"
    assert np.abs(alpha_of(engine, after) - fresh).max() <= 2 * LEVEL


@pytest.mark.parametrize("video", [False, True], ids=["bitmap", "video"])
@pytest.mark.parametrize("size", [SIZE, (61, 47), (1, 1)])
def test_alpha_is_the_fit_of_each_of_the_frames_own_pixels(
    engine: EngineDriver, size: tuple[int, int], *, video: bool
) -> None:
    """At whatever size, alpha is what the coefficients say of the pixel's colour, to a level of 255."""
    fit, frame = some_fit(2), some_frame(size=size)
    write_buffers(engine, coefficients=fit, still=constant_still(0))
    expected = fitted_alpha(frame, fit)
    assert size == (1, 1) or (expected.min() == 0 and expected.max() == 1)
    assert np.abs(alpha_of(engine, frame, video=video) - expected).max() <= 1.5 * LEVEL


def test_alpha_is_mixed_with_the_last_one_where_it_is_still(engine: EngineDriver) -> None:
    """Over four frames each alpha is the new one and the last one, as `still` says for that place."""
    weights = np.random.default_rng(5).uniform(0, 0.95, STILL).astype(np.float32)
    rows, columns = (
        ((np.arange(size) + 0.5) / size * cells).astype(int) for size, cells in zip(SIZE[::-1], STILL, strict=True)
    )
    weight = weights[np.ix_(rows, columns)]
    begin(engine, 1.0)
    last = np.ones(SIZE[::-1])
    for seed in range(4):
        frame, fit = some_frame(seed), some_fit(seed)
        write_buffers(engine, coefficients=fit, still=weights)
        alpha = fitted_alpha(frame, fit)
        last = alpha + (last - alpha) * weight
        off = np.abs(alpha_of(engine, frame) - last) > 1.5 * LEVEL
        assert off.mean() < 0.01, "all but pixels on the border between two weights"


def test_a_frame_that_reuses_the_mask_leaves_the_last_alpha_alone(engine: EngineDriver) -> None:
    """Under load a frame is painted with the alpha before; the next fresh one is mixed with just that."""
    begin(engine, 1.0)
    write_buffers(engine, coefficients=constant_fit(0), still=constant_still(0.5))
    in_pipeline(engine, FOLLOW)
    assert engine.snapshot()[..., 0].min() == 255, "the mask before, whatever the model's buffers hold"
    assert np.abs(alpha_of(engine, some_frame()) - 0.5).max() <= LEVEL


def test_a_frames_own_mask_is_its_alpha(engine: EngineDriver) -> None:
    """A mask that comes with the frame is scaled up as it is, whatever is painted; the next one is the model's."""
    begin(engine, 1.0)
    in_pipeline(engine, BRINGS_MASK)
    mask = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (144, 1))
    expected = resize_half_pixel(mask, *SIZE)
    for effect in ("blur", "picture", "transparent"):
        engine.options(effect=effect)
        engine.snapshot()
    assert np.abs(engine.snapshot()[..., 3] / 255 - expected).max() <= LEVEL
    engine.options(effect="mask")
    assert np.abs(engine.snapshot()[..., 0] / 255 - expected).max() <= LEVEL
    assert np.abs(engine.mask() - mask).max() <= 1e-6
    write_buffers(engine, coefficients=constant_fit(0.5), still=constant_still(0))
    assert np.abs(alpha_of(engine, some_frame()) - 0.5).max() <= LEVEL


def test_a_mask_that_nobody_sees_still_counts(engine: EngineDriver) -> None:
    """Painting once more, with whatever effect, advances nothing: each segmented frame counts once."""
    begin(engine, 1.0)
    write_buffers(engine, coefficients=constant_fit(0), still=constant_still(0.5))
    alpha_of(engine, some_frame())
    for effect in ("blur", "none", "picture", "mask"):
        engine.options(effect=effect)
        engine.snapshot()
    assert np.abs(engine.snapshot()[..., 0] / 255 - 0.5).max() <= LEVEL
    assert np.abs(alpha_of(engine, some_frame()) - 0.25).max() <= LEVEL


def test_another_size_begins_afresh(engine: EngineDriver) -> None:
    """The first frame of another size has nothing of the last alpha, and the second one of its own first."""
    begin(engine, 1.0)
    write_buffers(engine, coefficients=constant_fit(0), still=constant_still(0.95))
    other = some_frame(size=(200, 300))
    assert alpha_of(engine, other).max() == 0
    write_buffers(engine, coefficients=constant_fit(1))
    assert np.abs(alpha_of(engine, other) - 0.05).max() <= LEVEL


def test_numbers_of_a_broken_driver_do_not_outlive_their_frame(engine: EngineDriver) -> None:
    """NaN and infinity mean no person, and no last alpha; the next frame is sound."""
    for broken in (np.nan, np.inf, -np.inf):
        begin(engine, 1.0)
        write_buffers(engine, coefficients=np.full(FIT, broken), still=constant_still(0))
        assert alpha_of(engine, some_frame()).max() == 0
        write_buffers(engine, coefficients=constant_fit(1), still=constant_still(0.5))
        assert np.abs(alpha_of(engine, some_frame()) - 0.5).max() <= LEVEL
        write_buffers(engine, coefficients=constant_fit(1), still=np.full(STILL, broken))
        assert alpha_of(engine, some_frame()).min() == 1
