"""What a processed track reads: a source that is kept, replaced, let go of while muted; and promises about it."""

import pytest

from tests.browser.page.page_kit import KEEPS_TRACKS
from tests.browser.track.track_kit import (
    CANVAS_TRACK,
    FATE,
    GREY,
    NOTHING,
    OPEN,
    colours,
    near,
    open_track,
    wait_colour,
    wait_next_frames,
)


@pytest.mark.parametrize("stop_source", [False, True])
def test_replaced_source_takes_the_place_of_the_old_one(launch, site, camera_file, stop_source):
    """The same track goes on with the other camera's composites, there and back; the old one ends if that is chosen."""
    page = open_track(launch, site, camera_file, stopSource=stop_source)
    wait_colour(page, (0x20, 0x40, 0x60))
    live = "live" if not stop_source else "ended"
    page.run(
        f"""async () => {{
          self.again = camera.clone();
          self.canvasTrack = ({CANVAS_TRACK})(true);
          await track.replaceSource(canvasTrack);
        }}"""
    )
    assert page.run("[track.readyState, track.label === canvasTrack.label]") == ["live", True]
    page.until(lambda: page.run("camera.readyState") == live)
    assert page.run("[track.getSettings().width, track.getSettings().height]") == [640, 480]
    page.page.wait_for_function("() => seen.at(-1).size[0] === 640")
    wait_next_frames(page)
    page.run("track.replaceSource(again)")
    page.page.wait_for_function("() => seen.at(-1).size[0] === 1280")
    wait_next_frames(page)
    page.until(lambda: page.run("[canvasTrack.readyState, again.readyState]") == [live, "live"])
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60)).all()
    page.run("camera.dispatchEvent(new Event('ended'))")
    assert page.run("track.readyState") == "live", "the old source is no longer listened to"
    page.run("track.stop()")
    assert page.run("track.readyState") == "ended"
    page.until(lambda: page.run("again.readyState") == live)


def test_every_promise_settles(launch, site, camera_file):
    """What a track's methods promise is kept, or fails when another call or the end of the track comes first."""
    page = open_track(launch, site, camera_file)
    wait_colour(page, (0x20, 0x40, 0x60))
    assert page.run(f"({FATE})(track.restart())") == "done"
    fates = page.run(
        f"""async () => {{
          const quiet = ({CANVAS_TRACK})(false);
          const tries = [track.replaceSource(quiet.clone()), track.replaceSource(quiet)];
          tries.push(track.restart(), track.restart());
          track.stop();
          tries.push(track.restart(), track.replaceSource(quiet));
          return Promise.all(tries.map({FATE}));
        }}"""
    )
    ended = "AbortError: The track has ended: process a new one."
    again = "AbortError: Another {} took the place of this one."
    assert fates == [again.format("replaceSource"), ended, again.format("restart"), ended, ended, ended]
    page.run(OPEN, [f"{site.url}pyselfie.js", {"background": "#204060"}])
    fate = page.run(
        f"""() => {{
          const promise = track.restart();
          camera.dispatchEvent(new Event("ended"));
          return ({FATE})(promise);
        }}"""
    )
    assert fate == ended


def test_a_muted_track_lets_go_of_the_camera(launch, site, camera_file):
    """With releaseWhenMuted the camera is off while `enabled` is false; after that composites of the same one come."""
    page = open_track(launch, site, camera_file, script=KEEPS_TRACKS, releaseWhenMuted=True)
    wait_colour(page, (0x20, 0x40, 0x60))
    device = page.run("camera.getSettings().deviceId")  # once it has ended, Firefox knows none
    page.run("track.enabled = false")
    assert page.run("[track.enabled, track.readyState]") == [False, "live"]
    page.page.wait_for_function("() => camera.readyState === 'ended'")
    wait_colour(page, NOTHING)
    page.run("track.enabled = true")
    page.page.wait_for_function("() => cameraTracks.length === 2")
    wait_colour(page, (0x20, 0x40, 0x60))
    wait_next_frames(page)
    page.until(lambda: page.run("cameraTracks.map(({ readyState }) => readyState)") == ["ended", "live"])
    settings = page.run("track.getSettings()")
    assert (settings["deviceId"], settings["width"]) == (device, 1280)
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60)).all()
    # quick fingers: whatever opens late is stopped at once
    page.run("track.enabled = false; track.enabled = true; track.enabled = false; track.enabled = true")
    page.page.wait_for_function("() => cameraTracks.length === 4")
    page.page.wait_for_function("() => cameraTracks.filter(({ readyState }) => readyState === 'live').length === 1")
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run("track.enabled = false; track.enabled = true; track.stop()")
    page.page.wait_for_function("() => cameraTracks.length === 5")
    page.page.wait_for_function("() => cameraTracks.every(({ readyState }) => readyState === 'ended')")


def test_a_camera_that_does_not_come_back_is_told(launch, site, camera_file):
    """The far end sees grey, an `error` says why, and enabling the track once more opens the camera."""
    page = open_track(launch, site, camera_file, script=KEEPS_TRACKS, releaseWhenMuted=True)
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run(
        """() => {
          self.open = navigator.mediaDevices.getUserMedia;
          navigator.mediaDevices.getUserMedia = async () => {
            throw new DOMException("It is busy", "NotReadableError");
          };
          track.enabled = false;
          track.enabled = true;
        }"""
    )
    page.page.wait_for_function("() => told.some(({ type }) => type === 'error')")
    error = page.run("told.find(({ type }) => type === 'error')")
    assert error["code"] == "source"
    expected = (
        "The camera could not be opened again (NotReadableError: It is busy): enable the track once more to retry."
    )
    assert error["message"] == expected
    wait_colour(page, GREY)
    page.run("navigator.mediaDevices.getUserMedia = self.open; track.enabled = true")
    wait_colour(page, (0x20, 0x40, 0x60))
    assert near(colours(page), NOTHING, GREY, (0x20, 0x40, 0x60)).all()


def test_a_source_given_to_a_muted_track_waits(launch, site, camera_file):
    """With releaseWhenMuted a camera that is handed over while the track is muted is off until it is enabled."""
    page = open_track(launch, site, camera_file, script=KEEPS_TRACKS, releaseWhenMuted=True)
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run(
        """async () => {
          track.enabled = false;
          const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
          [self.other] = stream.getVideoTracks();
          await track.replaceSource(other);
        }"""
    )
    page.page.wait_for_function("() => other.readyState === 'ended'")
    page.run("track.enabled = true")
    page.page.wait_for_function("() => seen.at(-1).size[0] === 640")
    wait_colour(page, (0x20, 0x40, 0x60))
