"""processTrack: a camera's track in, composites out, whatever happens in between."""

import pytest

from tests.browser.camera import show_person
from tests.browser.element.element_kit import ElementPage
from tests.browser.examples_kit import open_example
from tests.browser.flags import camera_flags
from tests.browser.track.track_kit import GREY, NOTHING, OPEN, WALL, WATCH, colours, near, open_track, wait_colour
from tests.browser.waiting import WAIT_MS


@pytest.mark.alone  # a codec that is short of time gives fewer colours than were sent
def test_far_end_of_a_call_sees_composites_only(launch, serve_site, camera_file):
    """The WebRTC example: at the far end first grey, then the chosen colour, then the next one; never the wall."""
    page = launch(*camera_flags(camera_file))
    show_person(page, camera_file)
    open_example(page, serve_site, "webrtc")
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


def test_metrics_say_what_runs_and_why(launch, site, camera_file):
    """With `auto`, too: the model that runs, what was asked for, and the reason, beside backend and painter."""
    page = open_track(launch, site, camera_file, modelSelection="auto")
    page.page.wait_for_function("() => track.metrics.state === 'running'")
    metrics = page.run("track.metrics")
    assert (metrics["model"], metrics["modelSelection"], metrics["modelAsked"]) == ("general", 0, 3)
    assert metrics["modelReason"]
    assert (metrics["edges"], metrics["painter"], metrics["threads"]) == ("refined", "canvas2d", 1)
    assert metrics["painterReason"]
    assert "type" not in metrics
    assert page.run("told.find(({ type }) => type === 'statechange')") == {"type": "statechange", "state": "running"}


@pytest.mark.engines
def test_options_change_without_a_flash(launch, site, camera_file):
    """Each frame has the old colour or the new one; nothing in between, no wall, no gap."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    for colour in ("#ff0000", "#00ff00"):
        page.run("(background) => track.setOptions({ background })", colour)
        wait_colour(page, [int(colour[index : index + 2], 16) for index in (1, 3, 5)])
    seen = colours(page)
    assert near(seen, NOTHING, GREY, (0x20, 0x40, 0x60), (255, 0, 0), (0, 255, 0)).all()


def test_the_newest_option_counts_while_a_picture_is_loading(launch, site, camera_file):
    """A picture that comes later than what was asked for after it changes nothing on the picture in the track."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    ask = "(changes) => { for (const change of changes) track.setOptions(change); }"
    page.run(ask, [{"background": "backdrops/hills.jpg"}, {"background": "#ff0000"}])
    _expect_to_stay(page, (255, 0, 0))
    page.run(ask, [{"background": "backdrops/room.jpg"}, {"effect": "mask"}])
    page.until(lambda: page.run("performance.getEntriesByType('resource').some(({ name }) => /room/.test(name))"))
    _expect_to_stay(page, (0, 0, 0))


def _expect_to_stay(page, corner):
    wait_colour(page, corner)
    frames = page.run("track.metrics.frames")
    page.until(lambda: page.run("track.metrics.frames") > frames + 10)
    assert near(colours(page)[-1:], corner).all()


DRAWN = """() => {
  self.drawn = new Set();
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (picture, ...rest) {
    drawn.add(picture.constructor.name);
    return drawImage.call(this, picture, ...rest);
  };
}"""


@pytest.mark.engines
def test_browsers_without_track_processors_take_a_video_and_a_canvas(launch, site, camera_file):
    """Firefox and Safari have no MediaStreamTrackProcessor and Generator on the page: the same comes out, opaque.

    What the canvas draws are bitmaps: WebKitGTK could take another VideoFrame's picture for one's own.
    """
    without = "delete self.MediaStreamTrackProcessor; delete self.MediaStreamTrackGenerator;"
    page = open_track(launch, site, camera_file, script=f"{without} ({DRAWN})()")
    wait_colour(page, (0x20, 0x40, 0x60))
    assert page.run("track.getSettings().width") == 1280
    page.run("track.setOptions({ background: '#ff0000' })")
    wait_colour(page, (255, 0, 0))
    page.run("track.setOptions({ effect: 'transparent' })")
    wait_colour(page, NOTHING)
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60), (255, 0, 0)).all()
    assert page.run("[drawn.has('ImageBitmap'), drawn.has('VideoFrame')]") == [True, False]
    page.run(
        "() => { self.camera = heard(camera.clone()); track.replaceSource(camera).then(() => (self.replaced = true)); }"
    )
    page.until(lambda: page.run("self.replaced"))
    page.run("camera.dispatchEvent(new Event('ended'))")
    page.page.wait_for_function("() => told.some(({ type }) => type === 'ended')")
    assert page.run("track.readyState") == "ended"


# Whether the camera sends a picture is the browser's to say; a test says it instead.
MUTE = """(muted) => {
  const kinds = [];
  for (const type of ["mute", "unmute"]) track.addEventListener(type, () => kinds.push(type), { once: true });
  Object.defineProperty(camera, "muted", { value: muted, configurable: true });
  camera.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  return [kinds, track.muted];
}"""


def test_settings_stop_and_ended_behave(launch, site, camera_file):
    """Settings are the camera's; it ends with its source and says so; stopped, it lets go of camera and worker."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    settings, camera = page.run("[track.getSettings(), camera.getSettings()]")
    assert (settings["width"], settings["height"]) == (1280, 720)
    assert (settings["deviceId"], settings["frameRate"]) == (camera["deviceId"], camera["frameRate"])
    assert page.run("track.label === camera.label && track.kind === 'video' && track.readyState === 'live'")
    for muted, kind in ((True, "mute"), (False, "unmute")):
        assert page.run(MUTE, muted) == [[kind], muted]
    page.run("track.stop()")
    assert page.run("[track.readyState, track.metrics.state]") == ["ended", "ended"]
    page.page.wait_for_function("() => camera.readyState === 'ended'")
    page.until(lambda: page.workers() == 0)
    page.run(OPEN, [f"{site.url}pyselfie.js", {"background": "#204060"}])
    page.run("camera.dispatchEvent(new Event('ended'))")  # what the browser does when it is unplugged
    page.page.wait_for_function("() => told.some(({ type }) => type === 'ended')")
    assert page.run("track.readyState") == "ended"


@pytest.mark.parametrize(("on_failure", "expected"), [("freeze", (0x20, 0x40, 0x60)), ("placeholder", GREY)])
def test_when_the_engine_fails_no_raw_frame_passes(launch, site, camera_file, on_failure, expected):
    """The worker dies for good: the last composite stays or grey comes, as chosen; after `restart` it goes on."""
    page = open_track(launch, site, camera_file, onFailure=on_failure)
    for _ in range(2):  # the first death heals itself
        page.page.wait_for_function("() => track.metrics.state === 'running'")
        wait_colour(page, (0x20, 0x40, 0x60))
        page.in_worker("setTimeout(() => { throw new Error('provoked') })")
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
    """Where one mask takes the time of three frames, edges get plain, masks are reused, and the metrics say so."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    page.in_worker("""pyodide.runPython(`
import asyncio
from pyselfie.browser.models.ort_web import OrtWebRuntime
quick = OrtWebRuntime.run
async def slow(*given):
    await asyncio.sleep(0.2)
    return await quick(*given)
OrtWebRuntime.run = slow
`)""")
    done = "track.metrics.framesPerMask > 1 && track.metrics.masksReused > 20 && track.metrics.edgeDropped"
    page.page.wait_for_function(f"() => {done}")
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60)).all()


def test_overload_is_forwarded(launch, site, camera_file):
    """What the engine says about a machine that cannot keep up reaches the track's listeners."""
    page = ElementPage(launch(*camera_flags(camera_file)), site.url, "")
    page.run(
        """async (url) => {
          const { Engine } = await import(`${url}js/engine/engine.js`);
          const start = Engine.prototype.start;
          Engine.prototype.start = function () { self.engine = this; return start.call(this); };
        }""",
        site.url,
    )
    page.run(OPEN, [f"{site.url}pyselfie.js", {}])
    page.run("engine.dispatchEvent(new CustomEvent('overload', { detail: { framesPerMask: 6, seconds: 5 } }))")
    assert page.run("told.find(({ type }) => type === 'overload')") == {
        "type": "overload",
        "framesPerMask": 6,
        "seconds": 5,
    }


BAD_CALLS = {
    "None": ("f => f(null)", "processTrack needs a video MediaStreamTrack, but got"),
    "audio": (
        "f => f(new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0])",
        "an audio track",
    ),
    "ended": ("f => { const copy = camera.clone(); copy.stop(); f(copy); }", "has ended: open the camera again"),
    "option": ("f => f(camera, { efect: 'blur' })", "There is no option “efect”; the nearest are effect,"),
    "proxy": ("f => f(new Proxy(camera, {}))", "processTrack needs a video MediaStreamTrack, but got [object"),
    "symbol": ("f => f(Symbol('me'))", "processTrack needs a video MediaStreamTrack, but got Symbol(me)."),
    "bare": (
        "f => f(Object.create(null))",
        "processTrack needs a video MediaStreamTrack, but got [object Object].",
    ),
    "null": (
        "f => f(camera, null)",
        'The options are null, but they have to be an object like { effect: "blur" }.',
    ),
    "text": ("f => f(camera, 'blur')", "but they have to be an object like"),
    "trap": (
        "f => f(camera, new Proxy({}, { ownKeys() { throw new Error('no'); } }))",
        "The options cannot be read: pass a plain object.",
    ),
    "failure": (
        "f => f(camera, { onFailure: 'show' })",
        "onFailure is “show”, but it has to be one of freeze, placeholder.",
    ),
    "failure symbol": ("f => f(camera, { onFailure: Symbol('me') })", "onFailure is Symbol(me), but"),
    "odd": (
        "f => f(camera, { effect: { toString: 1 } })",
        "effect is [object Object], but it has to be one of fill",
    ),
    "odd backend": (
        "f => f(camera, { backend: Object.create(null) })",
        "backend is [object Object], but it has to be one of auto",
    ),
    "big": ("f => f(camera, { strength: 1n })", "strength is 1, but it has to be a number from 0 to 1."),
    "stop": ("f => f(camera, { stopSource: 'no' })", "but it has to be true or false."),
    "both": (
        "f => f(camera, { stopSource: false, releaseWhenMuted: true })",
        "releaseWhenMuted stops the camera, so it cannot go with stopSource: false.",
    ),
    "no camera": (
        "f => f(Object.defineProperty(camera.clone(), 'getSettings', { value: () => ({}) }), "
        "{ releaseWhenMuted: true })",
        "releaseWhenMuted needs a camera's track",
    ),
    "change": ("() => track.setOptions({ background: null })", "background is null, but it has to be a CSS colour"),
    "odd change": ("() => track.setOptions({ type: { toString: 1 } })", "There is no option “type”; the"),
    "fixed": ("() => track.setOptions({ stopSource: false })", "There is no option “stopSource”; the"),
    "source": ("() => track.replaceSource(null)", "replaceSource needs a video MediaStreamTrack, but got null."),
    "ended source": (
        "() => { const copy = camera.clone(); copy.stop(); return track.replaceSource(copy); }",
        "replaceSource got a track that has ended: open the camera again",
    ),
}

TRY = """async (url) => {
  const { processTrack } = await import(url);
  try { await (%s)(processTrack); return ""; } catch (error) { return `${error.name}: ${error.message}`; }
}"""


def test_bad_input_is_told(launch, site, camera_file):
    """No video track, an ended one, unknown options: a TypeError in one sentence. A bad value: an `error` event."""
    page = open_track(launch, site, camera_file)
    for code, expected in BAD_CALLS.values():
        found = page.page.evaluate(TRY % code, f"{site.url}pyselfie.js")
        assert found.startswith("TypeError: ")
        assert expected in found
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run("track.setOptions({ strength: 'much' })")
    page.page.wait_for_function("() => told.some(({ type }) => type === 'error')")
    assert "strength is “much”, but it has to be a number from 0 to 1; the last one stays." in page.run(
        "told.find(({ type }) => type === 'error').message"
    )
    assert near([colours(page)[-1]], (0x20, 0x40, 0x60)).all()
