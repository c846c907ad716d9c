"""Effects that others have written, in an isolated worker: no picture gets out of it, and it harms no page."""

from __future__ import annotations

import json
import re
import socketserver
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from builder.serving.serve import Server
from tests.browser.custom.escapes import ESCAPES, FORGED, RUN, TELL
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


MARK = "pixel-ff8800"
NO_POLICY = {"Content-Security-Policy": ""}
VERDICTS = '{"mark": "before"}'
LATE = """
import random

import numpy as np


def effect(frame, mask, time):
    noise = np.random.default_rng(1).integers(0, 200, frame.shape)
    return np.rint(np.abs(np.fft.ifft(np.fft.fft(noise, axis=0), axis=0))).astype(np.uint8)
"""
SCRIPT = """
import ctypes


def effect(frame, mask, time):
    ctypes.CDLL(None).emscripten_run_script(b"import('URL')")
"""
TALK = """
import gc
import time as clock


def effect(frame, mask, time):
    host = next(each for each in gc.get_objects() if type(each).__name__ == "Reporter")._host
    while True:
        end = clock.monotonic() + 1
        while clock.monotonic() < end:
            pass
        host.dropped()
        host.post('{"type": "fetching"}')
        host.post('{"type": "alive"}')
"""
FLOOD = """
import gc


def effect(frame, mask, time):
    host = next(each for each in gc.get_objects() if type(each).__name__ == "Reporter")._host
    while True:
        host.dropped()
"""


class _Heard(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.settimeout(1)
        self.server.heard.append(self.request.recv(65536))  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """Return the port of another origin, and what anybody has ever sent to it."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Heard) as server:
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1], server.heard  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture(scope="module")
def recorded(dist: Path) -> Iterator[tuple[Server, list[str]]]:
    """Return the site, on a server that sends no policy, and what it has been asked for: line and body."""
    server, asked = Server(dist, headers=NO_POLICY), []
    answer = server.application

    def noting(environ: Any, start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']} {body!r}")
        return answer(environ, start_response)

    server.application = noting
    with server:
        yield server, asked


class Tried:
    """What has become of all attempts, and the page afterwards."""

    def __init__(self, engine: EngineDriver, results: dict[str, str], guard: Guard) -> None:
        self.engine, self.results, self.guard = engine, results, guard


@pytest.fixture(scope="module")
def tried(
    browser_for: Callable[..., Browser],
    recorded: tuple[Server, list[str]],
    listener: tuple[int, list[bytes]],
    astronaut: np.ndarray,
) -> Iterator[Tried]:
    """Return what an effect has achieved that tries everything, on a page without any policy of its own."""
    site, port = recorded[0], listener[0]
    context = browser_for(()).new_context()
    guard = Guard(context, {site.url.rstrip("/")})
    page: Any = context.new_page()
    engine = EngineDriver(page, site.url, isolated=True)
    page.evaluate("(text) => localStorage.setItem('pyselfie-gpus', text)", VERDICTS)
    engine.start(effect="mask")
    engine.show(astronaut[:64, :64])
    other, own = f"http://127.0.0.1:{port}/{MARK}", f"{site.url}js/{MARK}"
    urls = {"other": other, "own": own, "path": f"js/worker.js?{MARK}", "port": port}
    urls |= {"socket": other.replace("http", "ws"), "own_socket": own.replace("http", "ws")}
    bodies = {name: body for name, (body, _) in ESCAPES.items()}
    asked = json.dumps({"urls": urls, "bodies": bodies, "forged": FORGED})
    use(engine, RUN.replace("__ASKED__", repr(asked)))
    assert engine.wait_for("effect")["error"] is None
    yield Tried(engine, printed(engine), guard)
    context.close()


def use(engine: EngineDriver, source: str | None) -> None:
    engine.page.evaluate("(source) => engine.setCustomEffect(source)", source)


def printed(engine: EngineDriver) -> dict[str, str]:
    """Return what `TELL` prints once all attempts are over: it is asked again and again."""
    engine.page.evaluate(
        """async (source) => {
          const isOver = ({ printed }) => printed?.lines.some((line) => line.includes("done"));
          for (let turn = 0; !seen.some(isOver); turn++) {
            if (turn > 300) throw new Error(`no end of it: ${JSON.stringify(seen.slice(-3))}`);
            engine.setCustomEffect(`${source}# ${turn}`);
            await new Promise((done) => setTimeout(done, 200));
          }
        }""",
        TELL,
    )
    lines = [line for event in engine.log("effect") for line in (event["printed"] or {"lines": []})["lines"]]
    return dict(json.loads(line) for line in lines if line.startswith("["))


@pytest.mark.engines
@pytest.mark.parametrize("name", sorted(ESCAPES))
def test_no_way_leads_out(tried: Tried, name: str) -> None:
    """The attempt ends with the error that says that there is no such thing here."""
    assert re.search(ESCAPES[name][1], tried.results[name]), tried.results[name]


@pytest.mark.engines
def test_nobody_was_asked(tried: Tried, recorded: tuple[Server, list[str]], listener: tuple[int, list[bytes]]) -> None:
    """No other origin was so much as connected to, and no request to the page's own has the marker in it."""
    assert len(tried.results) == len(ESCAPES) + 1
    assert listener[1] == []
    assert [line for line in recorded[1] if MARK in line] == []


@pytest.mark.engines
def test_forged_messages_change_nothing(tried: Tried) -> None:
    """What the page has stored is as before, nothing in it has thrown, and it is told nothing of a wrong form."""
    assert tried.engine.page.evaluate("localStorage.getItem('pyselfie-gpus')") == VERDICTS
    thrown = [fault for fault in tried.guard.faults() if "uncaught" in fault]
    assert [fault for fault in thrown if "Content-Security-Policy" not in fault] == [], "Firefox tells what it blocked"
    told = tried.engine.log("notice", "stats", "progress", "effect")
    assert not [each for each in told if "mark" in json.dumps(each | {"printed": None})]


def test_the_engine_goes_on(tried: Tried, astronaut: np.ndarray) -> None:
    """After all that the next picture is painted, by parts of NumPy that come late, and another model is loaded."""
    engine = tried.engine
    use(engine, LATE)
    picture = np.ascontiguousarray(astronaut[:80, :80])
    engine.show(picture)
    noise = np.random.default_rng(1).integers(0, 200, picture.shape)
    assert np.abs(engine.snapshot()[..., :3].astype(int) - noise).max() <= 1
    traced = engine.page.evaluate(
        """async () => {
          const told = new Promise((done) => engine.addEventListener("trace", done, { once: true }));
          engine.setTrace("live");
          const { steps } = (await told).detail;
          const { shape } = await engine.getTraced("composite");
          engine.setTrace("off");
          return [steps.some(({ name, picture }) => name === "composite" && picture instanceof ImageData), shape];
        }"""
    )
    assert traced == [True, [80, 80, 4]]
    after = engine.position()
    engine.options(modelSelection=1)
    assert engine.wait_for("model", after)["model"] == "landscape", engine.log("notice", "error")
    engine.page.evaluate("engine.close()")
    engine.page.wait_for_function("document.querySelector('iframe') === null")


@pytest.mark.parametrize(
    ("source", "why", "then"),
    [(SCRIPT, "EvalError", "frame"), (FLOOD, "messages without end", "error")],
    ids=["script", "flood"],
)
def test_what_ends_the_worker_ends_no_more(
    tried: Tried, recorded: tuple[Server, list[str]], astronaut: np.ndarray, source: str, why: str, then: str
) -> None:
    """Emscripten's way to run an `import()` ends the worker: another one goes on. So does talk without end, once."""
    engine = tried.engine
    engine.start()
    engine.show(astronaut[:64, :64])
    after = engine.position()
    use(engine, source.replace("URL", f"{recorded[0].url}js/worker.js?{MARK}"))
    assert why in engine.wait_for("notice", after)["message"]
    engine.wait_for("ready", after)
    engine.wait_for(then, after)
    assert [line for line in recorded[1] if MARK in line] == []
    engine.page.evaluate("engine.setCustomEffect(null); engine.close()")


def test_talk_does_not_keep_code_running(tried: Tried, astronaut: np.ndarray) -> None:
    """Code that says something each second, as a worker does that has returned, is ended as any other."""
    engine = tried.engine
    engine.start()
    engine.show(astronaut[:64, :64])
    after = engine.position()
    use(engine, TALK)
    ended = "({ type, error }) => type === 'effect' && error?.message.includes('did not return within')"
    engine.page.evaluate(f"(after) => until((one) => seen.indexOf(one) >= after && ({ended})(one), 'its end')", after)
    engine.page.evaluate("engine.setCustomEffect(null); engine.close()")


def test_each_engine_has_a_worker_of_its_own(tried: Tried) -> None:
    """So that no effect sees another's pictures; the first one takes over what was loaded before it was wanted."""
    frames = tried.engine.page.evaluate(
        """async (url) => {
          const { WorkerHost } = await import(`${url}js/engine/worker_host.js`);
          while (document.querySelector("iframe")) await new Promise((done) => setTimeout(done, 50));
          const settings = { backend: "auto", painter: "auto", isolated: true };
          const counts = [];
          const count = () => counts.push(document.querySelectorAll("iframe").length);
          WorkerHost.for(settings).hold({});
          count();
          const engines = [1, 2, 3].map(() => {
            const one = new engine.constructor(document.createElement("div"), settings);
            one.start().catch(() => {});
            count();
            return one;
          });
          engines[0].close();
          engines[0].start().catch(() => {});
          for (const one of engines) one.close();
          while (document.querySelector("iframe")) await new Promise((done) => setTimeout(done, 50));
          return counts;
        }""",
        tried.engine.page.url.rpartition("blank.html")[0],
    )
    assert frames == [1, 1, 2, 3]
