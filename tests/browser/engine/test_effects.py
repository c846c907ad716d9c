"""Each effect on the canvas against the NumPy reference, pixel by pixel."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from pyselfie.core.effects import EFFECTS
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.tiles import tiles_for
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.harness import EngineDriver, png_base64
from tests.reference.compositor import composite, overlay_image
from tests.reference.effects import MADE_UP, TELL_WORKER, add_made_up
from tests.reference.porter_duff import premultiply

TOLERANCE = 2  # of 255
MOST_OUTSIDE = 0.001
# Chromium scales what it blends with weights of 4 bits: where neighbouring mask pixels differ much, that shows.
EDGE_CONTRAST = 24 / 255
EDGE_TOLERANCE = 18

CASES: dict[str, dict[str, Any]] = {
    **{name: {"effect": name, "strength": 0.5} for name in (*EFFECTS, *MADE_UP)},
    "fill-mirrored": {"effect": "fill", "color": "#2060C0", "mirror": True},
    "color": {"effect": "color", "color": "#204060"},
    "picture-mirrored": {"effect": "picture", "mirror": True},
    "picture-wrapped": {"effect": "picture", "light_wrap": 0.6},
    "picture-wrapped-mirrored": {"effect": "picture", "light_wrap": 0.6, "mirror": True},
    "picture-wrapped-alone": {"effect": "picture", "light_wrap": 0.6, "decontaminate": False},
    "picture-cast": {"effect": "picture", "colour_cast": 0.1},
    "picture-plain": {"effect": "picture", "light_wrap": 0.0, "decontaminate": False},
    "blur-plain": {"effect": "blur", "decontaminate": False},
    "blur-weak": {"effect": "blur", "strength": 0.0},
    "blur-strong": {"effect": "blur", "strength": 1.0},
}


@pytest.fixture(scope="module")
def backdrop():
    """Return a picture of another aspect, with soft colours, so that its own resampling hides no error."""
    y, x = np.mgrid[0:300, 0:800]
    return np.dstack([x * 255 / 800, y * 255 / 300, 255 - x * 255 / 800]).astype(np.uint8)


def frame_of(astronaut, model_selection):
    """Return a square photo for the general model, a wide one of odd size for the landscape model."""
    return astronaut if model_selection == 0 else np.ascontiguousarray(astronaut[40:329, :511])


def resampled_edges(frame, mask, options):
    """Return where neighbouring overlay pixels differ by more than EDGE_CONTRAST, at the frame's size."""
    height, width = frame.shape[:2]
    overlay = EFFECTS[options.effect].overlay
    if overlay is None:
        return np.zeros((height, width), bool)
    padded = np.pad(premultiply(overlay_image(overlay, frame, mask, options)), [(1, 1), (1, 1), (0, 0)], mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))
    steep = np.ptp(around, axis=(3, 4)).max(axis=-1) > EDGE_CONTRAST
    edges = steep[np.ix_(np.arange(height) * mask.shape[0] // height, np.arange(width) * mask.shape[1] // width)]
    return edges[:, ::-1] if options.mirror else edges


@pytest.mark.engines
@pytest.mark.parametrize("by_tiles", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("model_selection", [0, 1], ids=["general", "landscape"])
def test_canvas_shows_what_the_numpy_reference_shows(
    launch, site, astronaut, backdrop, model_selection, by_tiles, monkeypatch
):
    """With the engine's own mask every effect is within 2/255 of the reference, a little more at resampled edges.

    That goes for effects that nobody has written code for, too, and for pictures large enough to be painted by tiles.
    """
    add_made_up(monkeypatch)
    engine = EngineDriver(launch(), site.url)
    engine.start(modelSelection=model_selection)
    engine.backdrop(backdrop)
    frame = frame_of(astronaut, model_selection)
    if by_tiles:
        frame = resize_half_pixel(frame, 960, 960 * frame.shape[0] // frame.shape[1])
    engine.show(frame)
    mask = engine.mask()
    size = Size(frame.shape[1], frame.shape[0])
    assert (tiles_for(np.rint(255 * mask).astype(np.uint8), size) is not None) == by_tiles
    engine.in_worker(f"pyodide.runPython({json.dumps(TELL_WORKER)})")
    for name, changes in CASES.items():
        options = Options().updated(changes)
        engine.options(**dataclasses.asdict(options))
        check_composite(engine.snapshot(), frame, mask, options, backdrop, name)


def check_composite(got, frame, mask, options, backdrop, name):
    """Fail if a picture isn't the reference's composite."""
    # premultiplied, as canvases hold them: of a nearly transparent pixel a PNG keeps no exact colour
    expected = premultiply(composite(frame, mask, options, backdrop))
    difference = 255 * np.abs(premultiply(got) - expected).max(axis=-1)
    difference = difference.round(3)  # of 18 levels float32 makes 18.000006
    at_edges = resampled_edges(frame, mask, options)
    outside = (difference[~at_edges] > TOLERANCE + 0.5).mean()  # half a level for this comparison's own rounding
    assert outside <= MOST_OUTSIDE, f"{name}: {outside:.2%} differ, at most by {difference[~at_edges].max():.0f}"
    assert difference.max() <= EDGE_TOLERANCE, f"{name}: {difference.max():.0f} at an edge"


def test_light_follows_a_backdrop_that_changes(launch, site, astronaut, backdrop):
    """Each next picture of a video behind the person gives its own light."""
    engine = EngineDriver(launch(), site.url, backend="wasm", painter="canvas2d")
    engine.start(modelSelection=1, effect="picture", lightWrap=0.6)
    frame = frame_of(astronaut, 1)
    engine.show(frame)
    for name, behind in (("first", backdrop), ("next", 255 - backdrop), ("none", None)):
        if behind is None:
            engine.page.evaluate("engine.setBackdrop(null)")
        else:
            engine.backdrop(behind)
        options = Options(effect="picture", light_wrap=0.6)
        check_composite(engine.snapshot(), frame, engine.mask(), options, behind, name)


COUNT_RUNS = """
from pyselfie.browser.models.ort_web import OrtWebRuntime

runs, run = 0, OrtWebRuntime.run

async def counted(*given):
    global runs
    runs += 1
    return await run(*given)

OrtWebRuntime.run = counted
"""


def test_none_runs_no_model_until_another_effect_is_chosen(launch, site, astronaut):
    """The frame comes out as it went in; the effect chosen then segments the frame in hand, once."""
    engine = EngineDriver(launch(), site.url, backend="wasm", painter="canvas2d")
    engine.start(effect="none")
    engine.in_worker(f"pyodide.runPython({json.dumps(COUNT_RUNS)})")
    for frame in (astronaut[::-1], astronaut):
        engine.show(np.ascontiguousarray(frame))
        np.testing.assert_array_equal(engine.snapshot()[..., :3], frame)
    engine.options(mirror=True)
    np.testing.assert_array_equal(engine.snapshot()[..., :3], astronaut[:, ::-1])
    assert engine.in_worker("pyodide.globals.get('runs')") == 0
    engine.options(mirror=False, effect="mask")
    engine.page.wait_for_function("engine.getMask().then(() => true, () => false)")
    expected = composite(astronaut, engine.mask(), Options(effect="mask"))
    assert np.abs(engine.snapshot().astype(int) - expected).max() <= EDGE_TOLERANCE
    assert engine.in_worker("pyodide.globals.get('runs')") == 1


def test_no_fault_leads_to_none(launch, site, astronaut):
    """Where the model fails after `none`, the next frame is told and not shown, and no snapshot has it."""
    page = launch()
    page.expected_errors.append("provoked|Traceback")
    engine = EngineDriver(page, site.url, backend="wasm", painter="canvas2d")
    engine.start(effect="none")
    engine.show(astronaut)
    fail = "async def fail(*given):\n    raise ValueError('provoked')\nOrtWebRuntime.run = fail\n"
    engine.in_worker(f"pyodide.runPython({json.dumps(COUNT_RUNS + fail)})")
    engine.options(effect="blur")
    engine.wait_for("error")
    after = engine.position()
    engine.page.evaluate("async (png) => engine.push(await bitmap(png), { still: true })", png_base64(astronaut[::-1]))
    assert "provoked" in engine.wait_for("error", after)["message"]
    assert not [event for event in engine.log()[after:] if event["type"] == "frame"]
    told = engine.page.evaluate("engine.snapshot().then(() => 'a picture', ({ message }) => message)")
    assert told == "There is no picture yet: nothing has been segmented."


@pytest.mark.engines
@pytest.mark.parametrize("model_selection", [0, 1], ids=["general", "landscape"])
def test_mask_is_the_native_runtimes(launch, site, astronaut, model_selection):
    """Browser sampling plus ONNX Runtime Web give the desktop's mask with half-pixel sampling, nearly to the bit."""
    engine = EngineDriver(launch(), site.url)
    engine.start(modelSelection=model_selection)
    frame = frame_of(astronaut, model_selection)
    engine.show(frame)
    spec = load_spec(model_selection, Options.edges)
    sample = resize_half_pixel(frame, spec.width, spec.height)
    tensor = (sample[None] * np.float32(1 / 255)).astype(np.float32)
    expected = NativeRuntime(spec).run_sync(tensor)
    assert np.abs(engine.mask() - expected).mean() < 2e-3
    intersection = ((engine.mask() > 0.5) & (expected > 0.5)).sum()
    union = ((engine.mask() > 0.5) | (expected > 0.5)).sum()
    assert intersection / union > 0.998


# A model that finds a person on the right, with an edge of six of its pixels.
FIND_RAMP = """
import numpy as np
from pyselfie.browser.models.ort_web import OrtWebRuntime

run = OrtWebRuntime.run

async def find(*given):
    mask = await run(*given)
    mask[...] = np.clip((np.arange(mask.shape[1]) - 125) / 6, 0, 1)
    return mask

OrtWebRuntime.run = find
"""


def test_transparent_snapshot_shows_no_rim(launch, site):
    """On black, white and green the edge has less than half of the wall in it that it has as filmed."""
    person, wall = np.array([90, 60, 40]), np.array([230, 235, 240])
    alpha = np.tile(np.clip((np.arange(256) - 125) / 6, 0, 1)[:, None], (144, 1, 1))
    engine = EngineDriver(launch(), site.url, backend="wasm", painter="canvas2d")
    engine.start(modelSelection=1, effect="transparent", edges="raw")
    engine.in_worker(f"pyodide.runPython({json.dumps(FIND_RAMP)})")
    engine.show(np.rint(alpha * person + (1 - alpha) * wall).astype(np.uint8))
    clean = engine.snapshot()
    engine.options(decontaminate=False)
    plain = engine.snapshot()
    assert np.abs(clean[..., 3:] / 255 - alpha).max() < 0.02, "the ramp is what was found"

    def off(rgba, behind):
        share = rgba[..., 3:] / 255
        truth = alpha * person + (1 - alpha) * behind
        return np.abs(share * rgba[..., :3] + (1 - share) * behind - truth)[:, 125:132].mean()

    for behind in ([0, 0, 0], [255, 255, 255], [0, 255, 0]):
        assert 2 * off(clean, np.array(behind)) < off(plain, np.array(behind)), behind
