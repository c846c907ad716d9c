"""What can happen to a page whose engine runs: another model that does not come, a worker or a Python that dies."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING

from PIL import Image
from werkzeug.wrappers import Response

from builder.paths import WEB
from tests.browser.faults.fault import Fault
from tests.browser.faults.page_bench import COLLECTED
from tests.browser.faults.start_rows import NOISE
from tests.browser.faults.trouble import broken_off, corrupt, portal, refused
from tests.browser.harness import model_file
from tests.browser.waiting import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.faults.page_bench import PageBench

_OTHER = model_file("landscape")
_GOES_ON = "the old model goes on; trying again changes it"
_BACK = "the same picture is back by itself and follows the next effect"


def _asks_for_other(bench: PageBench) -> None:
    bench.choose_model(1)


def _mended(bench: PageBench) -> None:
    """Try again, which works now, and go back to the model before."""
    bench.demo.until(lambda: bench.page.is_checked("input[name=model][value='0']"))
    assert bench.page.get_attribute("#status", "data-state") == "ready"
    bench.site.mend()
    bench.page.context.set_offline(False)
    bench.page.get_by_role("button", name="Try again").click()
    bench.demo.until(lambda: bench.page.is_checked("input[name=model][value='1']"))
    bench.demo.until(lambda: not bench.demo.messages())
    bench.choose_model(0)
    bench.demo.until(lambda: bench.page.is_checked("input[name=model][value='0']"))


def _answering(name: str, change: Callable[[Response], Response], says: str) -> Fault:
    def provoke(bench: PageBench) -> None:
        bench.site.rules.append((rf"/{_OTHER}$", change))
        _asks_for_other(bench)

    return Fault("network", f"another model: {name}", provoke, rf"{_OTHER} {says}", _GOES_ON, _mended, NOISE)


def _stopped(bench: PageBench) -> None:
    bench.site.stop()
    _asks_for_other(bench)


def _offline(bench: PageBench) -> None:
    bench.page.context.set_offline(True)
    _asks_for_other(bench)


def _start_fails(bench: PageBench) -> None:
    bench.site.rules.append((r"/pyodide\.asm\.wasm$", refused(503)))
    bench.reload("")


def _try_again(bench: PageBench) -> None:
    assert bench.page.get_attribute("#status", "data-state") == "failed"
    bench.site.mend()
    bench.page.get_by_role("button", name="Try again").click()
    bench.demo.wait_painted()
    assert bench.demo.messages() == []


_NO_ANSWER = rf"{_OTHER} could not be downloaded: no answer from the server\. Check the connection"
MODELS = [
    _answering("answered by 404", refused(404), r"could not be downloaded: the server answered 404"),
    _answering("drops in the middle", broken_off, r"broke off after \d+ of \d+ bytes"),
    _answering("one byte changed, right length", corrupt, r"is damaged: it has SHA-256"),
    _answering("a captive portal's page instead", portal, r"is damaged: it has \d+ bytes, expected \d+"),
    Fault("network", "another model: server stopped, started again", _stopped, _NO_ANSWER, _GOES_ON, _mended, NOISE),
    Fault("network", "another model: offline, then online", _offline, _NO_ANSWER, _GOES_ON, _mended, NOISE),
    Fault(
        "network",
        "the page's start: Python answered by 503",
        _start_fails,
        r"pyodide\.asm\.wasm could not be downloaded: the server answered 503",
        "the button Try again shows the picture",
        _try_again,
        NOISE,
    ),
]

# A JavaScript error inside a system call, as when there is no memory for a file: Python has let go of its lock there.
_NO_MEMORY = """(() => {
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


_MANY = """async ([count, src]) => {
  self.crowd = Array.from({ length: count }, () => {
    const element = document.createElement("selfie-segmentation");
    for (const type of ["frame", "error"])
      element.addEventListener(type, ({ detail }) => element.came ??= detail.message ?? "painted");
    Object.assign(element, { src, modelSelection: "general", effect: "blur" });
    return element;
  });
  document.body.append(...crowd);
}"""


@functools.cache
def _large_picture() -> bytes:
    data = io.BytesIO()
    with Image.open(WEB / "samples" / "astronaut.jpg") as picture:
        picture.resize((3840, 2160)).save(data, "JPEG")
    return data.getvalue()


def _large(_: Response) -> Response:
    """Answer with the sample, as large as a screen of 4K."""
    return Response(_large_picture(), content_type="image/jpeg")


def _many(bench: PageBench) -> None:
    bench.site.rules.append((r"/samples/large\.jpg$", _large))
    bench.page.evaluate(_MANY, [30, "samples/large.jpg"])
    bench.page.wait_for_function("() => crowd.every(({ came }) => came)", timeout=5 * WAIT_MS)
    assert bench.page.evaluate("[...new Set(crowd.map(({ came }) => came))]") == ["painted"]


def _one(bench: PageBench) -> None:
    bench.page.evaluate("() => { for (const element of crowd) element.remove(); self.crowd = null; }")


def _silent(code: str):
    """Make the worker do this, and ask for a picture that never comes."""

    def provoke(bench: PageBench) -> None:
        bench.in_worker(code)
        bench.page.wait_for_timeout(300)
        bench.hurry()

    return provoke


def _loud(code: str):
    def provoke(bench: PageBench) -> None:
        bench.in_worker(code)

    return provoke


def _twice(bench: PageBench) -> None:
    kill = _silent(_KILL)
    kill(bench)
    bench.told("is starting again")
    bench.goes_on()
    kill(bench)


_KILL = "void setTimeout(() => self.close())"
_THROW = "void setTimeout(() => { throw new Error('provoked'); })"
_STARTS_AGAIN = r"^The engine stopped \({}\) and is starting again\.$"
_DOES_NOT = "it does not answer"


def _ending(name: str, provoke: Callable[[PageBench], None], why: str, *noise: str, kind: str = "worker") -> Fault:
    return Fault(kind, name, provoke, _STARTS_AGAIN.format(why), _BACK, noise=(COLLECTED, *noise), ruins=True)


WORKER = [
    Fault(
        "worker",
        "is looked at in a hurry, and answers",
        lambda bench: bench.hurry(),
        "",
        "the picture stays and follows the next effect",
    ),
    _ending("is killed while it runs", _silent(_KILL), _DOES_NOT),
    _ending("Python no longer answers", _silent("void (self.onmessage = () => {})"), _DOES_NOT),
    _ending("throws while it runs", _loud(_THROW), ".*provoked"),
    Fault(
        "worker",
        "is killed twice",
        _twice,
        r"^The engine stopped: it does not answer\. Restart it to go on\.$",
        "the button Restart brings the same picture back",
        lambda bench: bench.page.get_by_role("button", name="Restart").click(),
        (COLLECTED,),
        ruins=True,
    ),
    _ending(
        "none for a file of Python's",
        _loud(_NO_MEMORY),
        ".*Array buffer allocation failed",
        *("fatal error", "RangeError", r"console error: Error \(\S+pyodide.asm.js"),
        kind="memory",
    ),
]
MEMORY = [
    Fault(
        "memory",
        "30 more elements with pictures of 3840 x 2160",
        _many,
        "",
        "all of them paint, one after the other; the page's picture follows the next effect",
        _one,
    )
]
RUNNING = [*MODELS, *MEMORY, *WORKER]
