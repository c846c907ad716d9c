"""The demo page as a test sees it: what is shown, said and painted, and ways to hand it things."""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from builder.paths import ROOT
from tests.browser.waiting import WAIT_MS, until
from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

KEEPS_TRACKS = """
self.cameraTracks = [];
self.heard = (track) => { // Firefox tells of a test's own events only so
  const listen = track.addEventListener.bind(track);
  return Object.assign(track, { addEventListener: (type, listener) => listen(type, listener, false, true) });
};
const devices = navigator.mediaDevices ?? {}; // Firefox runs this on about:blank, too, which has none
const ask = devices.getUserMedia?.bind(devices);
devices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted);
  self.cameraTracks.push(...stream.getTracks().map(heard));
  return stream;
};
"""
"""Script: keeps the tracks of every camera that the page opens in ``cameraTracks``."""

_READ_CANVAS = """() => {
  const canvas = document.querySelector("#stage").shadowRoot?.querySelector("canvas");
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy.toDataURL("image/png").split(",")[1];
}"""

# Firefox, asked for the pixels of a canvas while a worker paints it, now and then waits for 10 s and gives an empty
# picture (on a page without pyselfie, too): there the worker is asked.
_ASK_CANVAS = """async () => {
  const bytes = new Uint8Array(await (await document.querySelector("#stage").snapshot()).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""

_HAND_OVER = """([how, files]) => {
  const transfer = new DataTransfer();
  for (const { name, type, data } of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const event = how === "paste"
    ? new ClipboardEvent("paste", { bubbles: true })
    : new DragEvent(how, { dataTransfer: transfer, bubbles: true, cancelable: true });
  if (how === "paste") Object.defineProperty(event, "clipboardData", { value: transfer }); // Firefox leaves it empty
  document.body.dispatchEvent(event);
}"""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How many pixels wider a page is than its window, without its scrollbar."""

OUTSIDE = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.checkVisibility() && !element.closest("svg, .skip-link"))
  .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
  .filter(([, box]) => box.right > innerWidth + 0.5 || box.left < -0.5)
  .map(([html]) => html)"""
"""Script: what lies outside the window."""

SMALL_TARGETS = """() => [...document.querySelectorAll("button, input, select, summary")]
  .filter((element) => element.checkVisibility({ opacityProperty: false }))
  .map((element) => element.type === "checkbox" ? element.closest("label") : element)
  .map((element) => [element.id || element.value || element.textContent.trim(), element.getBoundingClientRect()])
  .filter(([, box]) => box.width < 40 || box.height < 40)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""
"""Script: what is too small to be touched."""

RUN_AXE = """async (rules) => {
  const changes = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(changes.map(({ finished }) => finished)); // colours in between are nobody's
  const { violations } = await axe.run(document, rules ? { runOnly: rules } : {});
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}"""


class Demo:
    """One opened demo page."""

    def __init__(self, page: GuardedPage, url: str) -> None:
        self.page = page
        page.set_default_timeout(WAIT_MS)
        page.goto(url)

    # --- what is there ---

    def wait_painted(self) -> Self:
        """Wait for the first composite; the size of a canvas that a worker paints follows a moment later."""
        self.until(lambda: self.page.locator("#viewport[data-painted=true]").count())
        self.until(lambda: self.size() not in {(0, 0), (300, 150)})
        return self

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until `condition` gives something true, and return that."""
        return until(self.page, condition, self._says)

    def _says(self) -> str:
        shown = self.page.inner_text("#status"), self.page.locator("#loading").inner_text(), self.messages()
        return f"the page says: {shown}"

    def caption(self) -> str:
        return self.page.inner_text("#caption")

    def messages(self) -> list[str]:
        return self.page.locator(".message p").all_inner_texts()

    def alert(self) -> str:
        """Wait for a sentence about a fault, and return it."""
        return self.page.locator("#alerts .message p").first.inner_text()

    def notice(self) -> str:
        """Wait for a sentence to know, and return it."""
        return self.page.locator("#notices .message p").first.inner_text()

    def size(self) -> tuple[int, int]:
        """Return width and height of the canvas in pixels; (0, 0) before the first composite."""
        width, height = self.page.evaluate(
            "() => { const c = document.querySelector('#stage').shadowRoot?.querySelector('canvas');"
            " return c ? [c.width, c.height] : [0, 0]; }"
        )
        return width, height

    def pixels(self) -> np.ndarray:
        """Return the canvas, uint8 [H, W, 4], not premultiplied."""
        way = _ASK_CANVAS if is_firefox(self.page) else _READ_CANVAS
        return image_array(base64.b64decode(self.page.evaluate(way)))

    def wait_shown(self, name: str, size: tuple[int, int]) -> None:
        """Wait until the source is `name` and a composite of `size` is painted."""
        self.until(lambda: self.caption() == name and self.size() == size)

    def wait_told(self, pattern: str) -> None:
        """Wait until one of the messages fits the regular expression."""
        self.until(lambda: re.search(pattern, " ".join(self.messages())))

    def choose_effect(self, name: str) -> None:
        self.page.check(f"input[name=effect][value={name}]")

    # --- ways in ---

    def give(self, name: str, data: bytes, mime_type: str = "") -> None:
        """Choose a file as with the file button."""
        self.page.set_input_files("#file-input", {"name": name, "mimeType": mime_type, "buffer": data})

    def hand_over(self, how: str, *files: tuple[str, str, bytes]) -> None:
        """Drop or paste files, each (name, type, content)."""
        listed = [{"name": n, "type": t, "data": base64.b64encode(d).decode()} for n, t, d in files]
        self.page.evaluate(_HAND_OVER, [how, listed])

    def axe(self, *rules: str) -> list[str]:
        """Return what axe-core finds wrong with the page as it is now, by all of its rules or these."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(RUN_AXE, list(rules) or None)
        return found


def open_demo(
    launch: Callable[..., GuardedPage], site: Server, query: str = "", *flags: str, script: str = "", **context: Any
) -> Demo:
    """Open the page at `query`; `script` runs before the page's own.

    Without a model in `query` it is the general one: `auto` would load another one beside whatever is tested.
    """
    page = launch(*flags, **context)
    if "model=" not in query:
        query += f"{'&' if '?' in query else '?'}model=general"
    if script:
        page.add_init_script(script)
    return Demo(page, site.url + query)


def image_array(data: bytes) -> np.ndarray:
    """Decode an image file to uint8 [H, W, 4]."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGBA"))


def encode(pixels: np.ndarray | Image.Image, form: str = "PNG", **options: Any) -> bytes:
    """Return an image file."""
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def two_colours(width: int, height: int) -> np.ndarray:
    """Return a picture without a person: red left half, blue right half."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 220
    pixels[:, width // 2 :, 2] = 220
    return pixels
