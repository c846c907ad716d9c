"""Messages to the widget from the page that frames it: which are heeded, and how they are answered."""

from typing import Any

import numpy as np
import pytest

from tests.browser.element.element_kit import SAMPLE
from tests.browser.widget.widget_kit import Host, readers


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
        host.page.expected_errors.append("does not match the recipient window")  # Firefox takes it for one
        send = (
            "frame.contentWindow.postMessage({ pyselfie: 1, id: 7, type: 'set', options: { background: 'red' } }, '*')"
        )
        host.page.evaluate(send)
        host.page.wait_for_timeout(500)
        assert host.page.evaluate("heard") == []
        inner = host.frame.locator("selfie-segmentation")
        assert inner.get_attribute("background") == "#204060"


@pytest.fixture
def widget_host(launch, site, other):
    """Return a widget without a source: its engine need not start to judge messages."""
    host = Host(launch(), site, other)
    host.page.wait_for_function("() => heard.some(({ data }) => data.type === 'hello')")
    return host


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"pyselfie": 2, "type": "state"}, "The message has version 2; this widget speaks version 1."),
    ({"type": "explode"}, "type is “explode”, but it has to be one of set, snapshot, state."),
    ({"type": "set"}, "options is undefined, but it has to be an object."),
    (
        {"type": "set", "options": {"camera": ""}},
        "There is no option “camera”; the nearest are ",
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
]


def test_messages_are_validated(widget_host):
    """What is not as documented changes nothing and is answered by one sentence."""
    for message, sentence in REFUSED:
        answer = widget_host.ask(**message)
        assert (answer["type"], answer["code"]) == ("error", "protocol"), message
        assert answer["message"].startswith(sentence), message


def test_ignored_messages_are_counted(widget_host):
    """A message from a window that is not named changes nothing, and the state tells how many there were."""
    assert widget_host.ask(type="state")["state"]["ignored"] == 0
    foreign = "() => postMessage({ pyselfie: 1, type: 'set', options: { background: 'red' } }, '*')"
    widget_host.frame.locator(":root").evaluate(foreign)
    state = widget_host.ask(type="state")["state"]
    assert state["ignored"] == 1
    assert state["background"] != "red"


def test_bad_values_are_told_by_the_engine(launch, site, other):
    """An effect that does not exist: an `error` message with the sentence about it, and the picture stays."""
    host = Host(launch(), site, other, readers=readers(other.url.rstrip("/")), src=SAMPLE, effect="mask")
    before = host.wait_painted().snapshot()
    host.ask(type="set", options={"effect": "sepia"})
    host.page.wait_for_function("() => heard.some(({ data }) => data.type === 'error')")
    error = host.page.evaluate("heard.find(({ data }) => data.type === 'error').data")
    assert (error["code"], error["message"].startswith("effect is “sepia”, but")) == ("option", True)
    np.testing.assert_array_equal(host.snapshot(), before)


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
