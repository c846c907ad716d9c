"""Each effect of the WebGPU painter against the NumPy reference, on real pictures; SwiftShader computes."""

from __future__ import annotations

import base64
import json
from collections import Counter
from typing import Any

import numpy as np
import pytest

from pyselfie.core.effects import EFFECTS
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options, option_named
from pyselfie.core.sampling import corner_warp, resize_half_pixel
from tests.browser.engine.effects_kit import off_centre
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import StandIn, leave_model_out, read_buffers, read_input
from tests.browser.gpu.gpu_watch import faults, watch_gpu
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver, png_base64
from tests.parity.pictures import build
from tests.reference.effects import MADE_UP, TELL_WORKER, add_made_up
from tests.reference.full_size import Near, fitted_alpha, full_size_composite
from tests.reference.porter_duff import premultiply
from tests.reference.view import view_for

TOLERANCE = 2  # of 255
LEAST_INSIDE = 0.995

PICTURES = ("512x512", "256x144", "333x777")  # square, wide with a table behind her, tall
CASES: dict[str, dict[str, Any]] = {
    **{name: {"effect": name, "color": "#00FF00", "strength": 0.5} for name in (*EFFECTS, *MADE_UP)},
    "fill-mirrored": {"effect": "fill", "color": "#2060C0", "mirror": True},
    "color": {"effect": "color", "color": "#204060"},
    "picture-mirrored": {"effect": "picture", "mirror": True},
    "picture-lit": {"effect": "picture", "light_wrap": 1},
    "picture-only-lit": {"effect": "picture", "light_wrap": 0.5, "decontaminate": False, "mirror": True},
    "picture-cast": {"effect": "picture", "colour_cast": 0.1},
    "picture-plain": {"effect": "picture", "light_wrap": 0, "decontaminate": False},
    "blur-weak": {"effect": "blur", "strength": 0.0},
    "blur-strong": {"effect": "blur", "strength": 1.0, "mirror": True},
    "blur-plain": {"effect": "blur", "decontaminate": False},
}
USUAL = {"mirror": False, "strength": 0.5, "decontaminate": True, "light_wrap": 0.15, "colour_cast": 0}
OUTPUTS = {"coefficients": (4, 64, 64), "person": (3, 64, 64), "outside": (3, 64, 64)}

PUSH_VIDEO_FRAME = """
async (png) => {
  await push(new VideoFrame(await bitmap(png), { timestamp: 0 }));
}
"""


# Python for the worker: the frame in hand, sampled once more by the other convention.
CORNER_WARP = """
import base64, gc
import numpy as np
from pyselfie.browser.webgpu.device import BufferUsage
from pyselfie.browser.webgpu.pipeline import GpuPipeline
from pyselfie.browser.webgpu.preprocess import Preprocess
from pyselfie.browser.webgpu.readback import read_floats
from pyselfie.core.geometry import Size

pipeline = next(found for found in gc.get_objects() if isinstance(found, GpuPipeline))
gpu, model, size = pipeline._gpu, pipeline._segmenter.model, Size(256, 144)
tensor = gpu.buffer(256 * 144 * 12, BufferUsage.STORAGE | BufferUsage.COPY_SRC)
preprocess = await Preprocess.create(gpu, pipeline._binder, model._replace(size=size, tensor=tensor), "corner_warp")
encoder = gpu.device.createCommandEncoder()
compute_pass = encoder.beginComputePass()
preprocess.encode(compute_pass, pipeline._frame.picture)
compute_pass.end()
gpu.submit(encoder)
levels = np.rint((await read_floats(gpu, tensor))[0] * 255).astype(np.uint8)
gpu.free(tensor)
base64.b64encode(levels.tobytes()).decode()
"""


# The made-up effects came after the painter had compiled what it needs.
COMPILE = """
import gc
from pyselfie.browser.webgpu.compositor import Compositor

await next(found for found in gc.get_objects() if isinstance(found, Compositor)).compile()
"""


@pytest.fixture(scope="module")
def backdrop():
    """Return the picture behind: soft colours of another aspect, so that its own resampling hides no error."""
    y, x = np.mgrid[0:300, 0:800]
    return np.dstack([x * 255 / 800, y * 255 / 300, 255 - x * 255 / 800]).astype(np.uint8)


@pytest.fixture(scope="module")
def engine(browser_for, origins, site, backdrop):
    """Return one engine for all tests here, as its shaders take seconds to compile; no WebGPU error may come up."""
    context = browser_for(WEBGPU_FLAGS).new_context()
    guard = Guard(context, origins)
    page = leave_model_out(watch_gpu(context.new_page()))
    driver = EngineDriver(page, site.url, backend="webgpu", painter="webgpu")
    ready = driver.start(effect="fill")
    assert ready["painter"] == "webgpu", ready["painterReason"]
    driver.backdrop(backdrop)
    driver.in_worker(f"pyodide.runPythonAsync({json.dumps(TELL_WORKER + COMPILE)})")
    yield driver
    found, told = faults(driver), driver.log("notice", "error", "backendchange")
    context.close()
    assert found == [], Counter(found)
    assert told == [], "the painter or the backend has changed"
    assert guard.faults() == []


@pytest.fixture(scope="module")
def stand_in(engine):
    """Return what finds people in the model's place."""
    return StandIn(engine, load_spec("general", "refined"))


def inside(got, expected):
    """Return the share of pixels within TOLERANCE, premultiplied: nearly transparent ones keep no exact colour."""
    difference = 255 * np.abs(premultiply(got) - premultiply(expected)).max(axis=-1)
    return (difference <= TOLERANCE + 0.5).mean()  # half a level for this comparison's own rounding


def shares_inside(engine, frame, backdrop, alpha, near):
    """Return for each case how much of the painter's composite is the reference's."""
    shares = {}
    for name, changes in CASES.items():
        options = Options().updated(USUAL | changes)
        engine.options(
            **{"mirror": False, **{option_named(one).js_name: was for one, was in (USUAL | changes).items()}}
        )
        shares[name] = inside(engine.snapshot(), full_size_composite(frame, alpha, near, options, backdrop))
    engine.options(mirror=False)
    return shares


def show(engine, stand_in, frame):
    """Show a photo, in which the model finds what its stand-in does."""
    stand_in.runtime.reset()
    stand_in.find(frame)
    engine.show(frame)


def known_of(engine, frame):
    """Return alpha at the frame's size and what is near, from what the refined model has found in the frame in hand."""
    found = read_buffers(engine, **OUTPUTS)
    person, outside = (255 * np.moveaxis(found[name], 0, -1).astype(np.float64) for name in ("person", "outside"))
    return fitted_alpha(frame, found["coefficients"]), Near(engine.mask(), person, outside)


def bad(shares):
    """Return the cases that are too far off."""
    return {name: share for name, share in shares.items() if share < LEAST_INSIDE}


@pytest.mark.parametrize("picture", PICTURES)
def test_every_effect_is_the_numpy_references(engine, stand_in, backdrop, picture, monkeypatch):
    """With what the model has found each effect is within 2/255 of the reference on 99.5 % of the pixels.

    Alpha has the frame's size there. That goes for effects that nobody has written code for, too.
    """
    add_made_up(monkeypatch)
    frame = build(picture)
    show(engine, stand_in, frame)
    alpha, near = known_of(engine, frame)
    assert 0.05 < alpha.mean() < 0.95, "there is a person, and a background"
    assert bad(shares_inside(engine, frame, backdrop, alpha, near)) == {}


def test_the_edge_takes_the_light_of_each_new_backdrop(engine, stand_in, backdrop):
    """As soon as the picture behind is another one, so is the light that falls on the person."""
    frame = build("333x777")
    show(engine, stand_in, frame)
    options = Options(effect="picture", light_wrap=1)
    engine.options(effect="picture", lightWrap=1, decontaminate=True, colourCast=0)
    alpha, near = known_of(engine, frame)
    for behind in (255 - backdrop, backdrop):
        engine.backdrop(behind)
        expected = full_size_composite(frame, alpha, near, options, behind)
        assert inside(engine.snapshot(), expected) > LEAST_INSIDE


FRAMED: list[dict[str, Any]] = [
    {"effect": "none"},
    {"effect": "blur"},
    {"effect": "picture", "mirror": True, "light_wrap": 0.6},
    {"effect": "transparent"},
]


def test_framing_shows_the_references_part(engine, stand_in, backdrop, astronaut):
    """The part with the person is enlarged, the backdrop is not; the same a pixel to the side is worse."""
    frame = off_centre(astronaut, (640, 480))
    show(engine, stand_in, frame)
    alpha, near = known_of(engine, frame)
    for changes in FRAMED:
        asked = USUAL | {"framing": "gentle"} | changes
        options = Options().updated(asked)
        engine.options(**{option_named(one).js_name: value for one, value in asked.items()})
        got = engine.snapshot()
        view = view_for(engine.mask(), mirror=options.mirror)
        assert 0.62 < view.width < 0.9
        expected, beside = (
            full_size_composite(frame, alpha, near, options, backdrop, one)
            for one in (view, view._replace(x=view.x + 1 / 640))
        )
        assert inside(got, expected) > LEAST_INSIDE, changes
        off, worse = (np.abs(got.astype(int) - one).mean() for one in (expected, beside))
        assert worse > 1.3 * off, changes
    engine.options(framing="off", mirror=False)


def test_a_video_frame_gives_the_photos_composite(engine, stand_in, astronaut):
    """A `VideoFrame`, sampled where it lies, and an `ImageBitmap`, copied, of the same pixels look the same.

    Also to the model, which gets what the desktop's does.
    """
    engine.options(effect="blur", strength=0.5)
    show(engine, stand_in, astronaut)
    spec = stand_in.runtime.spec
    photo_input, photo = read_input(engine, spec), engine.snapshot()
    engine.page.evaluate(PUSH_VIDEO_FRAME, png_base64(astronaut))
    np.testing.assert_allclose(read_input(engine, spec), photo_input, atol=1e-5)
    np.testing.assert_allclose(photo_input, resize_half_pixel(astronaut.astype(np.float32), 256, 256) / 255, atol=1e-5)
    assert inside(engine.snapshot(), photo) > LEAST_INSIDE


def test_raw_edges_are_the_mask_stretched(engine, backdrop, monkeypatch):
    """With raw edges alpha is the mask, scaled up, and every effect is the reference's, the edge's colours too."""
    add_made_up(monkeypatch)
    frame = build("640x480")
    after = engine.position()
    engine.options(edges="raw")
    engine.wait_for("model", after)
    mask = StandIn(engine, load_spec("general", "raw")).find(frame)
    engine.show(frame)
    np.testing.assert_array_equal(engine.mask(), mask)
    alpha = resize_half_pixel(mask, 640, 480).astype(np.float64)
    shares = shares_inside(engine, frame, backdrop, alpha, Near.of_mask(frame, mask))
    assert bad(shares) == {}


@pytest.mark.parametrize("as_video", [False, True], ids=["photo", "video"])
def test_corner_warp_is_mediapipes_sampling(engine, as_video):
    """The other sampling convention gives the pixels of `corner_warp`, all but a few to the last bit."""
    frame = build("640x480")
    if as_video:
        engine.page.evaluate(PUSH_VIDEO_FRAME, png_base64(frame))
    else:
        engine.show(frame)
    levels = engine.in_worker(f"pyodide.runPythonAsync({json.dumps(CORNER_WARP)})")
    got = np.frombuffer(base64.b64decode(levels), np.uint8).reshape(144, 256, 3)
    difference = np.abs(got.astype(int) - corner_warp(frame, 256, 144))
    assert difference.max() <= 1
    assert (difference > 0).mean() < 0.005
