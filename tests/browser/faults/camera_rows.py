"""What can happen to the camera of a page, and to the question for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.faults.fault import Fault

if TYPE_CHECKING:
    from tests.browser.faults.page_bench import PageBench

STAYS = "the picture stays and follows the next effect"
MOVES = "the camera's picture moves on and follows the next effect"
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
        f"{MOVES}; the list follows",
        _another_goes,
        begin=lambda bench: bench.camera_on(),
    ),
    Fault("camera", "turned", _resized(240, 320), "", MOVES, begin=lambda bench: bench.canvas_camera()),
    Fault("camera", "another resolution", _resized(640, 360), "", MOVES, begin=lambda bench: bench.canvas_camera()),
    Fault(
        "camera",
        "muted, and no longer",
        _mute,
        r"^The camera sends no picture at the moment: .*; the picture goes on by itself\.$",
        f"{MOVES}; the sentence goes away",
        _unmute,
        begin=lambda bench: bench.canvas_camera(),
    ),
    Fault("camera", "the question is never answered", _never_answers, "", STAYS, _not_wanted),
]
