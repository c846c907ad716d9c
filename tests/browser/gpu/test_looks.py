"""Small people on the WebGPU painter: shaders decide what the model is shown, by the rules of `core.close_up`."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from pyselfie.core.close_up import GLANCE_EVERY
from pyselfie.core.geometry import Rect, Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.core.zoom import part_of, place
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import in_pipeline
from tests.browser.gpu.gpu_watch import faults, seen, watch_gpu
from tests.browser.gpu.look_films import FILMS, frames, play
from tests.browser.gpu.looks_kit import Scene, before_a_wall, overlap, parts_of, push, run, tensor_of
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver
from tests.unit.runtimes.small_people import PERSON, SIZE
from tests.unit.runtimes.test_close_up import Film

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

    Picture = NDArray[np.uint8]
    Mask = NDArray[np.float32]

LEVEL = 1 / 255

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
    """Return an engine of the general model that paints the mask."""
    context = browser_for(WEBGPU_FLAGS).new_context()
    guard = Guard(context, origins)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]
    driver = EngineDriver(watch_gpu(page), site.url, backend="webgpu", painter="webgpu")
    ready = driver.start(effect="mask", modelSelection=0)
    assert ready["painter"] == "webgpu", ready["painterReason"]
    in_pipeline(driver, HOWEVER_SLOW)
    yield driver
    assert faults(driver) == []
    assert driver.log("notice", "error", "backendchange") == []
    context.close()
    assert guard.faults() == []


@pytest.fixture(scope="module")
def scene(astronaut: Picture) -> Scene:
    return Scene(astronaut)


class Shown(NamedTuple):
    """What there was after a frame."""

    mask: Mask
    alpha: Mask
    part: Rect  # that the mask is of, in the frame's pixels
    believed: Rect


@pytest.fixture(scope="module")
def film(engine: EngineDriver, scene: Scene) -> list[Shown]:
    """Show a film of the scene, whose last frame stays in hand."""
    found = []
    for number, picture in enumerate(scene.noisy):
        before = len(seen(engine, "readbacks"))
        push(engine, picture, cut=number == 0)
        assert len(seen(engine, "readbacks")) == before, "nothing comes back from the GPU"
        mask = engine.mask()  # waits for the model without blocking the worker, as a snapshot does
        alpha = (engine.snapshot()[..., 0] / 255).astype(np.float32)
        rectangles = (Rect(*one).times(512, 512) for one in json.loads(in_pipeline(engine, WHERE)))
        found.append(Shown(mask, alpha, *rectangles))
    return found


def test_small_people_are_seen_closely(film: list[Shown], scene: Scene) -> None:
    """From a film's second frame on the part is that of `Looks`, and mask and alpha are what the model says of it.

    The second frame's mask is a glance's; smoothing begins with the one after it.
    """
    runtime = NativeRuntime(load_spec("general", "refined"))
    runtime.set("smoothing", 0.85)
    truth = resize_half_pixel(scene.truth, 256, 256)
    least = max(0.75, overlap(runtime.run_sync(tensor_of(scene.noisy[0])), truth) + 0.03)
    first, *others = zip(film, scene.noisy, [None, *parts_of(scene.noisy[1:])], strict=True)
    assert first[0].part == Rect(0, 0, 512, 512)
    for number, (found, picture, part) in enumerate(others):
        assert part is not None
        np.testing.assert_allclose(found.part, part, atol=4)  # two pixels of the mask
        if number < 2:
            runtime.reset()
        expected = np.empty_like(found.mask)
        here = Rect(*(round(one) for one in found.part))
        place(runtime.run_sync(tensor_of(part_of(picture, here))), here, Size(512, 512), expected, found.believed)
        assert np.abs(found.mask - expected).mean() < 2e-4
        assert overlap(found.mask, truth) > least
        assert overlap(found.alpha, scene.truth) > least
        assert np.abs(resize_half_pixel(found.alpha, 256, 256) - found.mask).mean() < 2 * LEVEL
        assert found.alpha[:256].max() == found.alpha[:, 256:].max() == 0


@pytest.mark.usefixtures("film")
def test_blur_spares_nobody_small(engine: EngineDriver, scene: Scene) -> None:
    """The background far from the person is the frame's, blurred; where the person is the frame stays."""
    check_blur(engine, scene.noisy[-1], scene.truth, wall=127)


def check_blur(engine: EngineDriver, picture: Picture, truth: Mask, *, wall: int) -> None:
    """Let the frame in hand be blurred, and compare the wall and the person."""
    engine.options(effect="blur", decontaminate=False)
    blurred = engine.snapshot()[..., :3].astype(int)
    engine.options(effect="mask", decontaminate=True)
    assert np.abs(blurred[:200] - wall).mean() < 1, "a grey wall"
    assert np.abs(blurred - picture)[truth > 0.99].mean() < 4


@pytest.mark.usefixtures("film")
def test_after_a_cut_nothing_is_left_of_a_close_up(engine: EngineDriver, astronaut: Picture) -> None:
    """Somebody near by after somebody small: the first mask is a fresh one of the whole frame."""
    push(engine, astronaut, cut=True)
    assert np.abs(engine.mask() - run(astronaut)).mean() < 2e-4


@pytest.fixture
def on_canvas(
    browser_for: Callable[..., Browser], origins: set[str], site: Server
) -> Iterator[Callable[[Picture, int], Mask]]:
    """Return what makes a photo's mask on the Canvas 2D painter, with a model."""
    context = browser_for(WEBGPU_FLAGS).new_context()
    guard = Guard(context, origins)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]

    def mask(picture: Picture, model: int) -> Mask:
        driver = EngineDriver(page, site.url, backend="wasm", painter="canvas2d")
        assert driver.start(effect="mask", modelSelection=model)["painter"] == "canvas2d"
        driver.show(picture)
        return driver.mask()

    yield mask
    context.close()
    assert guard.faults() == []


def check_photo(engine: EngineDriver, picture: Picture, truth: Mask, expected: Mask) -> None:
    """Compare a photo's mask with the other painter's, and with who is in it."""
    engine.show(picture)
    found = engine.mask()
    assert np.abs(found - expected).mean() < 2e-4
    height, width = found.shape
    assert overlap(found, resize_half_pixel(truth, width, height)) > 0.75


def test_a_photo_is_seen_as_on_the_canvas(
    engine: EngineDriver, scene: Scene, on_canvas: Callable[[Picture, int], Mask]
) -> None:
    """Both painters look at it closely at once, as no other frame follows: masks are alike, and find the person."""
    check_photo(engine, scene.picture, scene.truth, on_canvas(scene.picture, 0))


@pytest.mark.parametrize("name", FILMS)
def test_what_is_shown_is_what_the_rules_say(engine: EngineDriver, name: str) -> None:
    """Frame by frame as `core.close_up` has it, where that looks aside with just as many frames; a move is a reset."""
    film, rules = FILMS[name], Film()
    counts = []
    for close, whole, level in film:
        counts.append(rules.close_up.counts)
        rules.show(whole, close=close, whole=whole, level=level)
    first, *answers = play(engine, [film[0], *film])  # there it is the second frame that has a glance
    assert first == (None, Rect(0, 0, *SIZE), 0)
    parts = [part for part, _, _ in answers]
    assert [part is None for part in parts] == [part is None for part in rules.parts]
    for (part, believed, _), expected, count in zip(answers, rules.parts, counts, strict=True):
        if part is not None and expected is not None and count is not None:
            np.testing.assert_allclose(part, expected, atol=1.01)
            np.testing.assert_allclose(believed, count, atol=1.01)
    stayed = [before == after for before, after in pairwise(rules.parts)]
    assert [smoothing for _, _, smoothing in answers] == [0.75 * stay for stay in (True, *stayed)]


def test_the_part_follows_in_steps(engine: EngineDriver) -> None:
    """Who walks, also behind a table, is inside of the part in each frame, and it moves in few of them."""
    boxes = [Rect(0.05 + number * 0.006, 0.5, 0.1, 0.25) for number in range(100)]
    for height in (0.25, 0.5):
        film = [([box._replace(height=height)], [box], 1.0) for box in boxes]
        parts = [part for part, _, _ in play(engine, film)]
        for part, box in zip(parts[2:], boxes[2:], strict=True):
            assert part is not None
            assert part.x <= box.x * 640 + 0.01
            assert (box.x + box.width) * 640 <= part.x + part.width + 0.01
        assert sum(before != after for before, after in pairwise(parts)) <= 12


def test_who_is_lost_is_seen_in_the_whole_frame_next(engine: EngineDriver) -> None:
    """And no close-up begins soon, where the two looks don't agree."""
    film = [*frames([PERSON], count=3), *frames([], [PERSON], count=GLANCE_EVERY)]
    parts = [part for part, _, _ in play(engine, film)]
    assert parts[3] is not None
    assert set(parts[4:]) == {None}


@pytest.mark.usefixtures("film")
def test_raw_edges_are_never_looked_at_closely(engine: EngineDriver, scene: Scene) -> None:
    """The mask is the network's own of the whole frame."""
    after = engine.position()
    engine.options(edges="raw")
    engine.wait_for("model", after)
    push(engine, scene.picture, cut=True)
    assert np.abs(engine.mask() - run(scene.picture, "raw")).mean() < 2e-4


@pytest.mark.parametrize("model", ["landscape"])
def test_other_models_see_small_people_too(
    engine: EngineDriver, astronaut: Picture, on_canvas: Callable[[Picture, int], Mask], model: str
) -> None:
    """A photo as on the canvas; in a film the part is around the person from the second frame on."""
    picture, truth = before_a_wall(astronaut)
    number = load_spec(model).model_selection
    after = engine.position()
    engine.options(edges="refined", modelSelection=number)
    assert engine.wait_for("model", after)["model"] == model
    check_photo(engine, picture, truth, on_canvas(picture, number))
    check_blur(engine, picture, truth, wall=200)  # by the first picture that this model was shown
    for at in range(3):
        push(engine, picture, cut=at == 0)
        mask = engine.mask()  # waits for the model without blocking the worker
        [part, _] = json.loads(in_pipeline(engine, WHERE))
        assert (part[3] < 1) is (at > 0)
    assert overlap(mask, resize_half_pixel(truth, mask.shape[1], mask.shape[0])) > 0.9
