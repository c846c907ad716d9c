"""Start-up: files that stall or are damaged in the browser's cache, policies that forbid WebAssembly, loading ahead."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from builder.serving.policy import CONTENT_SECURITY_POLICY
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.harness import EngineDriver, model_file
from tests.browser.legacy.legacy_kit import link_tree
from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

_OUTCOME = "engine.start().then(() => 'fine', ({ message }) => message)"
_SUPPORT = "async ([url, options]) => (await import(url)).support(options)"
_NO_WASM = CONTENT_SECURITY_POLICY.replace(" 'wasm-unsafe-eval'", "")
_POLICY_SENTENCE = "This page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to script-src."


def _impatient(route: Route) -> None:
    """Serve a script with its limits in seconds a tenth as long."""
    response = route.fetch()
    text = re.sub(r"(_TICKS = |_MS = )(\d+)0(?=[;_])", r"\1\2", response.text())
    assert text != response.text()
    route.fulfill(response=response, body=text)


@pytest.mark.alone  # what does arrive has to come within these limits, too
@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("**/python_stdlib.zip", r"\.zip does not arrive: 0 of \d+ bytes came, then nothing for 3 s\. Check the conn"),
        ("**/pyodide.asm.js", r"pyodide\.asm\.js does not arrive: 0 of \d+ bytes came, then nothing for 3 s\."),
        ("**/js/worker.js", r"pyselfie's worker has not come for 3 s: it has to be at http://\S+/js/worker\.js"),
    ],
)
def test_a_download_that_stalls_is_told_and_may_come_later(
    launch: Callable[..., GuardedPage], site: Server, pattern: str, sentence: str
) -> None:
    """A file that never comes ends the start after a while without progress; the next start works."""
    page = launch()
    engine = EngineDriver(page, site.url)
    for script in ("patience", "start"):
        page.route(f"**/{script}.js", _impatient)
    page.reload()
    engine = EngineDriver(page, site.url)
    page.hang(pattern)
    assert re.search(sentence, page.evaluate(_OUTCOME))
    page.unroute(pattern)
    assert page.evaluate(_OUTCOME) == "fine"
    assert engine.log("ready")


@pytest.mark.parametrize(
    # Small ones: the cache of a profile that is in memory keeps no large files.
    "name",
    [f"models/{model_file()}", "vendor/onnxruntime/ort-wasm-simd-threaded.mjs", "js/worker/probe.js"],
)
def test_a_damaged_file_in_the_browsers_cache_heals(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], dist: Path, tmp_path: Path, name: str
) -> None:
    """What the browser keeps for a year is asked for again after a failed start."""
    folder = tmp_path / "site"
    link_tree(dist, folder)
    for form in (folder / name).parent.glob(f"{(folder / name).name}.*"):
        form.unlink()  # the compressed ones
    whole = (dist / name).read_bytes()
    (folder / name).unlink()
    (folder / name).write_bytes(whole[:1000] + bytes(byte ^ 0xFF for byte in whole[1000:1100]) + whole[1100:])
    site = serve_as({"Cache-Control": "max-age=31536000"}, folder)
    page = launch()
    page.expected_errors += ["wasm", "abort", "falling back", "Aborted", "SyntaxError"]
    engine = EngineDriver(page, site.url)
    page.unroute_all()  # as long as anything is routed Chromium has no cache
    page.evaluate("async (url) => (await fetch(url)).arrayBuffer()", site.url + name)
    (folder / name).unlink()
    shutil.copyfile(dist / name, folder / name)
    said = page.evaluate(_OUTCOME)
    # Of a module that a worker imports browsers do not tell what is wrong; Firefox often not even that something is.
    untold = "worker has not come for 30 s" if is_firefox(page) else "worker could not be loaded"
    told = untold if name.startswith("js/") else f"{name} is damaged: it has SHA-256"
    assert told in said
    assert page.evaluate(_OUTCOME) == "fine"
    assert engine.log("ready")


def test_a_policy_without_wasm_unsafe_eval_is_named(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server]
) -> None:
    """Both the start and `support` say what the policy lacks, and nothing else is downloaded."""
    site = serve_as({"Content-Security-Policy": _NO_WASM})
    page = launch()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    engine = EngineDriver(page, site.url)
    page.unroute_all()  # an ear for tests would weaken the policy
    assert page.evaluate(_OUTCOME) == _POLICY_SENTENCE
    assert engine.wait_for("error")["code"] == "load"
    found = page.evaluate(_SUPPORT, [f"{site.url}pyselfie.js", {}])
    assert found["supported"] is False
    assert found["missing"] == [{"feature": "wasm-policy", "sentence": _POLICY_SENTENCE}]
    assert not [url for url in asked if "/vendor/" in url or "/models/" in url]


def test_support_tells_what_there_is(launch: Callable[..., GuardedPage], site: Server) -> None:
    """On a browser that has all, before anything is loaded: supported, nothing missing, the adapter's facts."""
    page = launch()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    EngineDriver(page, site.url)
    found = page.evaluate(_SUPPORT, [f"{site.url}pyselfie.js", {}])
    assert found == {
        "supported": True,
        "backend": "wasm",
        "reason": "no WebGPU adapter",
        "threads": found["threads"],
        "isolated": True,
        "camera": True,
        "tracks": "canvas" if is_firefox(page) else "frames",
        "missing": [],
    }
    assert found["threads"] >= 1
    assert not [url for url in asked if "/vendor/" in url or "worker.js" in url or "/python/" in url]


_TAKEN = {
    "offscreen-canvas": "delete HTMLCanvasElement.prototype.transferControlToOffscreen",
    "worker": "self.Worker = class { constructor() { throw new TypeError('provoked'); } }",
    "camera": "Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined })",
}


@pytest.mark.parametrize("feature", _TAKEN)
def test_support_names_what_is_missing(launch: Callable[..., GuardedPage], site: Server, feature: str) -> None:
    """A feature that is taken away is named with a sentence; only the camera may be missing in a supported browser."""
    page = launch()
    page.add_init_script(_TAKEN[feature])
    EngineDriver(page, site.url)
    found = page.evaluate(_SUPPORT, [f"{site.url}pyselfie.js", {}])
    assert [missing["feature"] for missing in found["missing"]] == [feature]
    assert found["supported"] == (feature == "camera")
    assert found["camera"] == (feature != "camera")


def test_a_start_that_cannot_begin_is_told(launch: Callable[..., GuardedPage], site: Server) -> None:
    """Where the page itself lacks something the start is rejected and an `error` says why; no page waits for ever."""
    page = launch()
    page.add_init_script(_TAKEN["offscreen-canvas"])
    engine = EngineDriver(page, site.url)
    said = page.evaluate(_OUTCOME)
    assert re.fullmatch(
        r"This browser cannot run the engine \(.*transferControlToOffscreen.*\): use a newer one\.", said
    )
    told = {key: engine.wait_for("error")[key] for key in ("code", "message", "action")}
    assert told == {"code": "load", "message": said, "action": "retry"}


def test_support_without_track_processors(launch: Callable[..., GuardedPage], site: Server) -> None:
    """Where tracks do not give their frames they go over a canvas."""
    page = launch()
    page.add_init_script("delete self.MediaStreamTrackProcessor")
    EngineDriver(page, site.url)
    found = page.evaluate(_SUPPORT, [f"{site.url}pyselfie.js", {}])
    assert (found["supported"], found["tracks"]) == (True, "canvas")


_PRELOAD = "async ([url, options]) => (await import(url)).preload(options)"


def test_what_is_preloaded_is_taken_over(launch: Callable[..., GuardedPage], site: Server) -> None:
    """An element that comes later runs in the worker that waited for it; with the element that ends."""
    element = ElementPage(launch(), site.url, "")
    asked: list[str] = []
    element.page.evaluate(_PRELOAD, [f"{site.url}pyselfie.js", {"backend": "wasm"}])
    assert element.workers() == 1
    element.page.context.on("request", lambda request: asked.append(request.url))
    element.run(f"document.body.innerHTML = '<selfie-segmentation id=s backend=wasm model-selection=0 src={SAMPLE}>'")
    element.wait("frame")
    assert element.workers() == 1
    assert not [url for url in asked if "/vendor/" in url or "/python/" in url or "/models/" in url]
    element.run("document.body.innerHTML = ''")
    element.until(lambda: element.workers() == 0)


def test_preloading_can_be_called_off(launch: Callable[..., GuardedPage], site: Server) -> None:
    """The signal rejects a preload under way with its reason, and lets go of one that is done."""
    element = ElementPage(launch(), site.url, "")
    found: Any = element.run(
        """async (url) => {
          const { preload } = await import(url);
          const first = new AbortController();
          const early = preload({ signal: first.signal });
          first.abort(new Error("changed my mind"));
          const said = [await early.catch(({ message }) => message)];
          said.push(await preload({ signal: first.signal }).catch(({ message }) => message));
          const frame = document.createElement("iframe"); // a signal of another window has another class
          document.body.append(frame);
          const elsewhere = frame.contentWindow.AbortSignal.abort(new Error("changed my mind"));
          said.push(await preload({ signal: elsewhere }).catch(({ message }) => message));
          self.second = new AbortController();
          await preload({ signal: second.signal });
          return said;
        }""",
        f"{site.url}pyselfie.js",
    )
    assert found == ["changed my mind"] * 3
    assert element.workers() == 1
    element.run("second.abort()")
    element.until(lambda: element.workers() == 0)


def test_a_preload_that_fails_says_why(launch: Callable[..., GuardedPage], site: Server) -> None:
    """It is rejected with the same sentence as a start, and the next one works."""
    page = launch()
    page.expected_errors.append("Failed to load resource")
    element = ElementPage(page, site.url, "")
    page.route("**/pyodide.mjs", lambda route: route.fulfill(status=404))
    with pytest.raises(Exception, match=r"pyodide\.mjs could not be loaded from http"):
        page.evaluate(_PRELOAD, [f"{site.url}pyselfie.js", {}])
    page.unroute("**/pyodide.mjs")
    page.evaluate(_PRELOAD, [f"{site.url}pyselfie.js", {}])
    assert element.workers() == 1


def test_preload_takes_what_tracks_take(launch: Callable[..., GuardedPage], site: Server) -> None:
    """A model by its name is the one that is loaded; a wrong value or an unknown name is one sentence, no worker."""
    element = ElementPage(launch(), site.url, "")
    wrong: Any = element.run(
        """async (url) => {
          const { preload, support } = await import(url);
          const calls = [preload({ painter: "canvas" }), preload({ fast: true }), support({ backend: 7 })];
          calls.push(preload(null), support("wasm"), preload({ signal: {} }));
          return Promise.all(calls.map((call) => call.catch(({ name, message }) => `${name}: ${message}`)));
        }""",
        f"{site.url}pyselfie.js",
    )
    assert wrong == [
        "TypeError: painter is “canvas”, but it has to be one of auto, webgpu, canvas2d.",
        "TypeError: There is no option “fast”; the options are "
        "site, backend, painter, isolated, modelSelection, edges.",
        "TypeError: backend is 7, but it has to be one of auto, webgpu, wasm.",
        'TypeError: The options are null, but they have to be an object like { backend: "wasm" }.',
        'TypeError: The options are “wasm”, but they have to be an object like { backend: "wasm" }.',
        "TypeError: signal is [object Object], but it has to be an AbortController's signal.",
    ]
    assert element.workers() == 0
    with element.page.expect_request(f"**/{model_file('landscape')}"):
        element.page.evaluate(_PRELOAD, [f"{site.url}pyselfie.js", {"modelSelection": "landscape"}])
