"""A page on which engines start, fail to, and start again, while another one runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.browser.faults.trouble import BLANK
from tests.browser.faults.watchdog import KEEPS_LOOKS
from tests.browser.harness import EngineDriver, png_base64

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from werkzeug.wrappers import Response

    from tests.browser.faults.trouble import TroubledSite
    from tests.browser.guard import GuardedPage

_HEARS = """
new BroadcastChannel("fault").onmessage = () => { self.isDead = true; };
"""
_SET_UP = """async (png) => {
  window.digest = async (one) => {
    const hash = await crypto.subtle.digest("SHA-256", await (await one.snapshot()).arrayBuffer());
    return btoa(String.fromCharCode(...new Uint8Array(hash)));
  };
  engine.setOptions({ effect: "mask", mirror: true });
  engine.push(await bitmap(png), { still: true });
}"""
_HURRY = "() => hurry(250, 4, () => seen.some(({ type }) => type === 'error' || type === 'notice'))"
_OTHER_GOES_ON = """async () => {
  const before = await digest(first);
  first.setOptions({ effect: "fill" });
  const filled = await digest(first);
  first.setOptions({ effect: "mask" });
  return filled !== before && (await digest(first)) === before;
}"""
_START = """() => {
  const told = engine.start().then(() => "", ({ message }) => message);
  const late = new Promise((done) => setTimeout(() => done("nothing was told within a minute"), 60_000));
  self.outcome = Promise.race([told, late]);
}"""


class _Driver(EngineDriver):
    """Its page is the troubled site's: no request is routed."""

    def _open_page(self, site_url: str) -> None:
        self.page.add_init_script(KEEPS_LOOKS + _HEARS)
        self.page.goto(site_url + BLANK.removeprefix("/"))

    def use_own_worker(self) -> None:
        """Let later engines have none in common with the first."""
        self._set_up["painter"] = "auto"


class StartBench:
    """An engine is given an effect and a photo and starts on a site that fails; one with another painter runs."""

    def __init__(self, page: GuardedPage, site: TroubledSite, photo: np.ndarray) -> None:
        self.page = page
        self.site = site
        self.is_whole = False
        self.starts_again = True
        self._photo = png_base64(photo)
        self._driver = _Driver(page, site.url, painter="canvas2d")
        self._said = ""
        page.evaluate(_SET_UP, self._photo)
        self._driver.start()
        self._driver.wait_for("frame")
        self._driver.renew()  # makes that one `first`
        self._driver.use_own_worker()

    def renew(self) -> None:
        """Have an engine that has not started, on a site without faults."""
        self._driver.renew()
        self._said = ""
        self.page.evaluate("() => { self.isDead = false; }")
        self.page.evaluate(_SET_UP, self._photo)

    def kept(self) -> Any:
        """Return the picture that the photo becomes with the effect; before the start it's the other engine's."""
        is_running = self._driver.log("ready")
        return self.page.evaluate(f"digest({'engine' if is_running else 'first'})")

    def answering(self, pattern: str, change: Callable[[Response], Response]) -> None:
        """Start the engine while answers to paths like this one change."""
        self.site.rules.append((pattern, change))
        self.start()
        assert self.site.hits, f"nobody asked for {pattern}"

    def start(self, *, hurry: bool = False) -> None:
        """Start the engine; if its worker dies in silence, the watchdog looks at once as often as it would in time."""
        self.page.evaluate(_START)
        if hurry:
            self.page.wait_for_function("() => self.isDead")
            self.page.evaluate(_HURRY)
        self._said = self.page.evaluate("self.outcome")

    def told(self, pattern: str) -> str:
        """Return what the start was rejected with, of which an event has told as well."""
        assert re.search(pattern, self._said), self._said
        error = self._driver.wait_for("error")
        assert error["message"] == self._said
        assert (error["code"], error["action"]) in {("load", "retry"), ("model", "retry"), ("worker", "restart")}
        return self._said

    def all_told(self) -> list[str]:
        return [event["message"] for event in self._driver.log("error", "notice")]

    def goes_on(self) -> None:
        """See the other engine paint, and this one, once it has been started again, if it is to be."""
        assert self.page.evaluate(_OTHER_GOES_ON)
        if self._said and not self.starts_again:
            return
        after = self._driver.position() if self._said else 0
        if self._said:
            self.page.evaluate("engine.start()")
        self._driver.wait_for("frame", after)
