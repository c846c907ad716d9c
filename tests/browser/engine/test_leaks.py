"""A thousand frames leave nothing behind."""

from tests.browser.harness import EngineDriver

# Counts what the worker holds: proxies by Pyodide's own tracing, frames and bitmaps by watching their birth and death.
WATCH = """
(() => {
  const open = new Set();
  for (const type of [VideoFrame, ImageBitmap]) {
    const close = type.prototype.close;
    type.prototype.close = function () { open.delete(this); return close.call(this); };
  }
  const create = self.createImageBitmap;
  self.createImageBitmap = async (...rest) => {
    const bitmap = await create(...rest);
    open.add(bitmap);
    return bitmap;
  };
  const receive = self.onmessage;
  self.onmessage = (event) => { if (event.data.frame) open.add(event.data.frame); receive(event); };
  pyodide._module.enable_pyproxy_allocation_tracing();
  pyodide.runPython("import tracemalloc; tracemalloc.start()");
  self.openFrames = open;
})()
"""

COUNT = """
({
  proxies: pyodide._module.pyproxy_alloc_map.size,
  frames: openFrames.size,
  memoryBytes: pyodide._module.HEAP8.length,
  arrayBytes: pyodide.runPython(`
import gc, numpy, tracemalloc
gc.collect()
numpys = tracemalloc.DomainFilter(inclusive=True, domain=numpy.lib.tracemalloc_domain)
sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([numpys]).traces)
`),
})
"""

FRAMES = """
async (count) => {
  const canvas = new OffscreenCanvas(160, 90);
  const context = canvas.getContext("2d");
  const effects = ["fill", "blur", "color", "transparent", "picture", "mask"];
  const turn = async () => { while (!engine.wantsFrame) await new Promise((done) => setTimeout(done, 0)); };
  for (let index = 0; index < count; index++) {
    context.fillStyle = `hsl(${(index * 37) % 360} 60% 50%)`;
    context.fillRect(0, 0, 160, 90);
    await turn();
    if (index % 5 === 0) engine.setOptions({ effect: effects[(index / 5) % effects.length] });
    engine.push(index % 2 ? new VideoFrame(canvas, { timestamp: index }) : canvas.transferToImageBitmap());
  }
  await engine.getMask(); // answered after all frames
}
"""


def test_a_thousand_frames_leave_nothing_behind(launch, site):
    """Live proxies, open frames, NumPy's bytes and wasm memory after 1,000 frames are what they were after 100."""
    engine = EngineDriver(launch(), site.url)
    engine.start()
    engine.page.evaluate(FRAMES, 20)  # every effect has made its buffers
    engine.in_worker(WATCH)
    engine.options(modelSelection=1)  # so that the pipeline's buffers are made under the tracing
    engine.wait_for("model")
    engine.page.evaluate(FRAMES, 100)
    early = engine.in_worker(COUNT)
    engine.page.evaluate(FRAMES, 900)
    late = engine.in_worker(COUNT)
    assert early["arrayBytes"] > 0, "the tracing counts nothing"
    assert late["frames"] <= 2, "the frame in hand and the one before it at most"
    assert late["proxies"] == early["proxies"]
    assert late["arrayBytes"] == early["arrayBytes"]
    assert late["memoryBytes"] == early["memoryBytes"]
