"""A server for the contenders' pages: several folders under one origin, isolated for threads, no policy.

The peers are strangers to our content security policy (the legacy library may build code from strings), so the real
server of ``builder/serve.py`` is used only where our own site is measured.
"""

from __future__ import annotations

import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from builder.policy import CONTENT_TYPES, ISOLATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType


class BenchSite:
    """Serves `mounts` (first part of the path -> folder) from a free port of this machine, as a context manager."""

    def __init__(self, mounts: Mapping[str, Path]) -> None:
        handler = type("Handler", (_Handler,), {"mounts": dict(mounts)})
        self._http = _QuietServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.1,), name="bench-site")

    @property
    def url(self) -> str:
        """Address of the root, with the slash at its end."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _QuietServer(ThreadingHTTPServer):
    """Says nothing of browsers that are closed in the middle of an answer."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show every error but a client's leaving."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET with whole files."""

    mounts: dict[str, Path]

    def do_GET(self) -> None:
        found = self._locate()
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        content = found.read_bytes()
        self.send_response(HTTPStatus.OK)
        for name, value in ISOLATION.items():
            self.send_header(name, value)
        self.send_header("Content-Type", CONTENT_TYPES.get(found.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _locate(self) -> Path | None:
        mount, _, rest = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        folder = self.mounts.get(mount)
        if folder is None or ".." in rest.split("/"):
            return None
        found = folder / rest
        return found if found.is_file() else None

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: a benchmark prints its own table."""
