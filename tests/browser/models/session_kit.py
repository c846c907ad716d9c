"""A session of the bridge to ONNX Runtime Web on an empty page, in WebAssembly or on GPU buffers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.flags import WEBGPU_FLAGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

BUILDS = ("wasm", "webgpu")

# Gives the page `session`, `run(picture)`, which is under way when it returns, and `read(name)`: an output of the last
# run. The GPU's buffers are asked for once: they are always the same.
_OPEN = """
async ({ site, build, file, spec, isTalkative }) => {
  const { error } = console;
  const isTold = (text) => /nodes placed|\\[[WEF]:onnxruntime/.test(text);
  if (isTalkative) console.error = (text, ...rest) => { if (isTold(text)) error(text, ...rest); };
  const module = await import(`${site}vendor/onnxruntime/ort.${build}.min.mjs`);
  const talkative = (bytes, settings) => module.InferenceSession.create(bytes, { ...settings, logSeverityLevel: 0 });
  const ort = { ...module, ...(isTalkative && { InferenceSession: { create: talkative } }) };
  const { OrtBridge } = await import(`${site}js/worker/ort_bridge.js`);
  ort.env.wasm.wasmPaths = `${site}vendor/onnxruntime/`;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = isTalkative ? "verbose" : "error";
  const bytes = await (await fetch(`${site}models/${file}`)).arrayBuffer();
  const bridge = new OrtBridge(ort);
  if (build === "wasm") {
    window.session = await bridge.create(bytes, spec, "wasm");
    const picture = new Float32Array(spec.input.shape.reduce((product, side) => product * side));
    session.bind({ getBuffer: () => ({ data: picture, release() {} }) });
    let mask;
    window.run = async (values) => { picture.set(values); mask = await session.run(); };
    window.read = async (name) => (name === spec.output.name ? mask : session.extra(name));
    return;
  }
  window.session = await bridge.createOnGpu(bytes, spec);
  const { device, input } = session;
  const names = [spec.output, ...spec.extras].map(({ name }) => name);
  const buffers = Object.fromEntries(names.map((name) => [name, session.buffer(name)]));
  window.run = (values) => { device.queue.writeBuffer(input, 0, values); return session.run(); };
  window.read = async (name) => {
    const { size } = buffers[name];
    const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffers[name], 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange());
  };
}
"""


def open_session(
    launch: Callable[..., GuardedPage],
    site: Server,
    build: str,
    file: str,
    spec: dict[str, Any],
    *,
    body: bytes | None = None,
    is_talkative: bool = False,
) -> GuardedPage:
    """Return a page that has a model's session.

    Parameters
    ----------
    build
        One of `BUILDS`.
    file
        The model's, in the site's folder; with `body` the site has none.
    spec
        What the bridge calls a Spec.
    body
        What is in the file instead.
    is_talkative
        Whether ONNX Runtime tells all: which processor each node runs on is told by this only. That and the warnings
        come to the console, none of the thousands of other lines.
    """
    page = launch(*(WEBGPU_FLAGS if build == "webgpu" else ()))
    if is_talkative:
        page.expected_errors.append(r"\[[VW]:onnxruntime")  # it tells all as errors
    if body is not None:
        page.route(f"**/{file}", lambda route: route.fulfill(body=body))
    page.route("**/blank.html", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{site.url}blank.html")
    facts = {"file": file, "spec": spec, "isTalkative": is_talkative}
    page.evaluate(_OPEN, {"site": site.url, "build": build, **facts})
    return page
