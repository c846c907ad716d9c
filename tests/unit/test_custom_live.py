"""An effect that is written while it runs: the last good one goes on, and what is printed comes in small lots."""

from __future__ import annotations

import gc
import json
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie.core.option import OptionError
from pyselfie.custom import stopping
from pyselfie.custom.console import LONGEST_LINE, MOST_LINES, Console
from pyselfie.custom.cost import Cost
from pyselfie.custom.live import MOST_WARNINGS, LiveEffect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyselfie.custom.effect import CustomEffect

FRAME, MASK = np.full((4, 5, 3), 9, np.uint8), np.ones((4, 5), np.float32)
GOOD = "def effect(frame, mask, time):\n    return frame // 255 + {}\n"

ODD = "class Odd(BaseException):\n    def __str__(self):\n        raise Odd\n"


def shown(live: LiveEffect, time: float = 0.0) -> int | None:
    """Return the level that the next frame is painted with, None if nothing is."""
    picture = live.run(lambda effect: effect(FRAME, MASK, time))
    return None if picture is None else int(picture.max())


@pytest.fixture
def live() -> LiveEffect:
    """Return one whose effect paints 1."""
    live = LiveEffect()
    assert live.load(GOOD.format(1))
    assert shown(live) == 1
    return live


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


def test_flood_keeps_the_newest_lines() -> None:
    """Of 10,000 lines the last ones stay, their number and their length are bounded, and lots come at their rate."""
    now = [0.0]
    console = Console(lambda: now[0])
    for number in range(10_000):
        console.print(number)
    lot = console.take()
    assert lot is not None
    assert (lot.dropped, lot.lines) == (10_000 - MOST_LINES, [str(n) for n in range(10_000 - MOST_LINES, 10_000)])
    console.print("x" * 10**6)
    assert console.take() is None
    now[0] = 0.3
    lot = console.take()
    assert lot is not None
    assert lot.lines == ["x" * LONGEST_LINE + "…"]
    now[0] = 1.0
    assert console.take() is None
    for _ in range(10_000):
        console.print("ab", end="")
    lot = console.take()
    assert lot is not None
    assert len(lot.lines) == 10_000 * 2 // (LONGEST_LINE + 2)
    console.print("gone")
    console.clear()
    now[0] = 2.0
    assert console.take() is None


def test_print_takes_what_pythons_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """None for the separators, `flush`, and a file."""
    console = Console()
    odd: Any = None
    console.print("a", 2, sep=odd, end=odd, flush=True)
    console.print("b", file=sys.stderr, flush=True)
    lot = console.take()
    assert lot is not None
    assert lot.lines == ["a 2"]
    assert capsys.readouterr().err == "b\n"


def test_cost_is_a_median_that_is_told_when_it_changes() -> None:
    """One slow frame changes nothing; a slower effect does, half a second later; another effect begins anew."""
    now = [0.0]
    cost = Cost(lambda: now[0])
    one, other = object(), object()
    assert (cost.review(), cost.ms) == (False, None)
    cost.add(one, 9.0)
    assert (cost.review(), cost.ms) == (True, 9.0)
    now[0] = 1.0
    for ms in (10.0, 900.0, 9.5, 10.2):
        cost.add(one, ms)
    assert (cost.review(), cost.ms) == (False, 9.0)
    for _ in range(15):
        cost.add(one, 20.0)
    assert (cost.review(), cost.ms) == (True, 20.0)
    for _ in range(15):
        cost.add(one, 40.0)
    assert not cost.review()
    now[0] = 1.5
    assert (cost.review(), cost.ms) == (True, 40.0)
    cost.add(other, 0.3)
    assert (cost.ms, cost.review(), cost.ms) == (None, True, 0.3)
    assert (cost.of(other), cost.of(one)) == (0.3, None)
    for _ in range(15):
        cost.add(other, 0.4)
    now[0] = 3.0
    assert not cost.review()


ENDLESS = "def effect(frame, mask, time, by: int = 0):\n    while time:\n        pass\n    return frame // 255 + 4\n"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEffect]:
    """Return one whose effect paints 1, and whose code is ended by SIGINT, which comes after 0.1 s."""
    monkeypatch.setattr(stopping, "LEAST_S", 0.0)
    handler = signal.getsignal(signal.SIGINT)

    @contextmanager
    def watch(_number: int) -> Iterator[None]:
        timer = threading.Timer(0.1, signal.raise_signal, [signal.SIGINT])
        with stopping.stoppable():
            timer.start()
            try:
                yield
            finally:
                timer.cancel()

    live = LiveEffect(watch=watch)
    stopping.listen()
    live.load(GOOD.format(1))
    assert shown(live) == 1
    yield live
    signal.signal(signal.SIGINT, handler)


def test_effect_that_does_not_return_is_stopped_for_good(hasty: LiveEffect) -> None:
    """The one before paints the frame; the text waits for another one, whatever else changes."""
    hasty.load(ENDLESS)
    assert shown(hasty, 0) == 4
    assert shown(hasty, 1) == 1
    told = hasty.as_dict()
    sentence = "the effect effect.py:effect did not return within 0 s and was stopped, line "
    assert told["error"]["message"].removesuffix("2").removesuffix("3") == sentence
    assert (told["error"]["line"] in {2, 3}, told["running"]) == (True, "before")
    hasty.reset()
    hasty.set({"by": 2})
    assert (shown(hasty, 0), shown(hasty, 1)) == (1, 1)
    assert not hasty.load(ENDLESS)
    assert "did not return" in str(hasty.error)
    assert hasty.load(ENDLESS.replace("4", "5"))
    assert (hasty.error, shown(hasty, 0)) == (None, 5)


def test_text_that_does_not_end_is_stopped(hasty: LiveEffect) -> None:
    """`while True` outside of all functions; what catches all exceptions is stopped like the rest."""
    text = "try:\n    while True:\n        pass\nexcept Exception:\n    pass\n"
    for _ in range(2):
        assert not hasty.load(text)
        assert "effect.py did not return within 0 s and was stopped, line" in str(hasty.error)
        assert (shown(hasty), hasty.as_dict()["running"]) == (1, "before")
    assert hasty.load(GOOD.format(3))
    assert shown(hasty) == 3


def test_signal_counts_while_an_effect_runs(hasty: LiveEffect, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that comes too late, or in the next run's first moments, ends nothing."""
    signal.raise_signal(signal.SIGINT)
    monkeypatch.setattr(stopping, "LEAST_S", 60.0)
    hasty.load(
        "import signal\ndef effect(frame, mask, time):\n    signal.raise_signal(2)\n    return frame // 255 + 2\n"
    )
    assert shown(hasty) == 2


def test_text_that_has_ended_a_worker_is_told_and_does_not_run(live: LiveEffect) -> None:
    """`why` ends the sentence; the same text is refused, another one is not."""
    live.give_up(ENDLESS, None, stopping.no_return(6.4))
    assert str(live.error) == "effect.py did not return within 6 s and was stopped"
    assert not live.load(ENDLESS)
    assert (live.as_dict()["running"], shown(live)) == ("before", 1)
    assert live.load(GOOD.format(2))
    assert (live.error, shown(live)) == (None, 2)


def test_text_that_was_stopped_is_tried_again_after_another_one(live: LiveEffect) -> None:
    """Also where that one cannot be loaded; as the page has it in a new worker."""
    for between in (GOOD.format(2), "def effect("):
        live.give_up(GOOD.format(5), None, stopping.no_return(6.4))
        assert not live.load(GOOD.format(5))
        live.load(between)
        assert live.load(GOOD.format(5))
        assert (live.error, shown(live)) == (None, 5)


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
