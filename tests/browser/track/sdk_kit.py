"""Call SDKs from npm on a camera that a test paces, and a look at each frame that they send."""

import time
from functools import partial
from itertools import groupby
from types import SimpleNamespace

import numpy as np

from builder.paths import NODE_MODULES
from builder.serving.policy import CONTENT_SECURITY_POLICY
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.examples_kit import open_example
from tests.browser.waiting import WAIT_MS

ROOM = (240, 242, 240)  # the corner of backdrops/room.jpg
SCRIPTS = {
    "livekit": ("livekit-client.mjs", NODE_MODULES / "livekit-client" / "dist" / "livekit-client.esm.mjs"),
    "twilio": ("twilio-video.js", NODE_MODULES / "twilio-video" / "dist" / "twilio-video.js"),
    "jitsi": ("lib-jitsi-meet.js", NODE_MODULES / "lib-jitsi-meet-dist" / "dist" / "lib-jitsi-meet.min.js"),
}

# Whoever opens the camera gets a canvas: stripes behind the person, and on the chest the frame's number as ten bars,
# white for 1. A frame comes when it is asked for.
CAMERA = """
self.camera = {
  number: 0,
  tracks: [],
  sources: [],
  canvas: null,
  async load(url) {
    this.person = await createImageBitmap(await (await fetch(url)).blob());
    this.canvas = Object.assign(document.createElement("canvas"), { width: 768, height: 512 });
    this.draw();
  },
  draw() {
    const context = this.canvas.getContext("2d");
    for (let x = 0; x < 768; x += 8) {
      context.fillStyle = x % 16 ? "rgb(0 200 0)" : "rgb(200 0 200)";
      context.fillRect(x, 0, 8, 512);
    }
    context.drawImage(this.person, 128, 0);
    for (let bit = 0; bit < 10; bit += 1) {
      context.fillStyle = this.number & (1 << bit) ? "white" : "black";
      context.fillRect(208 + 11 * bit, 436, 11, 18);
    }
  },
  next() {
    this.number += 1;
    this.show();
  },
  show() {
    this.draw();
    for (const { ask } of this.sources) ask();
  },
};
if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  const stream = camera.canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  const asked = track.requestFrame ? track : stream; // Firefox's stream is asked
  camera.sources.push({ ask: () => asked.requestFrame() });
  camera.tracks.push(track);
  return stream;
};
"""

# `sent()` is the track that the SDK sends; `seen` gets each of its frames: its number, the mean and the spread of a
# patch behind the person. The camera goes on when its frame has come out, with Twilio the one before; or after
# `patience`, which is short while no engine runs that could have taken it. A composite that Twilio got too late waits
# there for the camera's next frame: so after a moment the last one comes again.
TOOLS = """
([sent, late]) => {
  self.seen = [];
  self.sentTracks = new Set();
  self.patience = 300;
  const context = new OffscreenCanvas(768, 512).getContext("2d", { willReadFrequently: true });
  const look = (frame) => {
    context.drawImage(frame, 0, 0, 768, 512);
    const patch = context.getImageData(8, 8, 64, 64).data;
    const parts = [0, 1, 2].map((part) => patch.filter((_, index) => index % 4 === part));
    const mean = parts.map((values) => values.reduce((sum, one) => sum + one, 0) / values.length);
    const spread = Math.max(...parts.map((values, part) =>
      Math.sqrt(values.reduce((sum, one) => sum + (one - mean[part]) ** 2, 0) / values.length)));
    let number = 0;
    for (let bit = 0; bit < 10; bit += 1) {
      if (context.getImageData(213 + 11 * bit, 445, 1, 1).data[1] > 127) number |= 1 << bit;
    }
    seen.push({ number, mean, spread });
  };
  const read = async (track) => {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      look(read.value);
      read.value.close();
    }
  };
  const play = async (track) => { // for Firefox, whose pages have no processor
    const video = Object.assign(document.createElement("video"), { muted: true, srcObject: new MediaStream([track]) });
    const onFrame = () => { look(video); video.requestVideoFrameCallback(onFrame); };
    video.requestVideoFrameCallback(onFrame);
    await video.play();
  };
  const watch = self.MediaStreamTrackProcessor ? read : play;
  const isOut = () => seen.some(({ number }) => camera.number - late <= number && number <= camera.number);
  const outIn = async (time) => {
    for (const start = performance.now(); !isOut() && performance.now() - start < time; ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return isOut();
  };
  self.frames = async (count) => {
    for (let left = count; left > 0; left -= 1) {
      camera.next();
      const track = sent();
      if (!sentTracks.has(track)) void watch(track);
      sentTracks.add(track);
      for (let paints = 0; paints < 2; paints += 1) await new Promise(requestAnimationFrame); // a canvas gives one each
      if ((await outIn(300)) || patience <= 300) continue;
      if (late) camera.show();
      await outIn(patience);
    }
  };
  self.picture = async (colour) => {
    const canvas = new OffscreenCanvas(768, 512);
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 768, 512);
    return URL.createObjectURL(await canvas.convertToBlob());
  };
}
"""

OPEN = {
    "livekit": """async ([site, options]) => {
  const { createLocalVideoTrack } = await import(`${site}livekit-client.mjs`);
  const { SelfieProcessor } = await import(`${site}livekit.js`);
  self.local = await createLocalVideoTrack();
  self.adapter = new SelfieProcessor({ modelSelection: 1, ...options });
  await local.setProcessor(adapter);
  self.sent = () => local.mediaStreamTrack;
}""",
    "twilio": """async ([site, options]) => {
  await import(`${site}twilio-video.js`);
  const { SelfieProcessor } = await import(`${site}twilio.js`);
  self.SelfieProcessor = SelfieProcessor;
  self.local = await Twilio.Video.createLocalVideoTrack();
  self.video = local.attach();
  document.body.append(Object.assign(video, { muted: true }));
  self.adapter = new SelfieProcessor({ modelSelection: 1, ...options });
  local.addProcessor(adapter, { inputFrameBufferType: "videoframe" });
  self.sent = () => local.processedTrack;
}""",
    "jitsi": """async ([site, options]) => {
  await import(`${site}lib-jitsi-meet.js`);
  const { SelfieEffect } = await import(`${site}jitsi.js`);
  self.SelfieEffect = SelfieEffect;
  JitsiMeetJS.setLogLevel(JitsiMeetJS.logLevels.ERROR);
  JitsiMeetJS.init();
  [self.local] = await JitsiMeetJS.createLocalTracks({ devices: ["video"] });
  self.adapter = new SelfieEffect({ modelSelection: 1, ...options });
  await local.setEffect(adapter);
  self.sent = () => local.getTrack();
}""",
}


_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src", "script-src 'unsafe-eval'"
)  # Twilio's and Jitsi's scripts want it


def open_sdk(launch, serve_as, name, **options):
    """Return a page where this SDK has opened the camera and pyselfie is on its track, with these options."""
    page = launch()
    site = serve_as({"Content-Security-Policy": _POLICY})
    script, path = SCRIPTS[name]
    page.route(f"**/{script}", lambda route: route.fulfill(path=path, content_type="text/javascript"))
    host = ElementPage(page, site.url, "", script=CAMERA)
    host.run("(url) => camera.load(url)", f"{site.url}{SAMPLE}")
    host.run(OPEN[name], [site.url, options])
    host.run(f"({TOOLS})([sent, {int(name == 'twilio')}])")
    return host


def open_sdk_example(launch, serve_as, name):
    """Return the example page of this SDK with the camera on."""
    page = launch()
    page.set_default_timeout(WAIT_MS)
    page.add_init_script(CAMERA)
    page.route("**/node_modules/**", _serve_package)
    headers = {"Content-Security-Policy": _POLICY}
    open_example(page, partial(serve_as, headers), name)
    host = SimpleNamespace(page=page, run=page.evaluate)
    host.run("(url) => camera.load(url)", f"/dist/{SAMPLE}")
    page.click("#start")
    page.wait_for_function("() => document.getElementById('preview').srcObject")
    host.run(f"({TOOLS})([() => preview.srcObject.getVideoTracks()[0], {int(name == 'twilio')}])")
    host.run("() => { self.choose = (one) => { background.value = one; background.onchange(); }; }")
    return host


def _serve_package(route):
    path = NODE_MODULES / route.request.url.partition("/node_modules/")[2]
    route.fulfill(path=path, content_type="text/javascript")


def kind(frame):
    """Return what is behind the person in a frame."""
    if frame["spread"] > 60:
        return "raw"
    near = {
        "grey": (127, 127, 127),
        "black": (0, 0, 0),
        "blurred": (100, 100, 100),
        "picture": (230, 120, 10),
        "room": ROOM,
    }
    for name, colour in near.items():
        if np.abs(np.subtract(frame["mean"], colour)).max() <= 12:
            return name
    return f"{frame['mean']}, spread {frame['spread']:.0f}"


def send_until(page, condition):
    """Send frames until `condition` gives something true."""
    end = time.monotonic() + WAIT_MS / 1000
    while not condition():
        assert time.monotonic() < end, [kind for kind, _ in groupby(kind(frame) for frame in page.run("seen"))]
        page.run("frames(2)")


def run_until(page, wanted):
    """Send frames until one of this kind comes, and half a dozen more."""
    before = page.run("seen.length")
    send_until(page, lambda: any(kind(frame) == wanted for frame in page.run(f"seen.slice({before})")))
    page.run("frames(6)")
