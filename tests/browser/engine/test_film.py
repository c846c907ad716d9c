"""Frames that follow each other on the canvas: smoothed within a film, and nothing of one film in the next."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.harness import EngineDriver, png_base64
from tests.browser.workers import is_firefox
from tests.unit.film import scenes, write_film

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

    Picture = NDArray[np.uint8]
    Launch = Callable[..., GuardedPage]

TOLERANCE = 2 / 255
SHARE = 0.5  # of the flicker without smoothing

# Shows the frames of a film, each when the one before is painted, and returns their masks: quickly, as a long pause
# between two of them would end the film.
FILM = """
async ([pngs, cut]) => {
  const frames = await Promise.all(pngs.map(bitmap));
  const masks = [];
  for (const [index, frame] of frames.entries()) {
    await push(frame, { cut: cut && index === 0 });
    masks.push(await engine.getMask());
  }
  return masks.map(({ width, height, data }) => ({ width, height, data: Array.from(data) }));
}
"""

# What a capture of a video hands over: whether it begins another film, its time (which in Firefox goes on from round to
# round), and the video's.
WATCH_CUTS = """
async ([url, file]) => {
  const { captureVideo } = await import(url);
  self.pushed = [];
  self.firsts = [];
  const src = URL.createObjectURL(await (await fetch(file)).blob());
  self.video = Object.assign(document.createElement("video"), { muted: true, loop: true, src });
  await new Promise((done) => { video.onloadeddata = done; });
  captureVideo(video, {
    wantsFrame: true,
    skip() {},
    push(frame, { cut, first }) {
      firsts.push(first);
      pushed.push([cut, frame.timestamp / 1e6, video.currentTime]);
      frame.close();
      return true;
    },
  });
  await video.play();
}
"""


@pytest.fixture(scope="module")
def kept_settings() -> dict[str, str]:
    return {"painter": "canvas2d"}


@pytest.fixture
def open_engine(launch: Launch, site: Server) -> Callable[..., EngineDriver]:
    """Return a function that starts an engine on the canvas and in a worker of its own, with the mask as its effect."""

    def start(**options: Any) -> EngineDriver:
        engine = EngineDriver(launch(), site.url, painter="canvas2d")
        engine.start(effect="mask", **options)
        return engine

    return start


def play(engine: EngineDriver, pictures: Sequence[Picture], *, cut: bool = False) -> list[NDArray[np.float32]]:
    """Show pictures as a film and return their masks; `cut`: the first one is told to begin another film."""
    masks = engine.page.evaluate(FILM, [[png_base64(picture) for picture in pictures], cut])
    return [np.array(mask["data"], np.float32).reshape(mask["height"], mask["width"]) for mask in masks]


def noisy(picture: Picture, count: int) -> list[Picture]:
    """Return the same scene with a camera's noise."""
    rng = np.random.default_rng(3)
    return [np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def flicker(masks: list[NDArray[np.float32]]) -> float:
    """Return the mean change of a still scene's mask, once the film has begun."""
    return float(np.mean([np.abs(new - old).mean() for old, new in pairwise(masks[1:])]))


@pytest.mark.alone  # frames a second apart would be two films
def test_a_noisy_film_is_smoothed_and_the_option_counts_at_once(
    open_engine: Callable[..., EngineDriver], astronaut: Picture
) -> None:
    """The same frames flicker at most half as much as without; `smoothing` changes with the next frame."""
    frames = noisy(astronaut[::2, ::2], 6)
    engine = open_engine(smoothing=0)
    without = flicker(play(engine, frames, cut=True))
    engine.options(smoothing=0.85)
    smoothed = flicker(play(engine, frames, cut=True))
    engine.options(smoothing=0)
    again = flicker(play(engine, frames, cut=True))
    assert smoothed < SHARE * without
    assert again == pytest.approx(without, rel=1e-3)


@pytest.mark.parametrize("how", ["cut", "reset", "size"])
def test_nothing_of_a_film_is_in_the_next_one(
    engine: EngineDriver, open_engine: Callable[..., EngineDriver], astronaut: Picture, how: str
) -> None:
    """At a cut, after `reset` and with another size, the first mask is that of a fresh start."""
    before, after = np.ascontiguousarray(astronaut[:, ::-1]), astronaut
    if how == "size":
        before = before[:-64]
    engine.start(effect="mask", smoothing=0.95)
    play(engine, [before, before])
    if how == "reset":
        engine.page.evaluate("engine.reset()")
    (mask,) = play(engine, [after], cut=how == "cut")
    (fresh,) = play(open_engine(smoothing=0.95), [after])
    assert np.abs(mask - fresh).max() <= TOLERANCE


def test_a_photos_mask_is_its_own(engine: EngineDriver, astronaut: Picture) -> None:
    """However much is smoothed, whatever was shown before, and mirrored or not: the same mask, to the last bit."""
    masks = []
    engine.start(effect="mask", smoothing=0)
    for smoothing, mirror in [(0, False), (0.95, False), (0.5, True)]:
        engine.options(smoothing=smoothing, mirror=mirror)
        play(engine, noisy(astronaut, 2))
        engine.show(astronaut)
        masks.append(engine.mask())
    np.testing.assert_array_equal(masks[0], masks[1])
    np.testing.assert_array_equal(masks[0], masks[2])


def test_small_people_are_seen_closely(engine: EngineDriver, astronaut: Picture) -> None:
    """In a photo, in each frame of a film, and with raw edges not: closer to the portrait's own mask than one look."""
    canvas = np.full((512, 512, 3), 127, np.uint8)
    place = np.s_[300:428, 60:188]
    canvas[place] = resize_half_pixel(resize_half_pixel(astronaut, 256, 256), 128, 128)
    truth = np.zeros((512, 512), np.float32)
    truth[place] = resize_half_pixel(native_mask(astronaut), 128, 128)
    truth = resize_half_pixel(truth, 256, 256)
    engine.start(effect="mask", edges="raw")
    engine.show(canvas)
    unrefined = engine.mask()
    after = engine.position()
    engine.options(edges="refined")
    engine.wait_for("model", after)
    engine.show(canvas)
    masks = [engine.mask(), *play(engine, noisy(canvas, 4), cut=True)]
    one_look = overlap(native_mask(canvas), truth)
    assert min(overlap(mask, truth) for mask in masks) > max(0.75, one_look + 0.03)
    assert np.abs(unrefined - native_mask(canvas, "raw")).mean() < TOLERANCE
    assert engine.log("error", "notice") == []


def native_mask(picture: Picture, edges: str = "refined") -> NDArray[np.float32]:
    """Return what one look at all of a picture tells, outside a browser."""
    tensor = resize_half_pixel(picture, 256, 256)[None] * np.float32(1 / 255)
    return NativeRuntime(load_spec("general", edges)).run_sync(np.ascontiguousarray(tensor, np.float32))


def overlap(mask: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """Return the intersection over the union."""
    one, other = mask >= 0.5, truth >= 0.5
    return float((one & other).sum() / (one | other).sum())


def test_edges_change_while_it_runs_and_no_canvas_goes(engine: EngineDriver, astronaut: Picture) -> None:
    """The other network is loaded beside the running one and told by a `model` event; the picture stays meanwhile."""
    engine.start(effect="mask")
    engine.show(astronaut)
    refined = engine.mask()
    engine.page.evaluate(
        """() => {
          window.fewest = stage.children.length;
          const count = () => { fewest = Math.min(fewest, stage.children.length); };
          new MutationObserver(count).observe(stage, { childList: true });
        }"""
    )
    soft = {}
    for edges in ("raw", "refined"):
        after = engine.position()
        engine.options(edges=edges)
        assert engine.wait_for("model", after)["edges"] == edges
        engine.snapshot()  # waits for the photo's new mask
        soft[edges] = float(((engine.mask() > 0.05) & (engine.mask() < 0.95)).mean())
    assert soft["refined"] < 0.7 * soft["raw"]
    np.testing.assert_array_equal(engine.mask(), refined)
    assert engine.page.evaluate("fewest") == 1
    assert engine.log("error", "notice") == []


def test_a_video_that_jumps_begins_another_film(
    launch: Launch, site: Server, astronaut: Picture, tmp_path: Path
) -> None:
    """Its first frame, the first one after a seek, and the first one of the next round; no other."""
    write_film(tmp_path / "film.webm", scenes(astronaut, (96, 64), 16) * 15, sound=None)
    engine = EngineDriver(launch(), site.url)
    page = engine.page
    page.route("**/film.webm", lambda route: route.fulfill(path=tmp_path / "film.webm", content_type="video/webm"))
    page.evaluate(WATCH_CUTS, [f"{site.url}js/sources/capture.js", f"{site.url}film.webm"])
    page.wait_for_function("() => pushed.length > 5")
    assert page.evaluate("pushed[0][0]")
    assert not any(cut for cut, *_ in page.evaluate("pushed.slice(1, 5)"))
    page.evaluate("self.before = pushed.length, video.currentTime = 9")
    page.wait_for_function("() => pushed.slice(before).some(([, time]) => time >= 8.5)")
    assert next(cut for cut, time, _ in page.evaluate("pushed.slice(before)") if time >= 8.5)
    page.evaluate("self.before = pushed.length")
    is_again = "([cut, , now]) => cut && now < 8" if is_firefox(page) else "([, time]) => time < 8"
    page.wait_for_function(f"() => pushed.slice(before).some({is_again})")
    assert page.evaluate(f"pushed.slice(before).find({is_again})[0]")
    first, *others = page.evaluate("firsts")
    assert first, "another video"
    assert not any(others), "still the same one"
