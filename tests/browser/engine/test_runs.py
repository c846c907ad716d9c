"""The engine at work: backends, model switch, still and moving frames, options, recovery."""

import re

import numpy as np
import pytest

from tests.browser.harness import EngineDriver
from tests.browser.waiting import until

STREAM = """
async ({ count, size: [width, height], options }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  for (let index = 0; index < count; index++) {
    context.fillStyle = `hsl(${(index * 37) % 360} 60% 50%)`;
    context.fillRect(0, 0, width, height);
    while (!engine.wantsFrame) await new Promise((done) => setTimeout(done, 1));
    engine.push(new VideoFrame(canvas, { timestamp: index }));
    for (const change of options[index] ?? []) engine.setOptions(change);
  }
}
"""


def stream(engine, count, size=(320, 180), options=None):
    """Push `count` VideoFrames, each as soon as the engine wants one; change options at certain frames."""
    engine.page.evaluate(STREAM, {"count": count, "size": size, "options": options or {}})


def test_wasm_is_chosen_without_a_hardware_adapter_and_says_why(engine):
    """The `ready` event names the backend, the reason and the model."""
    ready = engine.start()
    assert (ready["backend"], ready["model"]) == ("wasm", "general")
    assert re.search(r"WebGPU.*; \d threads?$", ready["reason"])


def test_threads_are_used_when_isolated_and_cores_allow(launch, serve_site, astronaut):
    """Eight cores and cross-origin isolation: four threads; without isolation: one. The mask is the same.

    Any static host will do: without COOP and COEP, and below another prefix.
    """
    masks = []
    for isolation, prefix, threads in [(True, "/", 4), (False, "/some/where/", 1)]:
        server = serve_site(isolation=isolation, prefix=prefix)
        engine = EngineDriver(launch(), server.url)
        engine.page.route("**/js/worker.js", with_cores(8))  # the last route counts: in Firefox there is one already
        ready = engine.start()
        assert (ready["backend"], ready["threads"]) == ("wasm", threads)
        engine.show(astronaut)
        masks.append(engine.mask())
    assert np.abs(masks[0] - masks[1]).max() < 1e-4


def with_cores(cores):
    """Serve the worker's script with another number of cores in front of it."""

    def handle(route):
        response = route.fetch()
        patch = f"Object.defineProperty(navigator, 'hardwareConcurrency', {{ value: {cores} }});"
        route.fulfill(response=response, body=patch + response.text())

    return handle


def test_the_model_switches_while_running_without_a_gap(engine, astronaut):
    """Frames go on during the switch; the mask takes the other model's size; no frame is left unpainted."""
    engine.start(effect="mask")
    engine.show(astronaut)
    assert engine.mask().shape == (256, 256)
    after = engine.position()
    stream(engine, 60, options={"20": [{"modelSelection": 1}], "40": [{"modelSelection": 0}, {"modelSelection": 1}]})
    model = engine.wait_for("model", after)
    assert model["model"] == "landscape"
    engine.show(astronaut)
    assert engine.mask().shape == (144, 256)
    assert engine.log("error") == []


def test_other_options_change_a_still_photo_at_once(engine, astronaut):
    """A photo is painted again when an option changes, without being pushed again."""
    engine.start(effect="fill")
    engine.show(astronaut)
    green = (engine.snapshot()[..., :3] == (0, 255, 0)).all(axis=-1).mean()
    engine.options(color="#FF0000")
    red = (engine.snapshot()[..., :3] == (255, 0, 0)).all(axis=-1).mean()
    assert green == pytest.approx(red, abs=0.01)  # in soft edges the rounding of the colours differs
    assert red > 0.3
    engine.options(mirror=True)
    mirrored = engine.snapshot()
    engine.options(mirror=False)
    np.testing.assert_array_equal(mirrored, engine.snapshot()[:, ::-1])


def test_a_bad_option_is_refused_and_the_last_good_one_stays(engine, astronaut):
    """One sentence as an `error` event, no action needed, and the picture does not change."""
    engine.start(effect="fill")
    engine.show(astronaut)
    before = engine.snapshot()
    engine.options(effect="sepia")
    error = engine.wait_for("error")
    assert (error["code"], error["action"]) == ("option", None)
    assert error["message"].startswith("effect is “sepia”, but it has to be one of fill, mask")
    np.testing.assert_array_equal(engine.snapshot(), before)


def test_the_canvas_follows_the_sources_size(engine):
    """A phone is turned: the next composite has the new size, whatever came before."""
    engine.start()
    for size in [(320, 180), (180, 320), (2, 2), (1, 1), (641, 359)]:
        after = engine.position()
        stream(engine, 1, size)
        frame = engine.wait_for("frame", after)
        assert (frame["width"], frame["height"]) == size
        assert engine.snapshot().shape[:2] == size[::-1]


def test_the_newest_frame_wins_and_nothing_piles_up(engine):
    """Frames pushed while two are outstanding are dropped and counted; the last one of a burst is not waited for."""
    engine.start()
    accepted = engine.page.evaluate(
        """async () => {
          const canvas = new OffscreenCanvas(64, 64);
          canvas.getContext("2d").fillRect(0, 0, 64, 64);
          const frames = Array.from({ length: 10 }, (_, timestamp) => new VideoFrame(canvas, { timestamp }));
          const accepted = frames.map((frame) => engine.push(frame));
          return { accepted, closed: frames.map(({ format }) => format === null) };
        }"""
    )
    assert accepted["accepted"] == [True, True] + [False] * 8
    assert accepted["closed"] == [True] * 10, "transferred or closed, every one"
    engine.wait_for("frame")
    after = engine.position()
    engine.show(np.zeros((8, 8, 3), np.uint8))
    assert engine.wait_for("frame", after)["dropped"] in (8, 9), "nine if the second frame waited in the mailbox"


def test_reset_shows_nothing_until_the_next_composite(engine, astronaut):
    """After a source change the old picture is gone, and a snapshot says that there is none."""
    engine.start()
    engine.show(astronaut)
    message = engine.page.evaluate("engine.reset(), engine.snapshot().then(() => '', ({ message }) => message)")
    assert message == "There is no picture yet: nothing has been segmented."
    engine.show(astronaut)
    assert engine.snapshot().shape == (512, 512, 4)


def test_no_frame_is_shown_before_its_mask_exists(engine, astronaut):
    """The stage has no canvas until the first composite: a raw frame can never flash up."""
    engine.start()
    assert engine.page.evaluate("stage.querySelector('canvas')") is None
    engine.show(astronaut)
    assert engine.page.evaluate("stage.querySelectorAll('canvas').length") == 1


def test_closing_frees_the_worker_and_the_canvas(launch, site, astronaut):
    """After close there is no worker and no canvas; the engine can start again."""
    engine = EngineDriver(launch(), site.url)
    engine.start()
    engine.show(astronaut)
    engine.page.evaluate("engine.close()")
    until(engine.page, lambda: engine.page.workers == [], lambda: "its worker goes on")
    assert engine.page.evaluate("stage.children.length") == 0
    engine.start()
    engine.show(astronaut)
    assert engine.snapshot().shape == (512, 512, 4)
