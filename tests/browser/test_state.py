"""The bridge to ONNX Runtime Web carries a model's state from run to run; no pipeline knows of it."""

from __future__ import annotations

import base64

import pytest

from tests.browser.flags import WEBGPU_FLAGS
from tests.unit.tiny_state import ENTRY, STEP, tiny_model

# Gives the page `mask(red)`, which runs the model on a picture of this red and returns the mask's first pixel.
OPEN = """
async ({ site, build, model, spec }) => {
  const ort = await import(`${site}vendor/onnxruntime/ort.${build}.min.mjs`);
  const { OrtBridge } = await import(`${site}js/worker/ort_bridge.js`);
  ort.env.wasm.wasmPaths = `${site}vendor/onnxruntime/`;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = "error";
  const bytes = Uint8Array.from(atob(model), (letter) => letter.charCodeAt(0)).buffer;
  const picture = new Float32Array(spec.input.shape.reduce((product, side) => product * side));
  const fill = (red) => picture.forEach((_, at) => { picture[at] = at % 3 ? 0.75 : red; });
  const bridge = new OrtBridge(ort);
  window.session = build === "wasm" ? await bridge.create(bytes, spec, "wasm") : await bridge.createOnGpu(bytes, spec);
  if (build === "wasm") {
    session.bind({ getBuffer: () => ({ data: picture, release() {} }) });
    window.mask = async (red) => { fill(red); return (await session.run())[0]; };
    return;
  }
  const { device, input, output } = session;
  window.mask = async (red) => {
    fill(red);
    device.queue.writeBuffer(input, 0, picture);
    await session.run();
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = device.createBuffer({ size: output.size, usage });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(output, 0, staging, 0, output.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange())[0];
  };
}
"""


@pytest.fixture(params=["wasm", "webgpu"])
def page(request, launch, site):
    """Return a page that has the tiny model, in WebAssembly or on GPU buffers."""
    page = launch(*(WEBGPU_FLAGS if request.param == "webgpu" else ()))
    page.route("**/blank.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{site.url}blank.html")
    model = base64.b64encode(tiny_model()).decode()
    page.evaluate(OPEN, {"site": site.url, "build": request.param, "model": model, "spec": ENTRY})
    return page


def test_each_run_is_fed_what_the_last_one_left(page):
    """The first frame finds zeros, each one after it the outputs of the run before; `reset` begins again."""
    run = "async (reds) => { const masks = []; for (const red of reds) masks.push(await mask(red)); return masks; }"
    assert page.evaluate(run, [0.5, 0.125, 1]) == [0, STEP + 0.5, 2 * STEP + 0.125]
    page.evaluate("session.reset()")
    assert page.evaluate(run, [0.5, 0.125]) == [0, STEP + 0.5]


def test_a_reset_during_a_run_leaves_nothing_of_it(page):
    """The source changes while the model runs: what that run gives is not fed to the next one."""
    page.evaluate("async () => { await mask(0.5); const running = mask(0.5); session.reset(); await running; }")
    assert page.evaluate("mask(0.5)") == 0
