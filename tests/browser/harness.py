"""The engine on an empty page, driven step by step: what the page's code does, without the page."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pyselfie.core.manifest import load_spec
from tests.browser.workers import in_worker, open_ears

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Route

    from tests.browser.guard import GuardedPage

TIMEOUT_MS = 120_000  # software WebGPU compiles its shaders for many seconds on two busy cores
EVENTS = ("progress", "ready", "frame", "stats", "backendchange", "notice", "error", "model", "effect")

_SETUP = """
async ({ engineUrl, events, ...asked }) => {
  const { Engine } = await import(engineUrl);
  const stage = document.createElement("div");
  document.body.append(stage);
  const engine = new Engine(stage, asked);
  const seen = [];
  for (const type of events) engine.addEventListener(type, ({ detail }) => seen.push({ type, ...detail }));
  const until = async (test, what) => {
    for (let wait = 0; wait < 12_000; wait++) {
      const found = seen.find(test);
      if (found) return found;
      await new Promise((done) => setTimeout(done, 10));
    }
    throw new Error(`never saw ${what}; seen: ${JSON.stringify(seen.filter(({ type }) => type !== "progress"))}`);
  };
  const bitmap = (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    return createImageBitmap(new Blob([bytes], { type: "image/png" }));
  };
  const push = async (frame, kind) => {
    // One that comes while others are in hand is left out, and nothing would tell of it.
    for (let wait = 0; wait < 12_000 && !engine.wantsFrame; wait++) await new Promise((done) => setTimeout(done, 10));
    const before = seen.length;
    engine.push(frame, kind);
    return until((event) => event.type === "frame" && seen.indexOf(event) >= before, "frame");
  };
  Object.assign(window, { engine, stage, seen, until, bitmap, push });
}
"""


def png_base64(pixels: NDArray[np.uint8]) -> str:
    """Return uint8 RGB or RGBA pixels as a base64 PNG: what comes in is what the browser decodes."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)  # quick
    return base64.b64encode(buffer.getvalue()).decode()


def empty_page(route: Route) -> None:
    """Answer as the real server does for its page, with nothing on it."""
    response = route.fetch(url=route.request.url.replace("blank.html", "index.html"))
    route.fulfill(response=response, body="<!doctype html><html lang=en><title>Engine</title>")


def model_file(model: str = "general", edges: str = "refined", backend: str = "wasm") -> str:
    """Return the name of the file that the engine loads for this backend."""
    return load_spec(model, edges, backend).file


class EngineDriver:
    """An `Engine` in `page`; every method waits for what it asks for.

    Parameters
    ----------
    page : GuardedPage
        A page of the `launch` fixture.
    site_url : str
        The site's root.
    backend, painter : str
        The engine's options.
    isolated : bool
        As for the engine.
    """

    def __init__(
        self,
        page: GuardedPage,
        site_url: str,
        backend: str = "auto",
        painter: str = "auto",
        *,
        isolated: bool = False,
    ) -> None:
        self.page = page
        page.set_default_timeout(TIMEOUT_MS)
        self._open_page(site_url)
        asked = {"backend": backend, "painter": painter, "isolated": isolated}
        self._set_up = {"engineUrl": f"{site_url}js/engine/engine.js", "events": EVENTS, **asked}
        page.evaluate(_SETUP, self._set_up)

    def _open_page(self, site_url: str) -> None:
        self.page.route("**/blank.html", empty_page)
        open_ears(self.page)
        self.page.goto(f"{site_url}blank.html")

    def renew(self) -> None:
        """Put a new engine in the place of this one; the page's first engine stays, and with it the worker."""
        self.page.evaluate("() => { if (self.first) { engine.close(); stage.remove(); } else self.first = engine; }")
        self.page.evaluate(_SETUP, self._set_up)

    def start(self, **options: Any) -> dict[str, Any]:
        """Start the engine with these options and return its `ready` event."""
        return self.page.evaluate(
            "async (options) => { engine.setOptions(options); await engine.start();"
            " return until(({ type }) => type === 'ready', 'ready'); }",
            options,
        )

    def options(self, **changes: Any) -> None:
        """Change options."""
        self.page.evaluate("(changes) => engine.setOptions(changes)", changes)

    def backdrop(self, pixels: NDArray[np.uint8]) -> None:
        """Set the picture behind the person."""
        self.page.evaluate("async (png) => engine.setBackdrop(await bitmap(png))", png_base64(pixels))

    def show(self, pixels: NDArray[np.uint8]) -> dict[str, Any]:
        """Push a photo and return the `frame` event of its composite."""
        return self.page.evaluate(
            "async (png) => { const before = seen.length; engine.push(await bitmap(png), { still: true });"
            " return until((event) => event.type === 'frame' && seen.indexOf(event) >= before, 'frame'); }",
            png_base64(pixels),
        )

    def wait_for(self, kind: str, after: int = 0) -> dict[str, Any]:
        """Return the first event of this kind from position `after` of the log."""
        return self.page.evaluate(
            "([kind, after]) => until((event) => event.type === kind && seen.indexOf(event) >= after, kind)",
            [kind, after],
        )

    def log(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the events seen so far, all or of these kinds."""
        return self.page.evaluate(
            "(kinds) => seen.filter(({ type }) => !kinds.length || kinds.includes(type))", list(kinds)
        )

    def position(self) -> int:
        """Return the number of events so far."""
        return self.page.evaluate("seen.length")

    def snapshot(self) -> NDArray[np.uint8]:
        """Return the composite, uint8 [H, W, 4], straight RGBA."""
        data = self.page.evaluate(
            "async () => { const blob = await engine.snapshot(); const reader = new FileReader();"
            " await new Promise((done) => { reader.onload = done; reader.readAsDataURL(blob); });"
            " return reader.result.slice(reader.result.indexOf(',') + 1); }"
        )
        with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
            return np.asarray(picture.convert("RGBA"))

    def mask(self) -> NDArray[np.float32]:
        """Return the last mask at the model's size."""
        found = self.page.evaluate(
            "async () => { const { width, height, data } = await engine.getMask();"
            " return { width, height, data: Array.from(data) }; }"
        )
        return np.array(found["data"], np.float32).reshape(found["height"], found["width"])

    def in_worker(self, expression: str) -> Any:
        """Evaluate JavaScript in the engine's worker."""
        return in_worker(self.page, expression)
