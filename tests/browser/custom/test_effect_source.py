"""Effects by their address: `setEffect(url)`, the attribute `effect-src`, a track's `effectSource`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.element.element_kit import SAMPLE, ElementPage
from tests.browser.element.test_api import GET, tag
from tests.browser.flags import camera_flags
from tests.browser.track.track_kit import open_track, wait_colour

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

FLAT = "def effect(frame, mask, time, level: int = {}):\n    return frame // 255 * 0 + level\n"
FILES: dict[str, tuple[int, str, bytes]] = {
    "three.py": (200, "text/x-python", FLAT.format(3).encode()),
    "seven.py": (200, "text/plain", FLAT.format(7).encode()),
    "long.py": (200, "text/plain", b"#" * (256 * 1024 + 1)),
    "picture.py": (200, "text/plain", b"\x89PNG\r\n\xff\xd8"),
    "page.py": (200, "text/html; charset=utf-8", b"<!doctype html><title>Nothing here</title>"),
}
REFUSED = {
    "'own/missing.py'": "could not be loaded: the server answered 404. Check the address and its spelling.",
    "'own/long.py'": "has more than 256 kB, which is too much for an effect.",
    "'own/picture.py'": "is not UTF-8 text, but it has to be a Python file.",
    "'own/page.py'": "is a web page, but it has to be a Python file: check the address.",
    "new URL('https://example.com/a.py')": "“https://example.com/a.py” is on another site: an effect is code, so copy",
    "'//:.py'": "“//:.py” is no address: give the URL of a .py file.",
    "'own/three.py\\n'": "NameError: name 'own' is not defined",
    "((r) => (r.revoke(), r.proxy))(Proxy.revocable({}, {}))": "The effect is [object Object], but it has to be Py",
    "5": "The effect is 5, but it has to be Python's text, the URL of a .py file or null; the last one stays.",
}
LEVEL = f"() => {GET}.snapshot().then(createImageBitmap).then((bitmap) => {{ const context = new OffscreenCanvas(1, 1)"
LEVEL += ".getContext('2d'); context.drawImage(bitmap, 0, 0, 1, 1); return context.getImageData(0, 0, 1, 1).data[0]; })"


def serve_own(page: ElementPage) -> list[Route]:
    """Answer for the site's folder own/; what is asked for with `?late` is held, and returned."""
    held: list[Route] = []

    def answer(route: Route) -> None:
        status, kind, body = FILES.get(route.request.url.partition("?")[0].rpartition("/")[2], (404, "text/plain", b""))
        if route.request.url.endswith("?late"):
            held.append(route)
        else:
            route.fulfill(status=status, content_type=kind, body=body)

    page.page.route("**/own/*", answer)
    return held


def test_element_takes_addresses_of_its_own_site(launch: Callable[..., GuardedPage], site: Server) -> None:
    """By method and attribute, the newest counts; what cannot be had is one sentence, and the last one stays."""
    page = ElementPage(launch(), site.url, tag(src=SAMPLE, painter="canvas2d", effect="mask"))
    held = serve_own(page)
    page.wait("frame")

    def shows(level: int) -> None:
        page.until(lambda: page.run(LEVEL) == level)

    background = page.run(LEVEL)
    page.run(f"{GET}.setEffect('own/three.py')")
    shows(3)
    page.page.expected_errors += ["Failed to load resource"]
    for source, sentence in REFUSED.items():
        after = page.position()
        page.run(f"{GET}.setEffect({source})")
        error = page.wait("error", after=after)
        assert (sentence in error["message"], error["code"], error["action"]) == (True, "option", None), error
    assert page.run(LEVEL) == 3
    page.run(f"{GET}.setAttribute('effect-src', 'own/seven.py')")
    shows(7)
    assert page.run(f"{GET}.effectSrc") == "own/seven.py"
    page.run(f"{GET}.setEffect(new URL('own/three.py?late', document.baseURI))")
    page.until(lambda: held)
    page.run("(text) => document.getElementById('s').setEffect(text)", FLAT.format(9))
    shows(9)
    held.pop().fulfill(status=200, content_type="text/plain", body=FILES["three.py"][2])
    page.run(f"{GET}.effectSrc = 'own/three.py'")
    shows(3)
    page.run(f"{GET}.removeAttribute('effect-src')")
    shows(background)


def test_element_begins_with_its_attribute(launch: Callable[..., GuardedPage], site: Server) -> None:
    """The file of the tag paints; before it has come, the attribute's effect does."""
    served = {"status": 200, "content_type": "text/plain", "body": FLAT.format(5)}
    page = launch()
    page.route("**/own/five", lambda route: route.fulfill(**served))
    shown = ElementPage(page, site.url, tag(src=SAMPLE, painter="canvas2d", effect_src="own/five"))
    shown.wait("frame")
    shown.until(lambda: shown.run(LEVEL) == 5)


def test_track_takes_an_effect(launch: Callable[..., GuardedPage], site: Server, camera_file: Path) -> None:
    """As an option an address or a text; its methods set another one and its values, null goes back to the colour."""
    text = "def effect(frame, mask, time, level: int = {}):\n    return frame // 255 * 0 + level * 20\n"
    inner = launch(*camera_flags(camera_file))
    inner.route("**/own/nine.py", lambda route: route.fulfill(content_type="text/plain", body=text.format(9)))
    page = open_track(lambda *_: inner, site, camera_file, effectSource="own/nine.py")
    page.run("track.addEventListener('effect', ({ detail }) => told.push({ type: 'effect', ...detail }))")
    wait_colour(page, (180, 180, 180))
    page.run("track.setEffectValues({ level: 3 })")
    wait_colour(page, (60, 60, 60))
    page.until(lambda: page.run("told.findLast(({ type }) => type === 'effect')?.values?.level") == 3)
    page.run("track.setEffect(null)")
    wait_colour(page, (0x20, 0x40, 0x60))
    page.run("(text) => track.setEffect(text)", text.replace("level", "other").format(7))
    wait_colour(page, (140, 140, 140))
