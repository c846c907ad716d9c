"""The playground: what is written runs, and the last good effect goes on through everything that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.browser.guard import Guard
from tests.browser.page_kit import encode, two_colours
from tests.browser.play_kit import RED, Play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serve import Server
    from tests.browser.guard import GuardedPage

BLUE = RED.replace("(200, 0, 0)", "(0, 0, 200)")
GREEN = RED.replace("(200, 0, 0)", "(0, 200, 0)")
SHOWN = {RED: (200, 0, 0), BLUE: (0, 0, 200), GREEN: (0, 200, 0)}


@pytest.fixture(scope="module")
def play(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Play]:
    """Return one page for all tests of this file, with a small picture in it; no test may rely on another's text."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    opened = Play(cast("GuardedPage", context.new_page()), site).wait_painted()
    opened.give("small.png", encode(two_colours(64, 48)))
    opened.wait_shown("small.png", (64, 48))
    yield opened
    context.close()
    assert guard.faults() == []


def test_it_is_alive_at_once(site: Server, launch: Callable[..., GuardedPage]):
    """The page begins with an example that runs, on the sample portrait, with its parameters; nothing is refused."""
    page = Play(launch(), site).wait_painted()
    page.wait_state("good")
    assert page.caption() == "Sample portrait"
    assert page.page.input_value("#example") == "text_behind"
    assert page.page.locator("#parameters input").count() == 3
    assert "def text_behind(" in page.text()
    assert page.page.inner_text("#way") == "Overlay: runs at camera speed"
    assert page.mistake() == ""
    assert page.messages() == []
