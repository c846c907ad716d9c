"""The playground: what is written runs, and the last good effect goes on through everything that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.flags import camera_flags
from tests.browser.play.play_kit import RED, Play, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage

STUBBORN = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
BLUE = RED.replace("(200, 0, 0)", "(0, 0, 200)")
GREEN = RED.replace("(200, 0, 0)", "(0, 200, 0)")
SHOWN = {RED: (200, 0, 0), BLUE: (0, 0, 200), GREEN: (0, 200, 0)}


@pytest.fixture(scope="module")
def play(site: Server, browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str]) -> Iterator[Play]:
    """Return one page for all tests of this file; none relies on another's text."""
    yield from opened(site, browser_for, origins)


def test_it_is_alive_at_once(site: Server, launch: Callable[..., GuardedPage]):
    """The page begins with an example that runs, on the sample portrait, with its parameters; nothing is refused."""
    page = Play(launch(), site).wait_painted()
    page.wait_state("good")
    assert page.caption() == "Sample portrait"
    assert page.page.input_value("#example") == "text_behind"
    assert page.page.locator("#parameters input").count() == 3
    assert "def text_behind(" in page.text()
    assert page.page.inner_text("#way") == "Overlay: costs the same at any size"
    assert page.mistake() == ""
    assert page.messages() == []


def test_typing_runs_a_moment_after_the_last_key(play: Play):
    """What is typed runs by itself, key by key, with no press of Run; and Ctrl+Enter runs it at once."""
    play.write(RED.replace("200", "20"))
    play.wait_colour((20, 0, 0))
    play.page.keyboard.press("Control+End")
    play.page.keyboard.type("# a comment\n")
    play.run(BLUE)
    play.wait_colour((0, 0, 200))
    assert "# a comment" not in play.text()


def test_the_last_key_is_waited_for(play: Play):
    """Between two keys nothing runs: only the last of three texts is given to Python."""
    play.run(RED)
    play.wait_colour((200, 0, 0))
    play.page.evaluate("""() => {
      const stage = document.getElementById("stage");
      const given = stage.setEffect;
      self.texts = [];
      stage.setEffect = (text) => { self.texts.push(text); return given.call(stage, text); };
    }""")
    play.content.press("Control+End")
    play.page.keyboard.type("# abc")
    play.until(lambda: play.page.evaluate("texts.length"))
    assert play.page.evaluate("texts") == [f"{RED}# abc\n"]


def test_a_syntax_error_marks_its_line_and_the_last_good_one_runs(play: Play):
    """One sentence with the line; the line is marked in the text and beside it; mended, all of that is gone."""
    play.run(RED)
    play.wait_colour((200, 0, 0))
    play.write(BLUE.replace("return", "retrun"))
    assert "SyntaxError" in play.wait_mistake("line 4")
    assert play.state() == "old"
    assert play.page.inner_text("#running") == "The last good version runs"
    marked = play.page.locator("#editor .cm-lintRange-error")
    assert "np" in marked.first.inner_text()
    assert play.page.locator("#editor .cm-gutter-lint .cm-lint-marker-error").count() == 1
    play.page.click("#mistake-line")
    assert play.page.inner_text("#editor .cm-lineNumbers .cm-activeLineGutter") == "4"
    play.wait_colour((200, 0, 0))
    play.run(GREEN)
    play.wait_state("good")
    assert play.mistake() == ""
    assert marked.count() == 0
    play.wait_colour((0, 200, 0))


def test_what_does_not_return_can_be_stopped(play: Play):
    """After some seconds the page offers to end it; pressed, the last good effect goes on and the next text runs."""
    play.run(RED)
    play.wait_colour((200, 0, 0))
    told = play.run_and_stop("def effect(frame, mask, time):\n    while True:\n        pass\n")
    assert told.startswith("The effect hasn't returned for 3 s")
    play.until(lambda: play.state() == "old" and "hasn't returned" not in play.mistake())
    assert play.mistake().startswith("The effect ")
    assert play.page.is_hidden("#stop-button")
    assert play.page.evaluate("document.activeElement.id") == "run-button"
    play.wait_colour((200, 0, 0))
    play.run(BLUE)
    play.wait_colour((0, 0, 200))


def test_what_has_to_end_with_its_worker_leaves_no_stale_sentence(play: Play):
    """The page says that the engine is starting again as long as it does; then the last good effect goes on."""
    play.run(RED)
    play.wait_colour((200, 0, 0))
    play.run(STUBBORN)
    play.until(lambda: any("is starting again" in message for message in play.messages()))
    play.until(lambda: play.state() == "old" and "and was stopped" in play.mistake())
    play.until(lambda: play.messages() == [])
    play.wait_colour((200, 0, 0))
    play.run(BLUE)
    play.wait_colour((0, 0, 200))


def test_on_the_camera_it_says_what_a_frame_costs(site: Server, launch: Callable[..., GuardedPage], camera_file: Path):
    """With the camera on, time goes on for the effect, and its milliseconds stand beside those of a camera's frame.

    Camera and effect are back after a text that ends only with its worker.
    """
    play = Play(launch(*camera_flags(camera_file)), site).wait_painted()
    play.wait_state("good")
    play.until(lambda: play.page.inner_text("#cost").endswith("ms for this picture"))
    play.page.click("#camera-button")
    play.until(lambda: play.size() == (1280, 720))
    play.run("def effect(frame, mask, time):\n    print(time > 0.5)\n    return frame\n")
    play.until(lambda: "True" in play.page.inner_text("#printed-text"))
    assert play.page.inner_text("#way") == "Full size: sees every pixel; Canvas 2D paints it"
    play.until(lambda: "of 33 ms per frame" in play.page.inner_text("#cost"))
    assert play.page.evaluate("document.getElementById('cost-meter').value") > 0
    play.page.expected_errors.append("A VideoFrame was garbage collected")  # the one that the ended worker had
    play.run(STUBBORN)
    play.until(lambda: play.state() == "old" and "and was stopped" in play.mistake())
    play.page.click("#clear-button")
    play.until(lambda: "True" in play.page.inner_text("#printed-text"))
    assert (play.size(), play.state()) == ((1280, 720), "old")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "is empty"),
        ("import numpy as np\n", "has no effect: write def effect(frame, mask, time)"),
        (RED + RED.replace("effect", "other"), "has 2 effects, effect and other"),
        ("def effect(mask, frame, time):\n    return frame\n", "takes (mask, frame, time)"),
        ("def effect(frame, mask, time, size):\n    return frame\n", "the parameter size has no default"),
        ("def effect(frame, mask, time):\n    return frame[:10]\n", "returned"),
        ("def effect(frame, mask, time):\n    return frame / 0.0 * 0\n", "returned"),
        ("def effect(frame, mask, time):\n    return 1 / 0\n", "ZeroDivisionError"),
    ],
    ids=["empty", "none", "two", "parameters", "no default", "size", "nan", "raises"],
)
def test_what_is_wrong_is_one_sentence_and_all_goes_on(play: Play, source: str, words: str):
    """The sentence is shown under the text and nowhere else, the last good effect runs, and the next text is taken."""
    play.run(RED)
    play.wait_colour((200, 0, 0))
    play.run(source)
    sentence = play.wait_mistake(words)
    assert sentence.endswith(".")
    assert play.messages() == []
    play.wait_state("old")  # told after the sentence
    play.wait_colour((200, 0, 0))
    play.run(BLUE)
    play.wait_colour((0, 0, 200))
    play.until(lambda: play.mistake() == "")  # told after the picture, perhaps
