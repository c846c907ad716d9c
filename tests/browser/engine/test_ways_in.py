"""How video frames come in: three ways that give the same picture, of which the quickest is taken and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

TOLERANCE = 1
"""Of 255, at most, between two ways: each may round from YUV to RGB by itself. In Chromium 156 it is 0."""

_BY_EACH_WAY = """async () => {
  const [width, height] = [64, 48];
  const planes = new Uint8Array(width * height * 1.5);
  for (let i = 0; i < width * height; i++) planes[i] = 32 + 3 * (i % width);
  for (let i = 0; i < width * height / 4; i++) {
    planes[width * height + i] = 64 + Math.floor(i / (width / 2)) * 5;
    planes[width * height * 1.25 + i] = 192 - (i % (width / 2)) * 4;
  }
  const camera = () =>
    new VideoFrame(planes, { format: "I420", codedWidth: width, codedHeight: height, timestamp: 0 });
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d", { alpha: false }).drawImage(camera(), 0, 0);
  const take = await pyodide.runPythonAsync(`
from js import OffscreenCanvas
from pyselfie.browser.canvas.frames import FrameStore
from pyselfie.core.quickest import Quickest

async def take(frame, way):
    store = FrameStore()
    store._trials[str(frame.format)] = Quickest([way])
    await store.take(frame)
    assert store.way == way, store.way
    context = OffscreenCanvas.new(*store.size).getContext("2d")
    context.drawImage(store.drawable, 0, 0)
    return context.getImageData(0, 0, *store.size).data

take`);
  const differences = {};
  for (const [name, make] of [["camera", camera], ["canvas", () => new VideoFrame(canvas, { timestamp: 0 })]]) {
    const pictures = [];
    for (const way of ["copyTo", "drawImage", "createImageBitmap"]) pictures.push(await take(make(), way));
    const [first] = pictures;
    const green = first.filter((_, i) => i % 4 === 1);
    const spread = Math.max(...green) - Math.min(...green);
    const far = (other) => Math.max(...other.map((value, i) => Math.abs(value - first[i])));
    differences[name] = [spread, ...pictures.slice(1).map(far)];
  }
  return differences;
}"""

_STREAM = """async (count) => {
  const canvas = new OffscreenCanvas(320, 180);
  canvas.getContext("2d", { alpha: false }).fillRect(0, 0, 160, 180);
  for (let i = 0; i < count; i++) {
    while (!engine.wantsFrame) await new Promise((done) => setTimeout(done, 1));
    engine.push(new VideoFrame(canvas, { timestamp: i }));
  }
}"""


def test_the_ways_in_agree_and_the_one_taken_is_told(launch: Callable[..., GuardedPage], site: Server) -> None:
    """A camera's frame and a canvas's are the same picture by each way; statistics name one of the ways."""
    engine = EngineDriver(launch(), site.url)
    engine.start(modelSelection=1, edges="raw")
    found = engine.in_worker(_BY_EACH_WAY)
    for spread, *differences in found.values():
        assert spread > 150, found
        assert max(differences) <= TOLERANCE, found
    engine.page.evaluate(_STREAM, 30)
    ways = {stats["wayIn"] for stats in engine.log("stats")}
    assert ways <= {"copyTo", "drawImage", "createImageBitmap"}
    assert ways
