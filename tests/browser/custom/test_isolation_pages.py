"""Pages with an isolated worker: where none is started and why, and what an element keeps in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.serving.policy import headers_for
from tests.browser.custom.test_effect_source import FLAT, LEVEL
from tests.browser.custom.test_isolation import NO_POLICY
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.element.test_api import GET, tag
from tests.browser.harness import EngineDriver
from tests.browser.track.track_kit import open_track, wait_colour

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


TELLS = """import js

LEVEL = 20 if hasattr(js, "fetch") else 180

def effect(frame, mask, time):
    return frame // 255 * 0 + LEVEL
"""


@pytest.mark.engines
@pytest.mark.parametrize("network", ["works", "fails"])
def test_a_browser_that_hands_no_policy_on_is_refused(
    launch: Callable[..., GuardedPage], serve_as: Callable[..., Server], network: str
) -> None:
    """Where a worker may ask the site, it has no policy: nothing is started, and one sentence says why.

    A network that fails just when the worker asks does not hide it.
    """
    page = launch()
    page.expected_errors += ["ERR_FAILED"]
    asked: list[str] = []

    def open_up(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("default-src 'none'; ", ""))

    def once(route: Route) -> None:
        asked.append(route.request.resource_type)
        if len(asked) > 1 and network == "fails":
            route.abort()
        else:
            route.continue_()

    page.route("**/js/engine/isolated.js", open_up)
    page.route("**/js/worker/lockdown.js", once)
    engine = EngineDriver(page, serve_as(NO_POLICY).url, isolated=True)
    told = page.evaluate("engine.start().then(() => 'started', ({ message }) => message)")
    assert told == (
        "This browser doesn't hold an isolated worker to its policy, so effects of other people can't run in it. "
        "Use another browser."
    )
    assert [error["message"] for error in engine.log("error")] == [told]
    assert len(asked) == 2, "its own script, and then the same file to try the policy"


def test_an_isolated_effect_does_not_come_out(launch: Callable[..., GuardedPage], site: Server) -> None:
    """An element whose `isolated` is taken away drops the effect that it had; one that is given then stays."""
    page = ElementPage(launch(), site.url, tag(painter="canvas2d", effect="mask", isolated=""))
    page.run(f"(text) => {GET}.setEffect(text)", FLAT.format(3))
    page.run(f"{GET}.isolated = false; {GET}.src = '{SAMPLE}'")
    page.wait("frame")
    assert page.run(LEVEL) != 3
    page.run(f"{GET}.stop(); {GET}.src = null; {GET}.isolated = true")
    after = page.position()
    page.run(f"(text) => {GET}.setEffect(text)", FLAT.format(3))
    page.run(f"(text) => {{ {GET}.isolated = false; {GET}.setEffect(text); {GET}.src = '{SAMPLE}'; }}", FLAT.format(7))
    page.wait("frame", after=after)
    page.until(lambda: page.run(LEVEL) == 7)


@pytest.mark.parametrize("isolated", [True, False])
def test_a_track_can_be_isolated(
    launch: Callable[..., GuardedPage],
    serve_as: Callable[..., Server],
    camera_file: Path,
    isolated: bool,
) -> None:
    """Its effect paints, and finds no way to ask anybody, which it does in a worker that is not."""
    page = open_track(launch, serve_as(NO_POLICY), camera_file, isolated=isolated, effectSource=TELLS)
    wait_colour(page, (180, 180, 180) if isolated else (20, 20, 20))


def test_a_policy_that_forbids_it_is_named(launch: Callable[..., GuardedPage], site: Server) -> None:
    """A page whose policy allows no worker out of a blob is told what it needs."""
    page = launch()
    page.expected_errors += ["worker-src|blob:", "Content Security Policy: None"]  # Firefox shows no report
    engine = EngineDriver(page, site.url, isolated=True)
    told = page.evaluate("engine.start().then(() => 'started', ({ message }) => message)")
    assert "an isolated one needs blob: in worker-src" in told
    assert engine.log("error")[0]["action"] == "retry"


def test_the_playground_may_make_such_a_worker() -> None:
    """Its policy allows workers out of blobs, which no other page's does."""
    policies = {
        path: headers_for(path, isolation=True, changes={})["Content-Security-Policy"]
        for path in ("play.html", "index.html", "widget.html")
    }
    assert ["worker-src 'self' blob:" in policy for policy in policies.values()] == [True, False, False]
