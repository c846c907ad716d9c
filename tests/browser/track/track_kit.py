"""A processed track in a page, and ways to look at what it shows."""

import numpy as np

from tests.browser.camera import show_person
from tests.browser.element.element_kit import ElementPage
from tests.browser.flags import camera_flags
from tests.browser.waiting import WAIT_MS

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
  const wanted = { video: { width: 1280, height: 720, frameRate: 15 } };
  self.camera = (await navigator.mediaDevices.getUserMedia(wanted)).getVideoTracks()[0];
  self.heard = (track) => { // Firefox tells of a test's own events only so
    const listen = track.addEventListener.bind(track);
    return Object.assign(track, { addEventListener: (type, listener) => listen(type, listener, false, true) });
  };
  heard(camera);
  self.track = processTrack(camera, options);
  self.told = [];
  for (const type of ["error", "stats", "statechange", "notice", "ended", "overload"]) {
    track.addEventListener(type, ({ detail }) => told.push({ type, ...detail }));
  }
  self.video = document.createElement("video");
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
  document.body.append(video);
}
"""


# A track of a canvas: red, 640x480, a frame every 40 ms; not told to paint, it gives none.
CANVAS_TRACK = """
(paints) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  const context = canvas.getContext("2d");
  const [track] = canvas.captureStream().getVideoTracks();
  const paint = () => {
    context.fillStyle = "rgb(200 30 30)";
    context.fillRect(0, 0, 640, 480);
    if (track.readyState === "live") setTimeout(paint, 40);
  };
  if (paints) paint();
  return track;
}
"""

# How a promise ends: "done", or the error.
FATE = "(promise) => promise.then(() => 'done', ({ name, message }) => `${name}: ${message}`)"


def near(colours, *allowed):
    """Return for each colour whether it is one of the allowed ones, give or take the codec."""
    colours = np.asarray(colours)
    return np.any([np.abs(colours - colour).max(axis=-1) <= TOLERANCE for colour in allowed], axis=0)


def open_track(launch, site, camera_file, *, script="", has_person=False, **options):
    """Return a page whose camera's track is processed and shown in a video; `has_person`: see `show_person`."""
    opened = launch(*camera_flags(camera_file))
    if has_person:
        show_person(opened, camera_file)
    page = ElementPage(opened, site.url, "", script=script)
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


def wait_next_frames(page, count=5):
    """Wait until the video has shown so many frames more."""
    before = page.run("seen.length")
    page.page.wait_for_function(f"() => seen.length >= {before} + {count}")
