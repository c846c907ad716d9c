"""Masks that come with the camera's frames, in a whole engine under CPython."""

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from tests.unit.browser.engine.engine_kit import (
    Host,
    JsError,
    ask,
    set_options,
    settle,
    show,
    started,
    use,
    worker,
)
from tests.unit.browser.painting.pipeline_parts import Frame

__all__ = ["worker"]

BRIGHT = 204  # of each mask: 0.8; frames are as dark as 51, which the stub's mask follows: 0.2
CLASSES = "import numpy as np\ndef overlay(sample, mask, classes):\n    return np.zeros_like(sample)\n"
NO_CLASSES = CLASSES.replace(", classes", "")


class Closed(Frame):
    """A mask that somebody has closed."""

    @property
    def level(self):
        raise JsError("InvalidStateError", "The image source is detached.")

    @level.setter
    def level(self, _level):
        pass


async def show_frame(engine, mask=None):
    """Show a dark frame and return its mask, as the page gets it: what it's from, and its value."""
    show(engine, 51, mask=mask)
    await settle()
    ask(engine, "mask", 1)
    await settle()
    [value] = np.unique(engine._host.replies[1].data)
    return engine._stats()["maskFrom"], round(float(value), 3)


def notices(host):
    return [one["message"] for one in host.told("notice") if one["code"] == "camera"]


@pytest.mark.parametrize("options", [{}, {"modelSelection": 2}, {"edges": "raw"}])
def test_auto_takes_the_cameras_mask(worker, options):
    """No model runs for its frame; the next one that has none gets the model's. It is told once for each source."""

    async def run():
        host = Host()
        engine = await started(worker, host, maskSource="auto", **options)
        masks = [Frame(BRIGHT) if there else None for there in (True, False, True, True)]
        before = len(host.runs)
        seen = [await show_frame(engine, mask) for mask in masks]
        assert seen == [("camera", 0.8), ("model", 0.2), ("camera", 0.8), ("camera", 0.8)]
        assert len(host.runs) - before == 1
        assert [mask.closed for mask in masks if mask] == [1, 1, 1]
        assert [sentence[:42] for sentence in notices(host)] == ["The camera's frames bring masks of their o"]
        overlay = worker.painter.painted[-1][2]
        assert (overlay[..., :3] == BRIGHT).all()
        engine.receive(SimpleNamespace(type="reset"))
        await show_frame(engine, Frame(BRIGHT))
        assert len(notices(host)) == 2
        for first in (True, False):  # as elements do: the last picture stays until the next camera's
            show(engine, 51, first=first, mask=Frame(BRIGHT))
            await settle()
            assert len(notices(host)) == 3
        assert host.told("error") == []

    asyncio.run(run())


def test_model_leaves_the_cameras_mask_alone(worker):
    """That is the default; the mask is closed all the same, also where no person is needed."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        masks = [Frame(BRIGHT) for _ in range(4)]
        assert await show_frame(engine, masks[0]) == ("model", 0.2)
        set_options(engine, maskSource="auto")
        assert await show_frame(engine, masks[1]) == ("camera", 0.8)
        set_options(engine, maskSource="model")
        assert await show_frame(engine, masks[2]) == ("model", 0.2)
        set_options(engine, maskSource="auto", effect="none")
        show(engine, 51, mask=masks[3])
        await settle()
        assert engine._stats()["maskFrom"] == "model"
        assert [mask.closed for mask in masks] == [1] * 4

    asyncio.run(run())


def test_a_mask_that_cannot_be_read_is_the_models_turn(worker):
    """One sentence says why, and each frame gets its mask."""

    async def run():
        host = Host()
        engine = await started(worker, host, maskSource="auto")
        masks = [Closed(), Closed(), Frame(BRIGHT)]
        seen = [await show_frame(engine, mask) for mask in masks]
        assert seen == [("model", 0.2), ("model", 0.2), ("camera", 0.8)]
        assert [mask.closed for mask in masks] == [1] * 3
        assert notices(host)[0] == (
            "A mask that came with the camera's frame could not be read (InvalidStateError: "
            "The image source is detached.), so the model runs for such frames."
        )
        assert len(notices(host)) == 2
        assert host.told("error") == []

    asyncio.run(run())


def test_classes_are_the_models(worker):
    """A user's effect that asks for them gets the model's mask, too; a page that does is told where there are none."""

    async def run():
        host = Host()
        engine = await started(worker, host, maskSource="auto", modelSelection=2)
        seen = []
        for source in (CLASSES, NO_CLASSES, None):
            use(engine, source)
            await settle()
            seen.append(await show_frame(engine, Frame(BRIGHT)))
        assert seen == [("model", 0.2), ("camera", 0.8), ("camera", 0.8)]
        ask(engine, "classes", 2)
        await settle()
        assert host.replies[2] == "The camera's own mask tells no classes apart; the multiclass model's does."

    asyncio.run(run())


def test_pacing_and_the_choice_of_a_model_know_of_it(worker):
    """A frame with the camera's mask has reused none, and says nothing of what a model costs."""

    async def run():
        host = Host()
        engine = await started(worker, host, maskSource="auto", modelSelection=3)
        learnt = []
        engine._auto.painted = lambda *_, **__: learnt.append(engine._stats()["maskFrom"])
        engine.receive(SimpleNamespace(type="tap", on=True, form="frame", intervalMs=33.0))
        for mask in (Frame(BRIGHT), Frame(BRIGHT), None):
            await show_frame(engine, mask)
        assert (engine._stats()["masksReused"], engine._stats()["framesPerMask"]) == (0, 1)
        assert learnt == ["model"]

    asyncio.run(run())


def test_a_trace_shows_whose_mask_it_is(worker, monkeypatch):
    """The model's steps are not there, and say why."""
    reader = SimpleNamespace(count=0, read=lambda _picture, size: np.zeros((size.height, size.width, 4), np.uint8))
    monkeypatch.setattr(worker.module("engine.tracer"), "PixelReader", lambda: reader)

    async def run():
        host = Host()
        engine = await started(worker, host, maskSource="auto")
        engine.receive(SimpleNamespace(type="trace", state="live"))
        await show_frame(engine)
        await asyncio.sleep(0.3)
        await show_frame(engine, Frame(BRIGHT))
        await asyncio.sleep(0.3)
        await settle()
        steps = {step["name"]: step for step in host.traces[-1][0]["steps"]}
        there = [name for name, step in steps.items() if step["shape"] is not None]
        assert there == ["frame", "raw-mask", "overlay", "composite"]
        assert steps["raw-mask"]["note"] == "The camera's own: it came with the frame, and the model did not run."
        assert steps["raw-mask"]["high"] == pytest.approx(0.8)
        assert steps["overlay"]["sources"] == ["raw-mask"]

    asyncio.run(run())
