"""The model on WebGPU while Canvas 2D paints; and who asks for no backend gets none in software."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_watch import lose_device, watch_gpu
from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


def test_software_webgpu_is_not_chosen_by_itself(launch: Callable[..., GuardedPage], site: Server) -> None:
    """SwiftShader offers an adapter; the engine takes WebAssembly and names the adapter."""
    ready = EngineDriver(launch(*WEBGPU_FLAGS), site.url).start()
    assert ready["backend"] == "wasm"
    assert "swiftshader" in ready["reason"]
    assert "is software" in ready["reason"]


def test_webgpu_gives_the_same_mask_and_survives_the_loss_of_its_device(
    launch: Callable[..., GuardedPage], site: Server, astronaut: np.ndarray
) -> None:
    """When the device is lost, wasm goes on with the same photo; forced onto SwiftShader the mask was wasm's."""
    engine = EngineDriver(watch_gpu(launch(*WEBGPU_FLAGS)), site.url, backend="webgpu")
    ready = engine.start(effect="mask", modelSelection=1, edges="raw")
    assert (ready["backend"], ready["threads"]) == ("webgpu", 1)
    engine.show(astronaut)
    before, mask = engine.snapshot(), engine.mask()
    after = engine.position()
    lose_device(engine)
    change = engine.wait_for("backendchange", after)
    assert change["backend"] == "wasm"
    assert "the GPU device was lost" in change["reason"]
    notice = engine.wait_for("notice", after)
    assert notice["message"].startswith("webgpu failed, so wasm goes on: ")
    engine.wait_for("frame", after)
    assert np.abs(engine.snapshot().astype(int) - before).mean() < 1
    assert 0 < np.abs(engine.mask() - mask).mean() < 2e-3, "0: it is the same one"
