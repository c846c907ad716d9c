"""The trace of an element: every step as it is, for nothing when nobody looks."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.guard import Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serving.serve import Server

HTML = f'<selfie-segmentation id=s src="{SAMPLE}" effect=blur painter=canvas2d model-selection=1></selfie-segmentation>'
ALL = ["frame", "model-input", "raw-mask", "smoothing-weight", "refined-mask", "overlay", "composite"]
RAW = ["frame", "model-input", "raw-mask", "overlay", "composite"]
SIZE = Size(512, 512)

# What the worker does for a trace, counted from here on; `getImageData` is also how frames are sampled.
COUNT = """
(() => {
  self.counted = { traces: 0, large: 0 };
  const read = OffscreenCanvasRenderingContext2D.prototype.getImageData;
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...rect) {
    if (rect[2] > 256) counted.large++;
    return read.apply(this, rect);
  };
  const post = self.postMessage;
  self.postMessage = function (message, ...rest) {
    if (message.type === "trace") counted.traces++;
    return post.call(self, message, ...rest);
  };
})()
"""
LISTEN = """
document.addEventListener("trace", ({ detail }) => {
  self.newest = Object.fromEntries(detail.steps.map(({ picture, ...step }) => [
    step.name, { ...step, size: picture && [picture.width, picture.height] },
  ]));
}, { capture: true });
"""
PUSH = "async () => { s.push(await createImageBitmap(new ImageData(512, 512)), { still: true }); }"
ARRAY = """
async (step) => {
  const { npy, data, ...found } = await s.getTraced(step);
  const text = Array.from(npy, (byte) => String.fromCharCode(byte)).join("");
  const picture = [found.picture.width, found.picture.height];
  return { ...found, npy: btoa(text), picture, last: data.at(-1), length: data.length };
}
"""


@pytest.fixture(scope="module")
def element(
    browser_for: Callable[[tuple[str, ...]], Browser], site: Server, origins: set[str]
) -> Iterator[ElementPage]:
    """Return a page with an element that shows the sample; its worker counts."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    tab = context.new_page()
    opened = ElementPage(tab, site.url, HTML)  # type: ignore[arg-type]
    opened.wait("frame")
    opened.run(LISTEN)
    opened.in_worker(COUNT)
    yield opened
    context.close()
    assert not guard.faults()


def counted(element: ElementPage) -> dict[str, int]:
    """Return what the worker has done for a trace."""
    counts: dict[str, int] = element.in_worker("counted")
    return counts


def traced(element: ElementPage, where: str = "true") -> dict[str, dict[str, Any]]:
    """Open the trace and return the first steps for which `where` holds, by name."""
    element.run("() => { self.newest = null; s.setTrace('live'); }")
    return element.page.wait_for_function(f"() => newest && ({where}) && newest").json_value()


def array(element: ElementPage, step: str) -> tuple[np.ndarray, dict[str, Any]]:
    """Return a step's array as NumPy reads its file, and what else the page gets."""
    found = element.run(ARRAY, step)
    return np.load(io.BytesIO(base64.b64decode(found["npy"]))), found


def push(element: ElementPage) -> None:
    """Show an empty picture."""
    position = element.position()
    element.run(PUSH)
    element.wait("frame", after=position)


def test_closed_trace_costs_nothing(element: ElementPage) -> None:
    """Without one, and after one, pictures are painted and nothing is read back or sent; an open one does both."""
    for _ in range(3):
        push(element)
    assert counted(element) == {"traces": 0, "large": 0}
    traced(element)
    assert counted(element) == {"traces": 1, "large": 2}
    element.run("s.setTrace('off')")
    for _ in range(3):
        push(element)
    element.page.wait_for_timeout(400)  # twice the time between two traces
    assert counted(element) == {"traces": 1, "large": 2}


def test_a_step_that_is_no_name_is_refused(element: ElementPage) -> None:
    """Also what no message could carry to the worker: one sentence of ours."""
    said = element.run("s.getTraced(() => {}).catch(({ name, message }) => `${name}: ${message}`)")
    assert said == "TypeError: getTraced() takes a step's name like “composite”, but got [object Function]."


@pytest.mark.parametrize(("number", "edges", "names"), [(1, "refined", ALL), (0, "refined", ALL), (0, "raw", RAW)])
def test_steps_are_what_the_model_takes_and_gives(
    element: ElementPage, number: int, edges: str, names: list[str]
) -> None:
    """Shapes, types and ranges of both models; what raw edges have not is left out, with a reason."""
    height, width = load_spec(number).height, load_spec(number).width
    element.run("([number, edges]) => Object.assign(s, { modelSelection: number, edges })", [number, edges])
    element.run("(src) => { s.setTrace('off'); s.setAttribute('src', src); }", SAMPLE)
    is_there = "Boolean(newest['refined-mask'].shape)" if edges == "refined" else "!newest['refined-mask'].shape"
    steps = traced(
        element, f"newest['raw-mask'].high > 0.9 && newest['model-input'].shape[0] === {height} && {is_there}"
    )
    assert [name for name in ALL if steps[name]["shape"]] == names
    assert (steps["frame"]["shape"], steps["frame"]["dtype"]) == ([*SIZE, 3], "uint8")
    assert (steps["model-input"]["shape"], steps["model-input"]["dtype"]) == ([height, width, 3], "float32")
    assert steps["raw-mask"]["shape"] == [height, width]
    assert 0 <= steps["raw-mask"]["low"] < 0.1
    assert steps["raw-mask"]["high"] <= 1
    assert (steps["overlay"]["shape"], steps["overlay"]["dtype"]) == ([height, width, 4], "uint8")
    assert (steps["composite"]["shape"], steps["composite"]["dtype"]) == ([*SIZE, 4], "uint8")
    assert steps["raw-mask"]["ms"] > 0
    assert max(steps["frame"]["size"]) <= 160
    if edges == "refined":
        assert steps["smoothing-weight"]["shape"] == [height // 2, width // 2]
        assert steps["refined-mask"]["shape"] == [height, width]
    else:
        assert "raw edges" in steps["refined-mask"]["note"]


def test_arrays_are_the_engine_s(element: ElementPage, astronaut: np.ndarray) -> None:
    """The files have the picture that was shown, what the model made of it, and what is on the canvas."""
    element.run("(src) => { s.setTrace('off'); s.setAttribute('src', src); }", SAMPLE)
    element.run("Object.assign(s, { modelSelection: 1, edges: 'refined' })")
    steps = traced(element, "newest['raw-mask'].high > 0.9 && newest['smoothing-weight'].shape")
    element.run("s.setTrace('held')")
    frame, _ = array(element, "frame")
    assert np.abs(frame.astype(int) - astronaut).mean() < 3  # the sample is a JPEG of it
    composite, _ = array(element, "composite")
    np.testing.assert_array_equal(composite, element.pixels())
    mask, facts = array(element, "refined-mask")
    alpha = element.run("async () => Array.from((await s.getMask()).data.filter((_, index) => index % 4 === 3))")
    np.testing.assert_allclose(mask.ravel() * 255, alpha, atol=0.51)
    assert (facts["length"], facts["last"]) == (mask.size, pytest.approx(float(mask[-1, -1])))
    assert (float(mask.min()), float(mask.max())) == (steps["refined-mask"]["low"], steps["refined-mask"]["high"])
    assert sum(facts["histogram"]["counts"][0]) == mask.size
    weight, _ = array(element, "smoothing-weight")
    assert weight.max() <= 0.95
    element.run("s.setTrace('off')")
