"""Options at random on the WebGPU painter, all models among them; what a model would compute is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_buffers import leave_model_out, write_buffers
from tests.browser.gpu.gpu_watch import faults, watch_gpu
from tests.browser.harness import EngineDriver
from tests.browser.random_options import SETTLED, show_at_random

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


def photo_of(engine: EngineDriver, photo: NDArray[np.uint8]) -> NDArray[np.int_]:
    """Return the composite of a photo with a mask that has everything from 0 to 1."""
    rng = np.random.default_rng(8)
    fit = np.concatenate([rng.normal(0, 0.6, (3, 36, 64)), rng.uniform(-0.5, 1, (1, 36, 64))])
    colours = {name: rng.uniform(0, 1, (3, 36, 64)) for name in ("person", "outside", "edge")}
    buffers = {"coefficients": fit, "still": np.zeros((72, 128)), **colours}
    write_buffers(engine, **{name: values.astype(np.float32) for name, values in buffers.items()})
    engine.show(photo)
    return engine.snapshot().astype(int)


def test_options_at_random_leave_nothing_stuck(
    launch: Callable[..., GuardedPage], site: Server, astronaut: NDArray[np.uint8]
) -> None:
    """Over 50 frames of two sizes, with cuts and resets among them; afterwards a photo looks as it did before."""
    frames = [np.roll(astronaut[::8, ::8], step, 1) for step in range(3)]
    page = leave_model_out(watch_gpu(launch(*WEBGPU_FLAGS)))
    engine = EngineDriver(page, site.url, backend="webgpu", painter="webgpu")
    assert engine.start(**SETTLED)["painter"] == "webgpu"
    before = photo_of(engine, astronaut[::2, ::2])
    pictures = [*frames, astronaut[:96:2, ::4]]
    show_at_random(engine, pictures, count=50, seed=12, stays=(0, 3))  # each takes SwiftShader seconds
    assert np.abs(photo_of(engine, astronaut[::2, ::2]) - before).max() <= 2
    assert np.ptp(before) > 0
    assert engine.log("error", "notice", "backendchange") == []
    assert faults(engine) == []
