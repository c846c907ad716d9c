"""<selfie-segmentation> and its engine: one takes over, stops for good or is too slow, and frames are not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.element.element_kit import SAMPLE, ElementPage

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

TAG = f'<selfie-segmentation id="s" model-selection="general" src="{SAMPLE}"></selfie-segmentation>'
STATES = "['loading', 'ready'].filter((state) => document.getElementById('s').matches(`:state(${state})`))"
KEEPS_CUTS = """
self.cuts = [];
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  if (message.type === "frame") cuts.push(message.isCut);
  return post.call(this, message, ...rest);
};
"""
BEFORE_THE_START = """async (src) => {
  const element = Object.assign(document.createElement("selfie-segmentation"), { id: "s", modelSelection: "general" });
  document.body.append(element);
  const context = new OffscreenCanvas(16, 16).getContext("2d");
  context.fillStyle = "rgb(10 200 30)";
  context.fillRect(0, 0, 16, 16);
  element.effect = "picture";
  element.setBackdrop(context.canvas.transferToImageBitmap());
  self.video = Object.assign(document.createElement("video"), { muted: true, srcObject: element.captureStream() });
  void video.play();
  await new Promise(requestAnimationFrame);
  Object.assign(element, { backend: "wasm", painter: "canvas2d" });
  await new Promise(requestAnimationFrame);
  element.src = src;
}"""
STREAM_CORNER = """() => {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.drawImage(video, 4, 4, 4, 4, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}"""
PUSH = """async (paused) => {
  const element = document.getElementById("s");
  const push = async (kind) => element.push(await createImageBitmap(new ImageData(64, 48)), kind);
  const shown = () => new Promise((done) => element.addEventListener("frame", done, { once: true }));
  await element.start();
  let painted = shown();
  await push();
  await painted;
  element.paused = true;
  await push({ cut: true });
  element.paused = false;
  for (let turn = 0; turn < 2; turn++) {
    painted = shown();
    await push();
    await painted;
  }
}"""
# A machine too slow for a mask per frame: each run of the model takes a fifth of a second.
SLOW_MODEL = """
import time
from pyselfie.browser.models.ort_web import OrtWebRuntime
run = OrtWebRuntime.run
async def slow(*given):
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass
    return await run(*given)
OrtWebRuntime.run = slow
"""
FILM = """async () => {
  const element = document.getElementById("s");
  self.overloads = [];
  element.addEventListener("overload", ({ detail }) => overloads.push(detail));
  element.captureStream(30);
  for (let time = 0; overloads.length === 0 && time < 60e6; time += 33_000) {
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext("2d").fillRect(0, 0, 64, 64);
    element.push(new VideoFrame(canvas, { timestamp: time }));
    await new Promise((done) => setTimeout(done, 33));
  }
  return overloads;
}"""


def test_backdrop_and_stream_outlive_a_change_of_the_engine(launch: Callable[..., GuardedPage], site: Server) -> None:
    """Both are given before the start; backend and painter change after that, and once more while it runs."""
    page = ElementPage(launch(), site.url, "")
    page.run(BEFORE_THE_START, SAMPLE)
    page.wait("frame")
    assert tuple(page.pixels()[4, 4]) == (10, 200, 30, 255)
    page.until(lambda: _is_green(page.run(STREAM_CORNER)))
    after = page.position()
    page.run("document.getElementById('s').backend = 'auto'")
    page.wait("frame", after=after)
    assert tuple(page.pixels()[4, 4]) == (10, 200, 30, 255)
    assert page.run("video.srcObject.getVideoTracks()[0].readyState") == "live"
    assert page.run("document.getElementById('s').runsHidden")
    assert page.workers() == 1


def _is_green(pixel: list[int]) -> bool:
    red, green, blue, _ = pixel
    return red < 60 and 160 < green < 240 and blue < 80


def test_a_cut_while_paused_counts_for_the_next_frame(launch: Callable[..., GuardedPage], site: Server) -> None:
    """The frame itself is not shown; the first one that is has nothing to do with those before the pause."""
    page = ElementPage(launch(), site.url, TAG.replace(f'src="{SAMPLE}"', ""), script=KEEPS_CUTS)
    page.run(PUSH)
    assert page.run("cuts") == [False, True, False]


def test_states_tell_of_a_stop_for_good(launch: Callable[..., GuardedPage], site: Server) -> None:
    """A worker that dies: loading again, and no longer ready; when it cannot start, neither."""
    page = ElementPage(launch(), site.url, TAG)
    page.wait("frame")
    assert page.run(STATES) == ["ready"]
    page.page.expected_errors += ["net::ERR_FAILED"]
    page.page.context.route("**/pyodide.asm.*", lambda route: route.abort())
    page.run(f"document.getElementById('s').addEventListener('notice', () => {{ self.meanwhile = {STATES}; }})")
    page.in_worker("setTimeout(() => { throw new Error('provoked') })")
    assert page.wait("error")["action"] == "retry"
    assert page.run("meanwhile") == ["loading"]
    assert page.run(STATES) == []


def test_overload_is_told(launch: Callable[..., GuardedPage], site: Server) -> None:
    """While a stream is taken and the model is too slow for it: an event with how bad it is and for how long."""
    page = ElementPage(
        launch(), site.url, "<selfie-segmentation id=s effect=mask model-selection=general></selfie-segmentation>"
    )
    page.run("document.getElementById('s').start()")
    page.wait("ready")
    page.in_worker("(code) => void pyodide.runPython(code)", SLOW_MODEL)
    (overload,) = page.run(FILM)
    assert overload["framesPerMask"] > 1
    assert overload["seconds"] >= 5
