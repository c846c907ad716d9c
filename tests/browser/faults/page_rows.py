"""What can happen to a page that shows a picture: to its camera, its place on the screen, its storage, its life."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.browser.faults.fault import Fault
from tests.browser.faults.trouble import BLANK

if TYPE_CHECKING:
    from tests.browser.faults.page_bench import PageBench

_NO_WAY_BACK = "Playwright waits in vain for a page to load that Firefox has kept"
_CDP = "by Chromium's own protocol"
_STAYS = "the picture stays and follows the next effect"
_MOVES = "the camera's picture moves on and follows the next effect"
_AGAIN = "the sample stays; pressing Camera again opens it"


def _refusals() -> list[Fault]:
    cases = {
        "denied": ("NotAllowedError", r"is not allowed on this page: allow it in the browser's site settings"),
        "busy": ("NotReadableError", r"probably because another program uses it: close that program and press Camera"),
        "none": ("NotFoundError", r"^No camera was found: connect one and press Camera again"),
        "no longer there": ("OverconstrainedError", r"^That camera is no longer there: choose another one"),
        "forbidden by the site's policy": ("SecurityError", r"policy forbids the camera on this page: use a photo"),
        "stops while it is opened": (
            "AbortError",
            r"^The camera stopped while it was being opened: press Camera again",
        ),
        "fails in an unknown way": (
            "UnknownError",
            r"^The camera could not be opened \(UnknownError: provoked\): press",
        ),
    }
    return [
        Fault(
            "camera",
            name,
            lambda bench, error=error: bench.camera_fails(error),  # type: ignore[misc] # bound now
            says,
            _AGAIN,
            lambda bench: bench.camera_again(),
        )
        for name, (error, says) in cases.items()
    ]


def _unplug(bench: PageBench) -> None:
    bench.page.evaluate(
        "() => { const track = cameraTracks.at(-1); track.stop(); track.dispatchEvent(new Event('ended')); }"
    )


def _choose_again(bench: PageBench) -> None:
    bench.demo.until(lambda: bench.page.locator("#camera-select option").first.inner_text() == "Choose a camera")
    bench.page.select_option("#camera-select", index=1)
    bench.wait_camera()


def _another_comes(bench: PageBench) -> None:
    bench.page.evaluate("""() => {
      const { mediaDevices } = navigator;
      const { enumerateDevices } = mediaDevices;
      const other = { kind: "videoinput", deviceId: "other", label: "Another camera" };
      mediaDevices.enumerateDevices = async () => [...(await enumerateDevices.call(mediaDevices)), other];
      mediaDevices.dispatchEvent(new Event("devicechange"));
      self.unplugOther = () => { mediaDevices.enumerateDevices = enumerateDevices; };
    }""")
    options = bench.page.locator("#camera-select option")
    bench.demo.until(lambda: "Another camera" in options.all_inner_texts())


def _another_goes(bench: PageBench) -> None:
    bench.page.evaluate("() => { unplugOther(); navigator.mediaDevices.dispatchEvent(new Event('devicechange')); }")
    options = bench.page.locator("#camera-select option")
    bench.demo.until(lambda: "Another camera" not in options.all_inner_texts())


def _resized(width: int, height: int):
    def change(bench: PageBench) -> None:
        bench.page.evaluate("([width, height]) => Object.assign(camera.canvas, { width, height })", [width, height])
        bench.demo.until(lambda: bench.demo.size() == (width, height))

    return change


_TURN = """(on) => {
  camera.on = on;
  Object.defineProperty(camera.track, "muted", { value: !on, configurable: true });
  camera.track.dispatchEvent(new Event(on ? "unmute" : "mute"));
}"""


def _mute(bench: PageBench) -> None:
    bench.page.evaluate(_TURN, False)
    bench.demo.until(bench.rests)


def _unmute(bench: PageBench) -> None:
    bench.page.evaluate(_TURN, True)
    bench.demo.until(lambda: not bench.demo.messages())


def _never_answers(bench: PageBench) -> None:
    bench.page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => new Promise(() => {}); }")
    bench.page.click("#camera-button")
    bench.demo.until(lambda: bench.page.inner_text("#opening") == "Waiting for the camera")


def _not_wanted(bench: PageBench) -> None:
    bench.page.click("#sample-button")
    bench.demo.until(lambda: bench.page.inner_text("#opening") == "")


CAMERA = [
    *_refusals(),
    Fault(
        "camera",
        "unplugged",
        _unplug,
        r"^The camera “.+” was disconnected: connect it again or choose another one\.$",
        "its last picture stays; the camera chosen from the list moves on",
        _choose_again,
        begin=lambda bench: bench.camera_on(),
    ),
    Fault(
        "camera",
        "another one comes and goes",
        _another_comes,
        "",
        f"{_MOVES}; the list follows",
        _another_goes,
        begin=lambda bench: bench.camera_on(),
    ),
    Fault("camera", "turned", _resized(240, 320), "", _MOVES, begin=lambda bench: bench.canvas_camera()),
    Fault("camera", "another resolution", _resized(640, 360), "", _MOVES, begin=lambda bench: bench.canvas_camera()),
    Fault(
        "camera",
        "muted, and no longer",
        _mute,
        r"^The camera sends no picture at the moment: .*; the picture goes on by itself\.$",
        f"{_MOVES}; the sentence goes away",
        _unmute,
        begin=lambda bench: bench.canvas_camera(),
    ),
    Fault("camera", "the question is never answered", _never_answers, "", _STAYS, _not_wanted),
]


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
    bench.demo.until(lambda: bench.page.evaluate("self.wasKept"))


_JUMP = """(() => {
  const { now } = performance, { now: today } = Date, slept = 8 * 3_600_000;
  performance.now = () => now.call(performance) + slept;
  Date.now = () => today() + slept;
})()"""


def _sleep(bench: PageBench) -> None:
    bench.page.evaluate(_JUMP)
    bench.in_worker(_JUMP)


LIFE = [
    Fault("life", "hidden and shown", _hide, "", _MOVES, _show, begin=lambda bench: bench.camera_on()),
    Fault(
        "life",
        "frozen and resumed",
        _freeze,
        "",
        _MOVES,
        begin=lambda bench: bench.camera_on(),
        chromium=_CDP,
    ),
    Fault("life", "hidden when it starts", _hidden_start, "", _STAYS, _show),
    Fault(
        "life",
        "left, kept by the browser, and come back to",
        _there_and_back,
        "",
        _STAYS,
        chromium=_NO_WAY_BACK,
        ruins=True,
    ),
    Fault(
        "life",
        "the clock jumps by 8 hours",
        _sleep,
        "",
        _MOVES,
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
    Fault("screen", "a screen of 3 times the density", _scaled(3), "", _STAYS, chromium=_CDP),
    Fault("screen", "a screen of half the density", _scaled(0.5), "", _STAYS, chromium=_CDP),
    Fault("screen", "enlarged by two fingers", _pinch, "", _STAYS, chromium=_CDP),
    Fault("screen", "zoomed to 400 % and back", _zoom, "", _STAYS),
    Fault("screen", "made as small as a phone's", _shrink, "", _STAYS),
    Fault("screen", "printed", _print, "", f"the picture is printed, {_STAYS}", chromium="only it makes a PDF"),
    Fault("screen", "shown as printed, and back", _preview, "", _STAYS),
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
    Fault("storage", "cookies and all storage forbidden", _forbid, "", _STAYS, ruins=True),
    Fault("storage", "full", _full, "", _STAYS, ruins=True),
    Fault("storage", "what is stored is damaged", _damage, "", _STAYS, ruins=True),
]
PAGE = [*SCREEN, *STORAGE, *CAMERA, *LIFE]
"""Those with a camera come last: of its frames Chromium complains in later rows, too."""
