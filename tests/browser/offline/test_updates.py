"""A newer version of the kept site: offered, taken at the next start, never in a call, and only if it's whole."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from playwright.sync_api import Error

from builder.paths import SERVICE_WORKER
from tests.browser.flags import camera_flags
from tests.browser.legacy.legacy_kit import link_tree
from tests.browser.offline.offline_kit import (
    HAND_OVER,
    KEPT_FILES,
    KEPT_PAGES,
    OUTER_WORKER,
    PAINTED,
    PREFIX,
    START_WORKER,
    Host,
    Tab,
    guarded,
    rewrite,
    version_of,
)
from tests.browser.page.page_kit import AXE, RUN_AXE, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.guard import GuardedPage

pytestmark = pytest.mark.chromium("service workers have been tried in Chromium alone")

_READY = "A new version of this page is ready."
_IN_THE_WAY = {
    "no workers": "delete Navigator.prototype.serviceWorker",
    "storage off": "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get() { throw new Error('off'); } })",
    "refused": "ServiceWorkerContainer.prototype.register = () => Promise.reject(new DOMException('denied'))",
    "data saved": "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })",
}
_SPOILT: dict[str, Callable[[bytes], bytes | None]] = {
    "truncated": lambda data: data[: len(data) // 2],
    "corrupt": lambda data: bytes([data[0] ^ 1]) + data[1:],
    "missing": lambda _: None,
}
_PENDING_CAMERA = """navigator.mediaDevices.getUserMedia = () => new Promise((_, reject) => {
  self.refuse = () => reject(new DOMException("no", "NotAllowedError"));
})"""
_ASKED_AFTER = "async () => { for (let turn = 0; turn < 3; turn++) await navigator.serviceWorker.getRegistration(); }"
_ACTIVATE = """async () => {
  const { waiting } = await navigator.serviceWorker.getRegistration();
  waiting.postMessage({ takeOverBefore: Date.now() + 60_000 }, [new MessageChannel().port2]);
  while (waiting.state !== "activated") await new Promise((done) => waiting.addEventListener("statechange", done));
}"""
_NAMES = "async () => (await caches.keys()).sort()"


@pytest.fixture(scope="module")
def versions(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two versions of the site, whose headlines say “one” and “two”."""
    folder = tmp_path_factory.mktemp("versions")
    return [version_of(dist, folder / number, number) for number in ("one", "two")]


@pytest.fixture(scope="module")
def running_host(versions: list[Path]) -> Iterator[Host]:
    """Return one host for all tests: each has a profile of its own."""
    host = Host(versions[0]).start()
    yield host
    host.stop()


@pytest.fixture
def host(running_host: Host, versions: list[Path]) -> Host:
    """Return the host with the first version."""
    return running_host.start(versions[0])


@pytest.fixture
def profile(
    browser_for: Callable[[tuple[str, ...]], Browser], host: Host, camera_file: Path
) -> Iterator[BrowserContext]:
    """Return a profile that keeps the first version, without a page, with a camera."""
    with guarded(browser_for(camera_flags(camera_file)), host, reduced_motion="reduce") as context:
        tab = Tab(context, host)
        tab.keep()
        tab.page.close()
        yield context


def test_an_update_is_offered_and_taken_by_a_button(profile: BrowserContext, host: Host, versions: list[Path]) -> None:
    """The old version stays until the button is pressed; then the new one is there, and the old page is forgotten."""
    host.start(versions[1])
    tab = Tab(profile, host)
    assert tab.version() == "one"
    tab.until(lambda: tab.messages() == [_READY])
    assert tab.version() == "one"
    assert tab.page.locator("#notices[role=status] [data-topic=update]").count() == 1
    tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    assert tab.page.evaluate(RUN_AXE) == []
    button = tab.page.get_by_role("button", name="Use it")
    button.focus()
    button.press("Enter")
    tab.until(lambda: tab.version() == "two")
    tab.until(lambda: tab.page.evaluate(KEPT_PAGES) == 1)
    assert tab.workers() == "active"
    assert tab.messages() == []


@pytest.mark.parametrize("how", ["reload", "new tab"])
def test_an_update_is_taken_at_the_next_start(
    profile: BrowserContext, host: Host, versions: list[Path], how: str
) -> None:
    """Whether the only page is loaded again, or closed and opened."""
    tab = Tab(profile, host)
    host.start(versions[1])
    assert tab.update() == "installed"
    assert tab.version() == "one"
    if how == "reload":
        tab.page.reload()
    else:
        tab.page.close()
        tab = Tab(profile, host)
    tab.until(lambda: _started_with_it(tab))
    tab.until(lambda: tab.workers() == "active")


def test_a_shared_picture_outlasts_an_update(profile: BrowserContext, host: Host, versions: list[Path]) -> None:
    """The page that is opened for it begins again with the new version, and then shows it."""
    tab = Tab(profile, host)
    host.start(versions[1])
    assert tab.update() == "installed"
    picture = encode(np.full((32, 48, 3), 90, np.uint8))
    tab.page.evaluate(HAND_OVER, [host.url, "image/png", list(picture)])
    tab.page.goto(f"{host.url}?shared")
    tab.page.get_by_text("from another app").wait_for()
    assert tab.page.url == host.url


def _started_with_it(tab: Tab) -> bool:
    if tab.messages():  # the browser still counted the page before, so that it was offered
        tab.page.reload()
    return tab.version() == "two"


def test_an_update_is_not_offered_in_a_call(profile: BrowserContext, host: Host, versions: list[Path]) -> None:
    """While the camera runs nothing is said, and what was said goes; it comes when the camera has stopped."""
    tab = Tab(profile, host)
    camera = tab.page.locator("#camera-button")
    camera.click()
    tab.until(lambda: camera.get_attribute("aria-current") == "true")
    host.start(versions[1])
    assert tab.update() == "installed"
    assert tab.messages() == []
    camera.click()
    tab.until(lambda: tab.messages() == [_READY])
    camera.click()
    tab.until(lambda: not tab.messages())
    assert tab.version() == "one"


def test_an_update_waits_for_a_camera_that_is_asked_for(
    profile: BrowserContext, host: Host, versions: list[Path]
) -> None:
    """The button does nothing then, and comes back; it works where the new version is in already, too."""
    tab = Tab(profile, host, script=_PENDING_CAMERA)
    host.start(versions[1])
    assert tab.update() == "installed"
    tab.until(lambda: tab.messages() == [_READY])
    tab.page.locator("#camera-button").click()
    tab.page.get_by_role("button", name="Use it").click()
    tab.page.evaluate(_ASKED_AFTER)
    tab.page.evaluate("self.refuse()")
    tab.until(lambda: tab.messages() == [_READY])
    assert tab.version() == "one"
    assert tab.workers() == "waiting active"
    tab.page.evaluate(_ACTIVATE)
    assert tab.version() == "one"
    tab.page.get_by_role("button", name="Use it").click()
    tab.until(lambda: tab.version() == "two")


def test_an_update_waits_for_the_other_tab(profile: BrowserContext, host: Host, versions: list[Path]) -> None:
    """A tab that may be in a call is never taken over: the button says to close it, and then works."""
    tab, other = Tab(profile, host), Tab(profile, host, "play.html")
    host.start(versions[1])
    _press_in_vain(tab)
    assert other.workers() == "waiting active"
    other.page.close()
    tab.until(lambda: _used(tab))


def test_an_update_waits_for_a_page_beside_the_site(profile: BrowserContext, host: Host, versions: list[Path]) -> None:
    """One of the same origin that has pyselfie's worker loses no files: its own window is none of the site's."""
    beside = cast("GuardedPage", profile.new_page())
    beside.goto(host.origin + OUTER_WORKER)
    assert beside.evaluate(START_WORKER, f"{PREFIX}js/worker.js") == "started"
    tab = Tab(profile, host)
    host.start(versions[1])
    _press_in_vain(tab)
    beside.close()
    tab.until(lambda: _used(tab))


def _press_in_vain(tab: Tab) -> None:
    """Press the button of an update: it says why that has to wait, and the version stays."""
    assert tab.update() == "installed"
    tab.until(lambda: tab.messages() == [_READY])
    tab.page.get_by_role("button", name="Use it").click()
    tab.until(lambda: "open in another tab" in "".join(tab.messages()))
    assert tab.version() == "one"


def _used(tab: Tab) -> bool:
    """Press the button, again where the browser still counts a page that has gone."""
    with suppress(Error):  # the button goes with its page
        tab.page.get_by_role("button", name="Use it").click(timeout=2000)
    return tab.version() == "two"


def test_a_broken_update_leaves_the_old_version(
    profile: BrowserContext, host: Host, versions: list[Path], tmp_path: Path
) -> None:
    """One bad file, and nothing of it is used, also without a network; when the file is mended the update comes."""
    tab = Tab(profile, host)
    tab.page.expected_errors.append("integrity")
    for name, spoil in _SPOILT.items():
        broken = tmp_path / name
        link_tree(versions[1], broken)
        rewrite(broken / "widget.html", spoil)  # the last one that is new
        host.start(broken)
        assert tab.update() == "redundant", name
        host.stop()
        tab.page.reload()
        assert tab.version() == "one", name
        assert tab.workers() == "active", name
        assert tab.messages() == [], name
    host.start(versions[1])
    assert tab.update() == "installed"


def test_a_server_for_development_ends_what_is_kept(profile: BrowserContext, host: Host) -> None:
    """At `build.py serve` an earlier visit's worker and its cache go; others' caches stay, and so do open pages."""
    tab = Tab(profile, host)
    tab.page.evaluate("Promise.all(['somebody', 'pyselfie-precache-v2-http://else/'].map((name) => caches.open(name)))")
    assert len(tab.page.evaluate(_NAMES)) == 3
    host.start(offline=False)
    tab.page.reload()
    tab.page.evaluate("self.isInCall = true")
    tab.until(lambda: tab.page.evaluate(_NAMES) == ["pyselfie-precache-v2-http://else/", "somebody"])
    tab.until(lambda: not tab.workers())
    assert tab.page.evaluate("self.isInCall")


def test_registering_says_what_is_in_the_way(browser_for: Callable[[tuple[str, ...]], Browser], host: Host) -> None:
    """A page elsewhere on the origin, a browser without service workers, no room: one sentence each."""
    failing = "async (url) => (await import(url)).registerOffline().then(() => 'kept', ({ message }) => message)"
    with guarded(browser_for(()), host) as context:
        tab = Tab(context, host, script="if (location.search) delete Navigator.prototype.serviceWorker")
        script = f"{host.url}pyselfie.js"
        tab.page.goto(f"{host.url}docs/index.html?none")
        assert "this browser offers no service workers here" in tab.page.evaluate(failing, script)
        tab.page.goto(f"{host.url}docs/index.html")
        tab.page.evaluate("history.replaceState(null, '', '/elsewhere')")
        said = tab.page.evaluate(failing, script)
        assert re.search(rf"kept for pages below {host.url} only, and this page isn't: put the page there", said)
        tab.page.goto(f"{host.url}docs/index.html")
        browser = context.new_cdp_session(tab.page)
        browser.send("Storage.overrideQuotaForOrigin", {"origin": host.origin, "quotaSize": 100_000})
        assert "Not all of pyselfie's files could be kept" in tab.page.evaluate(failing, script)
        assert tab.page.evaluate(KEPT_FILES) == 0  # they would take room in vain
        browser.send("Storage.overrideQuotaForOrigin", {"origin": host.origin})
        assert tab.page.evaluate(failing, script) == "kept"
        assert "waiting" not in tab.workers()


def test_a_page_that_cannot_be_kept_says_nothing(browser_for: Callable[[tuple[str, ...]], Browser], host: Host) -> None:
    """Where something is in the way of the worker, nothing is told, nothing fails and nothing more is asked for."""
    with guarded(browser_for(()), host) as context:
        for name, provoked in _IN_THE_WAY.items():
            tab = Tab(context, host, script=provoked)
            host.asked.clear()
            tab.page.evaluate(PAINTED, "#stage")
            assert SERVICE_WORKER not in host.asked, name
            assert tab.page.locator(".message").count() == 0, name
            tab.page.close()
        tab = Tab(context, host)
        tab.page.evaluate(PAINTED, "#stage")
        tab.until(lambda: SERVICE_WORKER in host.asked)
