"""The trace on the WebGPU painter: what it reads back is counted, and is nothing while it is closed."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

from pyselfie.core.manifest import load_spec
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import StandIn, leave_model_out
from tests.browser.gpu.gpu_watch import faults, seen, watch_gpu
from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

LISTEN = """
engine.addEventListener("trace", ({ detail }) => {
  self.newest = detail;
  self.steps = Object.fromEntries(detail.steps.map(({ picture, ...step }) => [step.name, step]));
})
"""
LOOK = "mapAsync 144"
"""Of each photo, traced or not: whether somebody is small in it."""
VALUES = """
async (step) => {
  const { npy, offset, dtype } = await engine.getTraced(step);
  return [dtype, npy.subarray(offset).toBase64()];
}
"""


def readbacks(engine: EngineDriver) -> list[str]:
    """Return what was read back for the trace."""
    return [name for name in seen(engine, "readbacks") if name != LOOK]


def values(engine: EngineDriver, step: str) -> np.ndarray:
    """Return a step's numbers, in one row."""
    dtype, data = engine.page.evaluate(VALUES, step)
    return np.frombuffer(base64.b64decode(data), dtype)


def test_steps_on_the_gpu(launch: Callable[..., GuardedPage], site: Server, astronaut: np.ndarray) -> None:
    """Masks come in one readback, each picture in one; the numbers are those of mask and canvas."""
    page = leave_model_out(watch_gpu(launch(*WEBGPU_FLAGS)))
    engine = EngineDriver(page, site.url, backend="webgpu", painter="webgpu")
    assert engine.start(modelSelection=1, effect="blur")["painter"] == "webgpu"
    stand_in = StandIn(engine, load_spec("landscape", "refined"))
    mask = stand_in.find(astronaut)
    engine.show(astronaut)
    assert readbacks(engine) == []
    engine.page.evaluate(LISTEN)
    engine.page.evaluate("engine.setTrace('live')")
    engine.page.wait_for_function("() => self.newest")
    engine.page.evaluate("engine.setTrace('held')")
    read = readbacks(engine)
    assert len(read) == engine.page.evaluate("newest.readbacks")
    assert sorted(name.split()[0] for name in read) == ["getImageData"] * 3 + ["mapAsync"]
    steps = engine.page.evaluate("steps")
    there = [name for name, step in steps.items() if step["shape"]]
    assert there == list(steps)
    assert "Painted alone" in steps["overlay"]["note"]
    assert (steps["smoothing-weight"]["shape"], steps["composite"]["shape"]) == ([72, 128], [512, 512, 4])
    np.testing.assert_array_equal(values(engine, "frame"), astronaut.ravel())
    np.testing.assert_allclose(values(engine, "refined-mask"), engine.mask().ravel(), atol=1e-6)
    np.testing.assert_array_equal(engine.mask(), mask)
    np.testing.assert_array_equal(values(engine, "composite"), engine.snapshot().ravel())
    overlay = values(engine, "overlay").reshape(512, 512, 4)
    alpha = overlay[..., 3:] / 255
    composed = overlay[..., :3] * alpha + astronaut * (1 - alpha)
    assert np.abs(engine.snapshot()[..., :3] - composed).max() <= 2
    assert alpha.min() < 0.05
    assert alpha.max() > 0.95
    np.testing.assert_array_equal(values(engine, "raw-mask"), stand_in.runtime.extra("raw").ravel())
    np.testing.assert_array_equal(values(engine, "smoothing-weight"), stand_in.runtime.extra("still").ravel())
    count = len(readbacks(engine))
    engine.page.evaluate("engine.setTrace('off')")
    engine.show(astronaut)
    engine.page.wait_for_timeout(400)  # twice the time between two traces
    assert len(readbacks(engine)) == count
    assert faults(engine) == []
