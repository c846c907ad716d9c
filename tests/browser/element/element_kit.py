"""A page of somebody else's with <selfie-segmentation> on it, and ways to look at what it does."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tests.browser.waiting import WAIT_MS, until
from tests.browser.workers import in_worker, open_ears

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from tests.browser.guard import GuardedPage

SAMPLE = "samples/astronaut.jpg"

_SETUP = """
async ([url, html]) => {
  self.events = [];
  const kinds = ["ready", "progress", "modelprogress", "frame", "stats", "model", "backendchange", "notice", "error"];
  for (const type of kinds) {
    document.addEventListener(type, ({ target, detail }) => {
      if (detail) events.push({ type, id: target.id, ...detail });
    }, { capture: true });
  }
  document.body.innerHTML = html;
  await import(url);
}
"""

_PIXELS = """
async (id) => {
  const bytes = new Uint8Array(await (await document.getElementById(id).snapshot()).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
"""


class ElementPage:
    """An otherwise empty page of the site with some HTML on it; `made_up`: the site has none."""

    def __init__(self, page: GuardedPage, site_url: str, html: str, *, script: str = "", made_up: bool = True) -> None:
        self.page = page
        page.set_default_timeout(WAIT_MS)
        if script:
            page.add_init_script(script)
        if made_up:
            page.route("**/host.html*", _host_page)
            open_ears(page)
        page.goto(f"{site_url}host.html")
        page.evaluate(_SETUP, [f"{site_url}pyselfie.js", html])

    def run(self, code: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in the page."""
        return self.page.evaluate(code, argument)

    def wait(self, kind: str, name: str = "s", where: str = "true", *, after: int = 0) -> dict[str, Any]:
        """Return the first event of this kind at the element `name` for which `where` holds."""
        test = f"event.type === '{kind}' && event.id === '{name}' && ({where})"
        find = f"() => events.slice({after}).find((event) => {test})"
        return self.page.wait_for_function(find).json_value()

    def position(self) -> int:
        """Return the number of events so far."""
        return self.page.evaluate("events.length")

    def count(self, kind: str) -> int:
        """Return how many events of this kind came."""
        return self.page.evaluate(f"events.filter(({{ type }}) => type === '{kind}').length")

    def pixels(self, name: str = "s") -> np.ndarray:
        """Return the composite of an element, uint8 [H, W, 4]."""
        return decoded(self.page.evaluate(_PIXELS, name))

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until `condition` gives something true, and return that."""
        return until(self.page, condition, lambda: f"events: {self.page.evaluate('events.slice(-5)')}")

    def in_worker(self, code: str, argument: Any = None) -> Any:
        """Evaluate JavaScript in the engine's worker."""
        return in_worker(self.page, code, argument)

    def workers(self) -> int:
        """Return how many engines' workers the page has."""
        self.page.wait_for_timeout(100)
        return sum("js/worker.js" in worker.url for worker in self.page.workers)


def decoded(data: str) -> np.ndarray:
    """Return a base64 picture as uint8 [H, W, 4]."""
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        return np.asarray(picture.convert("RGBA"))


def _host_page(route: Route) -> None:
    """Answer as the real server does for its page, with nothing on it."""
    response = route.fetch(url=route.request.url.split("host.html")[0] + "index.html")
    route.fulfill(response=response, body="<!doctype html><html lang=en><title>Host</title><body></body>")
