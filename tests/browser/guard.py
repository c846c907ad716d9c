"""Watches a browser context for what no page of ours may do."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from playwright.sync_api import Error

from builder.serving.policy import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Route

    class GuardedPage(Page):
        """A page of a guarded context, as `launch` opens them."""

        guard: Guard
        expected_errors: list[str]
        hang: Callable[[str], None]
        """Leave requests for a pattern without an answer until the test ends."""


REPORT_PATH = "/csp-report"
REPORTED = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; report-uri {REPORT_PATH}"}
"""Headers of a server whose pages a `Guard` watches."""
# Firefox tells of what no user sees: rejections whose default was prevented; what an isolated worker asks for though
# its policy has to forbid it, its own file and then a blob.
_PREVENTED = r"uncaught error: DownloadError"
_OWN_FILE = r"blocked the loading of a resource \(connect-src\) at \S+/js/worker/lockdown\.js"
_BLOB = r"blocked the loading of a resource \(connect-src\) at blob:"
_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.effectiveDirective} blocked ${event.blockedURI || "inline"}`);
});
"""


class Guard:
    """Collects page errors, console errors (violations of the CSP are among them) and requests to other origins.

    Every page becomes a `GuardedPage`: it gets ``guard``, ``hang``, and ``expected_errors``, the context's list to
    which a test adds regular expressions: an error that one of them is found in is not a fault. Workers tell Playwright
    nothing about violations, so the test server's policy has them reported to REPORT_PATH, and the request is seen.
    """

    def __init__(self, context: BrowserContext, origins: Collection[str]) -> None:
        self._context = context
        self._origins = origins
        self._seen: list[str] = []
        self._expected: list[str] = []
        self._hanging: list[Route] = []
        browser = context.browser
        self._is_firefox = browser is not None and browser.browser_type.name == "firefox"
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("page", self._watch)
        context.on("console", self._note_console)
        context.on("weberror", lambda event: self._seen.append(f"uncaught error: {_text(event.error)}"))
        context.on("request", self._note_request)

    def _watch(self, page: Page) -> None:
        guarded = cast("GuardedPage", page)
        guarded.guard = self
        guarded.expected_errors = self._expected
        guarded.hang = partial(self._hang, page)

    def _hang(self, page: Page, pattern: str) -> None:
        page.route(pattern, lambda route: self._hanging.append(route))  # noqa: PLW0108 - Playwright refuses built-ins

    def let_go(self) -> None:
        """Answer what hangs, and route nothing more.

        Playwright's garbage would warn in the middle of another test, and answers still on their way raise when the
        context closes.
        """
        for route in self._hanging:
            with suppress(Error):
                route.abort()
        self._hanging.clear()
        routers: list[Page | BrowserContext] = [*self._context.pages, self._context]
        for routed in routers:
            with suppress(Error):  # a test may have closed or crashed it
                routed.unroute_all(behavior="ignoreErrors")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = f"{message.location['url']}:{message.location['lineNumber']}"
            self._seen.append(f"console error: {message.text} ({place})")

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path == REPORT_PATH:
            self._seen.append(f"Content Security Policy: {request.post_data}")
        if parts.scheme not in {"blob", "data"} and f"{parts.scheme}://{parts.netloc}" not in self._origins:
            self._seen.append(f"request to another origin: {request.url}")

    def faults(self) -> list[str]:
        """Return what was seen and not expected, in words."""
        expected = [*self._expected, *self._on_purpose()]
        return [text for text in self._seen if not any(re.search(pattern, text) for pattern in expected)]

    def _on_purpose(self) -> list[str]:
        if not self._is_firefox:
            return []
        has_asked = any(re.search(_OWN_FILE, text) for text in self._seen)
        return [_PREVENTED, _OWN_FILE, *([_BLOB] if has_asked else [])]

    def forget(self) -> None:
        """Begin anew, for the next test on the same page."""
        self._seen.clear()
        self._expected.clear()


def _text(error: Error) -> str:
    return error.stack or error.message
