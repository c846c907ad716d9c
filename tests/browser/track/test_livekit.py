"""pyselfie/livekit with LiveKit's own SDK: a processor for its camera tracks, without a server."""

from builder.paths import NODE_MODULES
from tests.browser.element.element_kit import ElementPage
from tests.browser.flags import camera_flags
from tests.browser.page.page_kit import KEEPS_TRACKS
from tests.browser.track.track_kit import GREY, NOTHING, WATCH, colours, near, wait_colour, wait_next_frames

BLUE = (0x20, 0x40, 0x60)
SDK = NODE_MODULES / "livekit-client" / "dist" / "livekit-client.esm.mjs"

SETUP = """
async (site) => {
  const livekit = await import(`${site}livekit-client.mjs`);
  const { SelfieProcessor } = await import(`${site}livekit.js`);
  self.SelfieProcessor = SelfieProcessor;
  self.local = await livekit.createLocalVideoTrack({ resolution: { width: 1280, height: 720 } });
  self.processor = new SelfieProcessor({ background: "#204060", modelSelection: 1 });
  await local.setProcessor(processor);
  self.video = local.attach();
  video.muted = true;
  document.body.append(video);
}
"""


def open_call(launch, site, camera_file):
    """Return a page with a LiveKit camera track, its processor, and a video that shows what LiveKit attaches."""
    page = launch(*camera_flags(camera_file))
    page.route("**/livekit-client.mjs", lambda route: route.fulfill(path=SDK, content_type="text/javascript"))
    host = ElementPage(page, site.url, "", script=KEEPS_TRACKS)
    host.run(SETUP, site.url)
    host.run(f"({WATCH})(video)")
    wait_colour(host, BLUE)
    return host


def cameras(page):
    """Return the state of each camera track that was opened so far, the oldest first."""
    return page.run("cameraTracks.map(({ readyState }) => readyState)")


def flows(page, colour):
    """Check that LiveKit sends the processor's track, and that composites come out of it."""
    wait_next_frames(page)
    wait_colour(page, colour)
    assert page.run("local.mediaStreamTrack === processor.processedTrack")
    assert page.run("processor.processedTrack.readyState") == "live"


def test_mute_restart_and_another_device_keep_the_processor(launch, site, camera_file):
    """LiveKit stops and opens cameras as it likes; composites go on in one track, and no raw frame is ever shown."""
    page = open_call(launch, site, camera_file)
    page.run("self.first = processor.processedTrack")
    page.run("self.device = cameraTracks[0].getSettings().deviceId")  # once it has ended, Firefox knows none
    page.run("local.mute()")
    assert cameras(page) == ["ended"]
    page.run("local.unmute()")
    flows(page, BLUE)
    assert cameras(page) == ["ended", "live"]
    page.run("local.restartTrack({ resolution: { width: 640, height: 480 } })")
    page.page.wait_for_function("() => seen.at(-1).size[0] === 640")
    flows(page, BLUE)
    assert cameras(page) == ["ended", "ended", "live"]
    assert page.run("local.setDeviceId({ exact: device })")
    flows(page, BLUE)
    assert cameras(page) == ["ended", "ended", "ended", "live"]
    page.run("processor.setOptions({ background: '#ff0000' })")
    flows(page, (255, 0, 0))
    assert page.run("processor.processedTrack === first")
    assert near(colours(page), NOTHING, GREY, BLUE, (255, 0, 0)).all()


def test_stop_processor_gives_the_camera_back(launch, site, camera_file):
    """`stopProcessor` and a change of processors succeed; the camera goes on, and LiveKit ends it with its track."""
    page = open_call(launch, site, camera_file)
    page.run("self.old = processor.processedTrack")
    page.run("processor = new SelfieProcessor({ background: '#ff0000' })")
    page.run("local.setProcessor(processor)")
    flows(page, (255, 0, 0))
    assert page.run("old.readyState") == "ended"
    assert near(colours(page), NOTHING, GREY, BLUE, (255, 0, 0)).all()
    fault = page.run("processor.init({ track: cameraTracks[0] }).catch(({ message }) => message)")
    assert fault == "This SelfieProcessor is on a track already: make another one for this track."
    page.run("self.old = processor.processedTrack")
    page.run("local.stopProcessor()")
    assert page.run("[old.readyState, processor.processedTrack, local.getProcessor()]") == ["ended", None, None]
    assert page.run("local.mediaStreamTrack === cameraTracks[0]")
    assert cameras(page) == ["live"]
    page.until(lambda: page.workers() == 0)
    page.run("local.mute()")
    page.run("local.setProcessor(processor)")  # there is no camera to process yet
    page.run("self.seen.length = 0")
    page.run("local.unmute()")
    flows(page, (255, 0, 0))
    assert near(colours(page), NOTHING, GREY, (255, 0, 0)).all()
    page.run("local.stop()")
    assert cameras(page) == ["ended", "ended"]
    page.until(lambda: page.workers() == 0)


def test_after_an_unplugged_camera_a_restart_goes_on(launch, site, camera_file):
    """The processed track ends with its camera; with LiveKit's next one there is a new one, and errors are told."""
    page = open_call(launch, site, camera_file)
    page.run("processor.setOptions({ background: '#ff0000' })")
    wait_colour(page, (255, 0, 0))
    page.run("self.old = processor.processedTrack; cameraTracks[0].dispatchEvent(new Event('ended'))")
    assert page.run("old.readyState") == "ended"
    page.run("local.restartTrack()")
    page.page.wait_for_function("() => processor.processedTrack !== old")
    flows(page, (255, 0, 0))
    page.run("processor.addEventListener('error', ({ detail }) => { self.error = detail; })")
    page.run("processor.setOptions({ strength: 'much' })")
    page.page.wait_for_function("() => self.error")
    assert "strength is “much”" in page.run("error.message")


def test_wrong_options_are_told_at_once(launch, site, camera_file):
    """The camera is LiveKit's, so the options about it are refused like any that does not exist."""
    page = open_call(launch, site, camera_file)
    for options in ("{ efect: 'blur' }", "{ stopSource: true }", "{ releaseWhenMuted: true }"):
        code = f"() => {{ try {{ new SelfieProcessor({options}); }} catch (error) {{ return String(error); }} }}"
        assert page.run(code).startswith("TypeError: There is no option “")
