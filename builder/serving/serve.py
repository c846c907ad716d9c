"""The server of dist/: Waitress with `builder.serving.static`, in a background thread."""

from __future__ import annotations

import errno
import logging
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from waitress.channel import HTTPChannel
from waitress.server import create_server
from waitress.task import WSGITask

from builder.errors import BuildError
from builder.serving.static import StaticSite
from builder.serving.unkept import Unkept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from wsgiref.types import WSGIApplication

_FIRST_PORT = 8000
_PORTS_TRIED = 100
_THREADS = 16
"""More than the six connections of a browser, for several tabs."""


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
    mounts
        More folders: first part of the path -> folder.
    offline
        Let browsers keep the site, as on its real host; else they get dist/ as it is now at each start.

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
        mounts: Mapping[str, Path] | None = None,
        offline: bool = False,
    ) -> None:
        self.directory = directory
        self.host = host
        self.prefix = "/" + prefix.strip("/") + "/" if prefix.strip("/") else "/"
        folders = {"": directory} | dict(mounts or {})
        self.application: WSGIApplication = StaticSite(
            folders, prefix=self.prefix, host=host, isolation=isolation, headers=headers
        )
        if not offline:
            self.application = Unkept(self.application, self.prefix)
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            both = host == "::" and socket.has_dualstack_ipv6()  # every address means IPv4's as well
            self._socket = socket.create_server((host, port), family=family, backlog=128, dualstack_ipv6=both)
        except OSError as error:
            raise _why_not(host, port, error) from error
        self.port: int = self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        """Address of the site's root, with the slash at its end."""
        shown = {"0.0.0.0": "localhost", "::": "localhost", "::1": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{shown}:{self.port}{self.prefix}"

    def __enter__(self) -> Self:
        logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns of every request that waits for a thread
        self._wsgi = create_server(
            self.application,
            sockets=[self._socket],
            threads=_THREADS,
            ident="pyselfie",
            connection_limit=1000,
            max_request_body_size=1 << 20,
        )
        self._wsgi.channel_class = _Channel
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._wsgi.run, name="serve")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._wsgi.trigger.pull_trigger(self._close_all)
        self._pulled.set()
        self._thread.join()

    def _close_all(self) -> None:
        """End every connection that a browser keeps alive, and the listening; the loop ends when nothing is open."""
        self._pulled.wait()  # another pull may lead here before the one for it has written to the trigger, closed below
        for channel in list(self._wsgi.active_channels.values()):
            channel.handle_close()
        self._wsgi.task_dispatcher.shutdown()
        self._wsgi.close()


class _Task(WSGITask):  # type: ignore[misc] # Waitress has no types
    """Keeps the connection after a 304, where Waitress would close it: a warm start is all 304."""

    def set_close_on_finish(self) -> None:
        if self.has_body or self.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close":
            super().set_close_on_finish()


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task


class _PortTakenError(BuildError):
    """Somebody listens there already."""


def _why_not(host: str, port: int, error: OSError) -> BuildError:
    if error.errno == errno.EADDRINUSE:
        return _PortTakenError(f"port {port} on {host} is taken: leave out --port, or name another one.")
    reason = error.strerror or error
    return BuildError(f"cannot listen on {host}, port {port} ({reason}): give another --host or --port.")


def serve_on_free_port(directory: Path, host: str, *, isolation: bool, offline: bool = False) -> Server:
    """Return a server on port 8000, or on the next free one above it.

    Raises
    ------
    BuildError
        If a hundred ports in a row are taken.
    """
    for port in range(_FIRST_PORT, _FIRST_PORT + _PORTS_TRIED):
        with suppress(_PortTakenError):
            return Server(directory, host, port, isolation=isolation, offline=offline)
    last = _FIRST_PORT + _PORTS_TRIED - 1
    raise BuildError(f"ports {_FIRST_PORT} to {last} on {host} are all taken: name another one with --port.")
