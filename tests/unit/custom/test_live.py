"""An effect that is written while it runs: the last good one goes on through every mistake, warning and full memory."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING

import pytest

from pyselfie.core.option import OptionError
from pyselfie.custom.live import MOST_WARNINGS, LiveEffect
from tests.unit.custom import live_kit
from tests.unit.custom.live_kit import FRAME, GOOD, MASK, shown

if TYPE_CHECKING:
    from pyselfie.custom.effect import CustomEffect


live = live_kit.live
ODD = "class Odd(BaseException):\n    def __str__(self):\n        raise Odd\n"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("def effect(", "effect.py does not run: SyntaxError"),
        ("", "effect.py is empty"),
        ("def effect(frame, mask, time):\n    return 1 / 0", "raised ZeroDivisionError: division by zero, line 2"),
        ("def effect(frame, mask, time):\n    return frame[1:]", "returned the shape (3, 5, 3)"),
        ("def effect(frame, mask, time):\n    return mask * np.nan", "raised NameError: name 'np' is not defined"),
        ("def effect(frame, mask, time):\n    raise SystemExit", "raised SystemExit, line 2"),
        ("def effect(frame, mask, time):\n    raise GeneratorExit", "effect.py:effect raised GeneratorExit, line 2"),
        ("def effect(frame, mask, time):\n    raise KeyboardInterrupt", "raised KeyboardInterrupt, line 2"),
        (
            "from asyncio import *\ndef effect(frame, mask, time):\n    raise CancelledError",
            "raised CancelledError, line 3",
        ),
        (f"{ODD}def effect(frame, mask, time):\n    raise Odd", "effect.py:effect raised Odd, line 5"),
        ("raise KeyboardInterrupt", "effect.py does not run: KeyboardInterrupt, line 1"),
        (f"{ODD}raise Odd", "effect.py does not run: Odd, line 4"),
    ],
)
def test_last_good_effect_goes_on(live: LiveEffect, source: str, sentence: str) -> None:
    """Whatever is wrong with the new text, the frame is painted by the one before, and the sentence stays."""
    live.load(source)
    assert [shown(live), shown(live)] == [1, 1]
    assert sentence in str(live.error)
    assert live.as_dict()["error"]["message"] == str(live.error)
    assert live.load(GOOD.format(2))
    assert (live.error, shown(live)) == (None, 2)


def test_bad_texts_in_a_row_keep_the_last_good_one(live: LiveEffect) -> None:
    """One that loads and then fails takes nobody's place."""
    for source in ("def effect(", "def effect(frame, mask, time):\n    return None", "x = 1"):
        live.load(source)
        assert shown(live) == 1
        assert live.as_dict()["running"] == "before"
    live.load("def effect(frame, mask, time):\n    return mask")
    assert live.as_dict()["running"] == "newest"
    assert shown(live) == 1
    assert live.as_dict()["running"] == "before"


def test_effect_that_fails_later_gives_way_to_the_one_before(live: LiveEffect) -> None:
    """It is put aside until the source of pictures changes, its predecessor paints the very same frame."""
    live.load("def effect(frame, mask, time):\n    return frame // 255 + 2 // int(time < 3)\n")
    assert [shown(live, 0), shown(live, 5), shown(live, 0)] == [2, 1, 1]
    assert "raised ZeroDivisionError" in str(live.error)
    live.reset()
    assert (live.error, shown(live)) == (None, 2)


def test_without_a_good_one_nothing_is_painted() -> None:
    """Not even the frame as it is: what is shown then is the caller's matter."""
    live = LiveEffect()
    assert (shown(live), live.running) == (None, None)
    live.load("def effect(frame, mask, time):\n    return 1")
    assert (shown(live), shown(live)) == (None, None)
    assert live.as_dict()["running"] is None
    with pytest.raises(OptionError, match="There is no effect yet"):
        LiveEffect().set({"a": 1})


def test_one_before_that_fails_too_is_let_go(live: LiveEffect) -> None:
    """It is not asked again."""
    asked: list[str] = []
    live.load("def effect(frame, mask, time):\n    return frame // 255 + 2 // int(time < 3)\n")
    assert shown(live) == 2
    live.load("def effect(frame, mask, time):\n    return 3")
    assert (shown(live, 5), shown(live, 0)) == (None, None)
    live.run(lambda effect: asked.append(effect.name))
    assert asked == []


def test_controls_are_set_and_outlive_the_text(live: LiveEffect) -> None:
    """What the user has set stays in the next text, where it fits; the rest has the text's defaults."""
    text = "def effect(frame, mask, time, level: int = 3, more: int = {}):\n    return frame // 255 + level + more\n"
    live.load(text.format(0))
    live.set({"level": 7})
    assert shown(live) == 7
    live.load(text.format(2))
    assert shown(live) == 9
    live.load(text.format(2).replace("level: int = 3", "level: bool = False"))
    assert shown(live) == 2
    with pytest.raises(OptionError, match="There is no parameter “other”; the parameters are level, more"):
        live.set({"other": 1})
    state = json.loads(json.dumps(live.as_dict()))
    assert state["values"] == {"level": False, "more": 2}
    assert [control["kind"] for control in state["controls"]] == ["flag", "number"]
    assert (state["kind"], state["error"]) == ("effect", None)


def test_control_that_mends_the_effect_has_it_tried_again(live: LiveEffect) -> None:
    """After a change the effect that had failed gets the next frame."""
    live.load("def effect(frame, mask, time, by: int = 0):\n    return frame // 255 + 8 // by\n")
    assert shown(live) == 1
    live.set({"by": 2})
    assert (live.error, shown(live)) == (None, 4)


def test_state_is_new_with_text_and_source() -> None:
    """Both begin again from an empty dict."""
    text = "def effect(frame, mask, time, state):\n    state[len(state)] = 1\n    return frame // 255 + len(state)\n"
    live = LiveEffect()
    live.load(text)
    assert [shown(live), shown(live)] == [1, 2]
    live.reset()
    assert shown(live) == 1
    live.load(text)
    assert shown(live) == 1


def test_print_goes_to_the_console(live: LiveEffect, capsys: pytest.CaptureFixture[str]) -> None:
    """`print` of the text's own, with a file of the user's choice to that."""
    live.load(
        "import sys\nprint('begun', 1, sep='-')\ndef effect(frame, mask, time):\n"
        "    print('a', end='')\n    print('b\\nc')\n    print('out', file=sys.stdout)\n    return frame\n"
    )
    shown(live)
    lot = live.console.take()
    assert lot is not None
    assert (lot.dropped, lot.lines) == (0, ["begun-1", "ab", "c"])
    assert capsys.readouterr().out == "out\n"


def test_warnings_go_to_the_console_once(live: LiveEffect) -> None:
    """NumPy's word about what is no number comes once for its line, and nothing fails."""
    live.load(
        "import numpy as np\ndef effect(frame, mask, time):\n"
        "    return frame + (mask * np.nan).astype(np.uint8)[..., None]\n"
    )
    assert shown(live) is not None
    assert shown(live) is not None
    lot = live.console.take()
    assert lot is not None
    assert lot.lines == ["RuntimeWarning: invalid value encountered in cast, line 3"]


def test_warnings_while_a_text_loads_go_to_the_console(live: LiveEffect) -> None:
    """Those of its code, and those about it."""
    live.load("import numpy as np\nnp.array([np.nan]).astype(np.uint8)\n" + GOOD.format(2))
    lot = live.console.take()
    assert lot is not None
    assert lot.lines == ["RuntimeWarning: invalid value encountered in cast, line 2"]


def test_warnings_that_are_always_others_come_to_an_end(live: LiveEffect) -> None:
    """Of one text some are told; the next text's are told again."""
    text = "import warnings\ndef effect(frame, mask, time):\n    warnings.warn(f'at {time}')\n    return frame\n"
    for number in range(2):
        live.load(f"{text}# {number}")
        for time in range(2 * MOST_WARNINGS):
            shown(live, time)
        assert len(live._warned) == MOST_WARNINGS
        assert len(live.console._lines) == (number + 1) * MOST_WARNINGS


def test_good_text_is_known_by_its_number() -> None:
    """Of the effect that has returned a picture; a text that comes before the first frame does not take its place."""
    live = LiveEffect()
    live.load(GOOD.format(1), number=7)
    assert live.good is None
    live.load("def effect(frame, mask, time):\n    return None", number=8)
    assert live.good is None
    assert (shown(live), live.good) == (1, 7)
    live.load(GOOD.format(3), number=9)
    assert live.good == 7
    assert (shown(live), live.good) == (3, 9)


def test_full_memory_is_a_sentence_and_frees_what_the_effect_held() -> None:
    """Neither its state nor the frames of the failed call keep an array."""
    live = LiveEffect()
    live.load(
        "import weakref\nimport numpy as np\nseen = []\n"
        "def effect(frame, mask, time, state):\n"
        "    held, state['all'] = np.zeros(10), np.zeros(10)\n"
        "    seen.extend([weakref.ref(held), weakref.ref(state['all'])])\n"
        "    return np.empty(2**62, np.uint8)\n"
    )
    assert shown(live) is None
    assert "effect.py:effect raised MemoryError: Unable to allocate" in str(live.error)
    gc.collect()
    assert live.newest is not None
    assert [array() for array in live.newest._function.__globals__["seen"]] == [None, None]


def test_memory_that_is_full_before_the_effect_is_called_is_freed(live: LiveEffect) -> None:
    """Where its picture is made ready: its state is emptied, and the last good effect paints that very frame."""
    live.load(
        "import weakref\nimport numpy as np\nseen = []\ndef effect(frame, mask, time, state):\n"
        "    state['all'] = np.zeros(10)\n    seen.append(weakref.ref(state['all']))\n    return frame // 255 + 2\n"
    )
    assert shown(live) == 2
    newest = live.newest
    assert newest is not None

    def paint(effect: CustomEffect) -> int:
        if effect is newest:
            raise MemoryError
        return int(effect(FRAME, MASK, 0.0).max())

    assert live.run(paint) == 1
    assert str(live.error) == "the effect effect.py:effect left no memory: MemoryError"
    gc.collect()
    assert [array() for array in newest._function.__globals__["seen"]] == [None]


def test_what_the_painting_itself_raises_is_not_the_effects(live: LiveEffect) -> None:
    """It goes to who paints, and the effect gets the next frame."""

    def paint(_effect: CustomEffect) -> int:
        raise ValueError("no canvas")

    with pytest.raises(ValueError, match="no canvas"):
        live.run(paint)
    assert (live.error, shown(live)) == (None, 1)


OVERLAY = "def overlay(sample, mask, time):\n    return np.full((4, 5, 4), {}, np.uint8)\n"


def test_effects_of_another_kind_are_left_alone(live: LiveEffect) -> None:
    """Where only overlays can be painted, one of full size waits, neither good nor bad; the last good overlay runs."""

    def overlay() -> int | None:
        picture = live.run(lambda effect: effect(FRAME, MASK, 0.0), "overlay")
        return None if picture is None else int(picture.max())

    assert (live.has_overlay, overlay()) == (False, None)
    assert live.load("import numpy as np\n" + OVERLAY.format(2))
    assert (live.has_overlay, overlay()) == (True, 2)
    assert live.load(GOOD.format(3), number=7)
    assert (live.has_overlay, overlay(), live.error) == (True, 2, None)
    assert live.good != 7
    assert shown(live) == 3
    assert live.good == 7


def test_the_frame_is_needed_until_an_overlay_has_proved_good(live: LiveEffect) -> None:
    """The last good effect of full size may have to go on; after that it's the newest one's kind that decides."""
    assert live.sees_frame
    assert live.load("import numpy as np\n" + OVERLAY.format(2))
    assert live.sees_frame
    assert shown(live) == 2
    assert not live.sees_frame
    assert live.load("def overlay(sample, mask, time):\n    return 1 / 0\n")
    assert not live.sees_frame
    assert shown(live) == 2
    assert live.load(GOOD.format(3))
    assert live.sees_frame
    assert not LiveEffect().sees_frame


def test_classes_are_taken_if_any_effect_that_may_run_takes_them(live: LiveEffect) -> None:
    """Also the one before, which goes on where the newest fails."""
    assert not live.takes_classes
    assert live.load("def effect(frame, mask, time, classes=None):\n    return frame\n")
    assert live.takes_classes
    shown(live)
    assert live.load("def effect(frame, mask, time):\n    return frame\n")
    assert live.takes_classes
    shown(live)
    assert live.load(GOOD.format(1))
    assert not live.takes_classes
