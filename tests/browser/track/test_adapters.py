"""The adapters without an SDK: a test makes each call, and sees what goes to the worker and what comes back."""

import json

import pytest

from tests.browser.element.element_kit import ElementPage
from tests.browser.track.track_kit import TOLERANCE
from tests.browser.waiting import WAIT_MS

GREY = (127, 127, 127)
RED = (200, 30, 30)
BLUE = (30, 30, 200)
MARK = (255, 0, 255)
BEHIND = (0x20, 0x40, 0x60)

# `sent` gets the worker's messages; while `held` is an array, composites wait in it.
EARS = """
self.sent = [];
self.held = null;
const Real = Worker;
self.Worker = class extends Real {
  postMessage(message, transfer) {
    sent.push({ ...message });
    super.postMessage(message, transfer);
  }
  set onmessage(listener) {
    super.onmessage = (event) => {
      if (held && event.data.type === "composite") held.push(() => listener(event));
      else listener(event);
    };
  }
};
self.release = () => {
  const waiting = held;
  held = null;
  for (const deliver of waiting) deliver();
};
"""

TOOLS = """
async ([site, options]) => {
  self.adapters = {
    twilio: (await import(`${site}twilio.js`)).SelfieProcessor,
    jitsi: (await import(`${site}jitsi.js`)).SelfieEffect,
    livekit: (await import(`${site}livekit.js`)).SelfieProcessor,
  };
  self.processTrack = (await import(`${site}pyselfie.js`)).processTrack;
  self.told = [];
  self.heard = (target) => {
    target.addEventListener("error", ({ detail }) => told.push({ ...detail }));
    return target;
  };
  self.plain = ([red, green, blue]) => {
    const canvas = new OffscreenCanvas(320, 240);
    const context = canvas.getContext("2d");
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(0, 0, 320, 240);
    return canvas;
  };
  self.frame = (colour) => new VideoFrame(plain(colour), { timestamp: Math.round(1000 * performance.now()) });
  self.newOutput = () => Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
  self.output = newOutput();
  self.shown = (canvas = output) => [...canvas.getContext("2d").getImageData(160, 120, 1, 1).data].slice(0, 3);
  self.fill = (colour) => output.getContext("2d").drawImage(plain(colour), 0, 0);
  self.camera = () => {
    const canvas = newOutput();
    canvas.getContext("2d").fillRect(0, 0, 320, 240);
    return canvas.captureStream();
  };
  self.begin = {
    twilio: (adapter) => adapter.processFrame(frame([0, 0, 0]), output),
    jitsi: (adapter) => adapter.startEffect(camera()),
    livekit: (adapter) => adapter.init({ track: camera().getVideoTracks()[0] }),
  };
  self.end = {
    twilio: (adapter) => adapter.stop(),
    jitsi: (adapter) => adapter.stopEffect(),
    livekit: (adapter) => adapter.destroy(),
  };
}
"""


CHANGES_SENT = "sent.filter(({ type }) => type === 'options').map((one) => one.changes)"
# How a request for slow.py ends; of one that a test holds back, Firefox's driver tells nothing more.
KEEPS_REQUEST = """() => {
  const ask = fetch;
  self.fetch = (url, ...rest) => {
    const asked = ask(url, ...rest);
    const end = (how) => { self.slow = how; };
    if (String(url).endsWith("slow.py")) asked.then(() => end("an answer"), ({ name }) => end(name));
    return asked;
  };
}"""


@pytest.fixture
def page(launch, site):
    """Return a page with the adapters and no SDK."""
    host = ElementPage(launch(), site.url, "", script=EARS)
    host.run(TOOLS, [site.url, {}])
    return host


def begin_twilio(page, **options):
    """Make a processor for frames that the test gives."""
    given = {"effect": "none", "modelSelection": 1, **options}
    page.run("(options) => { self.processor = heard(new adapters.twilio(options)); }", given)


def give(page, colour):
    """Give the processor a frame of one colour, and return what it shows then."""
    return page.run(
        "async (colour) => { await processor.processFrame(frame(colour), output); return shown(); }", colour
    )


def is_near(shown, colour):
    """Return whether it is this colour."""
    return all(abs(one - other) <= TOLERANCE for one, other in zip(shown, colour, strict=True))


def give_until(page, colour, wanted):
    """Give frames until one is shown so."""
    page.until(lambda: is_near(give(page, colour), wanted))


def hold_one(page, colour):
    """Have the composite of one more frame wait; of those before none is on its way."""
    page.run("self.held = []")
    page.until(lambda: give(page, colour) and page.run("held.length"))


def options_sent(page):
    """Return the options that the newest engine was opened with."""
    return json.loads(page.run("sent.findLast(({ type }) => type === 'open').options"))


def first_error(page, code):
    """Wait for an error with this code, and return its sentence."""
    test = f"() => told.find(({{ code }}) => code === '{code}')?.message"
    return page.page.wait_for_function(test, timeout=WAIT_MS).json_value()


def test_twilio_shows_grey_when_a_worker_that_died_cannot_begin_again(page):
    """A start that fails after the engine ran is a failure for good, and no frame waits for a composite any more."""
    begin_twilio(page, onFailure="placeholder")
    give_until(page, RED, RED)
    page.page.route("**/assets.json*", lambda route: route.fulfill(status=404))
    page.page.expected_errors += ["404", "provoked"]
    page.in_worker("setTimeout(() => { throw new Error('provoked') })")
    first_error(page, "load")
    page.run("() => { self.later = setTimeout; self.setTimeout = () => 0; }")  # who waits now does so for ever
    assert is_near(give(page, RED), GREY)
    page.run("() => { self.setTimeout = later; }")
    page.page.unroute("**/assets.json*")
    page.run("processor.restart()")
    give_until(page, RED, RED)


def test_twilio_tells_of_a_bad_site_at_once(page):
    """It throws where the options are given, not with each frame."""
    fault = page.run(
        "() => { try { new adapters.twilio({ site: 'about:blank' }); } catch (error) { return `${error}`; } }"
    )
    assert fault.startswith("TypeError: The site is “about:blank”, but it has to be the URL of the folder")


def test_twilio_never_rejects(page):
    """What cannot be processed is closed, told once until it is stopped, and grey; afterwards it goes on."""
    begin_twilio(page)
    give_two = """async () => {
      const make = document.createElement;
      document.createElement = () => { throw new Error("provoked"); };
      const frames = [frame([200, 30, 30]), frame([200, 30, 30])];
      for (const one of frames) await processor.processFrame(one, output);
      document.createElement = make;
      return frames.map(({ format }) => format);
    }"""
    for count in (1, 2):
        assert page.run(give_two) == [None, None]
        assert is_near(page.run("shown()"), GREY)
        told = page.run("told")
        assert len(told) == count
        wanted = "SelfieProcessor could not process a frame (Error: provoked), so grey is sent"
        assert told[-1]["message"].startswith(wanted)
        page.run("processor.stop()")
    give_until(page, RED, RED)


def test_twilio_drops_the_composite_of_another_look(page):
    """A composite that waits to be painted is not, once another effect is chosen; a slider doesn't hold it up."""
    begin_twilio(page)
    give_until(page, RED, RED)
    for changes, shown in (({"strength": 0.3}, RED), ({"effect": "color", "background": "#204060"}, MARK)):
        hold_one(page, RED)
        page.run("(mark) => { release(); fill(mark); self.held = []; }", MARK)
        page.run("(changes) => processor.setOptions(changes)", changes)
        assert is_near(give(page, RED), shown)
        page.run("release()")
    give_until(page, RED, BEHIND)


def test_twilio_drops_the_composite_of_another_camera(page):
    """One that comes late, when Twilio has given another canvas, is closed."""
    begin_twilio(page)
    give_until(page, RED, RED)
    hold_one(page, RED)
    page.run("self.output = newOutput()")
    shown = page.run(
        """async (blue) => {
      const painted = processor.processFrame(frame(blue), output);
      release();
      await painted;
      return shown();
    }""",
        BLUE,
    )
    assert is_near(shown, GREY) or is_near(shown, BLUE)
    give_until(page, BLUE, BLUE)


def test_twilio_tells_the_engine_how_often_frames_come(page):
    """It measures the time between them, and tells it again only when it has changed."""
    begin_twilio(page)
    intervals = page.run("""async () => {
      let now = performance.now();
      performance.now = () => now;
      for (const step of [...Array(40).fill(100), ...Array(40).fill(105), ...Array(40).fill(20)]) {
        now += step;
        await processor.processFrame(frame([0, 0, 0]), output);
      }
      return sent.filter(({ type }) => type === "tap").map(({ intervalMs }) => Math.round(intervalMs));
    }""")
    assert intervals == [33, 100, 20]


@pytest.mark.parametrize("sdk", ["twilio", "jitsi", "livekit"])
def test_a_refused_value_does_not_come_again(page, sdk):
    """Begun once more, an adapter has the last good value, and the bad one is told only once."""
    page.run(f"() => {{ self.adapter = heard(new adapters.{sdk}({{ effect: 'none', strength: 0.2 }})); }}")
    page.run(f"void begin.{sdk}(adapter)")
    page.run("() => { for (const strength of [0.7, 7]) adapter.setOptions({ strength }); }")
    assert "strength is 7" in first_error(page, "option")
    page.run(f"end.{sdk}(adapter)")
    page.run(f"void begin.{sdk}(adapter)")
    assert options_sent(page) == {"effect": "none", "strength": 0.7}
    assert page.run("told.length") == 1


def test_options_do_not_wait_for_the_picture(page):
    """They are the engine's from its start, also where the picture cannot be loaded; only the effect comes with it."""
    page.page.route("**/office.png", lambda route: route.fulfill(status=404))
    page.page.expected_errors.append("404")
    page.run("""() => {
      const options = { background: "office.png", modelSelection: 1, mirror: true };
      self.track = heard(processTrack(camera().getVideoTracks()[0], options));
    }""")
    assert options_sent(page) == {"modelSelection": 1, "mirror": True}
    first_error(page, "background")
    page.page.wait_for_function("() => track.metrics.model", timeout=WAIT_MS)
    assert page.run("track.metrics.model") == "landscape"
    picture = page.run("plain([0, 200, 0]).convertToBlob().then(URL.createObjectURL)")
    page.run("(background) => track.setOptions({ background, smoothing: 0.5 })", picture)
    page.page.wait_for_function("() => sent.some(({ changes }) => changes?.includes('picture'))")
    page.run("track.setOptions({ smoothing: 0.4 })")
    expected = [{"smoothing": 0.5}, {"effect": "picture"}, {"smoothing": 0.4}]
    # those that come while the picture's lot has not been painted wait for that
    page.until(lambda: [one for lot in page.run(CHANGES_SENT) for one in json.loads(lot)] == expected)


@pytest.mark.parametrize("way", ["twilio", "track"])
def test_an_effect_that_is_being_loaded_goes_with_its_engine(page, way):
    """Its request ends where nobody waits for it any more."""
    page.page.hang("**/slow.py")
    ends = {
        "twilio": "self.adapter = new adapters.twilio({ effectSource: 'slow.py' }); void begin.twilio(adapter);",
        "track": "self.adapter = processTrack(camera().getVideoTracks()[0], { effectSource: 'slow.py' });",
    }
    page.run(KEEPS_REQUEST)
    with page.page.expect_request("**/slow.py"):
        page.run(f"() => {{ {ends[way]} }}")
    page.run("adapter.stop()")
    page.until(lambda: page.run("self.slow"))
    assert page.run("slow") == "AbortError"
