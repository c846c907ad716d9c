"""The playground as a test sees it: its text, its parameters, what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from tests.browser.guard import Guard
from tests.browser.page.page_kit import Demo, encode, two_colours
from tests.browser.workers import is_firefox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

NEGATIVE = "def effect(frame, mask, time):\n    return 255 - frame\n"
_PRESS_WHEN_OFFERED = """(button) => {
  const root = button.getRootNode();
  const pressed = Promise.withResolvers();
  new MutationObserver((_, observer) => {
    if (button.hidden) return;
    observer.disconnect();
    button.scrollIntoView({ block: "center" });
    const { x, y, width, height } = button.getBoundingClientRect();
    pressed.resolve({
      sentence: root.getElementById("mistake-text").textContent,
      state: root.getElementById("running").dataset.state,
      canBePressed: root.elementFromPoint(x + width / 2, y + height / 2) === button,
    });
    button.focus();
    button.click();
  }).observe(button, { attributes: true });
  return { told: pressed.promise };
}"""
RED = "import numpy as np\n\ndef effect(frame, mask, time):\n    return np.full_like(frame, (200, 0, 0))\n"


class Play(Demo):
    """One opened playground."""

    def __init__(self, page: GuardedPage, site: Server, query: str = "?model=general") -> None:
        super().__init__(page, f"{site.url}play.html{query}")

    @property
    def content(self) -> Locator:
        """Where the text is typed; Playwright looks into shadow roots by itself."""
        return self.page.locator("#editor .cm-content")

    def write(self, source: str) -> None:
        """Put this text in the place of all that is there, as by pasting it."""
        self.content.click()
        self.page.keyboard.press("Control+a")
        if is_firefox(self.page):  # else the new text begins in a line of its own: so BiDi types, but nobody else
            self.page.keyboard.press("Delete")
        self.page.keyboard.insert_text(source) if source else self.page.keyboard.press("Delete")

    def run(self, source: str) -> None:
        """Write a text and run it at once."""
        self.write(source)
        self.page.keyboard.press("Control+Enter")

    def run_and_stop(self, source: str) -> str:
        """Run a text that does not return, press Stop the moment it is offered, and return the sentence beside it.

        Soon after, the text would be ended anyway.
        """
        offered = self.page.locator("#stop-button").evaluate_handle(_PRESS_WHEN_OFFERED)
        self.run(source)
        told = offered.evaluate("({ told }) => told")
        assert told["state"] == "stuck"
        assert told["canBePressed"]
        return cast("str", told["sentence"])

    def text(self) -> str:
        """Return the editor's lines, those that are in sight."""
        lines: list[str] = self.page.locator("#editor .cm-line").all_text_contents()
        return "\n".join(lines)

    def state(self) -> str | None:
        """Return which version runs: “good”, “old” (the last good one) or “none”; “loading” before the first."""
        return self.page.get_attribute("#running", "data-state")

    def mistake(self) -> str:
        """Return the sentence about what is wrong; empty while nothing is."""
        return self.page.inner_text("#mistake-text") if self.page.is_visible("#mistake") else ""

    def wait_state(self, state: str) -> None:
        self.until(lambda: self.state() == state)

    def wait_mistake(self, words: str) -> str:
        """Wait for a sentence with these words, and return it."""
        self.until(lambda: words in self.mistake())
        return self.mistake()

    def wait_colour(self, colour: tuple[int, int, int]) -> None:
        """Wait until the middle of the picture has this colour, more or less."""

        def is_there() -> bool:
            pixels = self.pixels()
            middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3].astype(int)
            return bool(np.abs(middle - colour).max() <= 3)

        self.until(is_there)


def opened(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Play]:
    """Give one page, with a small picture in it, for all tests of a file, as its fixture; then hold it to the rules."""
    context = browser_for(()).new_context()
    guard = Guard(context, origins)
    play = Play(cast("GuardedPage", context.new_page()), site).wait_painted()
    play.wait_state("good")
    play.give("small.png", encode(two_colours(64, 48)))
    play.wait_shown("small.png", (64, 48))
    yield play
    context.close()
    assert guard.faults() == []
