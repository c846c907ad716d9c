"""Every way in, in WebKit: element, legacy API, processTrack and widget."""

import numpy as np
import pytest

from builder.serving.serve import Server
from pyselfie.core.manifest import load_spec
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.runtimes.native import NativeRuntime
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.legacy.legacy_kit import TOOLS, encoded, pixels
from tests.browser.track.track_kit import CANVAS_TRACK, WATCH, wait_colour
from tests.browser.widget.widget_kit import HOST_POLICY, Host

# All on one page and, as they have the same settings, in one worker: to start Python takes seconds.
ELEMENT = f"<selfie-segmentation id=s painter=canvas2d model-selection=0 src={SAMPLE} background=#204060>"

# A canvas whose changes WebKitGTK looks for itself gives two pictures and no more.
SOURCE = CANVAS_TRACK.strip().replace("captureStream()", "captureStream(25)")
OPEN_TRACK = f"""
async (options) => {{
  const {{ processTrack }} = await import("/pyselfie.js");
  self.track = processTrack(({SOURCE})(true), options);
  self.video = document.createElement("video");
  Object.assign(video, {{ muted: true, autoplay: true, srcObject: new MediaStream([track]) }});
  document.body.append(video);
}}
"""


@pytest.fixture(scope="module")
def element(webkit, site):
    """Return a page with an element that has painted the sample."""
    page = ElementPage(webkit, site.url, ELEMENT, made_up=False)
    page.wait("frame")
    return page


@pytest.fixture(autouse=True)
def _no_faults(webkit):
    """Fail after a test whose page threw, logged an error or broke its policy."""
    yield
    assert webkit.evaluate("self.faults ?? []") == []


def test_element_follows_its_attributes(element):
    """Colour, mirror, another effect: each shows in the next snapshot; the mask has the person in the middle."""
    first = element.pixels()
    assert tuple(first[0, 0]) == (0x20, 0x40, 0x60, 255)
    element.run("s.mirror = true")
    np.testing.assert_array_equal(element.pixels(), first[:, ::-1])
    element.run("s.setAttribute('effect', 'transparent')")
    assert element.pixels()[0, 0, 3] == 0
    mask = element.run(
        "s.getMask().then(({ width, data }) => [[128, 128], [4, 4]].map(([x, y]) => data[4 * (y * width + x) + 3]))"
    )
    assert mask[0] > 250
    assert mask[1] < 5


def test_legacy_mask_is_the_native_runtimes(element, astronaut):
    """`send` gives the picture and a mask: nearly the desktop's, sampled with half-pixel centres as the original's."""
    element.run(TOOLS)
    height, width = astronaut.shape[:2]
    image, mask = element.run(
        """async (png) => {
          const { SelfieSegmentation } = await import("/js/mediapipe/index.js");
          const segmenter = new SelfieSegmentation();
          let results;
          segmenter.onResults((found) => { results = found; });
          segmenter.setOptions({ modelSelection: 1 });
          await segmenter.send({ image: await picture(png) });
          const found = [results.image, results.segmentationMask].map((bitmap) => text(bytes(bitmap)));
          await segmenter.close();
          return found;
        }""",
        encoded(astronaut),
    )
    np.testing.assert_array_equal(pixels(image, width, height)[..., :3], astronaut)
    spec = load_spec(1, "raw")
    sample = resize_half_pixel(astronaut, spec.width, spec.height)
    small = NativeRuntime(spec).run_sync((sample[None] * np.float32(1 / 255)).astype(np.float32))
    expected = resize_half_pixel(np.rint(small[..., None] * 255).astype(np.uint8), width, height)[..., 0]
    got = pixels(mask, width, height)[..., 3]
    assert np.abs(got / 255 - expected / 255).mean() < 2e-3
    assert ((got > 127) & (expected > 127)).sum() / ((got > 127) | (expected > 127)).sum() > 0.998


def test_track_goes_over_a_canvas(element):
    """WebKit has no track processors: `support` says so. The track shows composites, and each change, all the same."""
    support = "import('/pyselfie.js').then(({ support }) => support()).then(({ tracks }) => tracks)"
    assert element.run(support) == "canvas"
    element.run(OPEN_TRACK, {"background": "#204060", "modelSelection": 1, "painter": "canvas2d"})
    element.run(f"({WATCH})(video)")
    wait_colour(element, (0x20, 0x40, 0x60))
    element.run("track.setOptions({ background: '#00ff00' })")
    wait_colour(element, (0, 255, 0))
    assert element.run("seen.at(-1).size") == [640, 480]
    element.run("track.stop()")
    assert element.run("[track.readyState, track.metrics.state]") == ["ended", "ended"]


def test_widget_answers_the_page_around_it(webkit, site, tmp_path):
    """In a frame on another site it paints, follows messages, and gives no picture to a page that no list names."""
    with Server(tmp_path, isolation=False, headers={"Content-Security-Policy": HOST_POLICY}) as other:
        host = Host(webkit, site, other, src=SAMPLE, background="#204060")
        webkit.wait_for_function("() => heard.some(({ data }) => data.type === 'ready')")
        state = host.ask(type="set", options={"effect": "mask"})["state"]
        assert (state["effect"], state["running"]) == ("mask", True)
        assert host.ask(type="snapshot")["code"] == "forbidden"
