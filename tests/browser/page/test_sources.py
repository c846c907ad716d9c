"""Where pictures come from: sample, photo, video, camera; by button, drop and paste."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.browser.flags import camera_flags
from tests.browser.page.page_kit import KEEPS_TRACKS, encode, open_demo, two_colours

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, FilePayload

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

_RECORD = """async (url) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 512];
  const context = canvas.getContext("2d");
  const picture = Object.assign(new Image(), { src: url });
  await picture.decode();
  const stream = canvas.captureStream(0);
  const taker = [...stream.getVideoTracks(), stream].find((one) => one.requestFrame); // Firefox has it on the stream
  const recorder = new MediaRecorder(stream, { mimeType: "video/webm;codecs=vp8" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.start();
  for (let left = 0; left <= 128; left += 4) {
    context.drawImage(picture, left, 0);
    taker.requestFrame();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  recorder.stop();
  await new Promise((resolve) => { recorder.onstop = resolve; });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
_COUNTS_URLS = """
self.openUrls = new Set();
const { createObjectURL, revokeObjectURL } = URL;
URL.createObjectURL = (blob) => { const url = createObjectURL(blob); openUrls.add(url); return url; };
URL.revokeObjectURL = (url) => { openUrls.delete(url); revokeObjectURL(url); };
"""


@pytest.fixture(scope="session")
def video_file(site: Server, browser_for: Callable[[tuple[str, ...]], Browser]) -> bytes:
    """Return a WebM of 1.5 s, 640x512, that the browser recorded: the astronaut moving to the right."""
    page = browser_for(()).new_page()
    page.goto(site.url + "licenses/README.txt")
    data = base64.b64decode(page.evaluate(_RECORD, f"{site.url}samples/astronaut.jpg"))
    page.close()
    return data


def test_sample_is_segmented_before_anything_is_asked(site: Server, launch: Callable[..., GuardedPage]):
    """The sample portrait is painted by itself, and no camera is asked for until its button is pressed."""
    demo = open_demo(launch, site, script=KEEPS_TRACKS).wait_painted()
    demo.wait_shown("Sample portrait", (512, 512))
    assert demo.page.evaluate("cameraTracks.length") == 0


@pytest.mark.engines
def test_photo_by_button(site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray):
    """The file button opens a chooser, and the chosen photo is painted and named."""
    demo = open_demo(launch, site).wait_painted()
    with demo.page.expect_file_chooser() as chooser:
        demo.page.click("#file-button")
    photo: FilePayload = {"name": "me.png", "mimeType": "image/png", "buffer": encode(astronaut[:300])}
    chooser.value.set_files(photo)
    demo.wait_shown("me.png", (512, 300))
    assert demo.page.get_attribute("#file-button", "aria-current") == "true"


def test_photo_by_drop(site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray):
    """Files dragged over the page show where to drop; of several dropped ones the first is opened, with a notice."""
    demo = open_demo(launch, site).wait_painted()
    photos = [(f"{n}.png", "image/png", encode(astronaut[: 200 + n])) for n in (1, 2, 3)]
    demo.hand_over("dragenter", *photos)
    assert demo.page.locator("#droptarget").is_visible()
    demo.hand_over("drop", *photos)
    demo.wait_shown("1.png", (512, 201))
    assert not demo.page.locator("#droptarget").is_visible()
    assert demo.notice() == "3 files came at once: “1.png” is opened, the other 2 are not."


def test_photo_by_paste(site: Server, launch: Callable[..., GuardedPage], astronaut: np.ndarray):
    """A pasted picture is opened; pasting something else is answered with a sentence."""
    demo = open_demo(launch, site).wait_painted()
    demo.hand_over("paste", ("image.png", "image/png", encode(astronaut[:220])))
    demo.wait_shown("image.png", (512, 220))
    demo.hand_over("paste")
    assert "The clipboard holds no picture" in demo.notice()


def test_exif_orientation_is_respected(site: Server, launch: Callable[..., GuardedPage]):
    """A photo that its EXIF says is to be turned a quarter right is painted upright."""
    demo = open_demo(launch, site, "?effect=fill").wait_painted()
    exif = Image.Exif()
    exif[0x0112] = 6
    demo.give("turned.jpg", encode(two_colours(320, 200), "JPEG", quality=95, exif=exif))
    demo.wait_shown("turned.jpg", (200, 320))
    top, bottom = demo.pixels()[4, 4], demo.pixels()[-5, -5]
    np.testing.assert_allclose(top[:3], [220, 0, 0], atol=12)
    np.testing.assert_allclose(bottom[:3], [0, 0, 220], atol=12)


@pytest.mark.engines
def test_video_plays_pauses_and_takes_effects_while_paused(
    site: Server, launch: Callable[..., GuardedPage], video_file: bytes
):
    """A video is painted frame by frame; paused it stays, and an effect chosen then is painted on its picture."""
    demo = open_demo(launch, site).wait_painted()
    demo.give("clip.webm", video_file, "video/webm")
    demo.wait_shown("clip.webm", (640, 512))
    first = demo.pixels()
    demo.until(lambda: not np.array_equal(demo.pixels(), first))
    demo.page.click("#play-button")
    demo.until(lambda: demo.page.inner_text("#play-label") == "Play")
    demo.choose_effect("mask")
    demo.until(lambda: _is_grey(demo.pixels()))
    paused = demo.pixels()
    assert paused[..., 0].max() > 200, "the mask has a person"
    demo.page.click("#play-button")
    demo.until(lambda: not np.array_equal(demo.pixels(), paused))


@pytest.mark.engines
def test_camera_runs_mirrored_and_stops(site: Server, launch: Callable[..., GuardedPage], camera_file: Path):
    """The camera is painted at its size with the mirror on; stopping ends its tracks and brings the sample back."""
    demo = open_demo(launch, site, "", *camera_flags(camera_file), script=KEEPS_TRACKS).wait_painted()
    assert not demo.page.is_checked("#mirror")
    demo.page.click("#camera-button")
    demo.until(lambda: demo.size() == (1280, 720))
    assert demo.page.is_checked("#mirror")
    demo.until(lambda: demo.page.locator("#camera-select option").count() > 0)
    demo.page.get_by_role("button", name="Stop camera").click()
    demo.wait_shown("Sample portrait", (512, 512))
    demo.page.wait_for_function("() => cameraTracks.every((track) => track.readyState === 'ended')")
    assert not demo.page.is_checked("#mirror")
    assert not demo.page.locator("#camera-picker").is_visible()


@pytest.mark.parametrize("missing", [["MediaStreamTrackProcessor"], ["MediaStreamTrackProcessor", "VideoFrame"]])
def test_camera_runs_where_the_fast_ways_are_missing(
    site: Server, launch: Callable[..., GuardedPage], camera_file: Path, missing: list[str]
):
    """Browsers without a track processor, or without VideoFrame as well, get the camera's moving picture, too."""
    script = "".join(f"delete self.{name};" for name in missing)
    demo = open_demo(launch, site, "", *camera_flags(camera_file), script=script).wait_painted()
    demo.page.click("#camera-button")
    demo.until(lambda: demo.size() == (1280, 720))
    first = demo.pixels()
    demo.until(lambda: not np.array_equal(demo.pixels(), first))


def test_page_reloaded_with_the_camera_on_begins_anew(
    site: Server, launch: Callable[..., GuardedPage], camera_file: Path
):
    """After a reload the sample is there again, the camera is off, and it can be switched on again."""
    demo = open_demo(launch, site, "", *camera_flags(camera_file)).wait_painted()
    for _ in range(2):
        demo.page.click("#camera-button")
        demo.until(lambda: demo.size() == (1280, 720))
        demo.page.reload()
        demo.wait_painted().wait_shown("Sample portrait", (512, 512))
        assert demo.page.inner_text("#camera-label") == "Camera"


def test_camera_can_be_chosen(site: Server, launch: Callable[..., GuardedPage]):
    """After the permission the cameras are listed by name, and choosing one switches to it."""
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2")
    demo = open_demo(launch, site, "", *flags, script=KEEPS_TRACKS).wait_painted()
    assert not demo.page.locator("#camera-select").is_visible()
    demo.page.click("#camera-button")
    names = demo.until(demo.page.locator("#camera-select option").all_inner_texts)
    assert len(set(names)) == 2
    other = next(name for name in names if name != demo.caption())
    demo.page.select_option("#camera-select", label=other)
    demo.until(lambda: demo.caption() == other)
    demo.until(lambda: demo.page.evaluate("cameraTracks.map((track) => track.readyState)") == ["ended", "live"])


def test_phone_gives_one_camera_at_a_time(site: Server, launch: Callable[..., GuardedPage]):
    """Where the second camera cannot be opened beside the first, the first is closed and the second tried again."""
    one_only = """
    const both = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = (wanted) => {
      if (cameraTracks.every((track) => track.readyState === "ended")) return both(wanted);
      return Promise.reject(new DOMException("in use", "NotReadableError"));
    };
    """
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=2")
    demo = open_demo(launch, site, "", *flags, script=KEEPS_TRACKS + one_only).wait_painted()
    demo.page.click("#camera-button")
    names = demo.until(demo.page.locator("#camera-select option").all_inner_texts)
    other = next(name for name in names if name != demo.caption())
    demo.page.select_option("#camera-select", label=other)
    demo.until(lambda: demo.caption() == other)
    demo.until(lambda: demo.page.evaluate("cameraTracks.map((track) => track.readyState)") == ["ended", "live"])
    assert demo.messages() == []


def test_last_click_wins_and_nothing_leaks(
    site: Server, launch: Callable[..., GuardedPage], camera_file: Path, video_file: bytes, astronaut: np.ndarray
):
    """Requests that overtake each other end with the last one; streams are stopped and object URLs given back."""
    script = KEEPS_TRACKS + _COUNTS_URLS
    demo = open_demo(launch, site, "", *camera_flags(camera_file), script=script).wait_painted()
    demo.page.evaluate(
        "() => { for (const id of ['camera', 'sample', 'camera']) document.getElementById(`${id}-button`).click(); }"
    )
    demo.give("clip.webm", video_file, "video/webm")
    demo.give("me.png", encode(astronaut[:300]), "image/png")
    demo.wait_shown("me.png", (512, 300))
    demo.until(lambda: demo.page.evaluate("cameraTracks.every((track) => track.readyState === 'ended')"))
    demo.until(lambda: demo.page.evaluate("openUrls.size") == 0)
    assert demo.caption() == "me.png"
    assert demo.messages() == []


@pytest.mark.chromium("Firefox may take seconds to read a canvas that a worker paints")
def test_no_raw_frame_is_ever_painted(site: Server, launch: Callable[..., GuardedPage], camera_file: Path):
    """From the first moment on, through the start of the camera, the grey wall behind the person never shows."""
    sample_corner = """
    self.corners = [];
    const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const look = () => {
      const canvas = document.querySelector("#stage")?.shadowRoot?.querySelector("canvas");
      if (canvas) {
        copy.clearRect(0, 0, 1, 1);
        copy.drawImage(canvas, 4, 4, 1, 1, 0, 0, 1, 1);
        corners.push([canvas.width, ...copy.getImageData(0, 0, 1, 1).data]);
      }
      requestAnimationFrame(look);
    };
    look();
    """
    demo = open_demo(launch, site, "?effect=color", *camera_flags(camera_file), script=sample_corner)
    demo.page.click("#camera-button")
    demo.wait_painted()
    demo.until(lambda: demo.page.evaluate("corners.filter(([width]) => width === 1280).length > 20"))
    seen = np.array(demo.page.evaluate("corners"))
    chosen = [0xDF, 0xE7, 0xEE]
    painted = seen[seen[:, 4] > 0]
    assert len(painted) > 20
    assert np.abs(painted[:, 1:4] - chosen).max() <= 2


def _is_grey(pixels: np.ndarray) -> bool:
    colours = pixels[..., :3].astype(int)
    return bool((colours.max(axis=-1) - colours.min(axis=-1)).max() <= 2)
