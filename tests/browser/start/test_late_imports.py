"""What the first download leaves out of Python and NumPy: nothing asks for it but a user's own imports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie.core.effects import EFFECTS
from pyselfie.custom.source import load_effect
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.harness import EngineDriver
from tests.browser.stand_in import stand_in
from tests.browser.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

NUMPY = "**/numpy_late-*.zip*"
NOISE = """
import unittest
import xml.etree.ElementTree as tree

import numpy as np
import numpy.random

def effect(frame, mask, time):
    most = int(tree.fromstring("<noise most='200'/>").get("most"))
    unittest.TestCase().assertEqual(most, 200)
    unittest.TestCase().assertEqual(np.linalg.inv(np.diag([4.0, 2.0])).tolist(), [[0.25, 0], [0, 0.5]])
    noise = np.random.default_rng(1).integers(0, most, frame.shape)
    spectrum = np.abs(np.fft.ifft(np.fft.fft(noise, axis=0), axis=0))
    return np.rint(spectrum).astype(np.uint8)
"""
RANDOM = """
def effect(frame, mask, time):
    import numpy.random
    return numpy.random.default_rng(1).integers(0, 255, frame.shape, "uint8")
"""
FAILS = "def effect(frame, mask, time):\n    return 1 / 0\n"
COUNT_PINGS = """
self.pings = 0;
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message.type === "ping") pings++;
  return postMessage.call(this, message, ...rest);
};
"""


def watched(page: GuardedPage) -> list[str]:
    """Return the list of the late archives that `page` asks for, growing."""
    asked: list[str] = []

    def note(url: str) -> None:
        found = re.search(r"[\w.]*_late\b[^/]*$", url)
        if found:
            asked.append(found[0])

    page.on("request", lambda request: note(request.url))
    return asked


def use(engine: EngineDriver, source: str) -> None:
    """Paint with a custom effect of this source."""
    engine.page.evaluate("(source) => engine.setCustomEffect(source, 'effect')", source)


@pytest.mark.parametrize("painter", ["canvas2d", "webgpu"])
def test_engine_never_asks_for_the_late_part(
    launch: Callable[..., GuardedPage], site: Server, astronaut: np.ndarray, painter: str
) -> None:
    """All effects, pictures behind, masks, another model, a custom effect, one that fails, statistics.

    A custom effect has Canvas 2D paint: where it was WebGPU before, the engine says so.
    """
    page = stand_in(launch(*WEBGPU_FLAGS)) if painter == "webgpu" else launch()
    page.expected_errors.append("CustomEffectError|ZeroDivisionError|Traceback")
    asked = watched(page)
    backend = "webgpu" if painter == "webgpu" else "wasm"
    engine = EngineDriver(page, site.url, backend=backend, painter=painter)
    engine.start(modelSelection=1)
    engine.backdrop(np.ascontiguousarray(astronaut[::-1]))
    engine.show(astronaut)
    for name in EFFECTS:
        engine.options(effect=name)
        engine.snapshot()
    engine.mask()
    engine.options(modelSelection=0, mirror=True)
    engine.show(astronaut)
    engine.wait_for("stats")
    after = engine.position()
    use(engine, "def effect(frame, mask, time):\n    return 255 - frame\n")
    if painter == "webgpu":
        change = engine.wait_for("backendchange", after)
        why = "an effect in Python reads the frame's pixels"
        assert (change["painter"], change["painterReason"]) == ("canvas2d", why)
        assert engine.wait_for("notice", after)["message"] == f"Canvas 2D paints from now on: {why}."
    negative = engine.snapshot()[..., :3]
    assert np.abs(negative.astype(int) + astronaut[:, ::-1] - 255).max() <= 2
    after = engine.position()
    use(engine, FAILS)
    engine.wait_for("error", after)
    assert asked == []


def test_user_code_has_all_of_python_and_numpy(
    launch: Callable[..., GuardedPage], site: Server, astronaut: np.ndarray
) -> None:
    """An effect that uses `numpy.random`, `numpy.fft`, `xml` and `unittest` paints what it paints on the desktop."""
    page = launch()
    engine = EngineDriver(page, site.url, painter="canvas2d")
    engine.start()
    engine.show(astronaut)
    asked = watched(page)
    use(engine, NOISE)
    expected = load_effect(NOISE, "effect", "effect.py")(astronaut, np.ones((512, 512), np.float32), 0.0)
    np.testing.assert_array_equal(engine.snapshot()[..., :3], expected)
    assert sorted(asked) == ["numpy_late-2.0.1.zip", "python_stdlib_late.zip"]


def test_late_part_that_does_not_come_is_told_and_tried_again(
    launch: Callable[..., GuardedPage], site: Server, astronaut: np.ndarray
) -> None:
    """Refused, cut off, then with other bytes: one sentence each; slow, it is waited for, and the fourth try paints.

    The worker stands still for longer than a dead one is given then, and is not taken for one.
    """
    page = launch()
    page.add_init_script(COUNT_PINGS)
    page.expected_errors += ["404", "ERR_FAILED", "ImportError|Traceback|CustomEffectError"]
    engine = EngineDriver(page, site.url, painter="canvas2d")
    engine.start()
    engine.show(astronaut)

    def damaged(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.body()[:-1] + b"x")

    sentences = {
        r"numpy\.random is in python/numpy_late-2\.0\.1\.zip, which could not be downloaded: the server answered 404; "
        r"import it again to try again": lambda route: route.fulfill(status=404),
        "could not be downloaded: no answer from the server": lambda route: route.abort(),
        "damaged: it has SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}; import": damaged,
    }
    for sentence, answer in sentences.items():
        page.route(NUMPY, answer)
        after = engine.position()
        use(engine, RANDOM)
        assert re.search(sentence, engine.wait_for("error", after)["message"])
        page.unroute(NUMPY)
    held: list[Route] = []
    page.route(NUMPY, lambda route: held.append(route))  # noqa: PLW0108 - Playwright refuses built-ins
    after, before = engine.position(), page.evaluate("pings")
    use(engine, RANDOM)
    page.evaluate("void engine.snapshot().then(() => { window.painted = true; })")
    until(page, lambda: page.evaluate("pings") > before + 10, lambda: f"{page.evaluate('pings') - before} pings")
    held[0].continue_()
    page.wait_for_function("() => window.painted")
    assert not [event for event in engine.log("notice", "error") if engine.log().index(event) >= after]
    expected = load_effect(RANDOM, "effect", "effect.py")(astronaut, np.ones((512, 512), np.float32), 0.0)
    np.testing.assert_array_equal(engine.snapshot()[..., :3], expected)
