"""When WebGPU fails: set up anew once, then Canvas 2D on a fresh canvas; the picture stays all the while."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_watch import lose_device, make_invalid_buffer, seen, watch_gpu
from tests.browser.harness import EngineDriver
from tests.browser.stand_in import stand_in
from tests.parity.pictures import build

# Looks at every canvas that comes into the stage while the painter changes, from the page's side.
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

BREAK_SHADERS = """
(() => {
  const create = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (settings) {
    return create.call(this, settings.label === "layer_picture" ? { code: "this is no WGSL" } : settings);
  };
})()
"""


def start(launch, site, **options):
    """Return an engine on the WebGPU painter that shows a photo."""
    engine = EngineDriver(stand_in(watch_gpu(launch(*WEBGPU_FLAGS))), site.url, backend="webgpu", painter="webgpu")
    assert engine.start(**{"modelSelection": 1, "effect": "fill", **options})["painter"] == "webgpu"
    engine.show(build("256x144"))
    return engine


def after_fault(engine, provoke):
    """Provoke a fault; return how things stand when the frame has been painted again, and what the page was told."""
    at = engine.position()
    provoke(engine)
    change = engine.wait_for("backendchange", at)
    engine.wait_for("frame", at)
    return change, engine.wait_for("notice", at)["message"]


def difference(one, other):
    """Return the mean difference of two pictures, in levels."""
    return np.abs(one.astype(int) - other).mean()


def test_a_lost_device_is_replaced_once_then_wasm_and_canvas_2d_go_on(launch, site):
    """The first loss costs nothing; after the second, wasm and Canvas 2D go on, on another canvas, without a flash."""
    engine = start(launch, site, effect="color", color="#204060", mirror=True)
    before = engine.snapshot()
    engine.page.evaluate(WATCH_STAGE)
    change, notice = after_fault(engine, lose_device)
    assert (change["backend"], change["painter"]) == ("webgpu", "webgpu")
    assert notice.startswith("The GPU failed and is set up anew: ")
    assert difference(engine.snapshot(), before) < 0.1
    assert engine.page.evaluate("canvases.size") == 1
    change, notice = after_fault(engine, lose_device)
    assert (change["backend"], change["painter"]) == ("wasm", "canvas2d")
    assert notice.startswith("webgpu failed, so wasm goes on: ")
    assert difference(engine.snapshot(), before) < 1
    assert engine.page.evaluate("[canvases.size, stage.children.length, emptyStage]") == [2, 1, 0]
    assert engine.log("error") == []


def test_a_validation_error_leads_to_canvas_2d_in_two_steps(launch, site):
    """An invalid call is answered with a new device, the next one with Canvas 2D; the model stays on WebGPU."""
    engine = start(launch, site, effect="picture", edges="raw")
    backdrop = np.full((40, 40, 3), (200, 30, 90), np.uint8)
    engine.backdrop(backdrop)
    before = engine.snapshot()
    change, _ = after_fault(engine, make_invalid_buffer)
    assert (change["backend"], change["painter"]) == ("webgpu", "webgpu")
    assert seen(engine, "devices.length") == 2
    assert difference(engine.snapshot(), before) < 0.1
    change, notice = after_fault(engine, make_invalid_buffer)
    assert (change["backend"], change["painter"]) == ("webgpu", "canvas2d")
    assert notice.startswith("The GPU failed again, so Canvas 2D paints: ")
    assert change["painterReason"].startswith("webgpu failed (")
    assert difference(engine.snapshot(), before) < 1, "the backdrop has moved over to the other painter"
    assert engine.log("error") == []


def test_a_shader_that_does_not_compile_leaves_canvas_2d(launch, site, astronaut):
    """Where the compositor's shader is refused, the engine starts all the same, and says what paints and why."""
    page = stand_in(watch_gpu(launch(*WEBGPU_FLAGS)))
    page.on("worker", lambda worker: worker.evaluate(BREAK_SHADERS))
    engine = EngineDriver(page, site.url, backend="webgpu", painter="webgpu")
    ready = engine.start(modelSelection=1, effect="transparent")
    assert (ready["backend"], ready["painter"]) == ("webgpu", "canvas2d")
    assert ready["painterReason"].startswith("webgpu failed (")
    engine.show(astronaut)
    assert 0 < (engine.snapshot()[..., 3] > 127).mean() < 1


@pytest.mark.parametrize(
    ("backend", "painter", "reason"),
    [("webgpu", "auto", "the WebGPU adapter is software"), ("wasm", "webgpu", "the model runs on wasm")],
)
def test_canvas_2d_paints_where_the_gpu_would_not_help(launch, site, astronaut, backend, painter, reason):
    """On a software adapter, or with the model on wasm, frames do not go through WebGPU, and the page can say why."""
    engine = EngineDriver(stand_in(launch(*WEBGPU_FLAGS)), site.url, backend=backend, painter=painter)
    ready = engine.start(modelSelection=1)
    assert (ready["painter"], ready["painterReason"]) == ("canvas2d", reason)
    engine.show(astronaut)
