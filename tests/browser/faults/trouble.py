"""A host of the site whose answers for chosen files go wrong, and which can be stopped and started again."""

from __future__ import annotations

import random
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from werkzeug.wrappers import Response

from builder.errors import BuildError
from builder.serving.serve import Server
from tests.browser.guard import REPORTED
from tests.browser.offline.offline_kit import PORTS
from tests.browser.workers import EAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

BLANK = "/blank.html"
_PIECES = 20
_PAUSE_S = 0.1
_PORTAL = "<!doctype html><html lang=en><title>Welcome to our network</title><p>Accept our terms."


def refused(status: int) -> Callable[[Response], Response]:
    """Answer with this status."""
    return lambda _: Response("refused", status)


def cut(keep: float) -> Callable[[Response], Response]:
    """Leave out the end; the length says so."""

    def change(answer: Response) -> Response:
        answer.data = answer.data[: int(len(answer.data) * keep)]
        return answer

    return change


def longer(answer: Response) -> Response:
    """Add to the end; the length says so."""
    answer.data += b"\n" * 1000
    return answer


def corrupt(answer: Response) -> Response:
    """Change one byte."""
    body = bytearray(answer.data)
    body[len(body) // 2] ^= 0xFF
    answer.data = bytes(body)
    return answer


def reworded(old: bytes, new: bytes) -> Callable[[Response], Response]:
    """Change a text in it for another one of the same length."""

    def change(answer: Response) -> Response:
        before, found, after = answer.data.rpartition(old)
        assert found
        answer.data = before + new + after
        return answer

    return change


def broken_off(answer: Response, after_s: float = 0) -> Response:
    """Promise all, send half and close the connection, so many seconds later."""
    whole = answer.data

    def half() -> Iterator[bytes]:
        yield whole[: len(whole) // 2]
        time.sleep(after_s)

    broken = Response(half(), 200, answer.headers)
    broken.headers["Content-Length"] = str(len(whole))
    return broken


def as_bytes(answer: Response) -> Response:
    """Say nothing of its type."""
    answer.headers["Content-Type"] = "application/octet-stream"
    return answer


def slow(answer: Response) -> Response:
    """Send it in pieces, with pauses between them."""
    whole = answer.data

    def pieces() -> Iterator[bytes]:
        size = len(whole) // _PIECES + 1
        for at in range(0, len(whole), size):
            time.sleep(_PAUSE_S)
            yield whole[at : at + size]

    drop = Response(pieces(), 200, answer.headers)
    drop.headers["Content-Length"] = str(len(whole))
    return drop


def portal(_: Response) -> Response:
    """Answer with a page of somebody else's, as a network does that wants its terms accepted first."""
    return Response(_PORTAL, 200, content_type="text/html")


def moved(_: Response) -> Response:
    """Send to a page of somebody else's."""
    return Response("", 302, {"Location": "/welcome"})


class TroubledSite:
    """Serves dist/ at one address, until it is stopped; `rules` say whose answers change, and how; `hits` counts."""

    def __init__(self, dist: Path, *, ears: bool) -> None:
        self._dist = dist
        self._ears = ears
        self._server: Server | None = None
        self.port = 0
        self.rules: list[tuple[str, Callable[[Response], Response]]] = []
        self.hits = 0
        self.policy: dict[str, str] = {}

    @property
    def origin(self) -> str:
        """The origin, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The site's root."""
        return f"{self.origin}/"

    def start(self) -> Self:
        """Listen at the same address as before."""
        self._server = self._listening()
        self.port = self._server.port
        self._server.application = self._changing(self._server.application)
        self._server.__enter__()
        return self

    def _listening(self) -> Server:
        for port in [self.port] if self.port else random.sample(PORTS, 50):
            with suppress(BuildError):  # somebody has it
                return Server(self._dist, port=port, headers=REPORTED)
        raise AssertionError("no port is free")

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._server:
            self._server.__exit__(None, None, None)
            self._server = None

    def mend(self) -> None:
        """Answer as one should."""
        self.rules.clear()
        self.hits = 0
        self.policy.clear()
        if not self._server:
            self.start()

    def _changing(self, site: WSGIApplication) -> WSGIApplication:
        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = environ["PATH_INFO"]
            if path == BLANK:
                environ["PATH_INFO"] = "/index.html"
            found = [change for pattern, change in self.rules if re.search(pattern, path)]
            self.hits += len(found)
            is_ear = self._ears and path.endswith("/js/worker.js")
            if not (found or is_ear or path == BLANK or self.policy or path == "/welcome"):
                return site(environ, start_response)
            if not self.policy:
                environ.pop("HTTP_IF_NONE_MATCH", None)
            environ.pop("HTTP_ACCEPT_ENCODING", None)
            response = Response.from_app(site, environ, buffered=True)
            return self._changed(response, path, found, is_ear=is_ear)(environ, start_response)

        return answer

    def _changed(self, response: Response, path: str, found: list, *, is_ear: bool) -> Response:
        if path == BLANK and response.status_code == 200:
            response.data = "<!doctype html><html lang=en><title>Engine</title><link rel=icon href='data:,'>"
        elif path == "/welcome":
            response = portal(response)
        if is_ear:
            policy = response.headers["Content-Security-Policy"]
            response.headers["Content-Security-Policy"] = policy.replace("script-src", "script-src 'unsafe-eval'")
            response.data += EAR.encode()
        response.headers.update(self.policy)
        for change in found:
            response = change(response)
        return response
