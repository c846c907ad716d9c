"""The builder of snippets on the demo page: what it writes works on somebody else's page."""

from html import unescape

from tests.browser.element_kit import ElementPage
from tests.browser.flags import camera_flags
from tests.browser.page_kit import open_demo


def snippet(demo, kind, *, camera):
    """Return the snippet of this kind."""
    demo.page.locator("#embed").evaluate("(details) => { details.open = true; }")
    demo.page.check(f"input[name=snippet][value={kind}]")
    demo.page.set_checked("#snippet-camera", camera)
    return demo.page.input_value("#snippet")


def test_snippets_follow_the_choices_and_work(launch, site):
    """Tag and frame carry effect, colour, model and mirror; put on an empty page both show the chosen colour."""
    demo = open_demo(launch, site, "?effect=color&model=landscape").wait_painted()
    demo.page.fill("#backdrop-color", "#204060")
    demo.page.locator("#mirror").click()
    tag, frame = snippet(demo, "tag", camera=False), snippet(demo, "frame", camera=False)
    script, element = tag.split("\n")
    assert script == f'<script type="module" src="{site.url}pyselfie.js"></script>'
    look = 'effect="color" background="#204060" model-selection="landscape" mirror'
    assert element == f'<selfie-segmentation src="{site.url}samples/astronaut.jpg" {look}></selfie-segmentation>'
    assert 'allow="camera"' in frame
    assert "&amp;background=%23204060&amp;model-selection=landscape&amp;mirror" in frame
    page = ElementPage(launch(), site.url, element.replace(" src", ' id="s" src'))
    page.wait("frame")
    assert tuple(page.pixels()[0, 0]) == (0x20, 0x40, 0x60, 255)
    page.page.goto(unescape(frame.split('"')[1]))
    page.page.locator("selfie-segmentation:state(painted)").wait_for()


def test_copying_puts_the_snippet_on_the_clipboard(launch, site, camera_file):
    """With the camera: the tag asks for it, and Copy says that it has copied."""
    demo = open_demo(launch, site, "", *camera_flags(camera_file)).wait_painted()
    demo.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = snippet(demo, "tag", camera=True)
    assert '<selfie-segmentation camera effect="blur" strength="0.5">' in text
    demo.page.click("#snippet-copy")
    demo.until(lambda: demo.page.inner_text("#snippet-copied") == "Copied.")
    assert demo.page.evaluate("navigator.clipboard.readText()") == text
    assert demo.axe() == []
