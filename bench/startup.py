"""From navigation to the first composite, on the real site and server: new profile, then the same one again."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from playwright.sync_api import Error as PlaywrightError

from builder.errors import BuildError
from builder.paths import DIST, ROOT
from builder.serving.serve import Server

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Playwright, Request

    from bench.types import Startup

_WATCHER = ROOT / "bench" / "pages" / "first_canvas.js"
_MARK = "bench:first-composite"
_MARKED = "name => performance.getEntriesByName(name)[0]?.startTime"
_PATIENCE_MS = 60_000
_SETTLE_MS = 1_500  # a browser that has just started is busy with itself
_STAY_MS = 5_000  # V8 keeps WebAssembly's machine code when no more of it has been made for two seconds


def measure_startup(playwright: Playwright, chromium: Path, flags: list[str], tries: int, site: Path = DIST) -> Startup:
    """Visit the site `tries` times with a new profile, and each time once more after a restart of the browser.

    Raises
    ------
    BuildError
        If the site does not come to its first composite within a minute.
    """
    result: Startup = {"cold_ms": [], "warm_ms": [], "cold_bytes": 0, "warm_bytes": 0}
    with Server(site) as server:
        for _ in range(tries):
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
                milliseconds, result["cold_bytes"] = _visit(playwright, chromium, flags, profile, server.url)
                result["cold_ms"].append(milliseconds)
                milliseconds, result["warm_bytes"] = _visit(playwright, chromium, flags, profile, server.url)
                result["warm_ms"].append(milliseconds)
    return result


def _visit(playwright: Playwright, chromium: Path, flags: list[str], profile: str, url: str) -> tuple[float, int]:
    """Return milliseconds to the first composite, and the bytes over the wire of what was asked for until then."""
    context = playwright.chromium.launch_persistent_context(profile, executable_path=chromium, args=flags)
    try:
        return _time_first_composite(context, url)
    except PlaywrightError as error:
        raise BuildError(f"start-up of the site: no first composite ({error.message.splitlines()[0]}).") from error
    finally:
        context.close()


def _time_first_composite(context: BrowserContext, url: str) -> tuple[float, int]:
    page = context.pages[0]
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108 - Playwright refuses built-ins
    page.add_init_script(path=_WATCHER)
    page.wait_for_timeout(_SETTLE_MS)
    page.goto(url)
    mark = page.wait_for_function(_MARKED, arg=_MARK, timeout=_PATIENCE_MS, polling=50)
    milliseconds = float(mark.json_value())
    page.wait_for_timeout(_STAY_MS)
    end = float(page.evaluate("performance.timeOrigin")) + milliseconds
    sizes = [request.sizes() for request in finished if request.timing["startTime"] < end]
    return round(milliseconds, 1), sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
