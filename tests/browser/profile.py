"""A profile that tests use one after the other: what starts an engine is compiled once, not once a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from tests.browser.guard import Guard
from tests.browser.harness import empty_page

if TYPE_CHECKING:
    from collections.abc import Collection

    from playwright.sync_api import Browser, Request

    from tests.browser.guard import GuardedPage

# Not ONNX Runtime's builds for WebGPU.
_COMPILE = """async (site) => {
  const { files } = await (await fetch(`${site}assets.json`)).json();
  const wanted = Object.keys(files).filter((name) => name.endsWith(".wasm") && !/asyncify|jspi/.test(name));
  self.kept = await Promise.all(wanted.map((name) => WebAssembly.compileStreaming(fetch(site + name))));
}"""


class Profile:
    """A context of Chromium's whose pages share a process, cleared from one test to the next.

    One page stays. It holds the WebAssembly that engines are made of: V8 compiles equal bytes once in a process, as
    long as somebody holds them. A start takes 2.1 seconds of a core then, and 3.5 in a process of its own.

    Parameters
    ----------
    browser : Browser
        One with ``--process-per-site``.
    origins : Collection of str
        As for `Guard`.
    site_url : str
        The site's root.
    """

    def __init__(self, browser: Browser, origins: Collection[str], site_url: str) -> None:
        self.context = browser.new_context()
        self.is_alive = True
        self.context.on("close", self._end)
        self.guard = Guard(self.context, origins)
        self._asked: set[str] = set()
        self.context.on("request", self._note_origin)
        self._keeper = self.context.new_page()
        self._keeper.on("crash", self._end)
        self._keeper.route("**/blank.html", empty_page)
        self._keeper.goto(f"{site_url}blank.html")
        self._keeper.evaluate(_COMPILE, site_url)
        self._driver = self.context.new_cdp_session(self._keeper)

    def _end(self, *_: object) -> None:
        self.is_alive = False

    def _note_origin(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"}:
            self._asked.add(f"{parts.scheme}://{parts.netloc}")

    def page(self) -> GuardedPage:
        """Return a new page."""
        return cast("GuardedPage", self.context.new_page())

    def end_test(self) -> list[str]:
        """Close the test's pages, take away what it and they have left behind, and return what its guard has seen."""
        self.guard.let_go()
        for page in self.context.pages:
            if page != self._keeper or not self.is_alive:
                page.close()
        faults = self.guard.faults()
        if self.is_alive:
            self._clear()
        else:
            self.context.close()
        return faults

    def _clear(self) -> None:
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()
        for origin in self._asked:
            self._driver.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        self._driver.send("Network.clearBrowserCache")
        self._asked.clear()
        self.guard.forget()
