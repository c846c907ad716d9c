"""The builder of snippets on the demo page: what it writes works on somebody else's page."""

import re

import pytest

from builder.serving.serve import Server
from tests.browser.flags import camera_flags
from tests.browser.page.page_kit import open_demo

HOST_POLICY = "default-src 'none'; script-src 'unsafe-inline'; frame-src http://127.0.0.1:*"
TITLE = "<!doctype html><html lang=en><title>Somebody's page</title>"
HEAR = "<script>var heard = []; addEventListener('message', ({ data }) => heard.push(data));</script>"


def typed_in(page, site, html):
    """Return the page, with this HTML on it and nothing else, on the site."""

    def answer(route):
        route.fulfill(response=route.fetch(url=f"{site.url}index.html"), body=TITLE + html)

    page.route("**/typed.html", answer)
    page.goto(f"{site.url}typed.html")
    return page


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
    page = typed_in(launch(), site, tag)
    page.locator("selfie-segmentation:state(painted)").wait_for()
    corner = """async () => {
      const bitmap = await createImageBitmap(await document.querySelector("selfie-segmentation").snapshot());
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return [...context.getImageData(0, 0, 1, 1).data];
    }"""
    assert page.evaluate(corner) == [0x20, 0x40, 0x60, 255]


def test_frames_work_on_another_site(launch, site, origins, tmp_path):
    """The frame as it is shows its picture there; with `origins` added as the hint says, it answers messages."""
    demo = open_demo(launch, site, "?effect=mask").wait_painted()
    assert demo.page.locator("#frame-hint").is_hidden()
    frame = snippet(demo, "frame", camera=False)
    hint = demo.page.inner_text("#frame-hint")
    with Server(tmp_path, isolation=False, headers={"Content-Security-Policy": HOST_POLICY}) as other:
        origins.add(other.url.rstrip("/"))
        page = launch()
        (tmp_path / "host.html").write_text(TITLE + frame)
        page.goto(f"{other.url}host.html")
        page.frame_locator("iframe").locator("selfie-segmentation:state(painted)").wait_for()
        hinted = re.search(r"&origins=https://your.page", hint)
        assert hinted is not None
        addition = hinted.group().replace("https://your.page", other.url.rstrip("/"))
        start, address, end = frame.split('"', 2)
        (tmp_path / "host.html").write_text(f'{TITLE}{HEAR}{start}"{address}{addition}"{end}')
        page.goto(f"{other.url}host.html")
        page.wait_for_function("() => heard.some(({ type }) => type === 'ready')")


@pytest.mark.chromium("Playwright can't permit Firefox to read the clipboard")
def test_copying_puts_the_snippet_on_the_clipboard(launch, site, camera_file):
    """With the camera: the tag asks for it, and Copy says that it has copied."""
    demo = open_demo(launch, site, "?model=auto", *camera_flags(camera_file)).wait_painted()
    demo.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = snippet(demo, "tag", camera=True)
    assert '<selfie-segmentation camera effect="blur">' in text
    demo.page.click("#snippet-copy")
    demo.until(lambda: demo.page.inner_text("#snippet-copied") == "Copied.")
    assert demo.page.evaluate("navigator.clipboard.readText()") == text
    assert demo.axe() == []
