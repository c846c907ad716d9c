"""What <selfie-segmentation> can be told, what it gives back, and what it says when it cannot."""

import re
import shutil

import numpy as np
import pytest
from PIL import Image

from builder.serving.policy import CONTENT_SECURITY_POLICY
from builder.serving.serve import Server
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.examples_kit import open_example
from tests.browser.flags import camera_flags
from tests.browser.page.page_kit import KEEPS_TRACKS

GET = "document.getElementById('s')"


def tag(**attributes):
    """Return the element's HTML, with the id "s"; `auto` would load another model beside whatever is tested."""
    attributes = {"model_selection": "general"} | attributes
    written = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f'<selfie-segmentation id="s" {written}></selfie-segmentation>'


def error_of(page, *, after=0):
    """Return the next error, after checking that the element says nothing of a restart."""
    error = page.wait("error", after=after)
    assert error["action"] is None
    return error


@pytest.mark.engines
def test_attributes_change_the_picture_at_once(launch, site):
    """Background as colour and as picture, effect, mirror: each shows in the next snapshot."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, background="rebeccapurple"))
    page.wait("frame")
    first = page.pixels()
    assert tuple(first[0, 0]) == (102, 51, 153, 255)
    page.run(f"{GET}.mirror = true")
    np.testing.assert_array_equal(page.pixels(), first[:, ::-1])
    page.run(f"{GET}.setAttribute('effect', 'transparent')")
    assert page.pixels()[0, 0, 3] == 0
    page.run(f"{GET}.mirror = false, {GET}.effect = null, {GET}.background = 'samples/astronaut.jpg'")
    astronaut = page.pixels
    page.until(lambda: astronaut()[0, 0, 3] == 255)
    page.until(lambda: abs(int(astronaut()[4, 4, 0]) - int(astronaut()[4, 4, 1])) < 90)
    page.run(f"{GET}.fit = 'cover'")
    assert page.page.wait_for_function(f"() => getComputedStyle({GET}.shadowRoot.querySelector('canvas')).objectFit")


@pytest.mark.engines
def test_mask_is_a_picture_to_cut_with(launch, site):
    """`getMask` gives an ImageData of the model's size: white, the person opaque."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE))
    page.wait("frame")
    found = page.run(f"{GET}.getMask().then(({{ width, height, data }}) => ({{ width, height, data: [...data] }}))")
    data = np.array(found["data"]).reshape(found["height"], found["width"], 4)
    assert data.shape == (256, 256, 4)
    assert (data[..., :3] == 255).all()
    assert data[128, 128, 3] > 250
    assert data[4, 4, 3] < 5


@pytest.mark.engines
def test_effect_in_python_paints(launch, site):
    """`setEffect` paints by a text and tells its controls, `setEffectValues` sets them, null goes back."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE))
    page.wait("frame")
    before = page.pixels()
    effect = "def effect(frame, mask, time, level: int = 40):\\n    print(level)\\n    return frame // 255 + level"
    told = page.run(
        f"""() => new Promise((done) => {{
          {GET}.addEventListener("effect", ({{ detail }}) => done(detail), {{ once: true }});
          {GET}.setEffect("{effect}");
        }})"""
    )
    assert (told["kind"], told["error"], told["values"]) == ("effect", None, {"level": 40})
    assert set(np.unique(page.pixels()[..., :3])) <= {40, 41}
    page.run(f"{GET}.setEffectValues({{ level: 60 }})")
    assert set(np.unique(page.pixels()[..., :3])) <= {60, 61}
    page.run(f"{GET}.setEffect(null)")
    np.testing.assert_array_equal(page.pixels(), before)


def test_stream_shows_the_composite(launch, site, camera_file):
    """`captureStream` gives a live track in the picture's size, with composites in it; stopped, no frame is sent."""
    page = ElementPage(launch(*camera_flags(camera_file)), site.url, tag(camera="user", background="#204060"))
    page.wait("frame")
    seen = page.run(
        f"""async () => {{
          self.stream = {GET}.captureStream(10);
          const video = document.createElement("video");
          Object.assign(video, {{ muted: true, srcObject: stream }});
          await video.play();
          await new Promise((done) => video.requestVideoFrameCallback(done));
          const context = new OffscreenCanvas(1, 1).getContext("2d");
          context.drawImage(video, 4, 4, 4, 4, 0, 0, 1, 1);
          return [video.videoWidth, video.videoHeight, ...context.getImageData(0, 0, 1, 1).data];
        }}"""
    )
    assert seen[:2] == [1280, 720]
    np.testing.assert_allclose(seen[2:], (0x20, 0x40, 0x60, 255), atol=6)
    assert page.run(f"stream.getTracks()[0].stop(), {GET}.runsHidden") is False
    for wrong in ("-1", "0", "NaN", "'10'"):
        told = page.run(
            f"(() => {{ try {{ {GET}.captureStream({wrong}); }} catch (error) {{ return error.message; }} }})()"
        )
        assert re.match(
            r"captureStream\(\) takes a number of frames a second above 0, or nothing, but got \S+\.$", told
        )


UNKNOWN = {
    "effect": ("sepia", "effect is “sepia”, but it has to be one of fill, mask"),
    "strength": ("lots", "strength is “lots”, but it has to be a number from 0 to 1; the last"),
    "model_selection": ("7", "model-selection is 7, but it has to be 0 (general)"),
    "backend": ("cuda", "backend is “cuda”, but it has to be one of auto, webgpu, wasm; “auto” is used."),
    "fit": ("tight", "fit is “tight”, but it has to be one of contain, cover, fill, none, scale-down"),
}


WRONG_CALLS = """() => {
  const element = document.getElementById("effect");
  const cyclic = {};
  cyclic.x = cyclic;
  const canvas = new OffscreenCanvas(64, 48);
  canvas.getContext("2d");
  const frame = new VideoFrame(canvas, { timestamp: 0 });
  const taken = [element.push("a.png"), element.push(frame, null)];
  element.setBackdrop("a.png");
  const backdrop = new VideoFrame(canvas, { timestamp: 0 });
  element.setBackdrop(backdrop);
  element.setTrace("on");
  element.setEffectValues(cyclic);
  element.setEffectValues(null);
  return [...taken, backdrop.format];
}"""
WRONGLY_CALLED = [
    ("source", "push() takes an ImageBitmap or a VideoFrame, but got “a.png”."),
    ("source", "push() takes what kind of frame it is as an object like { still: true }, but got null."),
    ("background", "setBackdrop() takes an ImageBitmap or null, but got “a.png”; the last one stays."),
    ("background", "setBackdrop() takes an ImageBitmap or null, but got [object VideoFrame]; the last one stays."),
    ("option", "setTrace() takes one of off, live, held, but got “on”; the last one stays."),
    ("option", "x is [object Object], but it has to be a number, true, false or a text."),
    ("option", "An effect's values are null, but they have to be an object like { strength: 0.5 }."),
]


def test_unknown_values_are_told_and_it_goes_on(launch, site):
    """One sentence for a value that is not known, on whichever of a page's elements; its picture comes nevertheless.

    The same for what a method is passed.
    """
    tags = [tag(src=SAMPLE, **{name: value}).replace('"s"', f'"{name}"') for name, (value, _) in UNKNOWN.items()]
    page = ElementPage(launch(), site.url, "".join(tags))
    for name, (_, sentence) in UNKNOWN.items():
        error = page.wait("error", name)
        assert error["message"].startswith(sentence)
        assert error["action"] is None
        assert page.wait("frame", name)["width"] == 512
    assert page.count("error") == len(UNKNOWN)
    assert page.run(WRONG_CALLS) == [False, False, None]
    told = page.run(f"events.filter(({{ type }}) => type === 'error').slice({len(UNKNOWN)})")
    assert [(error["code"], error["message"]) for error in told] == WRONGLY_CALLED


def test_addresses_that_fail_are_told_and_the_picture_stays(launch, site, origins, tmp_path):
    """A missing photo, no photo, another site without CORS, a background that is not there: each is told."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, effect="mask"))
    page.page.expected_errors += [
        "404",
        "CORS",
        "net::ERR_FAILED",
        "Content Security Policy",
        "connect-src",
        "csp-report",
    ]
    page.wait("frame")
    before = page.pixels()
    (tmp_path / "photo.jpg").write_bytes(b"no photo")
    for attribute, value, sentence in [
        ("src", "nowhere.jpg", "nowhere.jpg” could not be loaded: the server answered 404."),
        ("src", "assets.json", "“assets.json” is no picture or video that this browser can read"),
        ("background", "nowhere.png", "nowhere.png” could not be loaded: the server answered 404."),
    ]:
        after = page.position()
        page.run(f"([name, value]) => {GET}.setAttribute(name, value)", [attribute, value])
        error = error_of(page, after=after)
        assert sentence in error["message"]
        assert error["code"] == {"src": "source"}.get(attribute, attribute)
    with Server(tmp_path) as elsewhere:
        origins.add(elsewhere.url.rstrip("/"))
        after = page.position()
        page.run(f"(url) => {{ {GET}.src = url; }}", f"{elsewhere.url}photo.jpg")
        assert "connect-src) forbids it" in error_of(page, after=after)["message"]
    page.run(f"{GET}.effect = 'mask'")
    np.testing.assert_array_equal(page.pixels(), before)


def test_a_photo_that_the_page_made_is_painted(launch, site):
    """A `blob:` address as `src` and as `background` is read under the policy that we recommend and serve."""
    page = ElementPage(launch(), site.url, tag())
    made = """async ([photo]) => {
      const picture = await (await fetch(photo)).blob();
      const canvas = new OffscreenCanvas(64, 64);
      const context = canvas.getContext("2d");
      context.fillStyle = "#204060";
      context.fillRect(0, 0, 64, 64);
      const element = document.querySelector("selfie-segmentation");
      element.background = URL.createObjectURL(await canvas.convertToBlob());
      element.src = URL.createObjectURL(picture);
    }"""
    page.run(made, [SAMPLE])
    page.wait("frame")
    page.until(lambda: tuple(page.pixels()[0, 0]) == (0x20, 0x40, 0x60, 255))


def test_foreign_photo_without_cors_is_named_as_such(launch, dist, origins, tmp_path, astronaut):
    """Where the page's own policy allows the request, the sentence tells of CORS and the header that is missing."""
    foreign, own = tmp_path / "foreign", tmp_path / "own"
    foreign.mkdir()
    Image.fromarray(astronaut).save(foreign / "photo.jpg")
    shutil.copytree(dist / "js", own / "js")  # a real page: one that a test makes up may not ask another server
    shutil.copy(dist / "pyselfie.js", own)
    (own / "host.html").write_text("<!doctype html><body></body>")
    page = launch()
    page.expected_errors += ["CORS", "net::ERR_FAILED", "404"]  # of the engine there is nothing but its script
    lenient = {"Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("connect-src 'self'", "connect-src *")}
    shared = {"Cross-Origin-Resource-Policy": "cross-origin"}
    with Server(own, headers=lenient, isolation=False) as here, Server(foreign, headers=shared) as elsewhere:
        origins.update(server.url.rstrip("/") for server in (here, elsewhere))
        html = tag(src=f"{elsewhere.url}photo.jpg")
        message = ElementPage(page, here.url, html, made_up=False).wait("error", where="event.code === 'source'")[
            "message"
        ]
        page.close()  # before the servers: its engine still looks for its files
    assert "does not let other sites read it (CORS). Have it send “Access-Control-Allow-Origin”" in message


@pytest.mark.engines
def test_a_camera_that_is_refused_is_told(launch, site):
    """Without permission: the sentence of the camera, as an `error` event of the element."""
    page = ElementPage(launch(), site.url, tag(camera=""))
    assert "camera" in error_of(page)["message"]


# Whether a camera sends pictures is the browser's to say; a test says it instead.
MUTE = """(muted) => {
  const [track] = cameraTracks;
  Object.defineProperty(track, "muted", { value: muted, configurable: true });
  track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
}"""


def test_a_camera_is_paused_and_muted(launch, site, camera_file):
    """Paused, no frame is painted, and the camera stays open; on again it goes on. When it is mute, that is told."""
    flags = camera_flags(camera_file)
    html = tag(camera="", effect="mask", model_selection=1)
    page = ElementPage(launch(*flags), site.url, html, script=KEEPS_TRACKS)
    page.wait("frame")
    page.run(f"{GET}.paused = true")
    page.pixels()  # answered after the frame under way
    before = page.count("frame")
    page.page.wait_for_timeout(500)
    assert page.count("frame") == before
    page.run(f"{GET}.paused = false")
    page.until(lambda: page.count("frame") > before)
    for muted, says in ((True, "The camera sends no picture at the moment: "), (False, "The camera sends pictures ")):
        page.run(MUTE, muted)
        assert page.wait("notice", where=f"event.message.startsWith('{says}')")["code"] == "camera"


def test_plain_page_example(launch, serve_site):
    """The example with one tag, opened beside dist/ under the strict policy, paints."""
    page = open_example(launch(), serve_site, "plain")
    page.wait_for_selector("selfie-segmentation:state(painted)", timeout=60_000)
