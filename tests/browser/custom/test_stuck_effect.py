"""Effects that do not return, or that end Python: they are stopped, and picture and last good effect are back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

GOOD = "def effect(frame, mask, time, level: int = 0):\n    return 255 - frame // 2 - level\n"
ENDLESS = "def effect(frame, mask, time):\n    while True:\n        frame = frame[::-1]\n"
STUBBORN = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
DEADLY = "def effect(frame, mask, time):\n    open('/tmp/x', 'wb', buffering=0).write(b'x')\n    return frame\n"
# A JavaScript error inside a system call, as when there is no memory for a file: Python has let go of its lock there.
FILES_FAIL = """(() => {
  const { write } = pyodide._module.FS;
  pyodide._module.FS.write = () => {
    pyodide._module.FS.write = write;
    throw new RangeError("Array buffer allocation failed");
  };
})()"""
NO_RETURN = "did not return within"


class Stuck(EngineDriver):
    """An engine that shows a small photo, mirrored, by a good effect that is set to 3."""

    def __init__(self, page: GuardedPage, url: str, astronaut: np.ndarray) -> None:
        super().__init__(page, url, painter="canvas2d")
        self.photo = np.ascontiguousarray(astronaut[::4, ::4])
        self.start(effect="mask", mirror=True)
        self.show(self.photo)
        page.evaluate("engine.setEffectValues({ level: 3 })")
        self.use(GOOD)
        self.good = self.snapshot()
        np.testing.assert_array_equal(self.good[..., :3], 252 - self.photo[:, ::-1] // 2)

    def use(self, source: str) -> int:
        position = self.position()
        self.page.evaluate("(source) => engine.setCustomEffect(source)", source)
        return position

    def wait_effect(self, test: str, after: int) -> dict[str, Any]:
        """Return the first `effect` event from position `after` of which JavaScript's `test` is true."""
        return self.page.evaluate(
            f"(after) => until((one) => one.type === 'effect' && seen.indexOf(one) >= after && ({test})(one), 'it')",
            after,
        )

    def give_up_on(self, source: str, *, by_itself: bool = False) -> dict[str, Any]:
        """Run a text that does not return, end it, and return the state that tells why."""
        position = self.use(source)
        stuck = self.wait_effect("({ stuck }) => stuck >= 3", position)
        assert stuck["stuck"] == 3
        if not by_itself:
            self.page.evaluate("engine.stopEffect()")
        return self.wait_effect("({ error, stuck }) => error && stuck === 0", self.log().index(stuck))

    def assert_good(self, after: int | None = None) -> None:
        """Assert that the last good effect paints; with `after`, by a worker that came after that position."""
        if after is not None:
            self.wait_for("frame", after)
        np.testing.assert_array_equal(self.snapshot(), self.good)

    @property
    def restarts(self) -> int:
        return sum("is starting again" in notice["message"] for notice in self.log("notice"))


@pytest.fixture
def stuck(launch: Callable[..., GuardedPage], astronaut: np.ndarray) -> Callable[[Server], Stuck]:
    return lambda server: Stuck(launch(), server.url, astronaut)


def test_python_is_interrupted_where_memory_is_shared(stuck: Callable[[Server], Stuck], site: Server) -> None:
    """In the same worker: told after 3 s, ended when asked for, with its line; the text runs when it changes, only."""
    engine = stuck(site)
    told = engine.give_up_on(ENDLESS)
    assert NO_RETURN in told["error"]["message"]
    assert told["error"]["line"] in {2, 3}
    assert (told["running"], engine.restarts) == ("before", 0)
    engine.assert_good()
    position = engine.use(ENDLESS)
    engine.show(engine.photo)
    engine.assert_good()
    assert all(one.get("stuck") == 0 for one in engine.log()[position:] if one["type"] == "effect")
    engine.use("def effect(frame, mask, time):\n    return frame[::-1]\n")
    np.testing.assert_array_equal(engine.snapshot()[..., :3], engine.photo[::-1, ::-1])


def test_what_cannot_be_interrupted_gets_a_new_worker(stuck: Callable[[Server], Stuck], site: Server) -> None:
    """A text that catches everything is left behind, after 6 s by itself; photo, options, values, effect are back."""
    engine = stuck(site)
    position = engine.position()
    told = engine.give_up_on(STUBBORN, by_itself=True)
    assert told["error"]["message"].startswith(f"effect.py {NO_RETURN}")
    assert engine.restarts == 1
    engine.assert_good(position)


def test_without_shared_memory_there_is_a_new_worker(stuck: Callable[[Server], Stuck], serve_site: Any) -> None:
    """Any number of times: each text is told, none is run again until it changes, and the good one paints."""
    engine = stuck(serve_site(isolation=False))
    engine.page.expected_errors.append("uncaught exception: undefined")  # Firefox, of a worker that is ended
    position = engine.position()
    told = engine.give_up_on(ENDLESS, by_itself=True)
    assert (told["error"]["message"], told["error"]["line"]) == (f"effect.py {NO_RETURN} 6 s and was stopped", None)
    assert told["running"] == "before"
    engine.assert_good(position)
    assert engine.restarts == 1
    position = engine.use(ENDLESS)
    engine.show(engine.photo)
    engine.assert_good()
    assert all(one.get("stuck") == 0 for one in engine.log()[position:] if one["type"] == "effect")
    position = engine.position()
    engine.give_up_on(STUBBORN)
    engine.assert_good(position)
    assert engine.restarts == 2


def test_effect_that_ends_python_is_left_behind(stuck: Callable[[Server], Stuck], site: Server) -> None:
    """As when there is no memory left: it's told, another worker begins at once, and the good one paints."""
    engine = stuck(site)
    engine.page.expected_errors += ["fatal error", "fatal_error", "RangeError", "NoGilError", r"pyodide\.asm\.js"]
    engine.in_worker(FILES_FAIL)
    position = engine.use(DEADLY)
    told = engine.wait_effect("({ error }) => error", position)
    assert "effect.py has ended Python: " in told["error"]["message"]
    engine.assert_good(position)


def test_full_memory_is_told_with_its_line(stuck: Callable[[Server], Stuck], site: Server) -> None:
    """One array after another, to the last: the worker stays, and the good effect paints."""
    engine = stuck(site)
    text = (
        "import numpy as np\n\ndef effect(frame, mask, time, state):\n"
        "    state['all'] = [np.empty(2**29, np.uint8) for _ in range(9)]\n    return frame\n"
    )
    told = engine.wait_effect("({ error }) => error", engine.use(text))
    assert "raised MemoryError: Unable to allocate" in told["error"]["message"]
    assert told["error"]["line"] == 4
    engine.show(engine.photo)
    engine.assert_good()
    assert engine.restarts == 0
