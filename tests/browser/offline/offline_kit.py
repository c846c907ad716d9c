"""A host of the site that can be stopped and given another version, and pages that it keeps."""

from __future__ import annotations

import random
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

from playwright.sync_api import Error
from werkzeug.wrappers import Request, Response

from builder.errors import BuildError
from builder.offline.worker import ensure_worker, worker_script
from builder.paths import SERVICE_WORKER
from builder.serving.policy import ALWAYS, CONTENT_TYPES
from builder.serving.serve import Server
from builder.site.compress import ENCODINGS
from builder.stamps import files_under
from tests.browser.guard import REPORTED, Guard
from tests.browser.legacy.legacy_kit import link_tree
from tests.browser.waiting import WAIT_MS, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.guard import GuardedPage

PREFIX = "/some/where/"
OUTER_WORKER = "/outer-worker.js"
PORTS = range(20_000, 32_000)
"""Below those that the system gives to others, which could take one while the host is down."""
_LIGHT = ("index.html", "play.html", "widget.html", "js/", "styles/")

NO_ENGINE = "self.Worker = class extends EventTarget { postMessage() {} terminate() {} };"
"""Script: the page is there at once, and its picture never."""
PAINTED = """async (selector) => {
  const detail = { width: 4, height: 3, ms: 1, dropped: 0 };
  document.querySelector(selector).dispatchEvent(new CustomEvent("frame", { detail }));
  for (let turn = 0; turn < 3; turn++) await new Promise((done) => requestIdleCallback(done));
}"""
"""Script: the element at a selector says that it has painted, and the browser has been idle since."""
NETWORK_ERRORS = ("Failed to load resource", "unknown error occurred when fetching the script", "ERR_")

HAND_OVER = """async ([root, type, content]) => {
  const form = new FormData();
  form.append("picture", new File([new Uint8Array(content)], "from another app", { type }));
  await fetch(`${root}share`, { method: "POST", body: form });
}"""
"""Script: what another app or site would send, as its bytes, is sent to the site at `root`."""
KEPT_FILES = """async () => {
  const names = (await caches.keys()).filter((one) => one.startsWith("pyselfie-precache"));
  const kept = names.map(async (name) => (await (await caches.open(name)).keys()).length);
  return (await Promise.all(kept)).reduce((sum, count) => sum + count, 0);
}"""
"""Script: how many files are kept."""
KEPT_PAGES = """async () => {
  const [name] = (await caches.keys()).filter((one) => one.startsWith("pyselfie-precache"));
  const kept = await (await caches.open(name)).keys();
  return kept.filter(({ url }) => /\\/index\\.html\\?/.test(url) && !url.includes("/docs/")).length;
}"""
"""Script: how many versions of the demo's page are kept."""
START_WORKER = """(url) => new Promise((resolve) => {
  self.started = new Worker(url, { type: "module" });
  self.started.onerror = ({ message }) => resolve(message || "failed");
  self.started.onmessage = () => resolve("started");
  self.started.postMessage({ type: "end" }); // it answers, and stays
})"""
"""Script: pyselfie's worker of this address runs."""
_STATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return ["installing", "waiting", "active"].filter((name) => registration?.[name]).join(" ");
}"""
_UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return "none";
  while (worker.state === "installing") await new Promise((done) => worker.addEventListener("statechange", done));
  return worker.state;
}"""


class Host:
    """Serves a folder in a sub-path of one origin, until it's stopped; `asked` has every path below it so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Server | None = None
        self.port = 0
        self.asked: list[str] = []

    @property
    def origin(self) -> str:
        """The origin, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The site's root."""
        return self.origin + PREFIX

    def start(self, folder: Path | None = None, *, offline: bool = True) -> Self:
        """Serve the folder, or another one from now on, at the same address as before."""
        self.stop()
        self._folder = folder or self._folder
        self._server = self._listening(offline)
        self.port = self._server.port
        self._server.application = self._noting(self._server.application)
        self._server.__enter__()
        return self

    def _listening(self, offline: bool) -> Server:
        for port in [self.port] if self.port else random.sample(PORTS, 50):
            with suppress(BuildError):  # somebody has it
                return Server(self._folder, port=port, prefix=PREFIX, headers=REPORTED, offline=offline)
        raise AssertionError("no port is free")

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._server:
            self._server.__exit__(None, None, None)
            self._server = None

    def _noting(self, site: WSGIApplication) -> WSGIApplication:
        def noting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            path = Request(environ).path
            if path == OUTER_WORKER:
                script = Response(
                    "addEventListener('fetch', () => {});", content_type=CONTENT_TYPES[".js"], headers=ALWAYS
                )
                return script(environ, start_response)
            self.asked.append(path.removeprefix(PREFIX))
            return site(environ, start_response)

        return noting


@contextmanager
def guarded(browser: Browser, host: Host, **options: Any) -> Iterator[BrowserContext]:
    """Give a profile in which service workers are allowed; its pages have behaved by the end, but for the network."""
    context = browser.new_context(service_workers="allow", **options)
    guard = Guard(context, {host.origin})
    page = context.new_page()
    page.expected_errors.extend(NETWORK_ERRORS)  # type: ignore[attr-defined]
    page.close()
    yield context
    context.close()
    assert guard.faults() == []


def light_list(folder: Path) -> None:
    """Have the worker of a site keep pages and scripts alone, which is quick; the rest comes from the network."""
    files = {path.relative_to(folder).as_posix(): path for path in files_under(folder) if path.suffix not in ENCODINGS}
    plan: dict[str, Path | bytes] = {name: path for name, path in files.items() if name.startswith(_LIGHT)}
    rewrite(folder / SERVICE_WORKER, lambda _: worker_script(plan, ensure_worker().script))


def rewrite(path: Path, change: Callable[[bytes], bytes | None]) -> None:
    """Change a file of a site, or take it away; its compressed forms go, and what it was linked to stays."""
    data = change(path.read_bytes())
    for form in path.parent.glob(f"{path.name}*"):
        if form == path or form.suffix in ENCODINGS:
            form.unlink()
    if data is not None:
        path.write_bytes(data)


def version_of(dist: Path, folder: Path, headline: str) -> Path:
    """Make a version of the site with this headline, see `light_list`, and return its folder."""

    def change(page: bytes) -> bytes:
        changed = re.sub(rb"<h1.*</h1>", f"<h1>{headline}</h1>".encode(), page)
        assert changed != page
        return changed

    link_tree(dist, folder)
    for name in ("index.html", "widget.html"):
        rewrite(folder / name, change)
    light_list(folder)
    return folder


class Tab:
    """A page of the site without its engine, whose headline says the version."""

    def __init__(self, context: BrowserContext, host: Host, path: str = "", script: str = "") -> None:
        self.page: GuardedPage = context.new_page()  # type: ignore[assignment]
        self.page.set_default_timeout(WAIT_MS)
        self.page.add_init_script(f"{NO_ENGINE}\n{script}")
        self.page.goto(host.url + path)

    def version(self) -> str:
        return self.page.inner_text("h1")

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait until `condition` gives something true, and return that; the page may begin again meanwhile."""

        def now() -> Any:
            with suppress(Error):  # what is asked of a document that goes
                return condition()

        return until(self.page, now, lambda: f"workers: {self.workers()}; messages: {self.messages()}")

    def keep(self) -> None:
        """Have the site's files kept."""
        self.page.evaluate("async () => (await import('./pyselfie.js')).registerOffline()")

    def workers(self) -> str:
        """Return which workers there are, as “waiting active”."""
        state: str = self.page.evaluate(_STATE)
        return state

    def update(self) -> str:
        """Have the browser look for a newer version; return its state when it has come or failed."""
        state: str = self.page.evaluate(_UPDATE)
        return state

    def messages(self) -> list[str]:
        return self.page.locator(".message[data-topic=update] p").all_inner_texts()
