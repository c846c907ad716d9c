"""`record()`: a file that other programs read, with the effect in it, whatever ends it."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
import pytest

from tests.browser.element.element_kit import ElementPage
from tests.browser.element.test_life import tag
from tests.browser.flags import camera_flags
from tests.browser.guard import Guard
from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from builder.serving.serve import Server

GREEN = (0x20, 0xA0, 0x40)
_BEGIN = """async (options) => {
  self.told = [];
  self.recorded = null;
  self.recording = await document.getElementById("s").record(options);
  recording.addEventListener("progress", ({ detail }) => told.push(detail));
  recording.finished.then(async ({ blob, ...rest }) => {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    self.recorded = { ...rest, data, type: blob.type };
  });
}"""
_KEEPS_RECORDER = """
self.Kept = MediaRecorder;
void (self.MediaRecorder = class extends Kept {
  constructor(...given) {
    super(...given);
    self.recorder = this;
  }
});
"""
_KEEPS_MICROPHONE = """
void (navigator.mediaDevices.getUserMedia = async (wanted) => {
  delete navigator.mediaDevices.getUserMedia;
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  [self.microphone] = stream.getAudioTracks();
  return stream;
});
"""
_REFUSAL = "(options) => document.getElementById('s').record(options).then(() => '', ({ message }) => message)"


@pytest.fixture(scope="module")
def element(
    browser_for: Callable[[tuple[str, ...]], Browser], site: Server, origins: set[str], camera_file: Path
) -> Iterator[ElementPage]:
    """Return a page whose element shows the camera."""
    context = browser_for(camera_flags(camera_file)).new_context()
    guard = Guard(context, origins)
    opened = ElementPage(context.new_page(), site.url, tag(camera="user"))  # type: ignore[arg-type]
    opened.wait("frame")
    yield opened
    context.close()
    assert not guard.faults()


@pytest.fixture
def camera(element: ElementPage) -> ElementPage:
    """Return that page with the camera on green."""
    after = element.position()
    wanted = "{ effect: null, background: '#20a040', src: null, camera: 'user' }"
    element.run(f"Object.assign(document.getElementById('s'), {wanted})")
    element.wait("frame", where="event.width !== 512", after=after)
    return element


def begin(element: ElementPage, **options: Any) -> None:
    element.run(_BEGIN, options)


def until_s(element: ElementPage, seconds: float) -> None:
    """Wait until so much is recorded: at least one piece of a second."""
    element.until(lambda: element.run("told.at(-1)?.bytes > 0") and element.run("recording.seconds") >= seconds)


def recorded(element: ElementPage) -> dict[str, Any]:
    """Wait for what has become of it."""
    return element.until(lambda: element.run("recorded"))


def pictures(found: dict[str, Any], decoder: str | None = None) -> tuple[list[float], list[np.ndarray]]:
    """Return the moments (seconds) and frames, uint8 [H, W, 4], of a recording."""
    moments, frames = [], []
    with av.open(io.BytesIO(base64.b64decode(found["data"])), "r") as container:
        stream = container.streams.video[0]
        chosen = av.VideoCodecContext.create(decoder, "r") if decoder else stream.codec_context
        context = cast("av.VideoCodecContext", chosen)
        for packet in container.demux(stream):
            for frame in context.decode(packet):
                moments.append(float(frame.time or 0))
                frames.append(frame.to_ndarray(format="rgba"))
    return moments, frames


def corner(frame: np.ndarray) -> np.ndarray:
    """Return the mean colour of a piece that has no person."""
    return frame[4:20, 4:20, :3].reshape(-1, 3).mean(axis=0)


def test_it_has_the_effect_and_what_it_tells_is_so(camera: ElementPage) -> None:
    """Each frame has the new background; a pause takes no time; the end tells what is in the file."""
    begin(camera)
    until_s(camera, 1)
    camera.run("recording.pause()")
    before = camera.run("[recording.state, recording.seconds]")
    camera.page.wait_for_timeout(300)
    assert camera.run("[recording.state, recording.seconds]") == before
    camera.run("recording.resume()")
    painted = camera.count("frame")
    until_s(camera, 1.5)
    camera.until(lambda: camera.count("frame") >= painted + 10)  # a slow machine takes longer; encoders leave some out
    camera.run("void recording.stop()")
    found = recorded(camera)
    assert (found["reason"], found["message"], found["transparent"]) == ("stopped", "", False)
    assert found["type"].startswith("video/webm")
    last = camera.run("told.at(-1)")
    assert last == {
        "state": "finished",
        "seconds": found["seconds"],
        "bytes": len(base64.b64decode(found["data"])),
    }
    moments, frames = pictures(found)
    assert len(frames) >= 5
    assert moments == sorted(moments)
    for frame in frames:
        assert frame.shape[:2] == tuple(
            camera.run(
                "[document.getElementById('s').shadowRoot.querySelector('canvas')].flatMap((c) => [c.height, c.width])"
            )
        )
        np.testing.assert_allclose(corner(frame), GREEN, atol=8)


def test_transparency_is_kept_where_the_browser_can(camera: ElementPage) -> None:
    """Alpha is 0 beside the person and 255 on the face; a browser without it says so."""
    camera.run("document.getElementById('s').effect = 'transparent'")
    begin(camera)
    until_s(camera, 1)
    camera.run("void recording.stop()")
    found = recorded(camera)
    assert found["transparent"] is not is_firefox(camera.page)
    if not found["transparent"]:
        np.testing.assert_allclose(corner(pictures(found)[1][-1]), (0, 0, 0), atol=8)
        return
    decoder = "libvpx-vp9" if "vp9" in found["type"] else "libvpx"
    frame = pictures(found, decoder)[1][-1]
    assert frame[:20, :20, 3].mean() <= 4
    assert np.median(frame[360:400, 540:600, 3]) >= 240  # the suit


def test_the_microphone_is_recorded_if_asked_for(camera: ElementPage) -> None:
    """The file has sound that isn't silence; the microphone is let go of."""
    camera.run(_KEEPS_MICROPHONE)
    begin(camera, audio=True)
    until_s(camera, 1.5)
    assert camera.run("microphone.readyState") == "live"
    camera.run("void recording.stop()")
    with av.open(io.BytesIO(base64.b64decode(recorded(camera)["data"])), "r") as container:
        sound = np.concatenate([frame.to_ndarray().ravel() for frame in container.decode(audio=0)])
    assert np.abs(sound).max() > 0.01
    assert camera.run("microphone.readyState") == "ended"


def test_a_limit_ends_it_with_a_sentence(camera: ElementPage) -> None:
    """By its seconds and by its bytes; the file is whole."""
    for limit, sentence in (
        ({"maxSeconds": 0.5}, "The recording has reached its 0.5 s."),
        ({"maxBytes": 1000}, "The recording has reached its 0.001 MB."),
    ):
        begin(camera, **limit)
        found = recorded(camera)
        assert (found["reason"], found["message"]) == ("limit", sentence)
        assert pictures(found)[1]


def test_what_was_recorded_survives_an_error_and_the_end_of_the_pictures(camera: ElementPage) -> None:
    """The browser's recorder fails, or the element is stopped: the file has all until then."""
    camera.run(_KEEPS_RECORDER)
    begin(camera)
    camera.run("void (self.MediaRecorder = Kept)")
    until_s(camera, 1)
    camera.run("recorder.dispatchEvent(Object.assign(new Event('error'), { error: 'no room' }))")
    found = recorded(camera)
    assert (found["reason"], found["message"]) == ("error", "The browser's recorder has failed (no room).")
    assert pictures(found)[1]
    begin(camera)
    until_s(camera, 1)
    camera.run("document.getElementById('s').stop()")
    found = recorded(camera)
    assert found["reason"] == "ended"
    assert pictures(found)[1]
    after = camera.position()
    camera.run("document.getElementById('s').start()")
    camera.wait("frame", after=after)


def test_a_photo_goes_on_in_the_file(camera: ElementPage) -> None:
    """Nothing moves, and still the file is as long as the recording."""
    after = camera.position()
    camera.run("Object.assign(document.getElementById('s'), { camera: null, src: 'samples/astronaut.jpg' })")
    camera.wait("frame", where="event.width === 512", after=after)
    begin(camera)
    until_s(camera, 1.5)
    camera.run("void recording.stop()")
    moments, frames = pictures(recorded(camera))
    assert moments[-1] - moments[0] > 0.5
    np.testing.assert_allclose(corner(frames[-1]), GREEN, atol=8)


WRONG = {
    "no object": (7, 'The options of record() are 7, but they have to be an object like { format: "webm" }.'),
    "format": ({"format": "avi"}, "format is “avi”, but record() takes “webm” or “mp4”."),
    "audio": ({"audio": "yes"}, "audio is “yes”, but record() takes true, false or the track of a microphone."),
    "seconds": ({"maxSeconds": 0}, "maxSeconds is 0, but record() takes a number of seconds above 0."),
    "unknown": (
        {"quality": 1},
        "record() knows no “quality”: it takes format, audio, transparent, maxSeconds, maxBytes.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_options_are_refused_in_one_sentence(element: ElementPage, case: str) -> None:
    given, sentence = WRONG[case]
    assert element.run(_REFUSAL, given) == sentence


def test_what_cannot_be_had_is_told(camera: ElementPage) -> None:
    """A format, transparency in MP4, the microphone, a picture: one sentence each, and nothing stays open."""
    camera.run("void (self.knows = MediaRecorder.isTypeSupported)")
    camera.run("void (MediaRecorder.isTypeSupported = (type) => /webm/.test(type) && knows.call(MediaRecorder, type))")
    assert camera.run(_REFUSAL, {"format": "mp4"}) == "This browser records no mp4: it records webm."
    camera.run("void (MediaRecorder.isTypeSupported = () => true)")
    assert (
        camera.run(_REFUSAL, {"format": "mp4", "transparent": True})
        == "MP4 keeps no transparency: record WebM, or leave out `transparent`."
    )
    camera.run("void (MediaRecorder.isTypeSupported = () => false)")
    assert camera.run(_REFUSAL, {}) == "This browser has no recorder for video."
    camera.run("void (MediaRecorder.isTypeSupported = knows)")
    camera.run("void (self.ask = navigator.mediaDevices.getUserMedia)")
    camera.run(
        "void (navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError')))"
    )
    assert camera.run(_REFUSAL, {"audio": True}) == (
        "The microphone is not allowed on this page: allow it in the browser's site settings, or record without sound."
    )
    camera.run("void (navigator.mediaDevices.getUserMedia = ask)")
    camera.run("document.body.append(Object.assign(document.createElement('selfie-segmentation'), { id: 'empty' }))")
    told = camera.run("document.getElementById('empty').record().then(() => '', ({ message }) => message)")
    assert told == "There is no picture to record yet: wait for the first `frame` event."
    assert camera.run("document.getElementById('s').runsHidden") is False
