"""A hardware adapter is checked before it is trusted; SwiftShader counts as one here."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from bench.stand_in import mask_of
from builder.paths import ROOT
from pyselfie.core.manifest import load_spec
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.harness import EngineDriver
from tests.browser.stand_in import stand_in

SAMPLE = ROOT / "pysrc" / "pyselfie" / "browser" / "models" / "check" / "sample.jpg"
HARDWARE = ("isSoftware: Boolean(info?.isFallbackAdapter) || SOFTWARE.test(name)", "isSoftware: false")
RUN = "await this.#session.run(this.#feeds, this.#fetches);"
NOT_TO_WARM_UP = f"if (this.isWarm) {RUN} this.isWarm = true;"  # SwiftShader takes its time
HANGS = "await new Promise(() => {});"
LOSES_DEVICE = f"this.device.destroy(); {RUN}"
ENDS_WORKER = (
    "setTimeout(() => { throw new Error('the driver took the worker with it'); }); await new Promise(() => {});"
)

KEPT = "localStorage.getItem('pyselfie-gpus')"
SETTINGS = """
pyodide.runPython(`
import pyselfie.browser.models.check.gpu_check as check
import pyselfie.browser.models.check.sample as sample
import pyselfie.core.gpu_check as core
from numpy import array
from pyselfie.core.gpu_check import judge
core.known_mask = lambda: array(%s)  # the stand-in's
check.LIMITS = check.Limits(frame_ms=1e9, step_s=%g)
check.RUNS, check.WARM_UPS, check.Measured.is_on_trial = 1, 0, False
check.judge = lambda error, gpu_ms, wasm_ms, limits: judge(error, 4, 9, limits)  # SwiftShader is never fast
sample.WIDTH, sample.HEIGHT = 256, 144
`)
"""
WATCH_STAGE = """
() => {
  window.canvases = new Set([stage.firstChild]);
  window.emptyStage = 0;
  new MutationObserver(() => {
    for (const canvas of stage.children) canvases.add(canvas);
    if (stage.children.length === 0) emptyStage++;
  }).observe(stage, { childList: true });
}
"""


def changed(page, path, before, after):
    """Let the page get this script of ours with one change."""

    def answer(route):
        response = route.fetch()
        text = response.text()
        assert before in text, path
        route.fulfill(response=response, body=text.replace(before, after))

    page.route(f"**/{path}", answer)


def hardware(launch, run):
    """Return a page on which SwiftShader is hardware, and runs models like this."""
    page = stand_in(launch(*WEBGPU_FLAGS))
    changed(page, "js/worker/probe.js", *HARDWARE)
    changed(page, "js/worker/gpu_session.js", RUN, run)
    return page


def known_cells():
    """Return the sample's mask by the stand-in, as `known_mask` has the model's."""
    spec = load_spec("general", "refined")
    with Image.open(SAMPLE) as picture:
        pixels = np.asarray(picture.resize((spec.width, spec.height)), np.float32) / np.float32(255)
    return mask_of(pixels).reshape(16, 16, 16, 16).mean(axis=(1, 3)).round(3).tolist()


def first_session(page, site, astronaut, step_s=600):
    """Return an engine that has painted its first frame on wasm, before anything was checked."""
    engine = EngineDriver(page, site.url)
    ready = engine.start(effect="color", color="#204060")
    assert (ready["backend"], ready["painter"]) == ("wasm", "canvas2d")
    assert "is being checked" in ready["reason"]
    engine.in_worker(SETTINGS % (known_cells(), step_s))
    assert page.evaluate(KEPT) is None
    engine.show(astronaut[::2, ::2])  # of the mask's size: edges are the same on both painters
    engine.page.evaluate(WATCH_STAGE)
    return engine


def kept(page):
    """Return the entry that the page has kept of its one adapter."""
    [entry] = json.loads(page.evaluate(KEPT)).values()
    return json.loads(entry)


def test_gpu_that_is_right_and_fast_takes_over_and_is_trusted_from_then_on(launch, site, astronaut):
    """Wasm paints until the check is over; nothing flashes; the next start is on the GPU, unless told not to be."""
    page = hardware(launch, NOT_TO_WARM_UP)
    engine = first_session(page, site, astronaut)
    before = engine.snapshot()
    change = engine.wait_for("backendchange")
    assert (change["backend"], change["painter"]) == ("webgpu", "webgpu")
    assert change["reason"].endswith("a frame takes 4.0 ms on it and 9.0 ms without it")
    engine.wait_for("frame", engine.position() - 1)
    assert abs(engine.snapshot().astype(int) - before).mean() < 1
    assert engine.page.evaluate("[canvases.size, stage.children.length, emptyStage]") == [2, 1, 0]
    assert kept(page)["backend"] == "webgpu"
    assert engine.log("error", "notice") == []
    page.unroute("**/js/worker/gpu_session.js")
    changed(page, "js/worker/gpu_session.js", RUN, "")
    ready = EngineDriver(page, site.url).start()
    assert (ready["backend"], ready["painter"], ready["reason"]) == ("webgpu", "webgpu", change["reason"])
    assert EngineDriver(page, site.url, backend="wasm").start()["reason"].startswith("asked for")


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ("", "its mask of a sample is wrong"),
        (LOSES_DEVICE, "it failed while it was checked: the GPU device was lost"),
    ],
    ids=["wrong", "lost"],
)
def test_gpu_that_fails_its_check_is_left_alone(launch, site, astronaut, run, reason):
    """Wasm goes on, on the same canvas, and says why; that is kept."""
    page = hardware(launch, run)
    engine = first_session(page, site, astronaut)
    change = engine.wait_for("backendchange")
    assert (change["backend"], change["painter"]) == ("wasm", "canvas2d")
    assert reason in change["reason"]
    engine.show(astronaut[::2, ::2])
    assert engine.page.evaluate("[canvases.size, emptyStage]") == [1, 0]
    assert engine.log("error", "notice") == []
    assert kept(page)["backend"] == "wasm"
    assert reason in kept(page)["reason"]


@pytest.mark.parametrize(
    ("run", "step_s", "error", "reason"),
    [
        (HANGS, 0.5, "the GPU holds ONNX Runtime up", "it gave no answer for 0.5 s while it was checked"),
        (ENDS_WORKER, 600, "the driver took the worker with it", "the engine stopped while it was checked"),
    ],
    ids=["hangs", "dies"],
)
def test_check_that_costs_the_worker_is_not_made_again(launch, site, astronaut, run, step_s, error, reason):
    """The page starts a new worker, on the small build, with the same photo; the old picture stays until then."""
    page = hardware(launch, run)
    page.expected_errors.append(error)
    engine = first_session(page, site, astronaut, step_s)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(f"{site.url}vendor/onnxruntime/")))
    again = engine.page.evaluate("until((event) => event.type === 'ready' && !event.reason.includes('being'), 'ready')")
    assert again["backend"] == "wasm"
    assert reason in again["reason"]
    assert kept(page)["backend"] == "wasm"
    assert [url for url in asked if url.endswith(".wasm") and "/" not in url] == ["ort-wasm-simd-threaded.wasm"]
    engine.show(astronaut[::2, ::2])
    assert engine.page.evaluate("emptyStage") == 0
    assert engine.log("error") == []
