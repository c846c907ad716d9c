"""The networks in WebAssembly and on the GPU: the same masks as natively, and the GPU leaves nothing to the CPU."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from models.lean.depthwise import depthwise_by_rows
from models.lean.recipe import PASSES, lean
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.flags import WEBGPU_FLAGS
from tests.parity.test_mediapipe import MEAN_TOLERANCE

MODELS = Path(__file__).parents[2] / "models"
PHOTO = Path(__file__).parents[2] / "examples" / "astronaut.jpg"
SMOOTHING = 0.85

# Gives the page `answer(picture)`, which runs the model and returns all that can be read, in base64.
OPEN = """
async ({ site, build, file, spec, smoothing }) => {
  const module = await import(`${site}vendor/onnxruntime/ort.${build}.min.mjs`);
  const talkative = (bytes, settings) => module.InferenceSession.create(bytes, { ...settings, logSeverityLevel: 0 });
  const ort = { ...module, ...(build === "webgpu" && { InferenceSession: { create: talkative } }) };
  const { OrtBridge } = await import(`${site}js/worker/ort_bridge.js`);
  ort.env.wasm.wasmPaths = `${site}vendor/onnxruntime/`;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = build === "wasm" ? "error" : "verbose"; // which processor each node runs on is told by this only
  const bytes = await (await fetch(`${site}models/${file}`)).arrayBuffer();
  const decode = (text) => new Float32Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const encode = (values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength).toBase64();
  const names = spec.extras.map(({ name }) => name);
  const bridge = new OrtBridge(ort);
  const session = build === "wasm" ? await bridge.create(bytes, spec, "wasm") : await bridge.createOnGpu(bytes, spec);
  if (spec.settings.length > 0) session.set("smoothing", smoothing);
  if (build === "wasm") {
    const picture = new Float32Array(spec.input.shape.reduce((product, side) => product * side));
    session.bind({ getBuffer: () => ({ data: picture, release() {} }) });
    window.answer = async (values) => {
      picture.set(decode(values));
      const mask = await session.run();
      return Object.fromEntries([["mask", mask], ...names.map((name) => [name, session.extra(name)])]
        .map(([name, values]) => [name, encode(values)]));
    };
    return;
  }
  const { device } = session;
  const read = async (buffer) => {
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = device.createBuffer({ size: buffer.size, usage });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return encode(new Float32Array(staging.getMappedRange()));
  };
  window.answer = async (values) => {
    device.queue.writeBuffer(session.input, 0, decode(values));
    await session.run();
    const found = {};
    for (const name of ["mask", ...names]) found[name] = await read(session.buffer(name));
    return found;
  };
}
"""


@pytest.fixture(params=["general", "landscape"])
def model(request):
    return request.param


@pytest.fixture
def edges():
    return "refined"


@pytest.fixture
def spec(model, edges):
    """Return what the desktop runs."""
    return load_spec(model, edges)


def as_page_spec(spec):
    """Return what the bridge calls a Spec."""
    lists = {name: [one._asdict() for one in getattr(spec, name)] for name in ("state", "settings", "extras")}
    optimised = bool(spec.backends)
    return {"input": spec.input._asdict(), "output": spec.output._asdict(), "optimised": optimised, **lists}


@pytest.fixture(params=["wasm", "webgpu"])
def build(request):
    return request.param


def lean_for_gpu(model):
    """Return the network with all rewrites but the one that ONNX Runtime Web 1.30 computes wrongly on WebGPU."""
    passes = [rewrite for rewrite in PASSES if rewrite is not depthwise_by_rows]
    return lean(onnx.load(MODELS / load_spec(model).file), passes).SerializeToString()


@pytest.fixture
def page(launch, site, model, edges, build):
    """Return a page that has the model, in WebAssembly or on GPU buffers; `lines` are the console's."""
    page = launch(*(WEBGPU_FLAGS if build == "webgpu" else ()))
    page.route("**/lean.onnx", lambda route: route.fulfill(body=lean_for_gpu(model)))
    page.route("**/blank.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{site.url}blank.html")
    page.expected_errors.append("ort-wasm-simd-threaded.asyncify.mjs")  # what ONNX Runtime tells, it tells as errors
    page.lines = []
    page.on("console", lambda message: page.lines.append(message.text))
    spec = load_spec(model, edges, build)
    file = "lean.onnx" if (build, edges) == ("webgpu", "raw") else spec.file
    facts = {"file": file, "spec": as_page_spec(spec), "smoothing": SMOOTHING}
    page.evaluate(OPEN, {"site": site.url, "build": build, **facts})
    page.build = build
    return page


def film(spec):
    """Return three frames: the photo, with noise, and moved."""
    photo = np.asarray(Image.open(PHOTO).convert("RGB").resize((spec.width, spec.height))) / 255
    noisy = np.clip(photo + np.random.default_rng(1).normal(0, 0.004, photo.shape), 0, 1)
    return [np.ascontiguousarray(one[None], np.float32) for one in (photo, noisy, np.roll(photo, 4, axis=1))]


def run(page, picture, like):
    """Return what the page's model gives, in arrays as in `like`."""
    answer = page.evaluate("picture => answer(picture)", base64.b64encode(picture.tobytes()).decode())
    return {
        name: np.frombuffer(base64.b64decode(answer[name]), np.float32)[: values.size].reshape(values.shape)
        for name, values in like.items()
    }


def test_the_browser_computes_what_the_desktop_computes(page, spec):
    """Masks and all that painters read, over three frames with state; on the GPU no node is left to the CPU.

    A frame that is no number is forgotten with the next one.
    """
    native = NativeRuntime(spec)
    native.set("smoothing", SMOOTHING)
    masks = []
    for picture in film(spec):
        expected = {"mask": native.run_sync(picture), **{name: native.extra(name) for name, _ in spec.extras}}
        found = run(page, picture, expected)
        masks.append(found["mask"])
        for name, values in expected.items():
            error = np.abs(found[name] - values)
            assert error.max() < 2e-2, name
            assert error.mean() < (2e-5 if name == "mask" else 2e-4), name
    broken = np.full_like(picture, np.nan)
    assert np.isfinite(run(page, broken, expected)["mask"]).all()
    after = run(page, film(spec)[0], expected)["mask"]
    assert np.abs(after - masks[0]).max() < 2 / 255, "a broken frame stays"
    if page.build == "webgpu":
        assert any("All nodes placed on [WebGpuExecutionProvider]" in line for line in page.lines)


@pytest.mark.parametrize("edges", ["raw"])
def test_the_network_alone_computes_what_the_desktop_computes(page, spec):
    """Its mask keeps to what tests/parity hold the desktop's to; the GPU gets those rewrites that it may take."""
    native = NativeRuntime(spec)
    for picture in film(spec):
        expected = native.run_sync(picture)
        assert np.abs(run(page, picture, {"mask": expected})["mask"] - expected).mean() < MEAN_TOLERANCE
