"""The kept site without a network: its server is stopped after the first visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from builder.paths import SERVICE_WORKER
from tests.browser.offline.offline_kit import HAND_OVER, NO_ENGINE, OUTER_WORKER, PAINTED, PREFIX, Host, Tab, guarded
from tests.browser.page.page_kit import Demo, encode
from tests.browser.play.play_kit import Play
from tests.browser.waiting import until
from tests.browser.widget.widget_kit import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Response

    from tests.browser.guard import GuardedPage

pytestmark = pytest.mark.chromium("service workers have been tried in Chromium alone")

_SOMEBODYS = ("workbox-precache-v2-http://somebody/", "pyselfie-precache-v2-http://else/")
_BEFORE = """async ([worker, names]) => {
  await navigator.serviceWorker.register(worker, { scope: "/" });
  for (const name of names) await (await caches.open(name)).put("/theirs", new Response("theirs"));
}"""
_ANSWERS = "(script) => navigator.serviceWorker.controller?.scriptURL === script"
_THEIRS = """async (names) => {
  const registrations = await navigator.serviceWorker.getRegistrations();
  const kept = names.map(async (name) => (await (await caches.open(name)).match("/theirs"))?.text());
  return [registrations.map(({ scope }) => new URL(scope).pathname).sort(), await Promise.all(kept)];
}"""
_LATE = """() => new Promise((resolve) => {
  const stage = document.querySelector("#stage");
  stage.addEventListener("effect", ({ detail }) => {
    if (detail.running === "newest" || detail.error) resolve(detail.error?.message ?? "fine");
  });
  stage.setEffect("import numpy.polynomial\\ndef effect(frame, mask, time):\\n    return 255 - frame\\n");
})"""
_KEPT = """async (change) => {
  const { scope } = await navigator.serviceWorker.ready;
  const cache = await caches.open(`pyselfie-precache-v2-${scope}`);
  const found = (await cache.keys()).find(({ url }) => url.includes("/docs/files.html"));
  if (change === "delete") await cache.delete(found);
  if (change === "damage") await cache.put(found, new Response("damaged"));
  return found ? (await (await cache.match(found))?.text())?.length ?? 0 : 0;
}"""
_LATE_ADDRESSES = """async () => {
  const { fetchNow } = await import("./js/worker/fetch_now.js");
  const { late } = await (await fetch("assets.json")).json();
  const { XMLHttpRequest } = window;
  const asked = [];
  window.XMLHttpRequest = class { open(_, url) { asked.push(url); } send() {} };
  for (const past of [false, true]) fetchNow(new URL(Object.keys(late)[0], location.href).href, past);
  Object.assign(window, { XMLHttpRequest });
  return asked;
}"""
_SIZE = "async (url) => (await (await fetch(url)).arrayBuffer()).byteLength"
_DAMAGE = """async (damaged) => {
  const { scope } = await navigator.serviceWorker.ready;
  const cache = await caches.open(`pyselfie-precache-v2-${scope}`);
  const found = (await cache.keys()).find(({ url }) => url.startsWith(damaged));
  await cache.put(found, new Response("damaged"));
}"""
_LENGTH = "async (how) => (await (await fetch('docs/files.html', how)).text()).length"
_MODEL = """(wanted) => new Promise((resolve) => {
  document.querySelector("#stage").addEventListener("model", ({ detail }) => resolve(detail.model));
  document.querySelector(`input[name=model][value="${wanted}"]`).click();
})"""
_FETCH_SHARED = """async (root) => {
  const { status, headers } = await fetch(`${root}shared-picture`);
  return [status, headers.get("content-type"), headers.get("x-content-type-options"), headers.get("x-type")];
}"""
_RUNNING = {
    "text/html": b"<script>self.ran = true</script>",
    "image/svg+xml": b"<svg xmlns='http://www.w3.org/2000/svg'><script>self.ran = true</script></svg>",
}
_SHARE = """<form method=post enctype=multipart/form-data action="%sshare"><input type=file name=picture><button>"""


@pytest.fixture(scope="module")
def host(dist: Path) -> Iterator[Host]:
    """Return a host of the built site."""
    running = Host(dist).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def first_visit(
    browser_for: Callable[[tuple[str, ...]], Browser], host: Host
) -> Iterator[tuple[BrowserContext, list[str]]]:
    """Visit the site once, beside somebody's worker and caches; when the visited page is kept, too, the server stops.

    What was asked for until it painted is returned, too.
    """
    with guarded(browser_for(()), host, reduced_motion="reduce") as context:
        page = cast("GuardedPage", context.new_page())
        page.goto(f"{host.url}licenses/README.txt")
        page.evaluate(_BEFORE, [OUTER_WORKER, _SOMEBODYS])
        host.asked.clear()
        demo = Demo(page, f"{host.url}?model=general").wait_painted()
        demo.until(lambda: page.evaluate(_ANSWERS, host.url + SERVICE_WORKER))
        asked = list(host.asked)
        host.stop()
        page.close()
        yield context, asked


@pytest.fixture(scope="module")
def opened(first_visit: tuple[BrowserContext, list[str]], host: Host) -> tuple[Demo, Response]:
    """Return the demo page, opened without a network, and what the browser got for it."""
    page = cast("GuardedPage", first_visit[0].new_page())
    with page.expect_response(f"{host.url}?model=general") as answered:
        demo = Demo(page, f"{host.url}?model=general")
    return demo.wait_painted(), answered.value


@pytest.fixture(scope="module")
def demo(opened: tuple[Demo, Response]) -> Demo:
    """Return the demo page, opened without a network."""
    return opened[0]


def test_the_rest_comes_after_the_first_composite(first_visit: tuple[BrowserContext, list[str]]) -> None:
    """Before the service worker is asked for, the page has asked for its own needs alone; then for each file once."""
    _, asked = first_visit
    before, after = asked[: asked.index(SERVICE_WORKER)], asked[asked.index(SERVICE_WORKER) + 1 :]
    assert [path for path in before if path.endswith(".onnx")] == ["models/selfie_segmentation_refined_web.onnx"]
    assert not [path for path in before if path.startswith(("docs/", "fixtures/", "licenses/"))]
    assert {"docs/index.html", "models/selfie_multiclass.onnx", "play.html", "index.html"} <= set(after)
    assert not [path for path in after if path.startswith("packages/") or path == "widget.json"]


def test_the_page_paints_without_a_network(opened: tuple[Demo, Response]) -> None:
    """As with one: its policy and its isolation come with it."""
    demo, response = opened
    assert response.from_service_worker
    assert "worker-src 'self';" in response.headers["content-security-policy"]
    assert demo.page.evaluate("crossOriginIsolated")
    assert demo.pixels()[..., :3].std() > 20
    assert demo.messages() == []


def test_each_effect_without_a_network(demo: Demo) -> None:
    """Backdrops and Python's late modules are there, too."""
    seen = [demo.pixels()]
    for name in ("picture", "color", "transparent", "fill", "mask", "none", "blur"):
        demo.choose_effect(name)
        demo.until(lambda: not np.array_equal(demo.pixels(), seen[-1]))
        seen.append(demo.pixels())
    assert demo.page.evaluate(_LATE) == "fine"
    demo.page.evaluate("document.querySelector('#stage').setEffect(null)")
    assert demo.messages() == []


def test_each_model_without_a_network(demo: Demo) -> None:
    """None of them was needed by the first visit."""
    assert demo.page.evaluate(_MODEL, 1) == "landscape"
    assert demo.page.evaluate(_MODEL, 2) == "multiclass"
    assert demo.page.evaluate(_MODEL, 0) == "general"
    assert demo.messages() == []


def test_a_shared_picture_is_shown_once(first_visit: tuple[BrowserContext, list[str]], host: Host) -> None:
    """What another app hands to the installed one, as the manifest's share target says, is opened at its start."""
    page: Any = first_visit[0].new_page()
    page.set_content(_SHARE % host.url)
    page.add_init_script(NO_ENGINE)
    picture = encode(np.full((32, 48, 3), 90, np.uint8))
    page.set_input_files("input", {"name": "from another app é.png", "mimeType": "image/png", "buffer": picture})
    page.click("button")
    page.get_by_text("from another app é.png").wait_for(timeout=WAIT_MS)
    assert page.url == host.url
    assert page.evaluate("async () => (await fetch('shared-picture')).status") == 204
    page.close()


@pytest.mark.parametrize("kind", list(_RUNNING))
def test_nothing_that_is_shared_can_run(first_visit: tuple[BrowserContext, list[str]], host: Host, kind: str) -> None:
    """Any site may send a form there: it gets no page of ours, and what is no picture isn't even kept."""
    host.start()
    page: Any = first_visit[0].new_page()
    page.goto(f"{host.url}docs/")
    hand_over = [host.url, kind, list(_RUNNING[kind])]
    kept = [200, "application/octet-stream", "nosniff", kind] if kind.startswith("image/") else [204, None, None, None]
    page.evaluate(HAND_OVER, hand_over)
    assert page.evaluate(_FETCH_SHARED, host.url) == kept
    page.evaluate(HAND_OVER, hand_over)
    answer = page.goto(f"{host.url}shared-picture")
    assert answer.status == 404  # the server's
    assert page.evaluate("self.ran") is None
    page.close()
    host.stop()


def test_a_shared_picture_that_nobody_asks_for_goes(first_visit: tuple[BrowserContext, list[str]], host: Host) -> None:
    """With the next page that is opened without it."""
    page: Any = first_visit[0].new_page()
    page.goto(f"{host.url}docs/")
    page.evaluate(HAND_OVER, [host.url, "image/png", list(b"a picture")])
    assert page.evaluate("() => caches.keys()").count(f"pyselfie-shared-{host.url}") == 1
    page.reload()
    until(page, lambda: f"pyselfie-shared-{host.url}" not in page.evaluate("() => caches.keys()"), lambda: "kept")
    page.close()


def test_the_other_pages_open_without_a_network(first_visit: tuple[BrowserContext, list[str]], host: Host) -> None:
    """The playground runs its first effect, the lab gets ready, the documentation is there."""
    page: Any = first_visit[0].new_page()
    response = page.goto(f"{host.url}docs/")
    assert response.from_service_worker
    assert page.title().endswith("pyselfie")
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{host.url}lab.html")
    page.locator("#status[data-state=ready]").wait_for()
    Play(page, host, "?model=general").wait_painted().wait_state("good")  # type: ignore[arg-type] # it has a url
    assert page.evaluate("crossOriginIsolated")
    page.close()


def test_somebodys_worker_and_caches_stay(demo: Demo) -> None:
    """Their names may be Workbox's own, or begin like ours."""
    assert demo.page.evaluate(_THEIRS, _SOMEBODYS) == [["/", PREFIX], ["theirs", "theirs"]]


def test_a_kept_file_that_is_lost_or_damaged_comes_again(demo: Demo, host: Host, dist: Path) -> None:
    """From the network, and it's kept again; whoever asks past the cache gets what is kept if there is no network."""
    page, anew = demo.page, {"cache": "reload"}
    size = len((dist / "docs" / "files.html").read_text())
    assert page.evaluate(_LENGTH, {}) == page.evaluate(_LENGTH, anew) == size
    host.start()
    page.evaluate(_KEPT, "delete")
    assert page.evaluate(_LENGTH, {}) == size
    demo.until(lambda: page.evaluate(_KEPT, "") == size)
    assert page.evaluate(_KEPT, "damage") == len("damaged")
    assert page.evaluate(_LENGTH, anew) == size
    demo.until(lambda: page.evaluate(_KEPT, "") == size)
    assert page.evaluate(_KEPT, "delete") == 0
    browser = page.context.new_cdp_session(page)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": host.origin, "quotaSize": 100_000})
    assert page.evaluate(_LENGTH, {}) == page.evaluate(_LENGTH, anew) == size  # there is no room, and it came
    browser.send("Storage.overrideQuotaForOrigin", {"origin": host.origin})
    assert page.evaluate(_LENGTH, anew) == size
    demo.until(lambda: page.evaluate(_KEPT, "") == size)
    host.stop()


def test_a_late_archive_that_is_damaged_comes_again(demo: Demo, host: Host) -> None:
    """The second request of an import, which can't ask as a page does, gets it from the network."""
    page = demo.page
    host.start()
    first, second = page.evaluate(_LATE_ADDRESSES)
    good = page.evaluate(_SIZE, first)
    assert good > 1000
    page.evaluate(_DAMAGE, first)
    assert page.evaluate(_SIZE, first) == len("damaged")
    assert page.evaluate(_SIZE, second) == good
    demo.until(lambda: page.evaluate(_SIZE, first) == good)
    host.stop()


def test_chromium_takes_it_for_an_app(demo: Demo) -> None:
    """It has nothing to say against the manifest, which is kept as well, and would install it but for the profile."""
    browser = demo.page.context.new_cdp_session(demo.page)
    assert browser.send("Page.getAppManifest")["errors"] == []
    errors = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in errors} <= {"in-incognito"}


def test_the_widget_and_the_element_keep_nothing(browser_for: Callable[[tuple[str, ...]], Browser], host: Host) -> None:
    """Unless its address asks for it."""
    host.start().asked.clear()
    with guarded(browser_for(()), host) as context:
        widget = Tab(context, host, "widget.html?src=samples/astronaut.jpg")
        widget.page.evaluate(PAINTED, "selfie-segmentation")
        assert widget.page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
        assert "pyselfie.js" in host.asked
        assert SERVICE_WORKER not in host.asked
        asking = Tab(context, host, "widget.html?src=samples/astronaut.jpg&offline")
        asking.until(lambda: asking.workers() == "active")
        host.stop()
        answer = asking.page.reload()
        assert answer is not None
        assert answer.from_service_worker
