"""Effects in Python in a whole engine, under CPython: what is painted and what the page is told."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from tests.unit.browser.engine.effect_kit import LEVEL, PAINT, levels, with_effect
from tests.unit.browser.engine.engine_kit import Host, settle, show, started, use, worker

__all__ = ["worker"]


def set_values(engine, **values):
    engine.receive(SimpleNamespace(type="effect_values", values=json.dumps(values)))


def state(host):
    """Return what the page has been told last of the effect, and how often it was told."""
    told = host.told("effect")
    return json.loads(told[-1]["state"]), len(told)


def printed(host):
    """Return all lines that the page has been told of."""
    lots = [json.loads(told["printed"]) for told in host.told("effect") if told["printed"]]
    return [line for lot in lots for line in lot["lines"]]


def test_overlay_is_drawn_over_the_frame(worker):
    """It runs on the sample and paints at once; the page gets its kind and controls once, and once what it costs."""

    async def run():
        engine, host = await with_effect(worker)
        frame, size, overlay, draws, mirror = worker.painter.painted[-1]
        assert (frame.level, size, mirror) == (50, (64, 48), False)
        assert overlay.shape == (256, 256, 4)
        assert [draw.operator for draw in draws] == ["copy", "source-over"]
        show(engine, 60)
        await settle()
        told, times = state(host)
        assert (told["kind"], told["error"], told["running"], times) == ("overlay", None, "newest", 2)
        assert json.loads(host.told("effect")[0]["state"])["ms"] is None
        assert 0 <= told["ms"] < 10_000
        assert told["controls"][0]["name"] == "level"
        assert levels(worker)[-1] == 3
        use(engine, None)
        await settle()
        assert [draw.operator for draw in worker.painter.painted[-1][3]] == ["copy"]

    asyncio.run(run())


def test_mirrored_overlay_is_painted_as_the_effect_has_seen_it(worker):
    """The function gets a mirrored mask; its overlay goes to the painter the other way round, which mirrors it."""

    async def run():
        host = Host()
        engine = await started(worker, host, mirror=True)
        show(engine, 50)
        source = (
            "import numpy as np\ndef overlay(sample, mask, time, aspect):\n"
            "    ramp = np.arange(256, dtype=np.uint8) * np.ones((256, 1), np.uint8)\n"
            "    return np.dstack([ramp] * 3 + [ramp // 255 + int(aspect * 99)])\n"
        )
        use(engine, source)
        await settle()
        _, _, overlay, _, mirror = worker.painter.painted[-1]
        assert mirror
        assert overlay[0, :3, 0].tolist() == [255, 254, 253]
        assert overlay[..., 3].max() == 133

    asyncio.run(run())


def test_last_good_effect_goes_on_and_each_mistake_is_told_once(worker):
    """A text with a mistake, one that raises, and their mending."""

    async def run():
        engine, host = await with_effect(worker)
        mistakes = {"return (": "SyntaxError", "return 1 / 0": "ZeroDivisionError: division by zero, line 2."}
        for body, sentence in mistakes.items():
            use(engine, LEVEL.format(body))
            await settle()
            show(engine, 60)
            await settle()
            assert levels(worker)[-1] == 3
            assert sentence in host.told("error")[-1]["message"]
            assert state(host)[0]["error"]["message"] in host.told("error")[-1]["message"]
        assert len(host.told("error")) == 2
        assert state(host)[0]["running"] == "before"
        use(engine, LEVEL.format(PAINT.replace("level", "9")))
        await settle()
        assert levels(worker)[-1] == 9
        assert (state(host)[0]["error"], len(host.told("error"))) == (None, 2)

    asyncio.run(run())


def test_mistake_that_every_photo_meets_is_told_once(worker):
    """Each photo has it tried again; the same sentence is told once."""

    async def run():
        engine, host = await with_effect(worker, "return 1 / 0")
        for level in (60, 70):
            show(engine, level, photo=True)
            await settle()
        assert len(host.told("error")) == 1

    asyncio.run(run())


def test_controls_are_set(worker):
    """They repaint the frame in hand; a wrong one is a sentence; a text that is given again with values has them."""

    async def run():
        engine, host = await with_effect(worker)
        set_values(engine, level=8)
        await settle()
        assert (levels(worker)[-1], state(host)[0]["values"]) == (8, {"level": 8})
        set_values(engine, level=80)
        await settle()
        assert host.told("error")[-1]["message"] == "level is 80, but it has to be a number from 0 to 10."
        assert levels(worker)[-1] == 8
        use(engine, LEVEL.format(PAINT), values='{"level": 6, "other": 1}')
        await settle()
        assert levels(worker)[-1] == 6

    asyncio.run(run())


def test_print_reaches_the_page(worker):
    """In lots, as the console gives them."""

    async def run():
        _, host = await with_effect(worker, f"print('seen', sample.shape[0]); {PAINT}")
        lots = [json.loads(told["printed"]) for told in host.told("effect") if told["printed"]]
        assert lots == [{"dropped": 0, "lines": ["seen 256"]}]

    asyncio.run(run())


def test_what_is_printed_on_a_still_is_told_to_the_end(worker):
    """Two pictures follow each other at once: what the second one prints is told when it may be, without a third."""

    async def run():
        engine, host = await with_effect(worker, f"print(level); {PAINT}")
        for level in (4, 5):
            set_values(engine, level=level)
            await settle()
        async with asyncio.timeout(10):
            while len(printed(host)) < 3:
                await asyncio.sleep(0.01)
        assert printed(host) == ["3", "4", "5"]

    asyncio.run(run())


def test_values_without_an_effect_are_nothing(worker):
    """A slider that moves after its effect has gone."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        set_values(engine, level=8)
        await settle()
        assert host.told("error") == host.told("effect") == []

    asyncio.run(run())


@pytest.mark.parametrize("reset", [True, False])
def test_state_begins_anew_with_another_source(worker, reset):
    """After `reset`, and with a frame that is a cut."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        use(
            engine,
            "def overlay(sample, mask, time, state):\n    state['n'] = state.get('n', 0) + 1\n"
            "    return sample.repeat(2, axis=2)[..., :4] // 255 + state['n']\n",
        )
        for _ in range(3):
            show(engine, 50)
            await settle()
        assert levels(worker)[-1] == 3
        if reset:
            engine.receive(SimpleNamespace(type="reset"))
        show(engine, 50, cut=not reset)
        await settle()
        assert levels(worker)[-1] == 1

    asyncio.run(run())


def test_page_is_told_which_text_runs_and_which_is_good(worker):
    """Before a text is read and before each frame its number; once a text's effect has returned a picture, that too."""

    async def run():
        engine, host = await with_effect(worker)
        assert host.effect_runs == [1, 1]
        use(engine, LEVEL.format("return 1 / 0"), number=2)
        await settle()
        show(engine, 60)
        await settle()
        assert host.effect_runs == [1, 1, 2, 2, 1, 1]
        use(engine, LEVEL.format(PAINT.replace("level", "9")), number=3)
        await settle()
        assert [told["number"] for told in host.told("effect_good")] == [1, 3]

    asyncio.run(run())


def test_text_that_has_ended_a_worker_does_not_run(worker):
    """The page gives it with the reason to a new worker: one sentence; the good one that came before it paints."""

    async def run():
        engine, host = await with_effect(worker)
        endless = LEVEL.format("while True: pass")
        for ended in ("did not return within 6 s and was stopped", None):
            use(engine, endless, number=2, ended=ended)
            await settle()
            assert levels(worker)[-1] == 3
            told = state(host)[0]
            assert told["error"]["message"] == "effect.py did not return within 6 s and was stopped"
            assert told["running"] == "before"
        assert 2 not in host.effect_runs

    asyncio.run(run())


def test_nothing_that_an_effect_raises_ends_the_frame_loop(worker):
    """Not even what would cancel a task of asyncio's: the last good one paints this frame and the next ones."""

    async def run():
        engine, host = await with_effect(worker)
        use(engine, "import asyncio\n" + LEVEL.format("raise asyncio.CancelledError"))
        for level in (60, 70):
            show(engine, level)
            await settle()
            assert (worker.painter.painted[-1][0].level, levels(worker)[-1]) == (level, 3)
        [error] = host.told("error")
        assert "raised CancelledError, line 3" in error["message"]

    asyncio.run(run())


def test_first_text_that_has_ended_a_worker_leaves_the_options_effect(worker):
    """There is no good one before it; controls of nothing are set to nothing."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        show(engine, 50)
        use(engine, "while True: pass", ended="did not return within 6 s and was stopped")
        set_values(engine, level=3)
        await settle()
        assert state(host)[0]["running"] is None
        assert len(host.told("error")) == 1
        assert worker.painter.painted[-1][0].level == 50

    asyncio.run(run())


def test_picture_that_finds_no_room_leaves_no_proxy(worker, monkeypatch):
    """The view of it cannot be had: what it was asked of is destroyed."""
    module = worker.module("canvas.custom_effect")
    destroyed = []

    class Proxy:
        def getBuffer(self, _kind):  # noqa: N802 - JavaScript's name
            raise MemoryError

        def destroy(self):
            destroyed.append(self)

    monkeypatch.setattr(module, "create_proxy", lambda _array: Proxy())
    canvas = module.CustomEffectCanvas(None, None)
    with pytest.raises(MemoryError):
        canvas._put()
    assert len(destroyed) == 1
