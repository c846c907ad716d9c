"""processTrack: a camera's track in, composites out, whatever happens in between."""

import numpy as np
import pytest

from tests.browser.element_kit import WAIT_MS, ElementPage
from tests.browser.examples_kit import open_example
from tests.browser.flags import camera_flags

WALL = (96, 96, 96)  # behind the person in the camera's picture: nobody may ever see it
GREY = (127, 127, 127)  # the placeholder
NOTHING = (0, 0, 0)  # what a video shows before its first frame
TOLERANCE = 12  # of a lossy video codec

# Reads a corner of each frame that a video shows; `seen` gets what has changed.
WATCH = """
(video) => {
  self.seen = [];
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const look = () => {
    copy.drawImage(video, 8, 8, 8, 8, 0, 0, 1, 1);
    const [red, green, blue, alpha] = copy.getImageData(0, 0, 1, 1).data;
    if (alpha > 0) seen.push({ colour: [red, green, blue], size: [video.videoWidth, video.videoHeight] });
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}
"""

OPEN = """
async ([url, options]) => {
  const { processTrack } = await import(url);
  const wanted = { video: { width: 1280, height: 720 } };
  self.camera = (await navigator.mediaDevices.getUserMedia(wanted)).getVideoTracks()[0];
  self.track = processTrack(camera, options);
  self.told = [];
  for (const type of ["error", "stats", "ended"]) {
    track.addEventListener(type, ({ detail }) => told.push({ type, ...detail }));
  }
  self.video = document.createElement("video");
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
}
"""


def near(colours, *allowed):
    """Return for each colour whether it is one of the allowed ones, give or take the codec."""
    colours = np.asarray(colours)
    return np.any([np.abs(colours - colour).max(axis=-1) <= TOLERANCE for colour in allowed], axis=0)


def open_track(launch, site, camera_file, *, script="", **options):
    """Return a page whose camera's track is processed and shown in a video."""
    page = ElementPage(launch(*camera_flags(camera_file)), site.url, "", script=script)
    page.run(OPEN, [f"{site.url}pyselfie.js", {"background": "#204060", "modelSelection": 1, **options}])
    page.run(f"({WATCH})(video)")
    return page


def wait_colour(page, colour):
    """Wait until the video shows this colour in its corner."""
    test = f"() => seen.at(-1)?.colour.every((part, index) => Math.abs(part - {list(colour)}[index]) <= {TOLERANCE})"
    page.page.wait_for_function(test, timeout=WAIT_MS)


def colours(page):
    """Return the corner of every frame that was shown so far."""
    return page.run("seen.map(({ colour }) => colour)")


def test_far_end_of_a_call_sees_composites_only(launch, serve_site, camera_file):
    """The WebRTC example: at the far end first grey, then the chosen colour, then the next one; never the wall."""
    page = open_example(launch(*camera_flags(camera_file)), serve_site, "webrtc")
    page.set_default_timeout(WAIT_MS)
    page.evaluate(f"({WATCH})(document.getElementById('far'))")
    page.click("#call")
    shows = "(colour) => seen.at(-1)?.colour.every((part, index) => Math.abs(part - colour[index]) <= 12)"
    page.wait_for_function(shows, arg=[0x20, 0x40, 0x60])
    page.fill("#background", "#c03030")
    page.wait_for_function(shows, arg=[0xC0, 0x30, 0x30])
    page.wait_for_function("() => document.getElementById('state').textContent.includes('frames a second')")
    seen = page.evaluate("seen.map(({ colour }) => colour)")
    # between two colours a codec that is short of bits may show a mixture, which the wall's grey is not
    assert not near(seen, WALL).any()
    assert near(seen, NOTHING, GREY, (0x20, 0x40, 0x60), (0xC0, 0x30, 0x30)).mean() > 0.8
    person = page.evaluate(
        """() => { const far = document.getElementById("far"), context = new OffscreenCanvas(1, 1).getContext("2d");
          context.drawImage(far, far.videoWidth * 0.48, far.videoHeight * 0.35, 8, 8, 0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data]; }"""
    )
    assert not near([person[:3]], (0xC0, 0x30, 0x30), GREY).any(), "the person is in the picture"


def test_options_change_without_a_flash(launch, site, camera_file):
    """Each frame has the old colour or the new one; nothing in between, no wall, no gap."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    for colour in ("#ff0000", "#00ff00"):
        page.run("(background) => track.setOptions({ background })", colour)
        wait_colour(page, [int(colour[index : index + 2], 16) for index in (1, 3, 5)])
    seen = colours(page)
    assert near(seen, NOTHING, GREY, (0x20, 0x40, 0x60), (255, 0, 0), (0, 255, 0)).all()


def test_browsers_without_track_processors_take_a_video_and_a_canvas(launch, site, camera_file):
    """Firefox and Safari have no MediaStreamTrackProcessor and Generator on the page: the same comes out."""
    without = "delete self.MediaStreamTrackProcessor; delete self.MediaStreamTrackGenerator;"
    page = open_track(launch, site, camera_file, script=without)
    wait_colour(page, (0x20, 0x40, 0x60))
    assert page.run("track.getSettings().width") == 1280
    page.run("track.setOptions({ background: '#ff0000' })")
    wait_colour(page, (255, 0, 0))
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60), (255, 0, 0)).all()
    page.run("camera.dispatchEvent(new Event('ended'))")
    page.page.wait_for_function("() => told.some(({ type }) => type === 'ended')")
    assert page.run("track.readyState") == "ended"


def test_settings_stop_and_ended_behave(launch, site, camera_file):
    """Settings are the camera's; it ends with its source and says so; stopped, it lets go of camera and worker."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    settings, camera = page.run("[track.getSettings(), camera.getSettings()]")
    assert (settings["width"], settings["height"]) == (1280, 720)
    assert (settings["deviceId"], settings["frameRate"]) == (camera["deviceId"], camera["frameRate"])
    assert page.run("track.label === camera.label && track.kind === 'video' && track.readyState === 'live'")
    page.run("track.stop()")
    assert page.run("[track.readyState, camera.readyState, track.metrics.state]") == ["ended", "ended", "ended"]
    page.until(lambda: page.workers() == 0)
    page.run(OPEN, [f"{site.url}pyselfie.js", {"background": "#204060"}])
    page.run("camera.dispatchEvent(new Event('ended'))")  # what the browser does when it is unplugged
    page.page.wait_for_function("() => told.some(({ type }) => type === 'ended')")
    assert page.run("track.readyState") == "ended"


@pytest.mark.parametrize(("on_failure", "expected"), [("freeze", (0x20, 0x40, 0x60)), ("placeholder", GREY)])
def test_when_the_engine_fails_no_raw_frame_passes(launch, site, camera_file, on_failure, expected):
    """The worker dies for good: the last composite stays or grey comes, as chosen; after `restart` it goes on."""
    page = open_track(launch, site, camera_file, onFailure=on_failure)
    page.page.expected_errors += ["VideoFrame was garbage collected"]  # those that the dead worker had
    for _ in range(2):  # the first death heals itself
        page.page.wait_for_function("() => track.metrics.state === 'running'")
        wait_colour(page, (0x20, 0x40, 0x60))
        worker = next(worker for worker in page.page.workers if "js/worker.js" in worker.url)
        worker.evaluate("setTimeout(() => { throw new Error('provoked') })")
        page.until(lambda: page.workers() == 0 or page.run("track.metrics.state") != "failed")
        page.page.wait_for_timeout(300)
    page.page.wait_for_function("() => track.metrics.state === 'failed'")
    error = page.run("told.find(({ type }) => type === 'error')")
    assert (error["code"], error["action"]) == ("worker", "restart")
    page.page.wait_for_timeout(500)
    assert near([colours(page)[-1]], expected).all()
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60)).all()
    page.run("track.restart()")
    wait_colour(page, (0x20, 0x40, 0x60))


def test_a_hidden_tab_goes_on(launch, site, camera_file):
    """What pauses a page's own picture does not pause a call."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.page.wait_for_timeout(1500)
    before = page.run("track.metrics.frames")
    page.page.wait_for_function(f"() => track.metrics.frames > {before} + 20")


def test_a_slow_model_costs_masks_before_frames(launch, site, camera_file):
    """Where one mask takes the time of three frames, masks are reused, and the metrics say so."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    worker = next(worker for worker in page.page.workers if "js/worker.js" in worker.url)
    worker.evaluate("""pyodide.runPython(`
import asyncio
from pyselfie.browser.ort_web import OrtWebRuntime
quick = OrtWebRuntime.run
async def slow(self, tensor):
    await asyncio.sleep(0.1)
    return await quick(self, tensor)
OrtWebRuntime.run = slow
`)""")
    page.page.wait_for_function("() => track.metrics.framesPerMask > 1 && track.metrics.masksReused > 20")
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60)).all()


def test_bad_input_is_told(launch, site, camera_file):
    """No video track, an ended one, unknown options: a TypeError in one sentence. A bad value: an `error` event."""
    page = open_track(launch, site, camera_file)
    sentence = """async (url) => {
      const { processTrack } = await import(url);
      try { TRY(processTrack); return ""; } catch (error) { return `${error.name}: ${error.message}`; }
    }"""
    url = f"{site.url}pyselfie.js"
    tries = {
        "None": ("f => f(null)", "processTrack needs a video MediaStreamTrack, but got"),
        "audio": (
            "f => f(new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0])",
            "an audio track",
        ),
        "ended": ("f => { const copy = camera.clone(); copy.stop(); f(copy); }", "has ended: open the camera again"),
        "option": ("f => f(camera, { efect: 'blur' })", "There is no option “efect” here; the options are effect,"),
        "failure": ("f => f(camera, { onFailure: 'show' })", "onFailure is “show”, but it has to be “freeze” or"),
    }
    for code, expected in tries.values():
        found = page.page.evaluate(sentence.replace("TRY", f"({code})"), url)
        assert found.startswith("TypeError: ")
        assert expected in found
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run("track.setOptions({ strength: 'much' })")
    page.page.wait_for_function("() => told.some(({ type }) => type === 'error')")
    assert "The strength is 'much'" in page.run("told.find(({ type }) => type === 'error').message")
    assert near([colours(page)[-1]], (0x20, 0x40, 0x60)).all()
