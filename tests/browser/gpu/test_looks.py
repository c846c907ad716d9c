"""Small people on the WebGPU painter: shaders decide what the model is shown, by the rules of `core.close_up`."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from pyselfie.core.close_up import GLANCE_EVERY
from pyselfie.core.geometry import Rect
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.zoom import part_of
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import StandIn, in_pipeline, leave_model_out, read_input, run_model
from tests.browser.gpu.gpu_watch import faults, seen, watch_gpu
from tests.browser.gpu.look_films import FILMS, frames, play
from tests.browser.gpu.looks_kit import SIZE, Scene, closely, overlap, parts_of, push, run, tensor_of
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver
from tests.reference.full_size import fitted_alpha
from tests.unit.runtimes.small_people import PERSON
from tests.unit.runtimes.small_people import SIZE as FILM_SIZE
from tests.unit.runtimes.test_close_up import Film

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from pyselfie.core.manifest import ModelSpec
    from tests.browser.guard import GuardedPage

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

LEVEL = 1 / 255
GENERAL, LANDSCAPE = (load_spec(model, "refined") for model in ("general", "landscape"))

# Python for the worker: all frames are one film, and each has a mask of its own.
HOWEVER_SLOW = """
import pyselfie.core.timing
from pyselfie.core.pacing import Pacer

pyselfie.core.timing.GAP_S = 1e9
Pacer.wants_mask = lambda _pacer: True
"""

# Python for the worker: what the mask is of, and where in it it counts, as parts of 0..1.
WHERE = """
[floats] = await read_floats(gpu, pipeline._segmenter.model.look)
json.dumps([floats[at : at + 4].tolist() for at in (0, 4)])
"""


@pytest.fixture(scope="module")
def engine(browser_for: Callable[..., Browser], origins: set[str], site: Server) -> Iterator[EngineDriver]:
    """Return an engine of the landscape model, the quicker one, that paints the mask."""
    context = browser_for(WEBGPU_FLAGS).new_context()
    guard = Guard(context, origins)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]
    driver = EngineDriver(leave_model_out(watch_gpu(page)), site.url, backend="webgpu", painter="webgpu")
    ready = driver.start(effect="mask", modelSelection=LANDSCAPE.model_selection)
    assert ready["painter"] == "webgpu", ready["painterReason"]
    run_model(driver)
    in_pipeline(driver, HOWEVER_SLOW)
    yield driver
    assert faults(driver) == []
    assert driver.log("notice", "error", "backendchange") == []
    context.close()
    assert guard.faults() == []


def use(engine: EngineDriver, spec: ModelSpec) -> None:
    """Have the engine use this model, which is not warmed up."""
    *_, now = engine.log("ready", "model")
    if (now["model"], now["edges"]) == (spec.name, spec.edges):
        return
    run_model(engine, on=False)
    after = engine.position()
    engine.options(edges=spec.edges, modelSelection=spec.model_selection)
    engine.wait_for("model", after)
    run_model(engine)


@pytest.fixture
def general(engine: EngineDriver) -> EngineDriver:
    """Return it with the general model."""
    use(engine, GENERAL)
    return engine


@pytest.fixture(scope="module")
def scene(astronaut: Picture) -> Scene:
    """Return one whose person the landscape model hardly finds from afar."""
    return Scene(astronaut, top=220, side=100, wall=127)


@pytest.fixture(scope="module")
def easy(astronaut: Picture) -> Scene:
    """Return one whose person all models find."""
    return Scene(astronaut, top=240, side=120, wall=200)


class Shown(NamedTuple):
    """What there was after a frame."""

    mask: Mask
    alpha: Mask
    part: Rect  # that the mask is of, in the frame's pixels
    believed: Rect


def look_of(engine: EngineDriver) -> list[Rect]:
    """Return what part of the frame in hand the mask is of, and where in it it counts, in the frame's pixels."""
    return [Rect(*one).times(*SIZE) for one in json.loads(in_pipeline(engine, WHERE))]


class Filmed(NamedTuple):
    """What there was of each frame, and the last one, blurred."""

    shown: list[Shown]
    blurred: NDArray[np.int_]


@pytest.fixture(scope="module")
def film(engine: EngineDriver, scene: Scene) -> Filmed:
    """Show a film of the scene to the landscape model."""
    use(engine, LANDSCAPE)
    found = []
    for number, picture in enumerate(scene.noisy):
        before = len(seen(engine, "readbacks"))
        push(engine, picture, cut=number == 0)
        assert len(seen(engine, "readbacks")) == before, "nothing comes back from the GPU"
        mask = engine.mask()  # waits for the model without blocking the worker, as a snapshot does
        alpha = (engine.snapshot()[..., 0] / 255).astype(np.float32)
        found.append(Shown(mask, alpha, *look_of(engine)))
    engine.options(effect="blur", decontaminate=False)
    blurred = engine.snapshot()[..., :3].astype(int)
    engine.options(effect="mask", decontaminate=True)
    return Filmed(found, blurred)


def test_small_people_are_seen_closely(film: Filmed, scene: Scene) -> None:
    """From a film's second frame on the part is that of `Looks`, and mask and alpha are what the model says of it.

    The second frame's mask is a glance's; smoothing begins with the one after it.
    """
    runtime = NativeRuntime(LANDSCAPE)
    runtime.set("smoothing", 0.85)
    width, height = LANDSCAPE.width, LANDSCAPE.height
    truth = resize_half_pixel(scene.truth, width, height)
    whole = run(scene.noisy[0], LANDSCAPE)
    assert overlap(whole, truth) < 0.5, "from afar she is hardly found"
    first, *others = zip(film.shown, scene.noisy, [None, *parts_of(scene.noisy[1:], LANDSCAPE)], strict=True)
    assert first[0].part == Rect(0, 0, *SIZE)
    assert np.abs(first[0].mask - whole).mean() < 1e-4
    for number, (found, picture, part) in enumerate(others):
        assert part is not None
        np.testing.assert_allclose(found.part, part, atol=4)
        if number < 2:
            runtime.reset()
        expected = closely(runtime, picture, found.part, found.believed)
        assert np.abs(found.mask - expected).mean() < 2e-4
        assert overlap(found.mask, truth) > 0.9
        assert overlap(found.alpha, scene.truth) > 0.9
        assert np.abs(resize_half_pixel(found.alpha, width, height) - found.mask).mean() < 2 * LEVEL
        assert found.alpha[:180].max() == found.alpha[:, 400:].max() == 0


def test_blur_spares_nobody_small(film: Filmed, scene: Scene) -> None:
    """The background far from the person is the frame's, blurred; where the person is the frame stays."""
    assert np.abs(film.blurred[:200] - scene.wall).mean() < 1
    assert np.abs(film.blurred - scene.noisy[-1])[scene.truth > 0.99].mean() < 4


@pytest.mark.usefixtures("film")
def test_after_a_cut_nothing_is_left_of_a_close_up(engine: EngineDriver, astronaut: Picture) -> None:
    """Somebody near by after somebody small: the first mask is a fresh one of the whole frame, and so is alpha."""
    use(engine, LANDSCAPE)
    push(engine, astronaut, cut=True)
    runtime = NativeRuntime(LANDSCAPE)
    assert np.abs(engine.mask() - runtime.run_sync(tensor_of(astronaut, LANDSCAPE))).mean() < 2e-4
    fresh = fitted_alpha(astronaut, runtime.extra("coefficients")[0])
    assert np.abs(engine.snapshot()[..., 0] / 255 - fresh).max() <= 2 * LEVEL


@pytest.fixture(scope="module")
def on_canvas(
    browser_for: Callable[..., Browser], origins: set[str], site: Server
) -> Iterator[Callable[[Picture, ModelSpec], Mask]]:
    """Return what makes a photo's mask on the Canvas 2D painter, with a model."""
    context = browser_for(WEBGPU_FLAGS).new_context()
    guard = Guard(context, origins)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]
    driver = EngineDriver(page, site.url, backend="wasm", painter="canvas2d")
    assert driver.start(effect="mask", modelSelection=LANDSCAPE.model_selection)["painter"] == "canvas2d"

    def mask(picture: Picture, spec: ModelSpec) -> Mask:
        use(driver, spec)
        driver.show(picture)
        return driver.mask()

    yield mask
    context.close()
    assert guard.faults() == []


def check_photo(engine: EngineDriver, scene: Scene, spec: ModelSpec, on_canvas: Callable[..., Mask]) -> None:
    """Compare a photo's mask with the other painter's, with the desktop's, and with who is in it."""
    engine.show(scene.picture)
    found = engine.mask()
    part, believed = look_of(engine)
    assert part.height < SIZE.height
    assert np.abs(found - closely(NativeRuntime(spec), scene.picture, part, believed)).mean() < 2e-4
    assert np.abs(found - on_canvas(scene.picture, spec)).mean() < 2e-4
    assert overlap(found, resize_half_pixel(scene.truth, spec.width, spec.height)) > 0.9


def test_a_photo_is_seen_as_on_the_canvas(engine: EngineDriver, easy: Scene, on_canvas: Callable[..., Mask]) -> None:
    """Both painters look at it closely at once, as no other frame follows: masks are alike, and find the person.

    The model's part has a stand-in here, as far as it is shown what it should be.
    """
    use(engine, LANDSCAPE)
    picture, stand_in = easy.picture, StandIn(engine, LANDSCAPE)
    [part] = parts_of([picture], LANDSCAPE)
    assert part is not None
    run_model(engine, on=False)
    stand_in.find(part_of(picture, part), aside=True)
    stand_in.runtime.reset()
    stand_in.find(picture)
    check_photo(engine, easy, LANDSCAPE, on_canvas)
    shown = tensor_of(part_of(picture, part), LANDSCAPE)[0]
    np.testing.assert_allclose(read_input(engine, LANDSCAPE), shown, atol=1e-4)
    run_model(engine)


@pytest.mark.usefixtures("film")
def test_raw_edges_are_never_looked_at_closely(engine: EngineDriver, scene: Scene) -> None:
    """The mask is the network's own of the whole frame."""
    raw = load_spec("landscape", "raw")
    use(engine, raw)
    push(engine, scene.picture, cut=True)
    assert np.abs(engine.mask() - run(scene.picture, raw)).mean() < 2e-4


@pytest.mark.parametrize("name", FILMS)
def test_what_is_shown_is_what_the_rules_say(general: EngineDriver, name: str) -> None:
    """Frame by frame as `core.close_up` has it, where that looks aside with just as many frames; a move is a reset."""
    film, rules = FILMS[name], Film()
    counts = []
    for close, whole, level in film:
        counts.append(rules.close_up.counts)
        rules.show(whole, close=close, whole=whole, level=level)
    first, *answers = play(general, [film[0], *film])  # there it is the second frame that has a glance
    assert first == (None, Rect(0, 0, *FILM_SIZE), 0)
    parts = [part for part, _, _ in answers]
    assert [part is None for part in parts] == [part is None for part in rules.parts]
    for (part, believed, _), expected, count in zip(answers, rules.parts, counts, strict=True):
        if part is not None and expected is not None and count is not None:
            np.testing.assert_allclose(part, expected, atol=1.01)
            np.testing.assert_allclose(believed, count, atol=1.01)
    stayed = [before == after for before, after in pairwise(rules.parts)]
    assert [smoothing for _, _, smoothing in answers] == [0.75 * stay for stay in (True, *stayed)]


def test_the_part_follows_in_steps(general: EngineDriver) -> None:
    """Who walks, also behind a table, is inside of the part in each frame, and it moves in few of them."""
    boxes = [Rect(0.05 + number * 0.006, 0.5, 0.1, 0.25) for number in range(100)]
    for height in (0.25, 0.5):
        film = [([box._replace(height=height)], [box], 1.0) for box in boxes]
        parts = [part for part, _, _ in play(general, film)]
        for part, box in zip(parts[2:], boxes[2:], strict=True):
            assert part is not None
            assert part.x <= box.x * 640 + 0.01
            assert (box.x + box.width) * 640 <= part.x + part.width + 0.01
        assert sum(before != after for before, after in pairwise(parts)) <= 12


def test_who_is_lost_is_seen_in_the_whole_frame_next(general: EngineDriver) -> None:
    """And no close-up begins soon, where the two looks don't agree."""
    film = [*frames([PERSON], count=3), *frames([], [PERSON], count=GLANCE_EVERY)]
    parts = [part for part, _, _ in play(general, film)]
    assert parts[3] is not None
    assert set(parts[4:]) == {None}


def test_other_models_see_small_people_too(general: EngineDriver, easy: Scene, on_canvas: Callable[..., Mask]) -> None:
    """The general model has the same mask of a photo on both painters, and finds the person."""
    check_photo(general, easy, GENERAL, on_canvas)
