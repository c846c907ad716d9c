"""The playground's trace panel: a graph to look at, values and files to take away, frames to stop or step through."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PIL import Image

from tests.browser.downloads import downloaded
from tests.browser.guard import Guard
from tests.browser.page.page_kit import AXE, encode, two_colours
from tests.browser.play.play_kit import Play
from tests.unit.film import write_film

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

ALL = ["Frame", "Model input", "Raw mask", "Smoothing weight", "Refined mask", "Overlay", "Composite"]
STEP = 4  # levels from one frame of the film to the next
COUNT = "() => { self.traces = 0; document.querySelector('#stage').addEventListener('trace', () => { traces++; }); }"
COVERED = """() => {
  const graph = document.querySelector(".trace-graph");
  graph.scrollIntoView({ block: "start" });
  scrollBy(0, graph.getBoundingClientRect().top);
  return [20, 200, 400].filter((y) => !document.elementFromPoint(180, y)?.closest("#trace"));
}"""
LEVEL = """
async () => {
  const { data, shape: [height, width] } = await document.querySelector("#stage").getTraced("frame");
  return data[3 * (Math.floor(height / 2) * width + Math.floor(width / 2))];
}
"""


ENDS = """
async () => {
  const { mountTrace } = await import(new URL("pyselfie.js", location.href).href);
  const told = [];
  const selfie = Object.assign(new EventTarget(), { setTrace: (state) => told.push(state) });
  const section = document.createElement("section");
  document.body.append(section);
  const end = await mountTrace(section, selfie);
  const panel = section.querySelector("details");
  panel.open = true;
  await new Promise((resolve) => panel.addEventListener("toggle", resolve, { once: true }));
  end();
  const detail = { get steps() { told.push("heard"); return []; }, painter: "canvas2d", readbacks: 0 };
  selfie.dispatchEvent(new CustomEvent("trace", { detail }));
  section.remove();
  const wrong = await mountTrace(section, document.body).catch(({ message }) => message);
  return [told, section.childElementCount, wrong];
}
"""


class Panel(Play):
    """The playground with its trace open."""

    def labels(self) -> list[str]:
        """Return the names of the steps in the graph."""
        return self.page.locator(".trace-card strong").all_inner_texts()

    def enlarge(self, name: str) -> None:
        """Enlarge a step, and wait for its array."""
        self.page.click(f'[data-step="{name}"] button[aria-pressed="false"]')
        self.until(lambda: self.value() and self.page.inner_text(".trace-large h3").lower().replace(" ", "-") == name)

    def value(self) -> str:
        """Return what is said of the place."""
        return self.page.inner_text(".trace-value") if self.page.is_visible(".trace-value") else ""

    def download(self, button: str, folder: Path) -> Path:
        """Take a file away."""
        name, data = downloaded(self.page, lambda: self.page.click(f"text={button}"))
        path = folder / name
        path.write_bytes(data)
        return path

    def type_place(self, axis: int, number: str) -> None:
        """Type x (0) or y (1) over what is there; in Firefox, Playwright's `fill` types behind it."""
        self.page.focus(f".trace-place >> nth={axis}")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(number)

    def settled_level(self) -> int:
        """Return the level of the traced frame's middle as soon as it stays."""
        last = [-1]

        def stays() -> bool:
            self.page.wait_for_timeout(300)
            before, last[0] = last[0], self.page.evaluate(LEVEL)
            return before == last[0]

        self.until(stays)
        return last[0]


@pytest.fixture(scope="module")
def panel(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Panel]:
    """Return one page for all tests of this file."""
    context = browser_for(()).new_context(accept_downloads=True)
    guard = Guard(context, origins)
    opened = Panel(cast("GuardedPage", context.new_page()), site, "?model=landscape")
    opened.wait_painted()
    opened.wait_state("good")
    opened.page.evaluate(COUNT)
    yield opened
    context.close()
    assert guard.faults() == []


def open_trace(panel: Panel) -> None:
    """Open the panel, and wait for the graph."""
    if not panel.page.locator("#trace details[open]").count():
        panel.page.click("#trace summary")
    panel.until(lambda: panel.labels() == ALL)


def test_closed_panel_asks_for_nothing(panel: Panel) -> None:
    """Only while it is open the steps come, each with its facts; what it shows goes when it is closed."""
    assert panel.page.evaluate("traces") == 0
    open_trace(panel)
    facts = panel.page.inner_text('[data-step="raw-mask"]').split("\n")
    assert facts[:2] == ["Raw mask", "144 \u00d7 256 float32"]
    assert facts[2].startswith("0.0")
    assert facts[3].endswith(" ms")
    assert panel.page.inner_text('[data-step="refined-mask"]').endswith("timed with raw mask")
    panel.page.click("#trace summary")
    panel.until(lambda: panel.labels() == [])
    panel.page.wait_for_timeout(400)  # one may have been on its way
    count = panel.page.evaluate("traces")
    panel.give("other.png", encode(two_colours(64, 48)))
    panel.wait_shown("other.png", (64, 48))
    panel.page.wait_for_timeout(400)
    assert panel.page.evaluate("traces") == count


def test_value_under_the_pointer_is_in_the_file(panel: Panel, tmp_path: Path) -> None:
    """What is said of a place, by the pointer or by keys, is what NumPy reads there; the PNG is the picture of it."""
    open_trace(panel)
    panel.enlarge("raw-mask")
    values = np.load(panel.download("Download .npy", tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pyselfie-raw-mask.npy"]
    assert (values.shape, values.dtype) == ((144, 256), np.float32)
    panel.page.hover(".trace-screen canvas", position={"x": 61, "y": 47})
    x, y = (int(panel.page.input_value(f".trace-place >> nth={index}")) for index in (0, 1))
    width = panel.page.locator(".trace-screen canvas").bounding_box()["width"]  # type: ignore[index]
    assert (x, y) == (int(61 * 256 / width), int(47 * 256 / width))
    assert panel.value() == f"{values[y, x]:.3f}"
    panel.type_place(0, "200")
    panel.type_place(1, "100")
    assert panel.value() == f"{values[100, 200]:.3f}"
    panel.type_place(1, "144")
    assert panel.value() == "x is a whole number up to 255, y up to 143."
    with Image.open(panel.download("Download PNG", tmp_path)) as picture:
        np.testing.assert_array_equal(np.asarray(picture)[..., 0], np.rint(values * 255))
    label = panel.page.get_attribute(".trace-histogram", "aria-label")
    assert label == "Histogram: 36,864 values from 0 to 1"


def test_panel_is_for_everybody(panel: Panel) -> None:
    """No violation of axe with a step enlarged; a phone is wide enough, and its picture covers nothing; keys do."""
    open_trace(panel)
    panel.page.set_viewport_size({"width": 360, "height": 800})
    if panel.page.locator(".trace-large").is_visible():
        panel.page.click(".trace-large >> text=Close")
    panel.page.focus('[data-step="overlay"] button')
    panel.page.keyboard.press("Enter")
    panel.until(panel.value)
    panel.page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = panel.page.evaluate(
        "async () => (await axe.run('#trace')).violations.map(({ id, nodes }) => [id, nodes])"
    )
    assert violations == []
    assert panel.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert panel.page.evaluate(COVERED) == []
    panel.page.click(".trace-large >> text=Close")
    assert panel.page.evaluate("document.activeElement.closest('[data-step]').dataset.step") == "overlay"
    panel.page.set_viewport_size({"width": 1280, "height": 720})


def test_any_page_can_have_a_panel_and_take_it_away(panel: Panel) -> None:
    """What pyselfie.js mounts has an end: nothing is traced for it any more, and it hears nothing."""
    told, count, wrong = panel.page.evaluate(ENDS)
    assert (told, count) == (["live", "off"], 0)
    assert wrong.startswith("mountTrace takes the element that it puts the panel into, and the <selfie-segmentation>")


@pytest.mark.engines
def test_frames_can_be_frozen_and_stepped_through(panel: Panel, tmp_path: Path) -> None:
    """A photo has no frames to step through; a video goes on by one, and back; frozen, it plays and the arrays stay."""
    open_trace(panel)
    assert panel.page.is_disabled("text=Next frame")
    assert panel.page.inner_text("#trace .trace-why") == "Frame by frame works with a video."
    frames = [np.full((48, 64, 3), 40 + STEP * (index % 48), np.uint8) for index in range(96)]
    # How long a frame lasts is known once three in a row were shown: a busy machine leaves many out at 24 a second.
    film = write_film(tmp_path / "film.webm", frames, times=[index / 8 for index in range(96)], sound=None)
    panel.give("film.webm", film.read_bytes(), "video/webm")
    panel.wait_shown("film.webm", (64, 48))
    panel.until(lambda: panel.page.is_enabled("text=Next frame"))
    count = panel.page.evaluate("traces")
    panel.until(lambda: panel.page.evaluate("traces") > count + 30)
    panel.page.click("text=Freeze")
    frozen = panel.settled_level()
    panel.page.wait_for_timeout(500)
    assert panel.page.evaluate(LEVEL) == frozen
    panel.page.click("text=Next frame")
    assert panel.page.get_attribute("text=Freeze", "aria-pressed") == "false"
    first = panel.settled_level()
    if first > 40 + STEP * 46:  # the brightest frame, behind which it gets dark again
        panel.page.click("text=Next frame")
        panel.until(lambda: panel.page.evaluate(LEVEL) < first)
        first = panel.settled_level()
    panel.page.click("text=Next frame")
    panel.until(lambda: panel.page.evaluate(LEVEL) != first)
    assert panel.settled_level() - first == pytest.approx(STEP, abs=1)
    panel.page.click("text=Previous frame")
    panel.until(lambda: abs(panel.page.evaluate(LEVEL) - first) <= 1)
