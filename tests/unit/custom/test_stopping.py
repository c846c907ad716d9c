"""Effects and texts that do not return: they are stopped, told, and do not run again before another text."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pyselfie.custom import stopping
from pyselfie.custom.live import LiveEffect
from tests.unit.custom import live_kit
from tests.unit.custom.live_kit import GOOD, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

live = live_kit.live

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
