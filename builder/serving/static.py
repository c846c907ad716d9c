"""A folder as a WSGI application: which file a request means, in which coding; the rest of HTTP is Werkzeug's."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import posixpath
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from werkzeug import exceptions
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import wrap_file

from builder.serving.policy import CODINGS, CONTENT_TYPES, headers_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not listened on
_ONE_RANGE = re.compile(r"bytes=(?:\d{1,18}-\d{0,18}|-(?P<last>\d{1,18}))", re.ASCII)
_BLOCK = 1 << 18


class StaticSite:
    """Serves folders below a prefix.

    Parameters
    ----------
    folders
        First part of the path -> folder; ``""`` is where all other paths lead.
    prefix
        With a slash at both ends.
    host
        What the server listens on: it decides which ``Host`` headers are answered.
    isolation, headers
        See `builder.serving.policy.headers_for`.
    """

    def __init__(
        self,
        folders: Mapping[str, Path],
        *,
        prefix: str = "/",
        host: str = "127.0.0.1",
        isolation: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._folders = {name: folder.resolve() for name, folder in folders.items()}
        self._prefix = prefix
        self._host = host
        self._headers = functools.partial(headers_for, isolation=isolation, changes=headers or {})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; as WSGI wants it."""
        request = Request(environ)
        path = request.path.removeprefix(self._prefix) if request.path.startswith(self._prefix) else None
        try:
            response = self._answer(request, path)
        except exceptions.HTTPException as error:
            response = _refusal(error)
        for name, value in self._headers(path or "", host=request.headers.get("Host", "")).items():
            response.headers[name] = value
        return response(environ, start_response)

    def _answer(self, request: Request, path: str | None) -> Response:
        if not answers_to(request.headers.get("Host", ""), self._host):
            raise exceptions.MisdirectedRequest(_whom(self._host))
        if request.method not in {"GET", "HEAD"}:
            raise exceptions.NotImplemented(f"The method is {request.method}, but there are only GET and HEAD here.")
        found = None if path is None else self._locate(path)
        if found is not None and found.is_dir():
            if not request.path.endswith("/"):
                return _redirect(request)
            found = found / "index.html"
        if found is None or not found.is_file():
            raise exceptions.NotFound("There is no such file here.")
        return _file(request, found)

    def _locate(self, path: str) -> Path | None:
        """Return the file or folder that a path names, or None; never anything outside the folder, nothing hidden."""
        parts = [part for part in path.split("/") if part]
        if "\\" in path or "\0" in path or any(part.startswith(".") for part in parts):
            return None
        mounted = bool(parts) and parts[0] in self._folders
        folder = self._folders.get(parts.pop(0) if mounted else "")
        if folder is None:
            return None
        try:
            found = folder.joinpath(*parts)
            inside = found.resolve().is_relative_to(folder) and found.exists()
            return found if inside and (found.is_dir() or not path.endswith("/")) else None
        except OSError:  # a name too long for the file system, for one
            return None


def answers_to(header: str, host: str) -> bool:
    """Tell whether a server on `host` answers to this ``Host`` header.

    A name that somebody else's DNS leads here is refused, or that name's pages could read this site as their own.
    Addresses are not names: where every address is listened on, each of them is answered to.
    """
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    if name in _LOOPBACK or name == host.lower():
        return True
    own = socket.gethostname().lower()
    return host in _EVERYWHERE and (name in {own, f"{own}.local"} or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _whom(host: str) -> str:
    others = f"this machine's name ({socket.gethostname()}) and any IP address" if host in _EVERYWHERE else host
    return f"This server answers to localhost and {others} only: use one of these, or start it with another --host."


def _refusal(error: exceptions.HTTPException) -> Response:
    text = "" if isinstance(error, exceptions.RequestedRangeNotSatisfiable) else f"{error.description}\n"
    response = Response(text, error.code, content_type=CONTENT_TYPES[".txt"])
    response.headers.extend((name, value) for name, value in error.get_headers() if name == "Content-Range")
    return response


def _redirect(request: Request) -> Response:
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    return Response(status=301, headers={"Location": f"{quote(posixpath.basename(request.path))}/{query}"})


def _file(request: Request, path: Path) -> Response:
    """Answer with a file; one that is asked for in part is sent as it is, any other in the best form there is."""
    ranged = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if ranged is None:  # other units and several ranges are ignored: the whole file is the answer
        request.environ.pop("HTTP_RANGE", None)
    coding = None if ranged else _coding(request, path)
    sent = path.with_name(path.name + CODINGS[coding]) if coding else path
    file = sent.open("rb")
    size = file.seek(0, 2)
    file.seek(0)
    if ranged and int(ranged["last"] or 0) > size:  # Werkzeug refuses more last bytes than there are
        request.environ["HTTP_RANGE"] = "bytes=0-"
    response = Response(wrap_file(request.environ, file, _BLOCK), direct_passthrough=True)
    response.content_length = size
    response.content_type = CONTENT_TYPES.get(path.suffix, "application/octet-stream")
    response.set_etag(_etag(path) + (f"-{coding}" if coding else ""))
    response.vary.add("Accept-Encoding")
    if coding:
        response.content_encoding = coding
    try:
        if ranged and not size:
            raise exceptions.RequestedRangeNotSatisfiable(size)
        return response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except exceptions.RequestedRangeNotSatisfiable:
        response.close()
        raise


def _coding(request: Request, path: Path) -> str | None:
    """Return the coding that the client likes best and that is there, brotli on a tie; None for the plain file."""
    there = [name for name, suffix in CODINGS.items() if path.with_name(path.name + suffix).is_file()]
    likes = request.accept_encodings.quality
    best = max(there, key=likes, default=None)
    return best if best and likes(best) > 0 and likes(best) >= likes("identity") else None


def _etag(path: Path) -> str:
    status = path.stat()
    return _digest(path, status.st_mtime_ns, status.st_size, status.st_ino)


@functools.lru_cache(maxsize=4096)
def _digest(path: Path, *_state: int) -> str:
    """Hash a file's content, once for each state of the file: a new build of the same content keeps its tag."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]
