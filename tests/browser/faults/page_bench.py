"""The demo page as a bench: the rows share it, until one of them ruins it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.browser.faults.watchdog import KEEPS_LOOKS
from tests.browser.page.page_kit import KEEPS_TRACKS, Demo
from tests.browser.workers import in_worker

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession

    from tests.browser.faults.trouble import TroubledSite
    from tests.browser.guard import GuardedPage

# `name` of the window outlives a reload: it says what the next page has to do without.
_TROUBLES = """
self.everTold = [];
new MutationObserver((changes) => {
  for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes]))
    if (node.matches?.(".message")) everTold.push(node.querySelector("p").textContent);
}).observe(document, { childList: true, subtree: true });
if (self.name === "hidden") Object.defineProperty(document, "hidden", { value: true, configurable: true });
const forbid = (object, property) => Object.defineProperty(object, property, {
  get() { throw new DOMException("forbidden", "SecurityError"); },
});
if (self.name === "no storage") {
  for (const property of ["localStorage", "sessionStorage", "indexedDB", "caches"]) forbid(self, property);
  forbid(document, "cookie");
}
if (self.name === "full") {
  self.refusals = 0;
  Storage.prototype.setItem = () => {
    refusals++;
    throw new DOMException("full", "QuotaExceededError");
  };
}
"""
_CANVAS_CAMERA = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const context = canvas.getContext("2d");
  const own = self.camera = { canvas, on: true, track: null };
  const drawing = setInterval(() => {
    if (own.track?.readyState === "ended") clearInterval(drawing);
    if (!own.on) return;
    context.fillStyle = `rgb(${Math.random() * 255} 90 90)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(20);
    own.track = heard(stream.getTracks()[0]);
    return stream;
  };
}"""
_DIGEST = """async () => {
  const blob = await document.querySelector("#stage").snapshot().catch(() => null); // the engine may begin again
  if (!blob) return "";
  const picture = await blob.arrayBuffer();
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", picture))));
}"""
_IS_COLOURED = """async () => {
  const bitmap = await createImageBitmap(await document.querySelector("#stage").snapshot());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.subarray(at, at + 3);
    if (Math.max(...colour) - Math.min(...colour) > 40) return true;
  }
  return false;
}"""
_CHOSEN = """() => Object.fromEntries(
  [...document.querySelectorAll("input[name=effect], input[name=model]")]
    .filter(({ checked }) => checked)
    .map(({ name, value }) => [name, value]),
)"""
_PAINTED = """async () => {
  let count = 0;
  const note = () => { count++; };
  const stage = document.querySelector("#stage");
  stage.addEventListener("frame", note);
  await new Promise((done) => setTimeout(done, 400));
  stage.removeEventListener("frame", note);
  return count;
}"""
_HURRY = """() => {
  const before = everTold.length;
  return hurry(25, 100, () => {
    document.querySelector("#stage").snapshot().catch(() => {}); // so that at each look it owes an answer
    return everTold.length > before;
  });
}"""
SAMPLE = "Sample portrait"
COLLECTED = "A VideoFrame was garbage collected"
"""What Chromium says now and then of a camera's frame, or of one that an ended worker had."""


class PageBench:
    """The page with the sample, its mask shown."""

    def __init__(self, page: GuardedPage, site: TroubledSite) -> None:
        self.page = page
        self.site = site
        self.is_whole = False
        page.add_init_script(KEEPS_LOOKS + _TROUBLES)
        page.add_init_script(KEEPS_TRACKS)
        self._picture = ""
        self._had_camera = False
        self.demo = Demo(page, f"{site.url}?model=general&effect=mask").wait_painted()
        self.page.evaluate("() => { self.realCamera = navigator.mediaDevices.getUserMedia; }")

    def renew(self) -> None:
        """Have the page as it was when it had started."""
        if self._had_camera:
            self.page.expected_errors.append(COLLECTED)  # in whichever row runs when Chromium collects
        self.page.evaluate("() => { navigator.mediaDevices.getUserMedia = realCamera; }")
        self.back_to_sample()
        for button in self.page.locator(".message .close").all():
            button.click()
        self.page.evaluate("() => { everTold.length = 0; }")

    def reload(self, trouble: str) -> None:
        """Load the page again, which has to do with some trouble from its beginning."""
        self.page.evaluate("(trouble) => { self.name = trouble; }", trouble)
        self.page.reload()
        self.page.evaluate("() => { self.name = ''; self.realCamera = navigator.mediaDevices.getUserMedia; }")

    # --- what a user does ---

    def back_to_sample(self) -> None:
        if self.demo.caption() != SAMPLE:
            self.page.click("#sample-button")
            self.demo.until(lambda: self.demo.caption() == SAMPLE)
        self.demo.until(lambda: self.demo.size() == (512, 512))

    def camera_on(self) -> None:
        self._had_camera = True
        self.page.expected_errors.append(COLLECTED)
        self.page.click("#camera-button")
        self.wait_camera()

    def wait_camera(self) -> None:
        self.demo.until(lambda: self.page.inner_text("#camera-label") == "Stop camera")
        self.demo.until(lambda: self.demo.size() != (512, 512))

    def choose_model(self, number: int) -> None:
        self.page.click(f"input[name=model][value='{number}']")  # the page may put the choice back at once

    # --- what a row wants ---

    def canvas_camera(self) -> None:
        """Have a camera that a test can turn and stop, and press its button."""
        self.page.evaluate(_CANVAS_CAMERA)
        self.camera_on()

    def camera_fails(self, name: str) -> None:
        """Press Camera, which gets this error."""
        self.page.evaluate(
            "(name) => { navigator.mediaDevices.getUserMedia = () =>"
            " Promise.reject(new DOMException('provoked', name)); }",
            name,
        )
        self.page.click("#camera-button")

    def camera_again(self) -> None:
        """Press Camera, which works now, and stop it."""
        self.page.evaluate("() => { navigator.mediaDevices.getUserMedia = realCamera; }")
        self.camera_on()
        self.moves()
        self.back_to_sample()

    def in_worker(self, code: str) -> None:
        in_worker(self.page, code)

    def hurry(self) -> None:
        """Ask for pictures, and have the watchdog look meanwhile as often as it would in twelve seconds."""
        self.page.evaluate(_HURRY)

    def cdp(self) -> CDPSession:
        """Return Chromium's own protocol."""
        return self.page.context.new_cdp_session(self.page)

    # --- what the table asks ---

    @property
    def _is_live(self) -> bool:
        return self.page.inner_text("#camera-label") == "Stop camera"

    def kept(self) -> Any:
        """Return what is chosen and shown, and of a picture that stands still what became of it."""
        chosen = self.page.evaluate(_CHOSEN) | {
            "source": self.demo.caption(),
            "mirror": self.page.is_checked("#mirror"),
        }
        if not self._is_live:
            chosen["picture"] = self._picture = self._digest()
        return chosen

    def told(self, pattern: str) -> str:
        found = self.demo.until(lambda: [one for one in self.all_told() if re.search(pattern, one)])
        sentence: str = found[0]
        return sentence

    def all_told(self) -> list[str]:
        told: list[str] = self.page.evaluate("everTold")
        return told

    def goes_on(self) -> None:
        """Choose another effect, and the one before: the picture follows, and a still one is the same again."""
        self.demo.wait_painted()
        if self._is_live:
            self._goes_on_live()
            return
        self.demo.choose_effect("fill")
        self.demo.until(lambda: self._digest() != self._picture)
        self.demo.choose_effect("mask")
        self.demo.until(lambda: self._digest() == self._picture)

    def _goes_on_live(self) -> None:
        """See the camera's picture change by itself, and by the effect: a mask is grey, whatever the camera shows."""
        self.moves()
        self.demo.until(lambda: not self._is_coloured())
        self.demo.choose_effect("fill")
        self.demo.until(self._is_coloured)
        self.demo.choose_effect("mask")
        self.demo.until(lambda: not self._is_coloured())
        self.moves()

    def _is_coloured(self) -> bool:
        """Tell whether any pixel shown isn't grey."""
        is_coloured: bool = self.page.evaluate(_IS_COLOURED)
        return is_coloured

    def moves(self) -> None:
        """Wait until two more frames are painted."""
        self.demo.until(lambda: self._painted() > 1)

    def rests(self) -> bool:
        """Tell whether no frame is painted for a while."""
        return self._painted() == 0

    def _painted(self) -> int:
        count: int = self.page.evaluate(_PAINTED)
        return count

    def _digest(self) -> str:
        """Wait for a picture, and return its hash."""
        digest: str = self.demo.until(lambda: self.page.evaluate(_DIGEST))
        return digest
