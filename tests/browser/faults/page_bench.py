"""The demo page as a bench: all rows share it, and what a row has ruined is loaded again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

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
const { setInterval: real } = self;
self.looks = [];
self.setInterval = (look, ms, ...rest) => {
  if (ms === 500) looks.push(look);
  return real(look, ms, ...rest);
};
if (self.name === "hidden") Object.defineProperty(document, "hidden", { value: true, configurable: true });
const forbid = (object, property) => Object.defineProperty(object, property, {
  get() { throw new DOMException("forbidden", "SecurityError"); },
});
if (self.name === "no storage") {
  for (const property of ["localStorage", "sessionStorage", "indexedDB", "caches"]) forbid(self, property);
  forbid(document, "cookie");
}
if (self.name === "full") {
  Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
}
"""
_CANVAS_CAMERA = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  const context = canvas.getContext("2d");
  self.camera = { canvas, on: true, track: null };
  setInterval(() => {
    if (!camera.on) return;
    context.fillStyle = `rgb(${Math.random() * 255} 90 90)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 50);
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(20);
    [camera.track] = stream.getTracks();
    return stream;
  };
}"""
_DIGEST = """async () => {
  const blob = await document.querySelector("#stage").snapshot().catch(() => null); // the engine may begin again
  if (!blob) return "";
  const picture = await blob.arrayBuffer();
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", picture))));
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
_HURRY = "() => { for (let times = 0; times < 25; times++) looks.at(-1)(); }"
SAMPLE = "Sample portrait"


class PageBench:
    """The page with the sample, its mask shown; `query` is the address's."""

    def __init__(self, page: GuardedPage, site: TroubledSite) -> None:
        self.page = page
        self.site = site
        page.add_init_script(_TROUBLES)
        page.add_init_script(KEEPS_TRACKS)
        self._picture = ""
        self.demo = Demo(page, f"{site.url}?model=general&effect=mask").wait_painted()
        self.page.evaluate("() => { self.realCamera = navigator.mediaDevices.getUserMedia; }")

    def renew(self) -> None:
        """Have the page as it was when it had started."""
        self.site.mend()
        if self.page.evaluate("self.isRuined ?? false"):
            self.reload("")
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

    def ruin(self) -> None:
        """Say that no other row can go on with this page."""
        self.page.evaluate("() => { self.isRuined = true; }")

    # --- what a user does ---

    def back_to_sample(self) -> None:
        if self.demo.caption() != SAMPLE:
            self.page.click("#sample-button")
            self.demo.until(lambda: self.demo.caption() == SAMPLE)
        self.demo.until(lambda: self.demo.size() == (512, 512))

    def camera_on(self) -> None:
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
        """Have the watchdog look as often as it would in twelve seconds."""
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
            self.moves()
        before = self._digest() if self._is_live else self._picture
        self.demo.choose_effect("fill")
        self.demo.until(lambda: self._digest() != before)
        self.demo.choose_effect("mask")
        if self._is_live:
            self.moves()
        else:
            self.demo.until(lambda: self._digest() == before)

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
