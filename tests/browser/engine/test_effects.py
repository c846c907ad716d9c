"""Each effect on the canvas against the NumPy reference, pixel by pixel."""

import json

import numpy as np
import pytest

from pyselfie.core.options import Options
from tests.browser.engine.effects_kit import (
    EDGE_TOLERANCE,
    check_composite,
    check_every_effect,
    check_mask,
    frame_of,
    soft_backdrop,
)
from tests.browser.harness import png_base64
from tests.reference.compositor import composite
from tests.reference.effects import add_made_up


@pytest.fixture(scope="module")
def backdrop():
    """Return a picture to be put behind the person."""
    return soft_backdrop()


@pytest.mark.engines
@pytest.mark.parametrize("by_tiles", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("model_selection", [0, 1], ids=["general", "landscape"])
def test_canvas_shows_what_the_numpy_reference_shows(
    engine, astronaut, backdrop, model_selection, by_tiles, monkeypatch
):
    """With the engine's own mask every effect is within 2/255 of the reference, a little more at resampled edges.

    That goes for effects that nobody has written code for, too, and for pictures large enough to be painted by tiles.
    """
    add_made_up(monkeypatch)
    engine.start(modelSelection=model_selection)
    engine.backdrop(backdrop)
    check_every_effect(engine, frame_of(astronaut, model_selection), backdrop, by_tiles=by_tiles)


def test_light_follows_a_backdrop_that_changes(engine, astronaut, backdrop):
    """Each next picture of a video behind the person gives its own light."""
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


@pytest.fixture
def runs_as_told(engine):
    """Return a function that has Python in the worker change how `OrtWebRuntime` runs a model, until the test ends."""
    run_python = "pyodide.runPython({})".format

    def change(code):
        engine.in_worker(run_python(json.dumps(KEEP_RUN + code)))

    yield change
    engine.in_worker(run_python(json.dumps("OrtWebRuntime.run = run")))


KEEP_RUN = """
from pyselfie.browser.models.ort_web import OrtWebRuntime

run = OrtWebRuntime.run
"""

COUNT_RUNS = """
runs = 0

async def counted(*given):
    global runs
    runs += 1
    return await run(*given)

OrtWebRuntime.run = counted
"""


def test_none_runs_no_model_until_another_effect_is_chosen(engine, runs_as_told, astronaut):
    """The frame comes out as it went in; the effect chosen then segments the frame in hand, once."""
    engine.start(effect="none")
    runs_as_told(COUNT_RUNS)
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


def test_no_fault_leads_to_none(engine, runs_as_told, astronaut):
    """Where the model fails after `none`, the next frame is told and not shown, and no snapshot has it."""
    engine.page.expected_errors.append("provoked|Traceback")
    engine.start(effect="none")
    engine.show(astronaut)
    runs_as_told("async def fail(*given):\n    raise ValueError('provoked')\n\nOrtWebRuntime.run = fail\n")
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
def test_mask_is_the_native_runtimes(engine, astronaut, model_selection):
    """Browser sampling plus ONNX Runtime Web give the desktop's mask with half-pixel sampling, nearly to the bit."""
    engine.start(modelSelection=model_selection)
    check_mask(engine, frame_of(astronaut, model_selection), model_selection)


# A model that finds a person on the right, with an edge of six of its pixels.
FIND_RAMP = """
import numpy as np

async def find(*given):
    mask = await run(*given)
    mask[...] = np.clip((np.arange(mask.shape[1]) - 125) / 6, 0, 1)
    return mask

OrtWebRuntime.run = find
"""


def test_transparent_snapshot_shows_no_rim(engine, runs_as_told):
    """On black, white and green the edge has less than half of the wall in it that it has as filmed."""
    person, wall = np.array([90, 60, 40]), np.array([230, 235, 240])
    alpha = np.tile(np.clip((np.arange(256) - 125) / 6, 0, 1)[:, None], (144, 1, 1))
    engine.start(modelSelection=1, effect="transparent", edges="raw")
    runs_as_told(FIND_RAMP)
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
