"""The page for everybody: narrow and wide windows, the keyboard alone, dark, and no finding of axe-core."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from pyselfie.core.options import EFFECT_NAMES
from tests.browser.flags import camera_flags
from tests.browser.page.page_kit import OUTSIDE, OVERFLOW, SMALL_TARGETS, open_demo
from tests.browser.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route, ViewportSize

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 360, "height": 740}
_CARD_ROWS = """() => {
  const rows = new Map();
  for (const card of document.querySelectorAll(".card")) {
    const { top } = card.getBoundingClientRect();
    rows.set(top, (rows.get(top) ?? 0) + 1);
  }
  return [...rows.values()];
}"""
_CUT_TITLES = """() => [...document.querySelectorAll(".card-title")]
  .filter((title) => title.scrollWidth > title.clientWidth).map(({ textContent }) => textContent)"""
_WATCH_WHAT_IS_READ_OUT = """() => {
  self.readOut = [];
  const note = (records) => {
    for (const { target } of records) {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const region = element?.closest("[role=status], [role=alert], [aria-live], output");
      if (region?.textContent) readOut.push(region.textContent);
    }
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
_DOWNLOAD_A_MODEL = """async () => {
  const stage = document.getElementById("stage");
  const seen = [];
  for (let loaded = 0; loaded <= 100; loaded++) {
    const detail = { loaded, total: 100, text: "Downloading the better model" };
    stage.dispatchEvent(new CustomEvent("modelprogress", { detail }));
    seen.push(document.getElementById("status").textContent);
    await new Promise(requestAnimationFrame);
  }
  const detail = { backend: "wasm", reason: "no GPU here", model: "multiclass", modelReason: "", modelAsked: 2 };
  stage.dispatchEvent(new CustomEvent("model", { detail }));
  await new Promise(requestAnimationFrame);
  return seen;
}"""
_FOCUSED = (
    "() => document.activeElement.id || document.activeElement.value || document.activeElement.textContent.trim()"
)


def _hang(page: GuardedPage) -> None:
    """Keep the page loading: the request for Python is never answered."""
    page.hang("**/pyodide.asm.wasm*")


def test_axe_finds_nothing_while_running(site: Server, launch: Callable[..., GuardedPage]):
    """With each effect's controls shown, and with the statistics open, axe-core has nothing to say, light or dark.

    Nor in a narrow window. What the scheme changes are colours, so in the dark one axe looks at those.
    """
    demo = open_demo(launch, site, reduced_motion="reduce").wait_painted()
    demo.page.click("#stats summary")
    for window, effect in product((WIDE, NARROW), EFFECT_NAMES):
        demo.page.set_viewport_size(window)
        demo.choose_effect(effect)
        demo.page.emulate_media(color_scheme="light")
        assert demo.axe() == [], (window, effect)
        demo.page.emulate_media(color_scheme="dark")
        assert demo.axe("color-contrast") == [], (window, effect)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_loading_and_on_faults(site: Server, launch: Callable[..., GuardedPage], scheme: str):
    """The loading page, and the page with an error and a notice on it, pass axe-core."""
    page = launch(color_scheme=scheme, reduced_motion="reduce")
    _hang(page)
    demo = open_demo(lambda **_: page, site, "?effect=sepia")
    demo.until(lambda: "MB" in page.inner_text("#loading-bytes"))
    assert demo.axe() == []
    demo.give("empty.png", b"")
    assert "empty" in demo.alert()
    assert "sepia" in demo.notice()
    assert demo.axe() == []


def test_axe_finds_nothing_with_the_camera_on(site: Server, launch: Callable[..., GuardedPage], camera_file: Path):
    """The list of cameras is labelled, too."""
    demo = open_demo(launch, site, "", *camera_flags(camera_file), viewport=NARROW).wait_painted()
    demo.page.click("#camera-button")
    demo.until(lambda: demo.page.locator("#camera-select option").count() > 0)
    assert demo.axe() == []


def test_loading_page_is_useful_at_once(site: Server, launch: Callable[..., GuardedPage]):
    """While assets load, the page shows what is fetched in words and bytes, a neutral stage, and working controls."""
    page = launch()
    _hang(page)
    demo = open_demo(lambda **_: page, site)
    demo.until(lambda: page.evaluate("document.querySelector('#loading-bar').value") > 0)
    assert page.inner_text("#loading-text")
    assert " of " in page.inner_text("#loading-bytes")
    assert page.locator("#stage canvas").count() == 0
    assert page.is_disabled("#snapshot-button")
    demo.choose_effect("color")
    assert page.locator("#backdrop-color").is_visible()


def test_the_worker_does_not_wait_for_the_pages_scripts(site: Server, launch: Callable[..., GuardedPage]):
    """It downloads before the page's own script has come, which then shows how far it is and starts no other one."""
    page = launch()
    _hang(page)
    held: list[Route] = []
    page.route("**/demo/app.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright refuses built-ins
    came: list[str] = []
    page.context.on("requestfinished", lambda request: came.append(request.url.rsplit("/", 1)[1]))
    page.goto(site.url, wait_until="commit")
    until(page, lambda: {"python_stdlib.zip", "ort-wasm-simd-threaded.wasm"} <= set(came), lambda: f"came: {came}")
    [script] = held
    script.continue_()
    until(page, lambda: page.evaluate("document.querySelector('#loading-bar').value") > 0, lambda: "no progress")
    assert len(page.workers) == 1


def test_narrow_page_never_scrolls_sideways(site: Server, launch: Callable[..., GuardedPage]):
    """At 360 px everything lies within the window, and whatever is pressed is at least 40 px large."""
    page = launch(viewport=NARROW, has_touch=True)
    _hang(page)
    demo = open_demo(lambda **_: page, site, "?model=nonsense")
    demo.give("a-file-with-quite-a-long-name-that-does-not-break-anywhere.png", b"")
    demo.alert()
    page.click("#stats summary")
    for effect in EFFECT_NAMES:
        demo.choose_effect(effect)
        assert page.evaluate(OVERFLOW) == 0, effect
        assert page.evaluate(OUTSIDE) == [], effect
        assert page.evaluate(SMALL_TARGETS) == [], effect


def test_wide_page_has_controls_beside_a_large_stage(site: Server, launch: Callable[..., GuardedPage]):
    """From 960 px on the controls stand beside the stage, which takes more than half of the width."""
    page = launch(viewport={"width": 1440, "height": 900})
    _hang(page)
    open_demo(lambda **_: page, site)
    stage = page.locator("#viewport").bounding_box()
    controls = page.locator("#controls").bounding_box()
    assert stage is not None
    assert controls is not None
    assert stage["width"] > 800
    assert stage["height"] > 500
    assert controls["x"] >= stage["x"] + stage["width"]


def test_no_effect_stands_alone(site: Server, launch: Callable[..., GuardedPage]):
    """Each row of effects has at least three cards, and no title is wider than its card, wide or narrow."""
    page = launch()
    _hang(page)
    open_demo(lambda **_: page, site)
    for window in (WIDE, NARROW):
        page.set_viewport_size(window)
        rows = page.evaluate(_CARD_ROWS)
        assert sum(rows) == len(EFFECT_NAMES), window
        assert min(rows) >= 3, window
        assert page.evaluate(_CUT_TITLES) == [], window


def test_a_download_is_read_out_when_it_begins_and_ends(site: Server, launch: Callable[..., GuardedPage]):
    """The chip shows each percent; a screen reader hears of the download once, and once of what runs then."""
    page = open_demo(launch, site).wait_painted().page
    page.evaluate(_WATCH_WHAT_IS_READ_OUT)
    seen = page.evaluate(_DOWNLOAD_A_MODEL)
    assert [seen[0], seen[34], seen[100]] == [f"Downloading the better model: {part} %" for part in (0, 34, 100)]
    assert page.evaluate("readOut") == ["Downloading the better model", "WebAssembly: no GPU here"]


def test_keyboard_alone_is_enough(site: Server, launch: Callable[..., GuardedPage]):
    """Tab reaches everything in reading order with a visible focus; arrows choose the effect and set its strength."""
    demo = open_demo(launch, site).wait_painted()
    page, press = demo.page, demo.page.keyboard.press
    order = []
    for _ in range(20):
        press("Tab")
        order.append(page.evaluate(_FOCUSED))
        assert page.evaluate("document.activeElement.matches(':focus-visible')")
    assert order == [
        *(
            "Skip to the controls",
            "Write your own effect",
            "Quality lab",
            "camera-button",
            "file-button",
            "sample-button",
            "blur",
            "strength",
        ),
        *(
            "snapshot-button",
            "fullscreen-button",
            "record-button",
            "record-format",
            "record-sound",
            "0",
            "edges",
            "decontaminate",
            "smoothing",
            "mirror",
            "framing",
        ),
        page.locator("#stats summary").inner_text(),
    ]
    press("Space")
    assert page.locator("#stats table").is_visible()
    page.focus("input[value=blur]")
    press("ArrowRight")
    assert page.is_checked("input[value=picture]")
    press("Tab")
    press("ArrowRight")
    assert page.locator("input[name=backdrop]").nth(1).is_checked()
    page.focus("#mirror")
    press("Space")
    assert page.is_checked("#mirror")


def test_skip_link_leads_to_the_controls(site: Server, launch: Callable[..., GuardedPage]):
    """The first Tab shows a link that jumps over header and sources."""
    page = launch()
    _hang(page)
    open_demo(lambda **_: page, site)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUSED) == "blur"


@pytest.mark.chromium("Playwright asks only it for less motion")
def test_reduced_motion_stops_all_animation(site: Server, launch: Callable[..., GuardedPage]):
    """Who asks for less motion gets none, not even while loading."""
    page = launch(reduced_motion="reduce")
    _hang(page)
    open_demo(lambda **_: page, site)
    assert page.evaluate("document.getAnimations().length") == 0
