"""What can fail between the server and the first composite, and after it: one sentence, and it goes on."""

import re

import numpy as np
import pytest
from playwright.sync_api import Error

from tests.browser.harness import EngineDriver, model_file, png_base64

MODEL = f"**/models/{model_file()}"
OTHER_MODEL = f"**/{model_file('landscape')}"
NAME = re.escape(model_file())
WRONG_HASH = r"is damaged: it has SHA-256 \w{64}, expected \w{64}\. Try again\."


def refuse(status):
    """Return a route handler that answers with this status."""
    return lambda route: route.fulfill(status=status, body="refused")


def answer(keep=1.0, corrupt=False, other=None):
    """Return a route handler that gives the real answer cut short, or with one byte or a text in it changed."""

    def handle(route):
        try:
            response = route.fetch()
        except Error:
            return  # the engine has given up and ended its worker: nobody waits for this answer
        body = bytearray(response.body())
        if corrupt:
            body[len(body) // 2] ^= 0xFF
        if other:
            at = body.rindex(other[0])
            body[at : at + len(other[0])] = other[1]
        headers = {name: value for name, value in response.headers.items() if name != "content-encoding"}
        route.fulfill(status=200, headers=headers, body=bytes(body[: int(len(body) * keep)]))

    return handle


FAULTS = {
    "model missing": (MODEL, refuse(404), rf"{NAME} could not be downloaded: .* answered 404"),
    "model truncated": (
        MODEL,
        answer(keep=0.5),
        rf"{NAME} is damaged: it has \d+ bytes, expected \d+",
    ),
    "model changed": (MODEL, answer(corrupt=True), rf"{NAME} {WRONG_HASH}"),
    "NumPy missing": ("**/numpy-*.zip", refuse(404), r"python/numpy-\S+\.zip could not be downloaded: .* answered 404"),
    "archive truncated": (
        "**/pyselfie-*.zip",
        answer(keep=0.9),
        r"pyselfie-\S+\.zip is damaged: it has \d+ bytes, expected \d+",
    ),
    "runtime truncated": (
        "**/ort-wasm-*.wasm",
        answer(keep=0.3),
        r"ort-wasm\S+\.wasm is damaged: it has \d+ bytes, expected \d+",
    ),
    "runtime missing": ("**/ort-wasm-*.wasm", refuse(500), r"ort-wasm\S+\.wasm could not .* answered 500"),
    "python missing": ("**/pyodide.asm.wasm", refuse(404), r"pyodide\.asm\.wasm could not .* answered 404"),
    "no connection": ("**/python_stdlib.zip", lambda route: route.abort(), r"python_stdlib\.zip .* no answer"),
    "python changed": ("**/pyodide.asm.wasm", answer(corrupt=True), rf"pyodide\.asm\.wasm {WRONG_HASH}"),
    "library changed": ("**/python_stdlib.zip", answer(corrupt=True), rf"python_stdlib\.zip {WRONG_HASH}"),
    "NumPy changed": ("**/numpy-*.zip", answer(corrupt=True), rf"numpy-\S+\.zip {WRONG_HASH}"),
    "NumPy's code missing": (
        "**/numpy_native-*.wasm",
        refuse(404),
        r"numpy_native-\S+\.wasm could not .* answered 404",
    ),
    "NumPy's code changed": ("**/numpy_native-*.wasm", answer(corrupt=True), rf"numpy_native-\S+\.wasm {WRONG_HASH}"),
    "NumPy's data changed": (  # what is no fault for a compiler, nor for whoever links it
        "**/numpy_native-*.wasm",
        answer(other=(b"cannot", b"can be")),
        rf"numpy_native-\S+\.wasm {WRONG_HASH}",
    ),
    "runtime changed": ("**/ort-wasm-*.wasm", answer(corrupt=True), rf"ort-wasm\S+\.wasm {WRONG_HASH}"),
    "script changed": ("**/ort-wasm-*.mjs", answer(corrupt=True), rf"ort-wasm\S+\.mjs {WRONG_HASH}"),
    "script missing": (
        "**/pyodide.asm.js",
        refuse(404),
        r"pyodide\.asm\.js could not be loaded from http://\S+asm\.js",
    ),
    "list missing": (
        "**/assets.json",
        refuse(404),
        r"answered 404\. It has to be at http://\S+/assets\.json, beside all",
    ),
    "list replaced": (
        "**/assets.json",
        lambda route: route.fulfill(body="<!doctype html>"),
        r"is no list of pyselfie's",
    ),
    "worker missing": (
        "**/worker.js",
        refuse(404),
        r"it has to be at http://\S+/js/worker\.js.* by setSite\(\) or `site`",
    ),
}


NOISE = ["Failed to load resource", "wasm streaming compile failed", "falling back", "prepare wasm", "Aborted", "abort"]
NOISE += ["disallowed MIME type"]  # in Firefox
NOISE += [r"/vendor/pyodide/pyodide\.(asm\.js|mjs):"]  # what Pyodide says of a lost file until its worker is ended


def fail_to_start(engine, name):
    """Start with the fault in place and return the `error` event."""
    pattern, handler, _ = FAULTS[name]
    engine.page.expected_errors += NOISE
    engine.page.route(pattern, handler)
    rejection = engine.page.evaluate("engine.start().then(() => null, ({ message }) => message)")
    error = engine.wait_for("error")
    assert error["message"] == rejection
    return error


def test_machine_code_of_another_type_is_compiled_all_the_same(launch, site):
    """A server that doesn't know WebAssembly's type costs a start some time, and nothing else."""
    engine = EngineDriver(launch(), site.url)

    def as_bytes(route):
        response = route.fetch()
        route.fulfill(response=response, headers=response.headers | {"content-type": "application/octet-stream"})

    asked = []
    engine.page.on("request", lambda request: asked.append(request.url))
    engine.page.route("**/numpy_native-*.wasm", as_bytes)
    engine.start()
    assert any("numpy_native" in url for url in asked)


@pytest.mark.parametrize("name", FAULTS)
def test_a_download_that_fails_is_told_in_one_sentence(launch, site, name):
    """The sentence names the file, what came and what was expected; no traceback."""
    error = fail_to_start(EngineDriver(launch(), site.url), name)
    assert re.search(FAULTS[name][2], error["message"]), error["message"]
    assert error["action"] == "retry"
    assert error["code"] in {"load", "model"}
    assert "\n" not in error["message"]


@pytest.mark.parametrize(
    "name", ["model changed", "NumPy missing", "runtime truncated", "python changed", "worker missing"]
)
def test_after_a_failed_start_a_retry_works(launch, site, astronaut, name):
    """Once the cause is gone, starting again is enough."""
    engine = EngineDriver(launch(), site.url)
    fail_to_start(engine, name)
    engine.page.unroute(FAULTS[name][0])
    after = engine.position()
    engine.page.evaluate("engine.start()")
    engine.wait_for("ready", after)
    assert engine.show(astronaut)["width"] == 512


def test_a_model_that_cannot_be_had_leaves_the_old_one_running(launch, site, astronaut):
    """Switching to a missing model is told; frames go on with the old model, and later the switch works."""
    page = launch()
    page.expected_errors += ["Failed to load resource"]
    engine = EngineDriver(page, site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    pattern = OTHER_MODEL
    page.route(pattern, refuse(404))
    engine.options(modelSelection=1)
    error = engine.wait_for("error")
    assert f"{model_file('landscape')} could not be downloaded" in error["message"]
    assert engine.wait_for("model")["model"] == "general"
    engine.show(astronaut)
    assert engine.mask().shape == (256, 256)
    page.unroute(pattern)
    after = engine.position()
    engine.options(modelSelection=1)
    assert engine.wait_for("model", after)["model"] == "landscape"


def test_a_dead_worker_is_replaced_once_and_then_the_user_is_asked(launch, site, astronaut):
    """The first death heals itself: same photo, same options, same backdrop. The second one asks for a restart."""
    page = launch()
    engine = EngineDriver(page, site.url)
    engine.start()
    engine.backdrop(np.full((40, 40, 3), (10, 20, 30), np.uint8))
    engine.options(effect="picture", mirror=True)
    engine.show(astronaut)
    before = engine.snapshot()
    after = engine.position()
    engine.in_worker("void setTimeout(() => self.close())")
    page.evaluate("engine.snapshot().catch(() => {})")
    assert "is starting again" in engine.wait_for("notice", after)["message"]
    engine.wait_for("ready", after)
    engine.wait_for("frame", after)
    np.testing.assert_array_equal(engine.snapshot(), before)
    after = engine.position()
    engine.in_worker("void setTimeout(() => self.close())")
    page.evaluate("engine.snapshot().catch(() => {})")
    error = engine.wait_for("error", after)
    assert (error["code"], error["action"]) == ("worker", "restart")
    assert error["message"] == "The engine stopped: it does not answer. Restart it to go on."
    page.evaluate("engine.start()")
    engine.wait_for("frame", after)
    np.testing.assert_array_equal(engine.snapshot(), before)


def test_a_picture_that_python_stumbles_over_does_not_end_the_loop(launch, site, astronaut):
    """A frame whose drawing fails is told; the next one is shown."""
    page = launch()
    engine = EngineDriver(page, site.url)
    engine.start()
    broken = "(() => { const real = OffscreenCanvasRenderingContext2D.prototype.drawImage; let times = 0;"
    broken += " OffscreenCanvasRenderingContext2D.prototype.drawImage = function (...rest) {"
    broken += " if (times++ === 0) throw new TypeError('provoked'); return real.apply(this, rest); }; })()"
    engine.in_worker(broken)
    page.evaluate(
        "async (png) => engine.push(await bitmap(png), { still: true })", png_base64(np.zeros((4, 4, 3), np.uint8))
    )
    error = engine.wait_for("error")
    assert "provoked" in error["message"]
    assert engine.show(astronaut)["width"] == 512


# A JavaScript error inside a system call, as when there is no memory for a file: Python has let go of its lock there.
DIES = """(() => {
  const { write } = pyodide._module.FS;
  pyodide._module.FS.write = () => {
    pyodide._module.FS.write = write;
    throw new RangeError("Array buffer allocation failed");
  };
  setTimeout(() => {
    try {
      pyodide.runPython("open('/tmp/x', 'wb', buffering=0).write(b'x')");
    } catch {} // as in a task of asyncio's, where nobody sees it
  });
})()"""


def test_a_python_that_dies_is_replaced_at_once(launch, site, astronaut):
    """The page is told what ended it, not of the NoGilError that every later call would meet; the picture is back."""
    page = launch()
    page.expected_errors += ["fatal error", "RangeError", r"console error: Error \(\S+pyodide.asm.js"]
    engine = EngineDriver(page, site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    before = engine.snapshot()
    after = engine.position()
    engine.in_worker(DIES)
    notice = engine.wait_for("notice", after)
    assert "Array buffer allocation failed) and is starting again" in notice["message"]
    engine.wait_for("frame", after)
    np.testing.assert_array_equal(engine.snapshot(), before)


def test_a_python_that_is_dead_but_silent_is_found(launch, site, astronaut):
    """Its worker still runs JavaScript: that is no sign of life."""
    engine = EngineDriver(launch(), site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    after = engine.position()
    engine.in_worker("void (self.onmessage = () => {})")
    engine.page.evaluate("engine.snapshot().catch(() => {})")
    assert "(it does not answer)" in engine.wait_for("notice", after)["message"]
    engine.wait_for("frame", after)


def test_the_newest_wish_for_a_model_counts(launch, site, astronaut):
    """Away, back before the other model has come, and away again: the last wish counts, and each is answered."""
    page = launch()
    engine = EngineDriver(page, site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    held = []

    def hold(route):
        held.append(route)

    page.route(OTHER_MODEL, hold)
    after = engine.position()
    engine.options(modelSelection=1)
    engine.snapshot()  # the wish has been read
    engine.options(modelSelection=0)
    assert engine.wait_for("model", after)["model"] == "general"  # at once: it runs
    after = engine.position()
    engine.options(modelSelection=1)
    engine.snapshot()
    for route in held:
        route.abort()
    assert "could not be downloaded" in engine.wait_for("error", after)["message"]
    assert engine.wait_for("model", after)["model"] == "general"
    page.unroute(OTHER_MODEL)
    after = engine.position()
    engine.options(modelSelection=1)
    assert engine.wait_for("model", after)["model"] == "landscape"
    page.expected_errors += ["Failed to load resource"]


def test_another_models_download_is_no_start(launch, site, astronaut):
    """A running engine emits no `progress`: a page would take it for a start that never ends."""
    engine = EngineDriver(launch(), site.url)
    engine.start(effect="mask")
    engine.show(astronaut)
    after = engine.position()
    engine.options(modelSelection=1)
    engine.wait_for("model", after)
    engine.show(astronaut)
    assert "progress" not in {event["type"] for event in engine.log()[after:]}
