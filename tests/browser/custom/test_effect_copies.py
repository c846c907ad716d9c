"""An effect of full size: how often a frame's pixels are copied on their way to Python and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

SIZE = (1280, 720)
# What copies a frame's pixels, or more: between arrays, as Python does, and between arrays and canvases.
COUNT = """(() => {
  self.copies = [];
  const watch = (owner, name, pixelsOf) => {
    const real = owner[name];
    owner[name] = function (...given) {
      if (pixelsOf(this, given) >= %d) copies.push(name);
      return real.apply(this, given);
    };
  };
  const context = OffscreenCanvasRenderingContext2D.prototype;
  watch(Object.getPrototypeOf(Uint8Array.prototype), "set", (_, [source]) => source.length / 4);
  watch(context, "getImageData", (_, [left, top, width, height]) => width * height);
  watch(context, "putImageData", (_, [{ width, height }]) => width * height);
})()""" % (SIZE[0] * SIZE[1])  # noqa: UP031 - braces
FRAMES = """async ([[width, height], count]) => {
  const canvas = new OffscreenCanvas(width, height), context = canvas.getContext("2d");
  for (let index = 0; index < count; index++) {
    context.fillStyle = `rgb(${40 * index} 90 ${200 - 40 * index})`;
    context.fillRect(0, 0, width, height);
    while (!engine.wantsFrame) await new Promise((done) => setTimeout(done, 5));
    const before = seen.length;
    engine.push(new VideoFrame(canvas, { timestamp: index }));
    await until((event) => event.type === "frame" && seen.indexOf(event) >= before, "frame");
  }
}"""


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("copyTo", ["putImageData", "set", "putImageData"]),
        ("drawImage", ["getImageData", "set", "putImageData"]),
    ],
)
def test_pixels_are_copied_once_in_and_once_out(
    launch: Callable[..., GuardedPage], site: Server, way: str, expected: list[str]
) -> None:
    """A frame that was converted to bytes goes from those to Python; the picture goes from Python's memory to a canvas.

    The first `putImageData` is the conversion's own, without any effect. The picture is the function's.
    """
    engine = EngineDriver(launch(), site.url, painter="canvas2d")
    engine.start(effect="mask", mirror=True)
    engine.in_worker(f"pyodide.runPython(`from pyselfie.browser.canvas import frames; frames.WAYS = ('{way}',)`)")
    engine.page.evaluate(FRAMES, [SIZE, 1])
    source = "def effect(frame, mask, time):\n    frame[:, 0] = 9\n    return 255 - frame\n"
    engine.page.evaluate("(source) => engine.setCustomEffect(source)", source)
    engine.page.evaluate(FRAMES, [SIZE, 2])
    engine.in_worker(COUNT)
    engine.page.evaluate(FRAMES, [SIZE, 3])
    assert engine.in_worker("copies") == expected * 3
    picture = engine.snapshot()
    np.testing.assert_array_equal(picture[:, 1:], np.broadcast_to([175, 165, 135, 255], (SIZE[1], SIZE[0] - 1, 4)))
    assert (picture[:, 0, :3] == 246).all()
