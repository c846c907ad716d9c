"""The adapters on the SDKs' own tracks, without a server: each frame that would be sent is looked at."""

from itertools import groupby, pairwise

import pytest

from tests.browser.track.sdk_kit import kind, open_sdk, open_sdk_example, run_until, send_until

MOST_MISSING = 2
NEVER_RAW = {"black", "grey", "blurred", "picture"}
PICTURE = "{ background: await picture('rgb(230 120 10)') }"


def set_options(page, options):
    """Change options, and return the number of the last frame before, and how many were seen."""
    return page.run(f"(async () => {{ adapter.setOptions({options}); return [camera.number, seen.length]; }})()")


def kinds(page):
    """Return the kinds of all frames that were seen."""
    return {kind(frame) for frame in page.run("seen")}


def fault_of(page, code):
    """Return the error that a call throws, or rejects with."""
    return page.run(f"(async () => {{ {code} }})().then(() => null, String)")


@pytest.mark.parametrize("sdk", ["livekit", "twilio", "jitsi"])
def test_off_blur_picture_off_on_one_track(launch, serve_as, sdk):
    """The track that is sent stays the same one, no gap has more than 2 frames, and none is raw but with `none`."""
    page = open_sdk(launch, serve_as, sdk, effect="none")
    run_until(page, "raw")
    started = []
    page.page.on("worker", lambda worker: started.append(worker.url))
    page.run("self.patience = 8000")
    blur, _ = set_options(page, "{ effect: 'blur', strength: 1 }")
    run_until(page, "blurred")
    set_options(page, PICTURE)
    run_until(page, "picture")
    _, until_off = set_options(page, "{ effect: 'none' }")
    run_until(page, "raw")
    assert page.run("sentTracks.size") == 1
    assert started == [], "the engine stays the same one, too"
    seen = [(frame["number"], kind(frame)) for frame in page.run("seen")]
    between = [(number, kind) for number, kind in seen[:until_off] if number > blur]
    assert {kind for _, kind in between} == {"blurred", "picture"}, between
    order = [kind for kind, _ in groupby(kind for number, kind in seen if number > 0)]
    assert order == ["raw", "blurred", "picture", "raw"]
    numbers = [blur, *(number for number, _ in seen if number >= blur), page.run("camera.number")]
    assert max(later - earlier for earlier, later in pairwise(numbers)) <= MOST_MISSING + 1, numbers


@pytest.mark.chromium("in Firefox Jitsi leaves the camera on when the video is muted")
def test_jitsi_gets_the_picture_again_after_a_mute(launch, serve_as):
    """A mute stops effect and camera, the unmute starts both: what was chosen last counts, and no frame is raw."""
    page = open_sdk(launch, serve_as, "jitsi", effect="blur")
    set_options(page, PICTURE)
    run_until(page, "picture")
    page.run("local.mute()")
    assert page.run("[local.isMuted(), adapter.processedTrack ?? null, camera.tracks[0].readyState]") == [
        True,
        None,
        "ended",
    ]
    page.run("local.unmute()")
    run_until(page, "picture")
    assert page.run("sentTracks.size") == 2
    assert kinds(page) <= NEVER_RAW


def test_jitsi_gets_the_camera_back_and_faults_are_told(launch, serve_as):
    """Without the effect the track is the camera's, and the worker goes; what is wrong is one sentence."""
    page = open_sdk(launch, serve_as, "jitsi", effect="none")
    twice = "adapter.startEffect(camera.canvas.captureStream(0));"
    assert fault_of(page, twice).endswith("on a track already: make another one for this track.")
    page.run("local.setEffect(undefined)")
    assert page.run("local.getTrack() === camera.tracks[0] && camera.tracks[0].readyState") == "live"
    page.until(lambda: page.workers() == 0)
    for given, fault in (
        ("camera.tracks[0]", "TypeError: startEffect needs a MediaStream, but got "),
        ("new MediaStream()", "TypeError: startEffect needs a stream with a video track."),
    ):
        assert fault_of(page, f"adapter.startEffect({given});").startswith(fault)
    assert "efect" in fault_of(page, "new SelfieEffect({ efect: 'blur' });")
    assert "stopSource" in fault_of(page, "new SelfieEffect({ stopSource: true });")
    for wrong in ("{ isVideoTrack: () => false }", "{ isVideoTrack: () => true, videoType: 'desktop' }"):
        assert page.run(f"adapter.isEnabled({wrong})") is False


def test_twilio_takes_each_kind_of_input_and_another_camera(launch, serve_as):
    """Removed and added with another kind of input, stopped in between or not, it goes on; no frame is raw.

    Twilio's `restart` opens the camera anew and adds the processor once more.
    """
    page = open_sdk(launch, serve_as, "twilio", effect="blur")
    set_options(page, PICTURE)
    run_until(page, "picture")
    for kind_of_input in ("offscreencanvas", "video"):
        page.run("local.removeProcessor(adapter)")
        if kind_of_input == "video":
            page.run("adapter.stop()")
            page.until(lambda: page.workers() == 0)
        page.run("(inputFrameBufferType) => void local.addProcessor(adapter, { inputFrameBufferType })", kind_of_input)
        run_until(page, "picture")
    assert page.run("sentTracks.size") == 3
    page.run("local.restart()")
    run_until(page, "picture")
    assert page.run("sentTracks.size") == 4
    assert kinds(page) <= NEVER_RAW


def test_twilio_is_told_what_is_wrong(launch, serve_as):
    """Options of no sense throw; a canvas that cannot be painted on is an `error`, once."""
    page = open_sdk(launch, serve_as, "twilio", effect="none")
    assert "efect" in fault_of(page, "new SelfieProcessor({ efect: 'blur' });")
    assert "stopSource" in fault_of(page, "new SelfieProcessor({ stopSource: true });")
    page.run("""() => {
      local.removeProcessor(adapter);
      self.told = [];
      adapter.addEventListener("error", ({ detail }) => told.push(detail.message));
      local.addProcessor(adapter, { outputFrameBufferContextType: "bitmaprenderer" });
    }""")
    send_until(page, lambda: page.run("told.length"))
    page.run("frames(4)")
    [sentence] = page.run("told")
    assert sentence.startswith("SelfieProcessor paints on a 2D canvas, but Twilio gave one of another kind: ")


def test_twilio_gets_grey_when_the_engine_is_gone(launch, serve_as):
    """With `onFailure: "placeholder"`; after `restart` it goes on. No frame is raw."""
    page = open_sdk(launch, serve_as, "twilio", effect="blur", onFailure="placeholder")
    page.run("""() => {
      self.failures = 0;
      adapter.addEventListener("error", ({ detail }) => { failures += detail.action === "restart"; });
    }""")
    set_options(page, PICTURE)
    run_until(page, "picture")
    _kill(page)
    _run_on(page)  # the first death heals itself
    assert page.run("failures") == 0
    _kill(page)
    send_until(page, lambda: page.run("failures"))
    run_until(page, "grey")
    page.run("() => void adapter.restart()")
    _run_on(page)
    assert page.run("failures") == 1
    assert kinds(page) <= NEVER_RAW


def _kill(page):
    """Let the engine's worker die, and send frames until it is gone."""
    [worker] = [worker for worker in page.page.workers if "js/worker.js" in worker.url]
    page.in_worker("setTimeout(() => { throw new Error('provoked') })")
    send_until(page, lambda: worker not in page.page.workers)


def _run_on(page):
    """Send frames until one comes out, before the picture, that the camera has from now on."""
    number = page.run("camera.number")
    send_until(page, lambda: any(one["number"] > number and kind(one) == "picture" for one in page.run("seen")))


@pytest.mark.parametrize("sdk", ["twilio", "jitsi"])
def test_the_example_shows_what_is_sent(launch, serve_as, sdk):
    """Blurred first, then the room, then as it is; no frame is raw before that is chosen."""
    page = open_sdk_example(launch, serve_as, sdk)
    run_until(page, "blurred")
    page.run("() => choose('room')")
    run_until(page, "room")
    until_off = page.run("() => { choose('none'); return seen.length; }")
    run_until(page, "raw")
    kinds = [kind(frame) for frame in page.run("seen")]
    assert set(kinds[:until_off]) <= {"black", "grey", "blurred", "room"}
    assert page.page.inner_text("#state") == ""
