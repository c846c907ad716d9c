"""Effects in links: somebody else's is shown and runs by a click only; the user's own text is never lost."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from tests.browser.guard import Guard
from tests.browser.page.page_kit import encode, two_colours
from tests.browser.play.play_kit import NEGATIVE, Play
from tests.unit.web.test_share import made_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

PAINT = """import numpy as np

def grey(picture):
    return picture.mean(axis=2)

def paint_it(frame, mask, time, level: int = 3, grün: bool = False):
    return np.full_like(frame, (level * 20, 200 if grün else 0, 0))
"""
WORK = {"name": "paint it", "source": PAINT, "values": {"level": 10, "grün": True}}
FRAGMENT = made_of(json.dumps(WORK).encode())
_NO_CLIPBOARD = """() => {
  navigator.clipboard.writeText = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
}"""
_SELECTED = "({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd)"


@pytest.fixture(scope="module")
def play(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Play]:
    """Return one page for all tests of this file, with the user's own text in it."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    opened = Play(cast("GuardedPage", context.new_page()), site).wait_painted()
    opened.give("small.png", encode(two_colours(64, 48)))
    opened.wait_shown("small.png", (64, 48))
    yield opened
    context.close()
    assert guard.faults() == []


def follow(play: Play, fragment: str) -> None:
    """Open a link on the page that is open."""
    play.page.evaluate("(fragment) => (location.hash = fragment)", fragment)


def middle(play: Play) -> list[int]:
    pixels = play.pixels()
    return pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3].tolist()


def focused(play: Play) -> str:
    name: str = play.page.evaluate("document.activeElement.id")
    return name


def test_nothing_runs_before_a_click(play: Play) -> None:
    """Typing and Ctrl+Enter run nothing of a link's text; the button does, with its values, and there is a way back."""
    play.run(NEGATIVE)
    play.wait_state("good")
    follow(play, FRAGMENT)
    play.page.wait_for_selector("#foreign:not([hidden])")
    assert "def paint_it(" in play.text()
    said = play.page.inner_text("#foreign")
    assert "“paint it” came with the link and has not run yet" in said
    assert "It will see the pictures of your camera" in said
    assert "It can't reach the network" in said
    assert play.axe() == []
    play.content.click()
    play.page.keyboard.type("# ")
    play.page.keyboard.press("Control+z")
    play.page.keyboard.press("Control+Enter")
    play.page.wait_for_timeout(1000)  # longer than the editor waits after a key
    assert focused(play) == "foreign-run"
    assert play.page.inner_text("#running-text") == "Not run yet"
    assert play.page.locator("#parameters input").count() == 0
    assert middle(play) != [200, 200, 0]
    assert play.page.is_disabled("#share-button")
    play.page.click("#foreign-run")
    assert focused(play) == "run-button"
    play.wait_colour((200, 200, 0))
    assert play.axe() == []
    assert play.page.is_hidden("#foreign")
    assert "effect=" not in play.page.url
    play.page.click("#aside-back")
    assert focused(play) == "run-button"
    play.wait_state("good")
    play.until(lambda: play.text().strip() == NEGATIVE.strip())
    assert play.page.is_hidden("#aside")


@pytest.mark.parametrize(
    ("fragment", "words"),
    [
        (FRAGMENT[:-30], "The link was cut"),
        (FRAGMENT[:-1] + ("A" if FRAGMENT[-1] != "A" else "B"), "The link is damaged"),
        ("effect=2.and.more", "made by a newer version"),
        (made_of(b"0" * 8_000_000), "more than 256 kB"),
    ],
    ids=["cut", "damaged", "later", "bomb"],
)
def test_a_bad_link_is_one_sentence(play: Play, fragment: str, words: str) -> None:
    """The page goes on with what it had."""
    before = play.text()
    follow(play, fragment)
    play.until(lambda: any(words in message for message in play.messages()))
    assert len(play.messages()) == 1
    assert play.text() == before
    assert play.page.is_hidden("#foreign")
    assert "effect=" not in play.page.url


def test_a_link_of_ones_own_opens_elsewhere(play: Play, launch: Callable[..., GuardedPage], site: Server) -> None:
    """It is there to be copied by hand, too; another browser shows it and runs it no sooner; “No, thanks” leaves it."""
    play.run(PAINT)
    play.wait_colour((60, 0, 0))
    play.until(lambda: play.page.locator("#parameters input").count() >= 2)
    play.page.click("#share-button")
    play.page.wait_for_selector("#shared:not([hidden])")
    play.until(lambda: play.page.inner_text("#shared-told") != "")
    link = play.page.input_value("#shared-link")
    assert link.startswith(f"{site.url}play.html#effect=1.")
    play.page.evaluate(_NO_CLIPBOARD)
    play.page.click("#shared-copy")
    play.until(lambda: "didn't allow copying: copy the selected link yourself" in play.page.inner_text("#shared-told"))
    assert focused(play) == "shared-link"
    assert play.page.locator("#shared-link").evaluate(_SELECTED) == link
    other = Play(launch(), site, f"?model=general{link[link.index('#') :]}").wait_painted()
    other.page.wait_for_selector("#foreign:not([hidden])")
    assert other.text().rstrip() == PAINT.rstrip()
    assert other.page.inner_text("#foreign-name") == "“paint it”"
    assert other.page.inner_text("#running-text") == "Not run yet"
    other.page.click("#foreign-back")
    other.wait_state("good")
    assert other.page.input_value("#example") == "text_behind"
    assert focused(other) == "run-button"
    other.content.press("Control+z")
    assert "def text_behind(" in other.text()


def test_a_text_too_long_for_a_link_is_told(play: Play) -> None:
    """One sentence, with its length; no link is shown."""
    noise = base64.b64encode(np.random.default_rng(1).bytes(30_000)).decode()
    play.run(f"{NEGATIVE}# {noise}\n")
    play.page.click("#share-button")
    play.until(lambda: any("16 kB is the most" in message for message in play.messages()))
    assert play.page.is_hidden("#shared")
    play.run(NEGATIVE)
