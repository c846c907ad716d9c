"""A site that no browser keeps: what is seen is dist/ as it is, but for the first page after a kept one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from builder.paths import SERVICE_WORKER
from builder.serving.policy import ALWAYS, CONTENT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_SCRIPT = Path(__file__).with_name("forget.js")


class Unkept:
    """The site at `prefix` with another service worker, which ends the one of an earlier visit."""

    def __init__(self, site: WSGIApplication, prefix: str) -> None:
        self._site = site
        self._path = prefix + SERVICE_WORKER

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; as WSGI wants it."""
        if Request(environ).path != self._path:
            return self._site(environ, start_response)
        response = Response(_SCRIPT.read_bytes(), content_type=CONTENT_TYPES[".js"], headers=ALWAYS)
        return response(environ, start_response)
