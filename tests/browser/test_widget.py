"""The widget in a frame of another site: what it shows, whom it answers, and what it takes for a message."""

from urllib.parse import urlencode

import numpy as np
import pytest

from builder.serve import Server
from tests.browser.element_kit import SAMPLE, decoded
from tests.browser.flags import camera_flags
from tests.browser.page_kit import AXE

WAIT_MS = 45_000
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


class Host:
    """A page on another origin with the widget in a frame."""

    def __init__(self, page, site, other, origins=None, **query):
        self.page = page
        self.origin = other.url.rstrip("/")
        page.set_default_timeout(WAIT_MS)
        asked = urlencode(query | {"origins": self.origin if origins is None else origins})
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


def test_allowed_page_sets_options_and_takes_snapshots(launch, site, other):
    """Over messages: the picture changes, the state tells it, a PNG comes back; it says `hello` and `ready`."""
    host = Host(launch(), site, other, src=SAMPLE, background="#204060").wait_painted()
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


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"pyselfie": 2, "type": "state"}, "The message has version 2; this widget speaks version 1."),
        ({"type": "explode"}, "type is “explode”, but it has to be one of set, snapshot, state."),
        ({"type": "set"}, "options is undefined, but it has to be an object."),
        ({"type": "set", "options": {"camera": ""}}, "There is no option “camera”; there are src, effect,"),
        ({"type": "set", "options": {"innerHTML": "<b>"}}, "There is no option “innerHTML”"),
        ({"type": "set", "options": {"strength": "1"}}, "strength is “1”, but it has to be a number, or null."),
        ({"type": "set", "options": {"mirror": 1}}, "mirror is 1, but it has to be a boolean, or null."),
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


@pytest.fixture
def widget_host(launch, site, other):
    """Return a widget without a source: its engine need not start to judge messages."""
    host = Host(launch(), site, other)
    host.page.wait_for_function("heard.some(({ data }) => data.type === 'hello')")
    return host


def test_bad_values_are_told_by_the_engine(launch, site, other):
    """An effect that does not exist: an `error` message with Python's sentence, and the picture stays."""
    host = Host(launch(), site, other, src=SAMPLE, effect="mask").wait_painted()
    before = host.snapshot()
    host.ask(type="set", options={"effect": "sepia"})
    host.page.wait_for_function("heard.some(({ data }) => data.type === 'error')")
    error = host.page.evaluate("heard.find(({ data }) => data.type === 'error').data")
    assert (error["code"], error["message"][:25]) == ("option", "The effect is 'sepia', bu")
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
    assert "The address has “origin”, which is not known (known: src, effect," in text
    assert "“a.org” in origins is no origin: write https://example.org, nothing behind the host." in text
    assert "text is “loud”, which is no CSS colour." in text
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
    host = Host(launch(), site, other, src=SAMPLE, background="#204060").wait_painted()
    assert host.page.evaluate(FLOOD, [10_000, 50]) == 50
    assert tuple(host.snapshot()[0, 0]) == (255, 0, 0, 255)
    assert host.page.evaluate("heard.filter(({ data }) => data.type === 'error')") == []
