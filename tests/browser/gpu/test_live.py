"""The live path of the WebGPU painter: nothing is read back, nothing piles up."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import in_pipeline, leave_model_out, write_buffers
from tests.browser.gpu.gpu_watch import faults, seen, watch_gpu
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

EFFECTS = ("fill", "blur", "color", "transparent", "picture", "mask")
MANY = 130
LOOK = 144  # bytes that say what part of the frame the mask is of
WITHOUT_COLOURS = ("fill", "mask")  # what alpha alone tells

# All effects in turn, for five frames each; one frame after the other, or as fast as the engine wants them (it may drop
# some then).
FRAMES = """
async ({ count, video, fast, effects }) => {
  const canvas = new OffscreenCanvas(160, 96);
  const context = canvas.getContext("2d");
  const turn = async () => { while (!engine.wantsFrame) await new Promise((done) => setTimeout(done, 1)); };
  const painted = () => new Promise((done, fail) => {
    engine.addEventListener("frame", done, { once: true });
    engine.addEventListener("notice", ({ detail }) => detail.code === "worker" && fail(new Error(detail.message)));
  });
  for (let index = 0; index < count; index++) {
    context.fillStyle = `hsl(${(index * 37) % 360} 60% 50%)`;
    context.fillRect(0, 0, 160, 96);
    await turn();
    const composite = painted();
    if (index % 5 === 0) engine.setOptions({ effect: effects[(index / 5) % effects.length] });
    engine.push(video ? new VideoFrame(canvas, { timestamp: index }) : canvas.transferToImageBitmap());
    if (!fast) await composite;
  }
  await new Promise((done) => setTimeout(done, 300));
}
"""

COUNT_PROXIES = "pyodide._module.pyproxy_alloc_map.size"
TRACE_PROXIES = "pyodide._module.enable_pyproxy_allocation_tracing()"
COUNT_OWNED = """
pyodide.runPython(`
import gc
from pyselfie.browser.webgpu.device import Gpu
gc.collect()
sum(len(found._owned) for found in gc.get_objects() if isinstance(found, Gpu))
`)
"""

CLASSES = """
async () => {
  const { names, data } = await engine.getClasses();
  return [names, new Uint8Array(data.buffer, data.byteOffset, data.byteLength).toBase64()];
}
"""

AFTER_A_PAINTING = """
(async () => {
  while (gpuWatch.made.createView === %d) await new Promise((done) => setTimeout(done, 10));
})()
"""


# Python for the worker: all frames are one film, however slow.
ONE_FILM = "import pyselfie.core.timing\npyselfie.core.timing.GAP_S = 1e9"
LIVE_FLAGS = (*WEBGPU_FLAGS, "--js-flags=--expose-gc")


@pytest.fixture(scope="module")
def started(browser_for: Callable[..., Browser], origins: set[str], site: Server) -> Iterator[EngineDriver]:
    """Return an engine of the landscape model, which computes nothing, whose frames stay on the GPU.

    To start one takes long.
    """
    context = browser_for(LIVE_FLAGS).new_context()
    guard = Guard(context, origins)
    page: GuardedPage = context.new_page()  # type: ignore[assignment]
    driver = EngineDriver(leave_model_out(watch_gpu(page)), site.url, backend="webgpu", painter="webgpu")
    assert driver.start(modelSelection=1, effect="fill")["painter"] == "webgpu"
    yield driver
    context.close()
    assert guard.faults() == []


@pytest.fixture
def engine(started: EngineDriver) -> Iterator[EngineDriver]:
    """Return it at the beginning of a film."""
    started.page.evaluate("engine.reset()")
    started.in_worker("gpuWatch.readbacks.length = gpuWatch.mostInFlight = 0")
    yield started
    assert faults(started) == []
    assert started.log("notice", "error", "backendchange") == []


def show(engine: EngineDriver, count: int, *, video: bool, fast: bool = False) -> None:
    """Push `count` frames and wait until they are painted, or dropped if they come `fast`."""
    engine.page.evaluate(FRAMES, {"count": count, "video": video, "fast": fast, "effects": EFFECTS})


def made_during(engine: EngineDriver, count: int, *, video: bool) -> dict[str, int]:
    """Return how many GPU objects of each sort `count` frames made."""
    before = seen(engine, "made")
    show(engine, count, video=video)
    after = seen(engine, "made")
    return {name: number - before.get(name, 0) for name, number in after.items() if number != before.get(name, 0)}


def test_live_frames_are_never_read_back(engine: EngineDriver) -> None:
    """Over 60 frames nothing comes back from the GPU, unless it is asked for."""
    before = len(engine.log("frame"))
    show(engine, 30, video=True)
    show(engine, 30, video=False)
    assert len(engine.log("frame")) - before == 60
    assert seen(engine, "readbacks") == []
    assert engine.mask().shape == (144, 256)
    assert seen(engine, "readbacks") == [f"mapAsync {144 * 256 * 4 + LOOK}"], "asked for, it is read once"


def made_for(paintings: int, plain: int, glances: int) -> dict[str, int]:
    """Return how many GPU objects of each sort `MANY` frames make."""
    return {
        "createView": paintings,
        "beginRenderPass": MANY + paintings,  # alpha, once a frame, and the composites
        "createCommandEncoder": 2 * MANY
        + paintings
        + 2 * glances,  # to sample, to carry the model's state on, to paint
        "beginComputePass": MANY + paintings - plain + 2 * glances,
    }


def test_many_frames_leave_nothing_behind(engine: EngineDriver) -> None:
    """Each frame makes the same few GPU objects, at most two are in flight, and nothing that is owned grows."""
    in_pipeline(engine, ONE_FILM)
    engine.in_worker(TRACE_PROXIES)
    for video in (True, False):
        show(engine, 30, video=video)
    proxies, owned = engine.in_worker(COUNT_PROXIES), engine.in_worker(COUNT_OWNED)
    painted = len(engine.log("frame"))
    photos = made_during(engine, MANY, video=False)
    videos = made_during(engine, MANY, video=True)
    assert len(engine.log("frame")) - painted == 2 * MANY
    assert engine.in_worker(COUNT_OWNED) == owned
    assert engine.in_worker(COUNT_PROXIES) <= proxies + 2, "one or two may be in use at the moment of counting"
    # Options repaint the frame in hand, with one frame in five: one composite more for each.
    turns = MANY // 5
    paintings = MANY + turns
    plain = 6 * sum(EFFECTS[turn % len(EFFECTS)] in WITHOUT_COLOURS for turn in range(turns))
    # Of frames 60 to 189, and 190 to 319: each glance is sampled and judged.
    assert photos == made_for(paintings, plain, glances=7)
    assert videos == made_for(paintings, plain, glances=6) | {"importExternalTexture": MANY, "createBindGroup": MANY}


def test_at_most_two_frames_are_in_flight(engine: EngineDriver) -> None:
    """However fast frames come, the GPU works on two of them at most."""
    show(engine, 40, video=True, fast=True)
    assert seen(engine, "mostInFlight") == 2


def test_frame_in_hand_outlives_a_garbage_collection(engine: EngineDriver) -> None:
    """A video frame can be painted again after JavaScript's collector has run."""
    show(engine, 4, video=True)
    for effect in ("picture", "color", "fill"):
        engine.in_worker("gc()")
        painted = seen(engine, "made")["createView"]
        engine.page.evaluate("effect => engine.setOptions({ effect })", effect)
        engine.in_worker(AFTER_A_PAINTING % painted)
    engine.in_worker("gpuWatch.devices.at(-1).queue.onSubmittedWorkDone()")


def test_classes_are_read_once(engine: EngineDriver) -> None:
    """`getClasses()` reads what the multiclass model has left on the GPU, by one readback."""
    position = engine.position()
    engine.options(modelSelection=2)
    assert engine.wait_for("model", after=position)["model"] == "multiclass"
    show(engine, 1, video=True)
    planes = np.random.default_rng(6).random((6, 256, 256)).astype(np.float32)
    write_buffers(engine, classes=planes)
    assert seen(engine, "readbacks") == []
    names, found = engine.page.evaluate(CLASSES)
    assert names == ["background", "hair", "body-skin", "face-skin", "clothes", "others"]
    np.testing.assert_array_equal(np.frombuffer(base64.b64decode(found), np.float32).reshape(planes.shape), planes)
    assert seen(engine, "readbacks") == [f"mapAsync {planes.nbytes + LOOK}"]


def test_frames_of_an_isolated_worker_stay_on_the_gpu(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], astronaut: np.ndarray
) -> None:
    """It has the WebGPU painter, as any other worker has."""
    url = serve_as({"Content-Security-Policy": ""}).url
    engine = EngineDriver(launch(*LIVE_FLAGS), url, "webgpu", "webgpu", isolated=True)
    assert engine.start(effect="mask", edges="raw", modelSelection=1)["painter"] == "webgpu"
    assert engine.show(astronaut[:64, :64])["width"] == 64
