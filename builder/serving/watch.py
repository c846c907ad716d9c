"""``serve --watch``: builds again what has changed, and has the open pages load again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from builder.errors import BuildError
from builder.report import complain, say
from builder.serving.policy import CONTENT_TYPES
from builder.stamps import files_under

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_SCRIPT = Path(__file__).with_name("reload.js")
_TAG = b'<script type="module" src="/.reload.js"></script>\n'
_TURN_S = 0.3


class Reloading:
    """A site whose pages load again when `version` changes; dist/ itself stays what is published."""

    def __init__(self, site: WSGIApplication) -> None:
        self._site = site
        self.version = _now()

    def renew(self) -> None:
        """Have every open page load again."""
        self.version = _now()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; as WSGI wants it."""
        path = Request(environ).path
        if path == "/.reload":
            response = Response(self.version, content_type=CONTENT_TYPES[".txt"])
        elif path == "/.reload.js":
            response = Response(_SCRIPT.read_bytes(), content_type=CONTENT_TYPES[".js"])
        elif path.endswith(("/", ".html")):
            response = self._page(environ)
        else:
            return self._site(environ, start_response)
        return response(environ, start_response)

    def _page(self, environ: WSGIEnvironment) -> Response:
        for name in ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_RANGE"):
            environ.pop(name, None)
        response = Response.from_app(self._site, environ | {"REQUEST_METHOD": "GET"}, buffered=True)
        response.data = response.get_data() + _TAG
        del response.headers["ETag"]
        return response


def _now() -> str:
    return str(time.time_ns())


def watch(
    folders: Sequence[Path],
    generate: Callable[[], object],
    rebuild: Callable[[], object],
    done: Callable[[], None],
    end: threading.Event,
) -> None:
    """Call `generate` and `rebuild` when files below `folders` have changed and are at rest; `done` if all is well.

    What `generate` writes there is no change that waits for another turn. What fails is told in its sentence, and the
    next change is another try. It returns when `end` is set.
    """
    built = before = _state(folders)
    while not end.wait(_TURN_S):
        now = _state(folders)
        if now == before != built:
            built = now
            try:
                generate()
                built = _state(folders)  # whatever else has changed meanwhile is read by what follows
                rebuild()
            except BuildError as error:
                complain(f"{error} The site stays as it was.")
            else:
                say("built again")
                done()
        before = now


def _state(folders: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    state = {}
    for path in (path for folder in folders for path in files_under(folder)):
        if path.exists():  # an editor may have taken it away since
            status = path.stat()
            state[path] = (status.st_mtime_ns, status.st_size)
    return state
