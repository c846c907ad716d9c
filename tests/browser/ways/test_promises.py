"""Every promise of the API is settled, whatever happens to what made it."""

from contextlib import suppress

import pytest
from playwright.sync_api import Error

from tests.browser.element.element_kit import ElementPage
from tests.browser.harness import model_file
from tests.browser.legacy.legacy_kit import TOOLS

MAKE = {
    "element": """async (late) => {
      window.subject = Object.assign(document.createElement("selfie-segmentation"), { src: "samples/astronaut.jpg" });
      const painted = new Promise((done) => subject.addEventListener("frame", done, { once: true }));
      document.body.append(subject);
      if (late) await painted;
    }""",
    "legacy": """async (late) => {
      window.subject = new SelfieSegmentation();
      if (late) await subject.send({ image: plain("#0f0") });
    }""",
}
CALLS = {
    "element": "{ start: subject.start(), snapshot: subject.snapshot(), getMask: subject.getMask() }",
    "legacy": "{ initialize: subject.initialize(), send: subject.send({ image: plain('#f00') }) }",
}
# What happens right after the calls, and how they end: those made while it starts, and those made when it runs.
NOT_RUNNING = "Error: The engine is not running"
STOPPED = "AbortError: The engine was stopped before it had started."
NOT_RUNNING_YET = "Error: pyselfie's worker does not run (Uncaught Error: provoked)"  # before its first sign of life
DEAD = "Error: The engine stopped: {} provoked. Restart it to go on."
DIED = (NOT_RUNNING_YET, DEAD.format("Uncaught Error:"), DEAD.format("Error:"))  # the last one in Firefox
LEGACY_DIED = (NOT_RUNNING_YET, "Error: pyselfie's worker died")
MISSING = "Error: models/{} could not be downloaded"
TABLE = [
    ("element", "subject.stop()", {"start": STOPPED, "snapshot": NOT_RUNNING, "getMask": NOT_RUNNING}),
    ("element", "subject.remove()", {"start": STOPPED, "snapshot": NOT_RUNNING, "getMask": NOT_RUNNING}),
    ("element", "void subject.start()", {"start": "fine", "snapshot": NOT_RUNNING, "getMask": NOT_RUNNING}),
    ("element", "subject.backend = 'wasm'", {"start": STOPPED, "snapshot": NOT_RUNNING, "getMask": NOT_RUNNING}),
    ("element", "death", {"start": DIED, "snapshot": NOT_RUNNING, "getMask": NOT_RUNNING}),
    ("element", "404", {"start": MISSING.format(model_file()), "snapshot": NOT_RUNNING, "getMask": NOT_RUNNING}),
    ("legacy", "void subject.close()", {"initialize": "Error: This Selfie", "send": "Error: This Selfie"}),
    ("legacy", "void outcome(subject.send({ image: plain('#00f') }))", {"initialize": "fine", "send": "fine"}),
    ("legacy", "death", {"initialize": LEGACY_DIED, "send": LEGACY_DIED}),
    ("legacy", "404", dict.fromkeys(("initialize", "send"), MISSING.format(model_file(edges="raw")))),
]
DIE = "setTimeout(() => { throw new Error('provoked') })"


@pytest.fixture
def page(launch, site):
    """Return a page with both APIs and nothing on it."""
    opened = launch()
    opened.expected_errors += ["Failed to load resource", "404"]
    page = ElementPage(opened, site.url, "")
    page.run(TOOLS)
    page.run(f"() => import('{site.url}selfie_segmentation.js')")
    return page


def kill(page):
    """End the worker; returns false while there is none: `start` may be replacing it."""
    with suppress(Error, StopIteration):
        page.in_worker(DIE)
        return True
    return False


def ends_of(page, kind, happens, *, late):
    """Make the calls on a new element or segmenter, let it happen, and return how each call ended."""
    page.run(MAKE[kind], late)
    now = "" if happens in {"death", "404"} else happens
    page.run(
        f"""() => {{
          const calls = {CALLS[kind]};
          window.ends = Promise.all(
            Object.entries(calls).map(async ([name, promise]) => [name, await outcome(promise.then(() => "fine"))]));
          {now};
        }}"""
    )
    if happens == "death":
        page.until(lambda: kill(page))
    ends = dict(page.run("ends"))
    page.run("() => (subject.stop ?? subject.close).call(subject)")
    page.run("() => subject.remove?.()")
    return ends


@pytest.mark.parametrize(("kind", "happens", "wanted"), TABLE, ids=[f"{kind}, {what}" for kind, what, _ in TABLE])
def test_what_is_asked_while_it_starts_is_settled(page, kind, happens, wanted):
    """Resolved or rejected with a sentence; a start that is stopped is an `AbortError`."""
    if happens == "404":
        page.page.route("**/models/*.onnx", lambda route: route.fulfill(status=404))
    ends = ends_of(page, kind, happens, late=False)
    assert ends.keys() == wanted.keys()
    for name, sentence in wanted.items():
        assert ends[name].startswith(sentence), ends


@pytest.mark.parametrize(("kind", "happens"), [row[:2] for row in TABLE if row[1] != "404"])
def test_what_is_asked_when_it_runs_is_settled(page, kind, happens):
    """The same of one that has painted: `start` begins again, which ends what the engine before it was asked."""
    ends = ends_of(page, kind, happens, late=True)
    assert all(end == "fine" or "Error: " in end for end in ends.values()), ends
