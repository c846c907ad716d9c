"""Where the legacy API runs and takes its files from, and what it says when they come from the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from builder.serving.policy import CONTENT_SECURITY_POLICY
from builder.serving.serve import Server
from tests.browser.harness import model_file
from tests.browser.legacy.legacy_kit import TOOLS, encoded, open_page, people
from tests.browser.workers import in_worker, open_ears

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.browser.guard import GuardedPage

_SCRIPT = "selfie_segmentation.js"
_CDN = "https://cdn.example/npm/@mediapipe/selfie_segmentation@0.1/"


@pytest.fixture
def page(launch: Callable[..., GuardedPage], site: Server) -> GuardedPage:
    page = launch()
    open_page(page, site.url)
    return page


def test_locate_file_is_asked_for_the_worker(page: GuardedPage, site: Server) -> None:
    """It gets our file's name and the library's folder; a relative URL, and a slash too many, will do."""
    found = page.evaluate(
        """async () => {
          const asked = [];
          const ways = [(path, prefix) => prefix + path, (path, prefix) => `${prefix}/${path}`, (path) => `./${path}`];
          const ends = [];
          for (const way of ways) {
            const locateFile = (...given) => { asked.push(given); return way(...given); };
            const segmenter = new SelfieSegmentation({ locateFile });
            ends.push(await outcome(segmenter.initialize()));
            await segmenter.close();
          }
          return { asked, ends };
        }"""
    )
    assert found["ends"] == ["fine"] * 3
    assert found["asked"] == [["js/worker.js", site.url]] * 3


def test_the_originals_place_on_a_cdn_means_here(page: GuardedPage) -> None:
    """A program that still names the original's package elsewhere runs from our files, and nothing is asked there."""
    end = page.evaluate(
        "(cdn) => outcome(new SelfieSegmentation({ locateFile: (file) => cdn + file }).send({ image: plain('#f00') }))",
        _CDN,
    )
    assert end == "fine"


def test_locate_file_that_points_nowhere_is_told(page: GuardedPage, site: Server) -> None:
    """Every wrong answer is a rejected promise that names it, and `send` is rejected as `initialize` is."""
    page.expected_errors += ["404", "MIME type", "Content.Security.Policy", "CSP violation", "csp-report"]
    ends = page.evaluate(
        """async () => {
          const ends = [];
          const elsewhere = "https://elsewhere.example/js/worker.js";
          for (const value of ["/nowhere/js/worker.js", "./index.html", elsewhere, 7, "http://["]) {
            const segmenter = new SelfieSegmentation({ locateFile: () => value });
            ends.push([await outcome(segmenter.initialize()), await outcome(segmenter.send({ image: plain("#f00") }))]);
          }
          const { proxy, revoke } = Proxy.revocable({}, {});
          revoke();
          for (const config of [{ locateFile: "here" }, proxy]) {
            const wrong = new SelfieSegmentation(config);
            ends.push([await outcome(wrong.initialize()), await outcome(wrong.send({ image: plain("#f00") }))]);
          }
          return ends;
        }"""
    )
    wanted = [
        f"worker could not be loaded: it has to be at {site.url}nowhere/js/worker.js",
        f"worker could not be loaded: it has to be at {site.url}index.html",
        "at https://elsewhere.example/js/worker.js, with all of pyselfie's files as they came; copy them there, or",
        'locateFile("js/worker.js") returned 7',
        'locateFile("js/worker.js") returned “http://[”',
        "locateFile is “here”, but it has to be a function",
        "SelfieSegmentation got [object Object], whose locateFile cannot be read: give { locateFile }, or nothing.",
    ]
    for (initialize, send), sentence in zip(ends, wanted, strict=True):
        assert sentence in initialize
        assert send == initialize


def test_a_file_that_is_missing_is_told_and_may_come_later(page: GuardedPage) -> None:
    """A download that fails rejects the call with the file's name; the next call tries again."""
    page.expected_errors.append("404")
    page.context.route("**/models/*.onnx", lambda route: route.fulfill(status=404))
    page.evaluate("window.segmenter = new SelfieSegmentation()")
    first = page.evaluate("outcome(segmenter.initialize())")
    page.context.unroute("**/models/*.onnx")
    assert f"{model_file(edges='raw')} could not be downloaded: the server answered 404" in first
    assert page.evaluate("outcome(segmenter.send({ image: plain('#f00') }))") == "fine"


@pytest.fixture
def permissive(dist: Path, origins: set[str]) -> Iterator[Server]:
    """Serve the site so that its pages may show pictures of any origin."""
    policy = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src *")
    policy = policy.replace("style-src", "style-src 'unsafe-inline'")  # Chromium's own page around a picture has some
    with Server(dist, isolation=False, headers={"Content-Security-Policy": policy}) as server:
        origins.add(server.url.rstrip("/"))
        yield server


@pytest.fixture
def stranger(dist: Path, origins: set[str]) -> Iterator[Server]:
    """Serve pictures to pages of other origins, but not their pixels."""
    with Server(dist, headers={"Cross-Origin-Resource-Policy": "cross-origin"}) as server:
        origins.add(server.url.rstrip("/"))
        yield server


def test_pictures_whose_pixels_may_not_be_read_are_refused(
    launch: Callable[..., GuardedPage], permissive: Server, stranger: Server
) -> None:
    """An image of another origin, and a canvas with it, are rejected with what to do about it; the next one works."""
    page = launch()
    page.expected_errors.append("favicon")
    # A page that is really served: a made-up one may not ask servers of this machine.
    page.goto(f"{permissive.url}samples/astronaut.jpg")
    page.add_script_tag(url=f"{permissive.url}selfie_segmentation.js")
    page.evaluate(TOOLS)
    found = page.evaluate(
        """async ([url, png]) => {
          const foreign = new Image();
          foreign.src = url;
          await foreign.decode();
          const tainted = plain("#f00");
          tainted.getContext("2d").drawImage(foreign, 0, 0);
          const segmenter = new SelfieSegmentation();
          const ends = [];
          const images = [foreign, tainted, await picture(png)];
          for (const image of images) ends.push(await outcome(segmenter.send({ image })));
          return ends;
        }""",
        [f"{stranger.url}samples/astronaut.jpg", encoded(people()["crop"])],
    )
    for end in found[:2]:
        assert 'load it with crossorigin="anonymous" from a server that allows this page' in end
    assert found[2] == "fine"


def _as_modules() -> str:
    return """async () => {
      await import("./selfie_segmentation.js");
      const { SelfieSegmentation: Named, VERSION: version } = await import("./js/legacy/index.js");
      const sizes = [];
      for (const Kind of [SelfieSegmentation, Named]) {
        const segmenter = new Kind();
        segmenter.onResults(({ image }) => { sizes.push(image.width); });
        await segmenter.initialize();
        await segmenter.send({ image: plain("#f00") });
        await segmenter.close();
      }
      return { sizes, versions: [version, VERSION] };
    }"""


def test_it_works_as_a_module_and_below_a_path(launch: Callable[..., GuardedPage], serve_site: Any) -> None:
    """Imported, the script defines the global; js/legacy/index.js has names; a sub-path without isolation will do."""
    site = serve_site(prefix="/some/where/", isolation=False)
    page = launch()
    open_page(page, site.url, "<!doctype html><html lang=en><title>Modules</title>")
    found: dict[str, Any] = page.evaluate(_as_modules())
    assert found["sizes"] == [64, 64]
    assert found["versions"] == ["0.1.1675465747"] * 2


def test_it_runs_inside_a_worker(launch: Callable[..., GuardedPage], site: Server) -> None:
    """As with the original, a program without a document may use it: here the script is the worker."""
    page = launch()
    open_page(page, site.url, "<!doctype html><html lang=en><title>Worker</title>")
    open_ears(page, _SCRIPT)
    with page.expect_worker():
        page.evaluate("(file) => { window.worker = new Worker(file); }", _SCRIPT)
    found = in_worker(
        page,
        """async () => {
          const segmenter = new SelfieSegmentation();
          const sizes = [];
          segmenter.onResults(({ image, segmentationMask: mask }) => { sizes.push(image.width, mask.height); });
          const canvas = new OffscreenCanvas(64, 48);
          canvas.getContext("2d").fillRect(0, 0, 64, 48);
          await segmenter.send({ image: canvas });
          return sizes;
        }""",
        file=_SCRIPT,
    )
    assert found == [64, 48]
