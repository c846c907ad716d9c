"""The server of dist/: types, isolation, a strict policy, precompressed forms, byte ranges, nothing stale."""

from __future__ import annotations

import errno
import hashlib
import posixpath
import socket
import sys
import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from builder.errors import BuildError
from builder.negotiation import UnsatisfiableRange, choose_coding, matches_etag, parse_range
from builder.policy import ALWAYS, CODINGS, CONTENT_TYPES, ISOLATION, embedding

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

_FIRST_PORT = 8000
_PORTS_TRIED = 100


class Server:
    """Serves one folder from a background thread, as a context manager.

    Parameters
    ----------
    directory
        What to serve.
    host, port
        Where to listen; port 0 takes any free one, and `port` tells which.
    isolation
        Send COOP and COEP, which give the page ``SharedArrayBuffer`` and with it threads.
    prefix
        Path below which the site lives, as on a static host's sub-path: ``"/some/where/"``; all else is 404.
    headers
        More headers for every answer, or other values for the usual ones.

    Raises
    ------
    BuildError
        If the port is taken, or `host` is no address of this machine.
    """

    def __init__(
        self,
        directory: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        isolation: bool = True,
        prefix: str = "/",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.host = host
        self.prefix = "/" + prefix.strip("/") + "/" if prefix.strip("/") else "/"
        every = ALWAYS | (ISOLATION if isolation else {}) | dict(headers or {})
        try:
            self._http = _HttpServer(host, port, Site(directory, self.prefix, every))
        except OSError as error:
            raise BuildError(_why_not(host, port, error)) from error
        self.port: int = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.1}, name="serve")

    @property
    def url(self) -> str:
        """Address of the site's root, with the slash at its end."""
        shown = {"0.0.0.0": "localhost", "::": "localhost", "::1": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{shown}:{self.port}{self.prefix}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.end_connections()
        self._http.server_close()


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken: leave out --port, or name another one."
    return f"cannot listen on {host}, port {port} ({error.strerror or error}): give another --host or --port."


def serve_on_free_port(directory: Path, host: str, *, isolation: bool) -> Server:
    """Return a server on port 8000, or on the next free one above it.

    Raises
    ------
    BuildError
        If a hundred ports in a row are taken.
    """
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS_TRIED):
        if (server := _server_unless_taken(directory, host, port, isolation)) is not None:
            return server
    last = _FIRST_PORT + _PORTS_TRIED - 1
    raise BuildError(f"ports {_FIRST_PORT} to {last} on {host} are all taken: name another one with --port.")


def _server_unless_taken(directory: Path, host: str, port: int, isolation: bool) -> Server | None:
    try:
        return Server(directory, host, port, isolation=isolation)
    except BuildError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE:
            return None
        raise


class Site:
    """What is served: a folder, seen below a prefix, with the headers of every answer."""

    def __init__(self, directory: Path, prefix: str, headers: dict[str, str]) -> None:
        self.directory = directory.resolve()
        self.prefix = prefix
        self.headers = headers
        self._digests: dict[Path, tuple[tuple[int, int, int], str]] = {}

    def locate(self, url: str) -> Path | None:
        """Return the file or folder that a request names, or None; never anything outside the folder."""
        path = unquote(urlsplit(url).path, errors="replace")
        if not path.startswith(self.prefix) or "\\" in path or "\0" in path:
            return None
        parts = [part for part in path.removeprefix(self.prefix).split("/") if part]
        if any(part.startswith(".") for part in parts):
            return None
        found = self.directory.joinpath(*parts)
        try:
            inside = found.resolve().is_relative_to(self.directory) and found.exists()
            return found if inside and (found.is_dir() or not path.endswith("/")) else None
        except OSError:  # a name too long for the file system, for one
            return None

    def etag(self, path: Path, coding: str | None) -> str:
        """Return the entity tag of a file in one coding: a hash of its content, kept while the file stays."""
        status = path.stat()
        state = (status.st_mtime_ns, status.st_size, status.st_ino)
        known = self._digests.get(path)
        if known is None or known[0] != state:
            known = self._digests[path] = (state, _digest(path))
        return f'"{known[1]}-{coding}"' if coding else f'"{known[1]}"'


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


class _HttpServer(ThreadingHTTPServer):
    """Knows its open connections, so that it can end them and leave no thread behind."""

    daemon_threads = False
    request_queue_size = 128
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, host: str, port: int, site: Site) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.site = site
        self._connections: set[Any] = set()
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(self.allow_reuse_address))
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is open."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Close every connection that a browser keeps alive."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet about clients that went away; show everything else."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: _HttpServer
    protocol_version = "HTTP/1.1"
    server_version = "pyselfie"
    sys_version = ""
    timeout = 60
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        site = self.server.site
        found = site.locate(self.path)
        if found is not None and found.is_dir():
            if not urlsplit(self.path).path.endswith("/"):
                self._answer_without_body(HTTPStatus.MOVED_PERMANENTLY, {"Location": _with_slash(self.path)})
                return
            found = found / "index.html"
        if found is None or not found.is_file():
            self._answer_text(HTTPStatus.NOT_FOUND, "There is no such file here.\n")
            return
        self._answer_file(found)

    do_HEAD = do_GET  # noqa: N815 - http.server finds methods by this name

    def _answer_file(self, path: Path) -> None:
        coding = None
        if "Range" not in self.headers:
            available = [name for name, suffix in CODINGS.items() if path.with_name(path.name + suffix).is_file()]
            coding = choose_coding(self.headers.get("Accept-Encoding", ""), available)
        etag = self.server.site.etag(path, coding)
        headers = {"ETag": etag, "Vary": "Accept-Encoding", "Accept-Ranges": "bytes"}
        if matches_etag(self.headers.get("If-None-Match"), etag):
            self._answer_without_body(HTTPStatus.NOT_MODIFIED, headers)
            return
        headers |= embedding(path.name, self.server.site.headers["Content-Security-Policy"])
        headers["Content-Type"] = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
        if coding:
            headers["Content-Encoding"] = coding
        self._send(path.with_name(path.name + CODINGS[coding]) if coding else path, headers)

    def _send(self, path: Path, headers: dict[str, str]) -> None:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            condition = self.headers.get("If-Range")
            wanted = self.headers.get("Range") if condition in (None, headers["ETag"]) else None
            try:
                part = parse_range(wanted, size)
            except UnsatisfiableRange:
                self._answer_without_body(
                    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"}
                )
                return
            first, last = part or (0, size - 1)
            if part:
                headers["Content-Range"] = f"bytes {first}-{last}/{size}"
            self._begin(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK, headers, last - first + 1)
            if self.command != "HEAD" and size:
                self.connection.sendfile(file, first, last - first + 1)

    def _answer_text(self, status: HTTPStatus, text: str) -> None:
        self._begin(status, {"Content-Type": CONTENT_TYPES[".txt"]}, len(text))
        if self.command != "HEAD":
            self.wfile.write(text.encode("ascii"))

    def _answer_without_body(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self._begin(status, headers, None if status == HTTPStatus.NOT_MODIFIED else 0)

    def _begin(self, status: HTTPStatus, headers: dict[str, str], length: int | None) -> None:
        self.send_response(status)
        for name, value in (self.server.site.headers | headers).items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the browser's own tools show every request."""


def _with_slash(url: str) -> str:
    parts = urlsplit(url)
    return posixpath.basename(parts.path) + "/" + (f"?{parts.query}" if parts.query else "")
