"""What can happen to a page that shows a picture: to its place on the screen, its storage, its life."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.browser.faults.camera_rows import CAMERA, MOVES, STAYS
from tests.browser.faults.fault import Fault
from tests.browser.faults.trouble import BLANK

if TYPE_CHECKING:
    from tests.browser.faults.page_bench import PageBench

_NO_WAY_BACK = "Playwright waits in vain for a page to load that Firefox has kept"
_CDP = "by Chromium's own protocol"


def _hide(bench: PageBench) -> None:
    bench.page.evaluate("() => Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    bench.demo.until(bench.rests)


def _show(bench: PageBench) -> None:
    bench.page.evaluate("() => { delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); }")


def _freeze(bench: PageBench) -> None:
    cdp = bench.cdp()
    cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    bench.page.wait_for_timeout(1000)
    cdp.send("Page.setWebLifecycleState", {"state": "active"})
    cdp.detach()


def _hidden_start(bench: PageBench) -> None:
    bench.reload("hidden")
    bench.demo.until(lambda: bench.page.get_attribute("#status", "data-state") == "ready")


def _there_and_back(bench: PageBench) -> None:
    bench.page.evaluate("() => addEventListener('pageshow', ({ persisted }) => { self.wasKept = persisted; })")
    bench.page.goto(bench.site.origin + BLANK)
    bench.page.evaluate("history.back()")  # Playwright's own way waits for `load`
    bench.page.wait_for_function("self.wasKept")  # whichever of the two pages is there when it looks


_JUMP = """(() => {
  const { now } = performance, { now: today } = Date, slept = 8 * 3_600_000;
  performance.now = () => now.call(performance) + slept;
  Date.now = () => today() + slept;
})()"""


def _sleep(bench: PageBench) -> None:
    bench.page.evaluate(_JUMP)
    bench.in_worker(_JUMP)


LIFE = [
    Fault("life", "hidden and shown", _hide, "", MOVES, _show, begin=lambda bench: bench.camera_on()),
    Fault(
        "life",
        "frozen and resumed",
        _freeze,
        "",
        MOVES,
        begin=lambda bench: bench.camera_on(),
        chromium=_CDP,
    ),
    Fault("life", "hidden when it starts", _hidden_start, "", STAYS, _show),
    Fault(
        "life",
        "left, kept by the browser, and come back to",
        _there_and_back,
        "",
        STAYS,
        chromium=_NO_WAY_BACK,
        ruins=True,
    ),
    Fault(
        "life",
        "the clock jumps by 8 hours",
        _sleep,
        "",
        MOVES,
        begin=lambda bench: bench.camera_on(),
        ruins=True,
    ),
]


def _scaled(factor: float):
    def change(bench: PageBench) -> None:
        cdp = bench.cdp()
        for scale in (factor, 1):
            metrics = {"width": 1280, "height": 720, "deviceScaleFactor": scale, "mobile": False}
            cdp.send("Emulation.setDeviceMetricsOverride", metrics)
            bench.page.wait_for_function("(scale) => devicePixelRatio === scale", arg=scale)
        cdp.detach()

    return change


def _pinch(bench: PageBench) -> None:
    cdp = bench.cdp()
    cdp.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 3})
    bench.demo.until(lambda: bench.page.evaluate("visualViewport.scale") == 3)
    cdp.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 1})
    cdp.detach()


def _zoom(bench: PageBench) -> None:
    bench.page.evaluate("() => { document.documentElement.style.zoom = 4; }")
    bench.goes_on()
    bench.page.evaluate("() => { document.documentElement.style.zoom = ''; }")


def _shrink(bench: PageBench) -> None:
    bench.page.set_viewport_size({"width": 320, "height": 480})
    bench.goes_on()
    bench.page.set_viewport_size({"width": 1280, "height": 720})


def _print(bench: PageBench) -> None:
    assert re.search(rb"/Width 512\s*/Height 512", bench.page.pdf()), "the picture is not printed"


def _preview(bench: PageBench) -> None:
    bench.page.emulate_media(media="print")
    bench.goes_on()
    bench.page.emulate_media(media="screen")


SCREEN = [
    Fault("screen", "a screen of 3 times the density", _scaled(3), "", STAYS, chromium=_CDP),
    Fault("screen", "a screen of half the density", _scaled(0.5), "", STAYS, chromium=_CDP),
    Fault("screen", "enlarged by two fingers", _pinch, "", STAYS, chromium=_CDP),
    Fault("screen", "zoomed to 400 % and back", _zoom, "", STAYS),
    Fault("screen", "made as small as a phone's", _shrink, "", STAYS),
    Fault("screen", "printed", _print, "", f"the picture is printed, {STAYS}", chromium="only it makes a PDF"),
    Fault("screen", "shown as printed, and back", _preview, "", STAYS),
]


def _forbid(bench: PageBench) -> None:
    bench.reload("no storage")
    assert bench.page.evaluate("() => { try { localStorage; } catch ({ name }) { return name; } }") == "SecurityError"


def _full(bench: PageBench) -> None:
    bench.reload("full")
    bench.demo.wait_painted()
    verdict = {"type": "gpucheck", "channel": 1, "key": "a GPU", "entry": "it paints", "ifItDies": None}
    bench.in_worker(f"void self.postMessage({json.dumps(verdict)})")  # all that this page stores
    bench.demo.until(lambda: bench.page.evaluate("refusals"))


def _damage(bench: PageBench) -> None:
    bench.page.evaluate("() => localStorage.setItem('pyselfie-gpus', '{ half an entry')")
    bench.reload("")


STORAGE = [
    Fault("storage", "cookies and all storage forbidden", _forbid, "", STAYS, ruins=True),
    Fault("storage", "full", _full, "", STAYS, ruins=True),
    Fault("storage", "what is stored is damaged", _damage, "", STAYS, ruins=True),
]
PAGE = [*SCREEN, *STORAGE, *CAMERA, *LIFE]
"""Those with a camera come last: of its frames Chromium complains in later rows, too."""
