"""The widget in a frame of another site: what it shows, and who may take pictures from it."""

import pytest

from builder.serving.policy import CONTENT_SECURITY_POLICY
from builder.serving.serve import Server
from tests.browser.element.element_kit import SAMPLE
from tests.browser.flags import camera_flags
from tests.browser.legacy.legacy_kit import link_tree
from tests.browser.page.page_kit import AXE
from tests.browser.play.test_share import FRAGMENT
from tests.browser.widget.widget_kit import HOST_POLICY, Host

OWN_POLICY = CONTENT_SECURITY_POLICY.replace("script-src", "frame-src 'self'; script-src 'unsafe-inline'")

GREETED = """
async () => {
  for (let turn = 0; turn < 100; turn++) {
    if (heard.some(({ data }) => data.type === "hello")) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}
"""


@pytest.mark.engines
def test_other_sites_take_no_pictures(launch, site, other):
    """As built: being named in the address isn't enough, and the answer says who can allow it; showing goes on."""
    origin, own = (server.url.rstrip("/") for server in (other, site))
    host = Host(launch(), site, other, src=SAMPLE, effect="blur", strength=0).wait_painted()
    answer = host.ask(type="snapshot")
    assert (answer["type"], answer["code"]) == ("error", "forbidden")
    assert answer["message"] == (
        f"{origin} may show this widget, but not take pictures from it: "
        f"the owner of {own} has to add “{origin}” to “readers” in widget.json."
    )
    assert host.ask(type="set", options={"effect": "mask"})["state"]["effect"] == "mask"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, '{"readers": ["https://somebody.example", "*", "null"]}'),
        (200, '{"readers": "ORIGIN"}'),
        (200, '["ORIGIN"]'),
        (200, "null"),
        (200, '{"readers": ["ORIGIN"'),
        (404, '{"readers": ["ORIGIN"]}'),
    ],
    ids=["others", "a string", "a list", "null", "damaged", "missing"],
)
def test_a_list_without_the_origin_allows_nobody(launch, site, other, status, text):
    """A list that names others, is damaged or isn't there: no picture for the other site."""
    page = launch()
    page.expected_errors.append("404")
    answer = {"status": status, "body": text.replace("ORIGIN", other.url.rstrip("/"))}
    page.route("**/widget.json", lambda route: route.fulfill(**answer))
    host = Host(page, site, other)
    host.page.wait_for_function("() => heard.some(({ data }) => data.type === 'hello')")
    assert host.ask(type="snapshot")["code"] == "forbidden"


def test_own_site_takes_pictures_but_has_to_be_named(launch, dist, origins, tmp_path):
    """A page of the widget's own site needs no list; without `origins` it gets no answer either.

    What somebody has shared with the playground is nothing to the widget: it neither runs nor is shown.
    """
    link_tree(dist, tmp_path / "site")
    (tmp_path / "site" / "widget.json").unlink()
    page = launch()
    page.expected_errors.append("favicon")
    with Server(tmp_path / "site", headers={"Content-Security-Policy": OWN_POLICY}) as own:
        origins.add(own.url.rstrip("/"))
        host = Host(page, own, own, fragment=FRAGMENT, src=SAMPLE, background="#204060").wait_painted()
        assert page.frames[1].url.endswith(FRAGMENT)
        assert "paint" not in host.frame.locator("body").inner_text()
        assert tuple(host.snapshot()[0, 0]) == (0x20, 0x40, 0x60, 255)
        host = Host(page, own, own, "", src=SAMPLE, background="#204060").wait_painted()
        host.page.evaluate("frame.contentWindow.postMessage({ pyselfie: 1, id: 7, type: 'snapshot' }, '*')")
        host.page.wait_for_timeout(500)
        assert host.page.evaluate("heard") == []


@pytest.mark.parametrize("isolation", [False, True], ids=["plain", "isolated"])
def test_widget_is_framed_again_and_again(launch, site, origins, tmp_path, isolation):
    """A second and a third visit, for which the server confirms what the browser has, show the widget as the first."""
    headers = {"Content-Security-Policy": HOST_POLICY}
    with Server(tmp_path, isolation=isolation, headers=headers) as other:
        origins.add(other.url.rstrip("/"))
        page = launch()
        for _ in range(3):
            host = Host(page, site, other)
            assert host.page.evaluate(GREETED)
            assert page.evaluate("crossOriginIsolated") is isolation


@pytest.mark.engines
def test_camera_is_asked_for_on_a_click_only(launch, site, other, camera_file):
    """Until the button is pressed there is no camera; then it is shown, and pressed again it is let go."""
    host = Host(launch(*camera_flags(camera_file)), site, other, camera="", effect="mask")
    button = host.frame.locator("#camera-button")
    assert button.inner_text() == "Use the camera"
    assert host.ask(type="state")["state"]["camera"] is False
    button.click()
    host.wait_painted()
    state = host.ask(type="state")["state"]
    assert (state["camera"], state["width"], state["height"]) == (True, 1280, 720)
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert host.ask(type="state")["state"]["camera"] is False


def test_address_is_checked_and_themes(launch, site):
    """Opened by itself: colours and scheme by the address, one sentence for each mistake, nothing that axe minds."""
    page = launch(reduced_motion="reduce")
    page.goto(
        f"{site.url}widget.html?camera&scheme=dark&accent=%23ff0066&surface=navy&origin=x&text=loud&origins=a.org"
    )
    text = page.inner_text("#message")
    assert "There is no option “origin”; the nearest are origins, " in text
    assert "“a.org” in origins isn't an origin: write it like https://example.org, without a path" in text
    assert "text is “loud”, which isn't a valid CSS colour." in text
    style = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(style) == "rgb(0, 0, 128)"
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')") == "#ff0066"
    page.goto(f"{site.url}widget.html?camera")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document).then(({ violations }) => violations.map(({ id }) => id))")
    assert found == []


def test_only_the_widget_may_be_framed(site):
    """Its own header lets any site frame it; the demo page keeps to its own."""
    from urllib.request import urlopen  # noqa: PLC0415 - for this one look

    policies = {}
    for name in ("widget.html", "index.html"):
        with urlopen(site.url + name) as response:
            policies[name] = response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policies["widget.html"]
    assert "frame-ancestors 'self'" in policies["index.html"]
