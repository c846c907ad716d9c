"""The examples as a user opens them: beside a built dist/, with the strict policy of the real server."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from builder.serve import Server

EXAMPLES = Path(__file__).parents[2] / "examples"


def open_example(page: Page, serve_site: Callable[..., Server], name: str) -> Page:
    """Open ``examples/<name>/index.html`` in `page`, with dist/ where it lies in a checkout."""
    site = serve_site(prefix="/dist/")
    page.route("**/examples/**", _serve)
    page.goto(site.url.replace("/dist/", f"/examples/{name}/index.html"))
    return page


def _serve(route: Route) -> None:
    path = EXAMPLES / route.request.url.partition("/examples/")[2]
    answer = route.fetch(url=route.request.url.partition("/examples/")[0] + "/dist/index.html")
    headers = {
        name: value for name, value in answer.headers.items() if name.startswith(("content-sec", "cross-origin"))
    }
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    route.fulfill(response=answer, headers=headers | {"content-type": kind}, body=path.read_bytes())
