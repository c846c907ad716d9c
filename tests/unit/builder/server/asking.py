"""One request to a server, and what it serves."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.serving.serve import Server

TEXT = b"0123456789" * 100


def ask(
    server: Server, path: str, method: str = "GET", **headers: str | bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    """Send one request as it stands; header names are written with underscores."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
