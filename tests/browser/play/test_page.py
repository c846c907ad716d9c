"""The playground's editor and page: completion, reload, the keyboard, narrow windows, and no finding of axe-core."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest

from tests.browser.page.page_kit import OUTSIDE, SMALL_TARGETS, encode, two_colours
from tests.browser.play.play_kit import NEGATIVE, RED, Play, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ViewportSize

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

NARROW: ViewportSize = {"width": 360, "height": 740}
CONTROLS = """
from typing import Annotated, Literal
import numpy as np
from pyselfie import Color, Range

def effect(
    frame, mask, time,
    level: Annotated[int, Range(0, 200)] = 10,
    color: Color = Color("#102030"),
    part: Literal["all", "none"] = "all",
    inverted: bool = False,
    title: str = "",
):
    picture = np.full_like(frame, color) if part == "all" else np.full_like(frame, level)
    picture = 255 - picture if inverted else picture
    return picture if not title else np.full_like(frame, len(title))
"""
PRINTS = """
def effect(frame, mask, time):
    for n in range(10_000):
        print("line", n)
    return 255 - frame
"""
_GIVE = """(element, [type, name, data, kind]) => {
  const transfer = new DataTransfer();
  const bytes = () => Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  if (kind) transfer.items.add(new File([bytes()], name, { type: kind }));
  else transfer.setData("text/plain", data);
  const init = { bubbles: true, composed: true, cancelable: true, clipboardData: transfer, dataTransfer: transfer };
  const event = type === "paste" ? new ClipboardEvent(type, init) : new DragEvent(type, init);
  if (type === "paste") Object.defineProperty(event, "clipboardData", { value: transfer }); // Firefox leaves it empty
  element.dispatchEvent(event);
}"""
_RESTORE = """async () => {
  const { Editor } = await import(new URL("js/editor/editor.js", location.href).href);
  const editor = new Editor(document.createElement("div"));
  const selection = { ranges: [{ anchor: 99, head: 99 }], main: 0 };
  return [editor.restore({ doc: "kept", selection, history: 3 }), editor.text, editor.restore({}), editor.text];
}"""
_NO_STORAGE = """for (const name of ["sessionStorage", "localStorage"]) {
  Object.defineProperty(self, name, { get() { throw new DOMException("forbidden", "SecurityError"); } });
}"""
_MOVES = """() => [document, document.getElementById("editor").shadowRoot]
  .flatMap((root) => root.getAnimations())
  .map(({ animationName }) => animationName.replace("2", ""))"""


@pytest.fixture(scope="module")
def play(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Play]:
    """Return one page for the tests of this file that leave it as it was, but for its text."""
    yield from opened(site, browser_for, origins)


def offered(play: Play) -> list[str]:
    """Wait for the list of completions, and return its lines."""
    play.page.locator("#editor .cm-tooltip-autocomplete li").first.wait_for()
    return play.page.locator("#editor .cm-tooltip-autocomplete li").all_inner_texts()


def test_completion_knows_numpy_and_what_the_function_gets(play: Play):
    """After “np.” it has NumPy's names with their parameters, after “frame.” its shape and type; and the parameters."""
    play.write("import numpy as np\ndef effect(frame, mask, time):\n    return np.cli")
    play.page.keyboard.type("p")
    assert offered(play) == ["clip(a, a_min, a_max)"]
    assert "Clip (limit) the values" in play.page.inner_text("#editor .cm-completionInfo")
    play.page.keyboard.press("Tab")
    assert play.text().endswith("np.clip")
    play.page.keyboard.type("(frame.")
    play.until(lambda: "shapeuint8 [H, W, 3]" in offered(play))
    play.page.keyboard.press("Escape")
    play.write("def effect(fra")
    play.page.keyboard.type("m")
    assert "frameuint8 [H, W, 3]" in offered(play)
    play.page.keyboard.press("Escape")


def test_what_is_pasted_or_dropped_into_the_editor_is_its_own(play: Play):
    """Text gets into the code, or a field, and nothing is said of pictures; a picture is opened from there, too."""
    play.run(CONTROLS)
    play.until(lambda: play.page.locator("#parameter-title").count())
    play.content.evaluate(_GIVE, ["paste", "", "# pasted", ""])
    play.until(lambda: "# pasted" in play.text())
    play.page.locator("#parameter-title").evaluate(_GIVE, ["paste", "", "abc", ""])
    notes = base64.b64encode(b"# dropped").decode()
    play.content.evaluate(_GIVE, ["drop", "own.py", notes, "text/x-python"])
    play.until(lambda: "# dropped" in play.text())
    assert play.messages() == []
    picture = base64.b64encode(encode(two_colours(64, 48))).decode()
    play.content.evaluate(_GIVE, ["paste", "pasted.png", picture, "image/png"])
    play.until(lambda: play.caption() == "pasted.png")
    assert play.messages() == []


def test_of_a_damaged_state_the_text_is_used(play: Play):
    """A cursor outside and a broken history lose themselves only; without a text nothing changes."""
    assert play.page.evaluate(_RESTORE) == [True, "kept", False, "kept"]


def test_controls_appear_and_change_the_picture(play: Play):
    """A slider, a colour, a choice, a switch and a text, by annotation; each is used with the very next picture."""
    page = play.page
    play.run(CONTROLS)
    play.wait_colour((16, 32, 48))
    kinds = page.eval_on_selector_all("#parameters input, #parameters select", "(all) => all.map(({ type }) => type)")
    assert kinds == ["range", "color", "select-one", "checkbox", "text"]
    assert page.get_attribute("#parameter-title", "maxlength") == "1000"
    assert page.is_hidden("#defaults-button")
    page.fill("#parameter-color", "#c80000")
    play.wait_colour((200, 0, 0))
    page.select_option("#parameter-part", "none")
    play.wait_colour((10, 10, 10))
    page.focus("#parameter-level")
    page.keyboard.press("End")
    play.wait_colour((200, 200, 200))
    output = page.locator("#parameters output")
    assert (output.inner_text(), output.get_attribute("aria-live")) == ("200", "off")  # the slider itself is read out
    page.check("#parameter-inverted")
    play.wait_colour((55, 55, 55))
    page.fill("#parameter-title", "abcde")
    play.wait_colour((5, 5, 5))
    page.click("#defaults-button")
    play.wait_colour((16, 32, 48))
    play.run(RED)
    play.wait_colour((200, 0, 0))
    play.until(lambda: page.locator("#parameters input").count() == 0)  # told before, heard perhaps after the picture
    assert "strength: float = 0.5" in page.inner_text("#no-parameters")


def test_another_example_has_its_own_defaults(play: Play):
    """What was set for one effect is not what the next one begins with; undoing brings the text back."""
    page = play.page
    play.run("def effect(frame, mask, time, size: float = 0.2):\n    return frame\n")
    play.until(lambda: page.locator("#parameter-size").count())
    page.focus("#parameter-size")
    page.keyboard.press("End")
    play.until(lambda: page.inner_text("#parameters output") == "1")
    page.select_option("#example", "bokeh")
    play.until(lambda: "def bokeh" in play.text())
    play.wait_state("good")
    usual = page.evaluate("""async () => {
      const { examples } = await (await fetch("play/examples.json")).json();
      return examples.find(({ name }) => name === "bokeh").about;
    }""")
    assert page.inner_text("#about") == usual
    play.content.press("Control+End")
    page.keyboard.type("#")
    play.until(lambda: page.inner_text("#about") == "Another version of this example.")
    page.keyboard.press("Control+z")
    play.until(lambda: page.inner_text("#about") == usual)
    play.write(NEGATIVE)
    play.until(lambda: (page.input_value("#example"), page.inner_text("#about")) == ("", ""))  # it's no version of it
    page.keyboard.press("Control+z")
    play.until(lambda: page.inner_text("#about") == usual)
    assert page.input_value("#example") == "bokeh"
    play.until(lambda: page.is_hidden("#defaults-button") and page.locator("#parameter-size").count())
    play.content.press("Control+z")
    play.until(lambda: "size: float = 0.2" in play.text())


def test_what_is_printed_is_bounded(play: Play):
    """Ten thousand lines with each picture: the newest are shown, the others counted, and the page goes on."""
    page = play.page
    play.run(PRINTS)
    play.until(lambda: page.inner_text("#printed-text").endswith("line 9999"))
    assert page.inner_text("#printed-text").count("\n") < 500
    play.until(lambda: "older lines were dropped" in page.inner_text("#printed-lost"))
    play.run(RED)
    play.wait_colour((200, 0, 0))
    page.click("#clear-button")
    assert page.inner_text("#printed-text") == ""
    assert page.is_hidden("#clear-button")


def test_tab_indents_and_escape_then_tab_leaves(play: Play):
    """The keyboard gets into the editor and out of it, and the page says how."""
    play.write("x")
    press = play.page.keyboard.press
    press("Home")
    press("Tab")
    assert play.text() == "    x"
    press("Escape")
    press("Tab")
    assert play.page.evaluate("document.activeElement.id") != "editor"
    assert "Escape and then Tab leaves the editor" in play.page.inner_text("#code")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [{"width": 1280, "height": 800}, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing(play: Play, scheme: Literal["light", "dark"], window: ViewportSize):
    """With all kinds of controls, a mistake, lines in the console and the list of completions; nothing lies outside."""
    page = play.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(window)
    play.run(CONTROLS.replace("picture = np", "print('a line')\n    picture = np", 1))
    play.until(lambda: "a line" in page.inner_text("#printed-text"))
    play.run(CONTROLS + "x = = 1\n")
    play.wait_mistake("SyntaxError")
    play.page.keyboard.type("np.")
    offered(play)
    assert play.axe() == []
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.chromium("Playwright asks only it for less motion")
def test_nothing_moves_for_who_wants_less_of_it(play: Play):
    """Not even the editor's cursor; else that blinks."""
    play.write(CONTROLS)
    play.page.emulate_media(reduced_motion="reduce")
    assert play.page.evaluate(_MOVES) == []
    play.page.emulate_media(reduced_motion="no-preference")
    assert play.page.evaluate(_MOVES) == ["cm-blink"]


def test_text_values_and_history_survive_a_reload(site: Server, launch: Callable[..., GuardedPage]):
    """The page goes on where it was: the text, the parameters as they were set, and what can be undone."""
    play = Play(launch(), site).wait_painted()
    play.wait_state("good")
    play.give("small.png", encode(two_colours(64, 48)))
    play.run(CONTROLS)
    play.wait_colour((16, 32, 48))
    play.page.fill("#parameter-color", "#c80000")
    play.wait_colour((200, 0, 0))
    play.content.press("Control+End")
    play.page.keyboard.type("# mine")
    play.page.reload()
    play.wait_painted()
    play.wait_state("good")
    assert play.page.input_value("#parameter-color") == "#c80000"
    play.content.press("Control+End")
    assert "# mine" in play.text()
    play.content.press("Control+z")
    assert "# mine" not in play.text()
    play.content.press("Control+z")
    play.until(lambda: "def text_behind" in play.text() or "DOTS" in play.text())


def test_without_storage_the_page_runs(site: Server, launch: Callable[..., GuardedPage]):
    """A browser that forbids storage keeps nothing, and everything else is as usual."""
    page = launch()
    page.add_init_script(_NO_STORAGE)
    play = Play(page, site).wait_painted()
    play.run(RED)
    play.wait_colour((200, 0, 0))
    assert np.abs(play.pixels()[0, 0, :3].astype(int) - (200, 0, 0)).max() <= 3
    assert play.messages() == []


def test_without_its_policy_nothing_begins(site: Server, launch: Callable[..., GuardedPage]):
    """Where the script that gives the page its policy doesn't come: a sentence, no editor, no worker."""
    page = launch()
    page.expected_errors += ["Failed to load resource", "its security policy is missing"]
    page.route("**/js/play/policy.js", lambda route: route.fulfill(status=404))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    play = Play(page, site)
    assert play.alert() == (
        "The playground has not started, as its security policy is missing: js/play/policy.js was not loaded. "
        "Reload the page."
    )
    page.wait_for_load_state()
    assert page.get_attribute("#status", "data-state") == "failed"
    assert page.inner_text("#running-text") == "Not started"
    assert play.content.count() == 0
    assert not [url for url in asked if url.endswith("js/worker.js")]
    policies = page.locator("meta[http-equiv=Content-Security-Policy]")
    assert policies.evaluate_all("(metas) => metas.map(({ content }) => content)") == [
        "object-src 'none'; base-uri 'none'; form-action 'none'"
    ]
