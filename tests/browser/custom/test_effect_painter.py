"""Effects in Python beside the WebGPU painter, in the browser: who paints, who is told, and the pixels of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_watch import faults, watch_gpu
from tests.browser.harness import EngineDriver
from tests.browser.stand_in import stand_in
from tests.parity.pictures import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

NEGATIVE = "def effect(frame, mask, time):\n    return 255 - frame\n"
SOLID = (
    "import numpy as np\n\n"
    "def overlay(sample, mask, time):\n"
    "    return np.full((*mask.shape, 4), (200, 100, 0, 255), np.uint8)\n"
)


def changed(engine: EngineDriver, source: str) -> tuple[dict[str, Any], np.ndarray]:
    """Set an effect; return what the page hears when the painter changes, and the picture after that."""
    position = engine.position()
    engine.page.evaluate("(source) => engine.setCustomEffect(source)", source)
    change = engine.wait_for("backendchange", position)
    return change, engine.snapshot()[..., :3]


def test_the_painter_follows_the_effect(launch: Callable[..., GuardedPage], site: Server) -> None:
    """One of full size brings Canvas 2D, which is told once; an overlay after it brings WebGPU back, which is not."""
    page = stand_in(watch_gpu(launch(*WEBGPU_FLAGS)))
    engine = EngineDriver(page, site.url, backend="webgpu", painter="webgpu")
    assert engine.start(modelSelection=1, edges="raw", effect="fill")["painter"] == "webgpu"
    photo = build("256x144")
    engine.show(photo)
    change, picture = changed(engine, NEGATIVE)
    assert (change["painter"], change["backend"]) == ("canvas2d", "webgpu")
    np.testing.assert_array_equal(picture, 255 - photo)
    [notice] = engine.log("notice")
    assert notice["code"] == "painter"
    assert notice["message"] == f"Canvas 2D paints from now on: {change['painterReason']}."
    change, picture = changed(engine, SOLID)
    assert (change["painter"], change["backend"]) == ("webgpu", "webgpu")
    assert np.abs(picture.astype(int) - (200, 100, 0)).max() <= 2
    assert engine.log("notice") == [notice]
    assert engine.log("error") == []
    assert faults(engine) == []
