"""Pictures that the browser does not let go to the worker: one sentence says what came and what to do."""

import pytest

from builder.serving.policy import CONTENT_SECURITY_POLICY
from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.harness import EngineDriver
from tests.browser.legacy.legacy_kit import open_page
from tests.browser.page.page_kit import open_demo
from tests.browser.workers import is_firefox

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><foreignObject width="64" height="64">
<p xmlns="http://www.w3.org/1999/xhtml">Hello</p></foreignObject></svg>"""
TAINTED = """async (given) => {
  const image = new Image();
  image.src = given.startsWith("<svg") ? URL.createObjectURL(new Blob([given], { type: "image/svg+xml" })) : given;
  await image.decode();
  window.image = image;
  window.tainted = () => {
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.transferToImageBitmap();
  };
}"""
SENTENCE = "is an SVG with HTML in it (foreignObject), whose pixels browsers keep to themselves: save it as a PNG"


KEEPS_SVG = pytest.mark.chromium("Firefox lets pages read the pixels of an SVG with HTML in it")


@KEEPS_SVG
def test_an_svg_with_html_as_a_file(launch, site):
    """The demo page says so, keeps what it had, and takes the next file."""
    demo = open_demo(launch, site).wait_painted()
    demo.give("page.svg", SVG, "image/svg+xml")
    assert f"“page.svg” {SENTENCE}" in demo.alert()
    assert demo.caption() == "Sample portrait"


@KEEPS_SVG
@pytest.mark.parametrize("attribute", ["src", "background"])
def test_an_svg_with_html_by_its_address(launch, site, attribute):
    """The element emits `error`, and shows the next picture."""
    page = ElementPage(
        launch(), site.url, "<selfie-segmentation id=s effect=mask model-selection=general></selfie-segmentation>"
    )
    page.page.route("**/page.svg", lambda route: route.fulfill(body=SVG, content_type="image/svg+xml"))
    page.run(f"() => document.getElementById('s').setAttribute('src', '{SAMPLE}')")
    page.run(f"() => document.getElementById('s').setAttribute('{attribute}', 'page.svg')")
    assert SENTENCE in page.wait("error")["message"]
    page.run(f"() => document.getElementById('s').setAttribute('src', '{SAMPLE}')")
    page.wait("frame")


def test_frames_of_ones_own_that_cannot_go(launch, serve_as, astronaut):
    """Foreign pixels, a closed picture, something else: `push` returns false, and an `error` says why."""
    policy = CONTENT_SECURITY_POLICY.replace("img-src 'self'", "img-src *")
    foreign = serve_as({"Cross-Origin-Resource-Policy": "cross-origin"})
    engine = EngineDriver(launch(), serve_as({"Content-Security-Policy": policy}).url)
    engine.start(effect="mask")
    # which of the two is foreign: Chromium's made-up pages may not ask servers of this machine
    given = f"{foreign.url}{SAMPLE}" if is_firefox(engine.page) else SVG.decode()
    engine.page.evaluate(TAINTED, given)
    pushed = engine.page.evaluate(
        """async () => {
          const closed = await createImageBitmap(new ImageData(8, 8));
          const frame = new VideoFrame(closed, { timestamp: 0 });
          closed.close();
          frame.close();
          const pushed = [];
          const named = { close() {}, [Symbol.toStringTag]: "x".repeat(100_000) };
          for (const picture of [tainted(), closed, frame, image, new Proxy(closed, {}), named]) {
            pushed.push(engine.push(picture), engine.push(picture, { still: true }));
          }
          engine.setBackdrop(tainted());
          return pushed;
        }"""
    )
    assert pushed == [False] * 12
    engine.show(astronaut)
    errors = engine.log("error")
    assert {error["code"] for error in errors} == {"source"}
    sentences = [error["message"] for error in errors]
    assert "or is an SVG with HTML in it (foreignObject). Load it" in sentences[0]
    assert sentences[2] == sentences[3]
    assert sentences[2].startswith("The ImageBitmap has no pixels any more, as it was closed or handed over before")
    assert sentences[4].startswith("The VideoFrame has no pixels any more")
    assert sentences[6].startswith("The picture is of the kind HTMLImageElement, but it has to be an ImageBitmap")
    assert sentences[8].startswith("The picture is of the kind ImageBitmap, but it has to be an ImageBitmap or a Vid")
    assert sentences[10].startswith("The picture is of the kind xxxx")
    assert max(len(sentence) for sentence in sentences[4:]) < 300
    assert sentences[12] == sentences[0]


@KEEPS_SVG
def test_an_svg_with_html_in_the_legacy_api(launch, site):
    """`send` is rejected with what to do about it; the next picture is segmented."""
    page = launch()
    open_page(page, site.url)
    page.evaluate(TAINTED, SVG.decode())
    ends = page.evaluate(
        """async () => {
          const segmenter = new SelfieSegmentation();
          const ends = [];
          for (const picture of [image, tainted(), plain("#f00")]) {
            ends.push(await outcome(segmenter.send({ image: picture })));
          }
          return ends;
        }"""
    )
    assert "or is an SVG with HTML in it (foreignObject), so its pixels may not be read" in ends[0]
    assert ends[1:] == [ends[0], "fine"]
