"""Watches a browser context for what no page of ours may do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

    from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request

_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.effectiveDirective} blocked ${event.blockedURI || "inline"}`);
});
"""


class Guard:
    """Collects page errors, console errors (violations of the CSP are among them) and requests to other origins.

    Every page gets two attributes: ``guard``, and ``expected_errors``, a list to which a test adds regular expressions:
    an error that one of them is found in is not a fault.
    """

    def __init__(self, context: BrowserContext, origins: Collection[str]) -> None:
        self._context = context
        self._origins = origins
        self._seen: list[tuple[Page | None, str]] = []
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("page", self._watch)
        context.on("console", self._note_console)
        context.on("weberror", lambda event: self._note(event.page, f"uncaught error: {_text(event.error)}"))
        context.on("request", self._note_request)

    def _watch(self, page: Page) -> None:
        page.guard = self
        page.expected_errors = []

    def _note(self, page: Page | None, text: str) -> None:
        self._seen.append((page, text))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = f"{message.location['url']}:{message.location['lineNumber']}"
            self._note(message.page, f"console error: {message.text} ({place})")

    def _note_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"blob", "data"} and f"{parts.scheme}://{parts.netloc}" not in self._origins:
            self._note(None, f"request to another origin: {request.url}")

    def faults(self) -> list[str]:
        """Return what was seen and not expected, in words."""
        return [text for page, text in self._seen if not _expected(page, text)]


def _text(error: Error) -> str:
    return error.stack or error.message


def _expected(page: Page | None, text: str) -> bool:
    return any(re.search(pattern, text) for pattern in getattr(page, "expected_errors", []))
