"""The widget in a frame of another site: what it shows, whom it answers, and what it takes for a message."""

import json
from urllib.parse import urlencode

import numpy as np
import pytest

from builder.policy import CONTENT_SECURITY_POLICY
from builder.serve import Server
from tests.browser.element_kit import SAMPLE, decoded
from tests.browser.flags import camera_flags
from tests.browser.legacy_kit import link_tree
from tests.browser.page_kit import AXE

WAIT_MS = 45_000
OWN_POLICY = CONTENT_SECURITY_POLICY.replace("script-src", "frame-src 'self'; script-src 'unsafe-inline'")
HOST_POLICY = "default-src 'none'; script-src 'unsafe-inline'; frame-src http://127.0.0.1:*"
HOST = """<!doctype html><html lang=en><title>Somebody's page</title>
<script>
  addEventListener("message", ({ source, data, origin }) => heard.push({ data, origin }));
  var heard = [];
</script>
<iframe id=frame title=Widget allow=camera width=480 height=320 src="%s"></iframe>"""

ASK = """
async ([message, wait]) => {
  frame.contentWindow.postMessage(message, "*");
  for (let turn = 0; turn < 450; turn++) {
    const found = heard.find(({ data }) => data.id === wait);
    if (found) {
      const { blob, ...rest } = found.data;
      if (!blob) return rest;
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return { ...rest, png: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`no answer; heard: ${JSON.stringify(heard)}`);
}
"""

GREETED = """
async () => {
  for (let turn = 0; turn < 100; turn++) {
    if (heard.some(({ data }) => data.type === "hello")) return true;
    await new Promise((done) => setTimeout(done, 100));
  }
  return false;
}
"""


class Host:
    """A page on another origin with the widget in a frame; `auto` would load another model beside what is tested."""

    def __init__(self, page, site, other, origins=None, *, readers=None, **query):
        self.page = page
        if readers is not None:  # another list than the built one
            page.route("**/widget.json", lambda route: route.fulfill(body=readers))
        self.origin = other.url.rstrip("/")
        page.set_default_timeout(WAIT_MS)
        asked = urlencode(
            {"model-selection": "general"} | query | {"origins": self.origin if origins is None else origins}
        )
        body = HOST % f"{site.url}widget.html?{asked}"
        (other.directory / "host.html").write_text(body)
        page.goto(f"{other.url}host.html")
        self.frame = page.frame_locator("#frame")
        self._ids = 0

    def ask(self, **message):
        """Send a message and return its answer."""
        self._ids += 1
        return self.page.evaluate(ASK, [{"pyselfie": 1, "id": self._ids, **message}, message.get("id", self._ids)])

    def wait_painted(self):
        """Wait for the first composite."""
        self.frame.locator("selfie-segmentation:state(painted)").wait_for()
        return self

    def snapshot(self):
        """Return the composite, asked for by message."""
        return decoded(self.ask(type="snapshot")["png"])


@pytest.fixture
def other(origins, tmp_path):
    """Return somebody's site, of another origin: another port, another policy."""
    headers = {"Content-Security-Policy": HOST_POLICY, "Permissions-Policy": "camera=*"}
    with Server(tmp_path, isolation=False, headers=headers) as server:
        origins.add(server.url.rstrip("/"))
        yield server


def readers(*origins):
    """Return the text of widget.json that lets these origins take pictures."""
    return json.dumps({"readers": origins})


def test_allowed_page_sets_options_and_takes_snapshots(launch, site, other):
    """Over messages: the picture changes, the state tells it, a PNG comes back; it says `hello` and `ready`."""
    listed = readers("https://somebody.example", other.url.rstrip("/"))
    host = Host(launch(), site, other, readers=listed, src=SAMPLE, background="#204060").wait_painted()
    assert tuple(host.snapshot()[0, 0]) == (0x20, 0x40, 0x60, 255)
    state = host.ask(type="set", options={"background": "red", "mirror": True})["state"]
    assert (state["background"], state["mirror"], state["running"]) == ("red", True, True)
    assert tuple(host.snapshot()[0, 0]) == (255, 0, 0, 255)
    heard = host.page.evaluate("heard.filter(({ data }) => !data.id)")
    assert [message["data"]["type"] for message in heard[:2]] == ["hello", "ready"]
    assert {message["origin"] for message in heard} == {site.url.rstrip("/")}


def test_foreign_origins_are_ignored(launch, site, other):
    """A page that is not named hears nothing and changes nothing; also without `origins` at all."""
    for origins in ("https://somebody.example", ""):
        host = Host(launch(), site, other, origins, src=SAMPLE, background="#204060").wait_painted()
        send = (
            "frame.contentWindow.postMessage({ pyselfie: 1, id: 7, type: 'set', options: { background: 'red' } }, '*')"
        )
        host.page.evaluate(send)
        host.page.wait_for_timeout(500)
        assert host.page.evaluate("heard") == []
        inner = host.frame.locator("selfie-segmentation")
        assert inner.get_attribute("background") == "#204060"


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
    """A page of the widget's own site needs no list; without `origins` it gets no answer either."""
    link_tree(dist, tmp_path / "site")
    (tmp_path / "site" / "widget.json").unlink()
    page = launch()
    page.expected_errors.append("favicon")
    with Server(tmp_path / "site", headers={"Content-Security-Policy": OWN_POLICY}) as own:
        origins.add(own.url.rstrip("/"))
        host = Host(page, own, own, src=SAMPLE, background="#204060").wait_painted()
        assert tuple(host.snapshot()[0, 0]) == (0x20, 0x40, 0x60, 255)
        host = Host(page, own, own, "", src=SAMPLE, background="#204060").wait_painted()
        host.page.evaluate("frame.contentWindow.postMessage({ pyselfie: 1, id: 7, type: 'snapshot' }, '*')")
        host.page.wait_for_timeout(500)
        assert host.page.evaluate("heard") == []


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"pyselfie": 2, "type": "state"}, "The message has version 2; this widget speaks version 1."),
        ({"type": "explode"}, "type is “explode”, but it has to be one of set, snapshot, state."),
        ({"type": "set"}, "options is undefined, but it has to be an object."),
        (
            {"type": "set", "options": {"camera": ""}},
            "There is no option “camera”; the options are effect, background,",
        ),
        ({"type": "set", "options": {"innerHTML": "<b>"}}, "There is no option “innerHTML”"),
        (
            {"type": "set", "options": {"strength": "1"}},
            "strength is “1”, but it has to be a number from 0 to 1; null is its default.",
        ),
        (
            {"type": "set", "options": {"mirror": 1}},
            "mirror is 1, but it has to be true or false; null is its default.",
        ),
    ],
    ids=["version", "type", "no options", "camera", "innerHTML", "strength", "mirror"],
)
def test_messages_are_validated(widget_host, message, sentence):
    """What is not as documented changes nothing and is answered by one sentence."""
    answer = widget_host.ask(**message)
    assert (answer["type"], answer["code"]) == ("error", "protocol")
    assert answer["message"].startswith(sentence)


def test_ignored_messages_are_counted(widget_host):
    """A message from a window that is not named changes nothing, and the state tells how many there were."""
    assert widget_host.ask(type="state")["state"]["ignored"] == 0
    foreign = "() => postMessage({ pyselfie: 1, type: 'set', options: { background: 'red' } }, '*')"
    widget_host.frame.locator(":root").evaluate(foreign)
    state = widget_host.ask(type="state")["state"]
    assert state["ignored"] == 1
    assert state["background"] != "red"


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


@pytest.fixture
def widget_host(launch, site, other):
    """Return a widget without a source: its engine need not start to judge messages."""
    host = Host(launch(), site, other)
    host.page.wait_for_function("() => heard.some(({ data }) => data.type === 'hello')")
    return host


def test_bad_values_are_told_by_the_engine(launch, site, other):
    """An effect that does not exist: an `error` message with the sentence about it, and the picture stays."""
    host = Host(launch(), site, other, readers=readers(other.url.rstrip("/")), src=SAMPLE, effect="mask")
    before = host.wait_painted().snapshot()
    host.ask(type="set", options={"effect": "sepia"})
    host.page.wait_for_function("() => heard.some(({ data }) => data.type === 'error')")
    error = host.page.evaluate("heard.find(({ data }) => data.type === 'error').data")
    assert (error["code"], error["message"].startswith("effect is “sepia”, but")) == ("option", True)
    np.testing.assert_array_equal(host.snapshot(), before)


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
    assert "There is no option “origin”; the options are effect, background," in text
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


FLOOD = """
async ([changes, snapshots]) => {
  const { contentWindow } = frame;
  const send = (message) => contentWindow.postMessage({ pyselfie: 1, ...message }, "*");
  for (let index = 0; index < changes; index++) {
    send({ type: "set", id: -1, options: { background: index % 2 ? "red" : "lime" } });
  }
  for (let id = 1000; id < 1000 + snapshots; id++) send({ type: "snapshot", id });
  const answers = () => heard.filter(({ data }) => data.id >= 1000);
  while (answers().length < snapshots) await new Promise((done) => setTimeout(done, 100));
  return answers().filter(({ data }) => data.type === "snapshot").length;
}
"""


def test_a_flood_of_messages_is_coped_with(launch, site, other):
    """Ten thousand changes, then fifty snapshots: each is answered, with what was asked for last, and nothing stops."""
    listed = readers(other.url.rstrip("/"))
    host = Host(launch(), site, other, readers=listed, src=SAMPLE, background="#204060").wait_painted()
    assert host.page.evaluate(FLOOD, [10_000, 50]) == 50
    assert tuple(host.snapshot()[0, 0]) == (255, 0, 0, 255)
    assert host.page.evaluate("heard.filter(({ data }) => data.type === 'error')") == []
