"""The built site on its real server, and a browser to look at it with."""

from __future__ import annotations

import io
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from coverage import Coverage
from PIL import Image

from builder.paths import ROOT
from builder.serving.serve import Server
from tests.browser.examples_kit import npm
from tests.browser.flags import is_shared, start
from tests.browser.guard import REPORTED, Guard
from tests.browser.harness import EngineDriver
from tests.browser.profile import Profile
from tests.browser.widget.widget_kit import HOST_POLICY
from tests.engine_table import ENGINE, VERSION
from tests.engines import CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from playwright.sync_api import Browser, BrowserContext, Playwright

    from tests.browser.guard import GuardedPage

CAMERA_SIZE = (1280, 720)
_CAMERA_FRAMES = 30


@pytest.fixture(scope="session", autouse=True)
def _unmeasured() -> None:
    """Coverage ends where the browser tests begin: they run no more of the package here, and greenlets confuse it."""
    while (measuring := Coverage.current()) is not None:  # beside others, pytest-cov's has one below it
        measuring.stop()


@pytest.fixture(autouse=True)
def _engine_noted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note the engine of a test that runs in one, for `EngineTable`."""
    if "engine_name" not in request.fixturenames:
        yield
        return
    name = request.getfixturevalue("engine_name")
    running: dict[tuple[str, ...], Browser] = request.getfixturevalue("running")
    request.node.user_properties.append((ENGINE, name))
    yield
    if version := next((browser.version for (engine, *_), browser in running.items() if engine == name), None):
        request.node.user_properties.append((VERSION, version))


@pytest.fixture(scope="session")
def origins() -> set[str]:
    """Return the origins that the servers of this run have: the only ones a page may ask."""
    return set()


@contextmanager
def _serving(dist: Path, origins: set[str]) -> Iterator[Callable[..., Server]]:
    with ExitStack() as running:

        def serve(
            headers: dict[str, str], directory: Path = dist, *, compressed: bool = True, **options: Any
        ) -> Server:
            server = Server(directory, headers=headers, **options)
            if not compressed:
                server.application = _uncompressed(server.application)
            running.enter_context(server)
            origins.add(f"http://{server.host}:{server.port}")
            return server

        yield serve


@pytest.fixture(scope="session")
def serve_site(dist: Path, origins: set[str]) -> Iterator[Callable[..., Server]]:
    """Return a function that serves the site once more, with other options of `Server`."""
    with _serving(dist, origins) as serve:
        yield partial(serve, REPORTED)


@pytest.fixture(scope="session")
def site(serve_site: Callable[..., Server]) -> Server:
    """Return the site as `build.py serve` serves it, without compressed copies; ``site.url`` is its root."""
    return serve_site(compressed=False)


def _uncompressed(application: WSGIApplication) -> WSGIApplication:
    """Answer as if nobody could unpack anything: that alone takes browsers a twentieth of a run."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return application(environ, start_response)

    return answer


@pytest.fixture(scope="session")
def running(playwright: Playwright) -> Iterator[dict[tuple[str, ...], Browser]]:  # noqa: ARG001 # closed before it
    """Return the browsers that run, by engine and flags; closed at the end."""
    browsers: dict[tuple[str, ...], Browser] = {}
    yield browsers
    for started in browsers.values():
        started.close()


@pytest.fixture(scope="session")
def browser_for(
    playwright: Playwright, engine_name: str, running: dict[tuple[str, ...], Browser]
) -> Callable[[tuple[str, ...]], Browser]:
    """Return a function that gives the running browser with certain flags; each set of flags is started once."""

    def browser(flags: tuple[str, ...]) -> Browser:
        key = (engine_name, *flags)
        known = running.get(key)
        if known is None or not known.is_connected():
            running[key] = start(playwright, engine_name, flags)
        return running[key]

    return browser


@pytest.fixture(scope="session")
def profiles() -> dict[tuple[str, ...], Profile]:
    """Return the profiles that tests share, by the browser's flags."""
    return {}


@pytest.fixture
def shared_profile(
    browser_for: Callable[[tuple[str, ...]], Browser],
    engine_name: str,
    profiles: dict[tuple[str, ...], Profile],
    origins: set[str],
    site: Server,
) -> Callable[..., Profile | None]:
    """Return a function that gives the profile that tests in Chromium with certain flags share, cleared, if they do."""

    def profile(*flags: str) -> Profile | None:
        if engine_name != CHROMIUM or not is_shared(flags):
            return None
        known = profiles.get(flags)
        if known is None or not known.is_alive:
            profiles[flags] = Profile(browser_for(flags), origins, site.url)
        return profiles[flags]

    return profile


@pytest.fixture
def launch(
    browser_for: Callable[[tuple[str, ...]], Browser],
    shared_profile: Callable[..., Profile | None],
    origins: set[str],
) -> Iterator[Callable[..., GuardedPage]]:
    """Return a factory of pages: ``launch(*extra_flags, **context_options)``, each in a profile that nobody else uses.

    A test's first page without options, and with no flags but a camera's, is in one that tests share: it is cleared,
    but its process has seen other pages.

    The test fails at its end if a page threw, logged an error, broke the CSP or asked another origin; what a test
    provokes on purpose it names in ``page.expected_errors`` (regular expressions).
    """
    opened: list[tuple[BrowserContext, Guard]] = []
    shared: list[Profile] = []

    def open_page(*extra_flags: str, **context_options: Any) -> GuardedPage:
        profile = None if context_options else shared_profile(*extra_flags)
        if profile and profile not in shared:
            shared.append(profile)
            return profile.page()
        context = browser_for(extra_flags).new_context(**context_options)
        opened.append((context, Guard(context, origins)))
        return cast("GuardedPage", context.new_page())

    yield open_page
    for context, guard in opened:
        guard.let_go()
        context.close()
    faults = [fault for _, guard in opened for fault in guard.faults()]
    faults += [fault for profile in shared for fault in profile.end_test()]
    assert not faults, "the page misbehaved:\n" + "\n".join(faults)


@pytest.fixture(scope="module")
def kept_settings() -> dict[str, Any]:
    """Return the settings of a module's `engine`."""
    return {}


@pytest.fixture(scope="module")
def kept(
    browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str], site: Server, kept_settings: dict[str, Any]
) -> Iterator[tuple[EngineDriver, Guard]]:
    """Return an engine that has started, whose worker stays for the module's tests."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    driver = EngineDriver(cast("GuardedPage", context.new_page()), site.url, **kept_settings)
    driver.start()
    yield driver, guard
    context.close()


@pytest.fixture
def engine(kept: tuple[EngineDriver, Guard]) -> Iterator[EngineDriver]:
    """Return an engine that has not started, in a worker that others have used: to start Python takes seconds.

    A test that changes the worker itself launches a page of its own.
    """
    driver, guard = kept
    driver.renew()
    yield driver
    faults = guard.faults()
    guard.forget()
    assert not faults, "the page misbehaved:\n" + "\n".join(faults)


@pytest.fixture(scope="session")
def camera_file(astronaut: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a motion JPEG of 30 frames, 1280x720: the astronaut, moving slowly from side to side."""
    width, height = CAMERA_SIZE
    portrait = np.asarray(Image.fromarray(astronaut).resize((height, height), Image.Resampling.LANCZOS))
    path = tmp_path_factory.mktemp("camera") / "astronaut.mjpeg"
    with path.open("wb") as file:
        for index in range(_CAMERA_FRAMES):
            frame = np.full((height, width, 3), 96, np.uint8)
            left = (width - height) // 2 + round(60 * np.sin(2 * np.pi * index / _CAMERA_FRAMES))
            frame[:, left : left + height] = portrait
            jpeg = io.BytesIO()
            Image.fromarray(frame).save(jpeg, "JPEG", quality=90, subsampling=2)
            file.write(jpeg.getvalue())
    return path


@pytest.fixture(scope="session")
def tarball(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what ``npm pack`` makes of dist/."""
    folder = tmp_path_factory.mktemp("npm")
    npm("pack", "--silent", "--pack-destination", str(folder), str(dist), folder=ROOT)
    return next(folder.glob("*.tgz"))


@pytest.fixture
def serve_as(dist: Path, origins: set[str]) -> Iterator[Callable[..., Server]]:
    """Return a function that serves a folder, dist/ if none is named, with these headers, until the test ends."""
    with _serving(dist, origins) as serve:
        yield serve


@pytest.fixture
def other(origins: set[str], tmp_path: Path) -> Iterator[Server]:
    """Return somebody's site, of another origin: another port, another policy."""
    headers = {"Content-Security-Policy": HOST_POLICY, "Permissions-Policy": "camera=*"}
    with Server(tmp_path, isolation=False, headers=headers) as server:
        origins.add(server.url.rstrip("/"))
        yield server
