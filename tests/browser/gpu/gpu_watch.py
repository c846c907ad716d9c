"""Eyes on WebGPU inside an engine's worker: every device, every fault, what is made and what is read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.browser.guard import GuardedPage
    from tests.browser.harness import EngineDriver

_WATCH = """
(() => {
  const watch = { devices: [], faults: [], made: {}, readbacks: [], inFlight: 0, mostInFlight: 0 };
  const wrap = (type, name, before) => {
    const original = type.prototype[name];
    type.prototype[name] = function (...rest) { before(this, rest); return original.apply(this, rest); };
  };
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...rest) {
    const device = await request.apply(this, rest);
    watch.devices.push(device);
    device.addEventListener("uncapturederror", ({ error }) => watch.faults.push(error.message));
    return device;
  };
  const makers = [[GPUDevice, /^(create|import)/], [GPUTexture, /^createView$/], [GPUCommandEncoder, /^begin/]];
  for (const [type, pattern] of makers)
    for (const name of Object.getOwnPropertyNames(type.prototype).filter((one) => pattern.test(one)))
      wrap(type, name, () => { watch.made[name] = (watch.made[name] ?? 0) + 1; });
  wrap(GPUBuffer, "mapAsync", (buffer) => watch.readbacks.push(`mapAsync ${buffer.size}`));
  wrap(OffscreenCanvasRenderingContext2D, "getImageData", () => watch.readbacks.push("getImageData"));
  wrap(OffscreenCanvas, "convertToBlob", () => watch.readbacks.push("convertToBlob"));
  if (self.VideoFrame) wrap(VideoFrame, "copyTo", () => watch.readbacks.push("copyTo"));
  const done = GPUQueue.prototype.onSubmittedWorkDone;
  GPUQueue.prototype.onSubmittedWorkDone = function () {
    watch.mostInFlight = Math.max(watch.mostInFlight, ++watch.inFlight);
    return done.call(this).finally(() => watch.inFlight--);
  };
  self.gpuWatch = watch;
})()
"""

# Beside other tests a frame in software may take the ten seconds after which the page takes a silent worker for dead.
_PATIENCE = """
const { setInterval: real } = self;
self.setInterval = (look, ms, ...rest) => real(look, ms === 500 ? 5000 : ms, ...rest);
"""


def watch_gpu(page: GuardedPage) -> GuardedPage:
    """Return `page`, whose engines' workers will be watched from their first breath, and waited for with patience."""
    page.add_init_script(_PATIENCE)
    page.on("worker", lambda worker: worker.evaluate(_WATCH))
    return page


def faults(engine: EngineDriver) -> list[str]:
    """Return the errors that WebGPU reported so far."""
    assert engine.in_worker("gpuWatch.devices.length") > 0, "the watch came too late: it saw no device"
    return engine.in_worker("gpuWatch.faults")


def seen(engine: EngineDriver, what: str) -> Any:
    """Return one of the watch's counters."""
    return engine.in_worker(f"gpuWatch.{what}")


def lose_device(engine: EngineDriver) -> None:
    """Destroy the engine's newest device."""
    engine.in_worker("gpuWatch.devices.at(-1).destroy()")


def make_invalid_buffer(engine: EngineDriver) -> None:
    """Provoke a validation error on the engine's newest device; the empty submission makes Chromium tell it now."""
    engine.in_worker(
        "(() => { const device = gpuWatch.devices.at(-1);"
        " device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.MAP_WRITE });"
        " device.queue.submit([]); })()"
    )
