"""The test bench itself: it must see what it is there to see."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error

from tests.browser.flags import WEBGPU_FLAGS, camera_flags
from tests.browser.harness import empty_page
from tests.browser.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage
    from tests.browser.profile import Profile

_DEEDS = """
const deeds = {
  throws: () => setTimeout(() => { throw new Error("thrown here"); }),
  rejects: () => { Promise.reject(new Error("rejected here")); },
  logs: () => console.error("logged here"),
  evaluates: () => setTimeout("0"),
  strays: () => fetch("http://127.0.0.1:1/elsewhere").catch(() => 0),
};
deeds[new URL(self.location.href).searchParams.get("deed")]?.();
"""
_WORKER = "new Worker(new URL(`deeds.js${location.search}`, location.href), { type: 'module' });"
_HTML = '<!doctype html><title>t</title><link rel="icon" href="data:,"><script type="module" src="{}"></script>'


@pytest.fixture(scope="module")
def bench_site(serve_site: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a site of two pages which do what ``?deed=`` says: page.html itself, worker.html in a worker."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "deeds.js").write_text(_DEEDS)
    (folder / "worker.js").write_text(_WORKER)
    (folder / "page.html").write_text(_HTML.format("deeds.js"))
    (folder / "worker.html").write_text(_HTML.format("worker.js"))
    return serve_site(folder)


def test_isolated_page_has_shared_memory(bench_site: Server, launch: Callable[..., GuardedPage]):
    """COOP and COEP of the real server give the page SharedArrayBuffer."""
    page = launch()
    page.goto(bench_site.url + "page.html")
    assert page.evaluate("crossOriginIsolated")


def test_without_isolation_there_is_none(
    bench_site: Server, serve_site: Callable[..., Server], launch: Callable[..., GuardedPage]
):
    """A host without COOP and COEP gives a page that is not isolated."""
    page = launch()
    page.goto(serve_site(bench_site.directory, isolation=False).url + "page.html")
    assert not page.evaluate("crossOriginIsolated")


def test_camera_file_becomes_a_camera(bench_site: Server, launch: Callable[..., GuardedPage], camera_file: Path):
    """With camera_flags a page's camera is 1280x720 and needs no click."""
    page = launch(*camera_flags(camera_file))
    page.goto(bench_site.url + "page.html")
    settings = page.evaluate(
        "navigator.mediaDevices.getUserMedia({video: {width: 1280, height: 720}})"
        ".then((stream) => stream.getVideoTracks()[0].getSettings())"
    )
    assert (settings["width"], settings["height"]) == (1280, 720)


def test_webgpu_flags_give_an_adapter(bench_site: Server, launch: Callable[..., GuardedPage]):
    """With WEBGPU_FLAGS there is a WebGPU adapter, in software."""
    page = launch(*WEBGPU_FLAGS)
    page.goto(bench_site.url + "page.html")
    assert page.evaluate("navigator.gpu.requestAdapter().then((adapter) => adapter !== null)")


def test_closed_context_is_no_fault(bench_site: Server, launch: Callable[..., GuardedPage]):
    """A test may close its page or its whole profile itself."""
    page = launch()
    page.goto(bench_site.url + "page.html")
    page.context.close()


_LEAVES = """async () => {
  localStorage.a = document.cookie = "a=1";
  const made = indexedDB.open("a");
  await new Promise((done) => { made.onsuccess = done; });
  made.result.close();
  await (await caches.open("a")).put("/a", new Response("a"));
  await (await navigator.storage.getDirectory()).getFileHandle("a", { create: true });
}"""
_FINDS = """async () => [
  ...Object.keys(localStorage), document.cookie, ...(await indexedDB.databases()), ...(await caches.keys()),
  ...(await Array.fromAsync((await navigator.storage.getDirectory()).keys())),
  (await navigator.permissions.query({ name: "geolocation" })).state, (await fetch("deeds.js")).status,
]"""


@pytest.mark.chromium("only there tests share a profile")
def test_a_test_leaves_nothing_in_the_shared_profile(bench_site: Server, shared_profile: Callable[..., Profile]):
    """Storage, permissions, routes, what is expected and what was seen: the next test has none of it."""
    profile = shared_profile()
    address = bench_site.url + "page.html"
    page = profile.page()
    page.goto(address)
    clean = page.evaluate(_FINDS)
    page.evaluate(_LEAVES)
    page.context.grant_permissions(["geolocation"])
    assert len(page.evaluate(_FINDS)) == len(clean) + 4
    page.context.route("**/deeds.js", lambda route: route.fulfill(status=404))
    page.expected_errors.append("foreseen")
    page.evaluate("console.error('foreseen'); console.error('a surprise')")
    page.context.set_offline(True)
    [fault] = profile.end_test()
    assert "a surprise" in fault
    assert shared_profile() is profile
    page = profile.page()
    page.goto(address)
    assert page.evaluate(_FINDS) == clean
    page.evaluate("console.error('foreseen')")
    [fault] = profile.end_test()
    assert "foreseen" in fault


@pytest.mark.chromium("only there tests share a profile")
def test_pages_of_the_shared_profile_share_a_process(site: Server, shared_profile: Callable[..., Profile]):
    """One that crashes takes the page that stays with it, and the next test gets another profile."""
    profile = shared_profile()
    page = profile.page()
    page.route("**/blank.html", empty_page)
    page.goto(site.url + "blank.html")
    with suppress(Error):
        page.goto("chrome://crash")
    profile.end_test()
    assert not profile.is_alive
    other = shared_profile()
    assert other.page().evaluate("1 + 1") == 2
    assert other.end_test() == []


ERRORS = [("throws", "thrown here"), ("rejects", "rejected here"), ("logs", "logged here")]
WAYS_OUT = [("evaluates", "Content Security Policy"), ("strays", "127.0.0.1:1/elsewhere")]


@pytest.mark.parametrize(("deed", "fault"), [*ERRORS, *WAYS_OUT])
def test_guard_sees_pages(deed: str, fault: str, bench_site: Server, launch: Callable[..., GuardedPage]):
    """Errors, violations of the CSP and requests to other origins are seen."""
    _sees("page", deed, fault, bench_site, launch())


@pytest.mark.parametrize(("deed", "fault"), ERRORS)
def test_guard_sees_workers_errors(deed: str, fault: str, bench_site: Server, launch: Callable[..., GuardedPage]):
    """What a worker throws, rejects or logs is seen."""
    _sees("worker", deed, fault, bench_site, launch())


@pytest.mark.chromium("Firefox's driver tells of no report and no request that a policy forbids a worker")
@pytest.mark.parametrize(("deed", "fault"), WAYS_OUT)
def test_guard_sees_workers_ways_out(deed: str, fault: str, bench_site: Server, launch: Callable[..., GuardedPage]):
    """Violations of the CSP and requests to other origins are seen in workers as well."""
    _sees("worker", deed, fault, bench_site, launch())


def _sees(place: str, deed: str, fault: str, bench_site: Server, page: GuardedPage) -> None:
    page.goto(f"{bench_site.url}{place}.html?deed={deed}")
    faults = page.guard.faults
    until(page, lambda: any(re.search(fault, seen) for seen in faults()), lambda: f"seen: {faults()}")
    page.expected_errors.append("")
    assert not page.guard.faults()
