"""The engine under CPython: which frame gets which model and mask, and what the page is told."""

import asyncio
import random
from types import SimpleNamespace

import numpy as np
import pytest

from pyselfie.core.effects import EFFECTS
from pyselfie.core.options import EDGES, way_in
from pyselfie.core.platform_blur import SENTENCE
from tests.unit.browser.engine.engine_kit import (
    AUTO,
    Host,
    ask,
    set_options,
    settle,
    show,
    started,
    with_a_photo,
    worker,
)

__all__ = ["worker"]


def test_first_live_frame_after_a_photo_does_not_wait_for_multiclass(worker):
    """On a CPU the light model is loaded as soon as a live frame comes, and that frame waits for it, nobody else."""

    async def run():
        engine, host = await with_a_photo(worker)
        assert host.runs[-1] == "multiclass"
        runs = len(host.runs)
        may_load = asyncio.Event()
        host.on_create = lambda _backend: may_load.wait()
        show(engine)
        await settle()
        newest = show(engine, 51)
        may_load.set()
        await settle()
        assert [name for name in host.runs[runs:] if name == "multiclass"] == []
        assert (host.drops, worker.painter.painted[-1][0]) == (1, newest)

    asyncio.run(run())


def test_live_frame_goes_on_with_multiclass_if_the_light_model_cannot_be_had(worker):
    """A download that fails ends the wait: a picture late is better than none."""

    async def run():
        engine, host = await with_a_photo(worker)
        host.on_load = worker.no_answer("general")
        paints = host.paints
        show(engine)
        await settle()
        assert (host.paints, host.runs[-1]) == (paints + 1, "multiclass")
        assert host.told("error")[-1]["message"] == "No answer."

    asyncio.run(run())


def test_reset_drops_the_frame_that_waits_for_its_model(worker):
    """The source changes meanwhile: a frame of the old one is never painted."""

    async def run():
        engine, host = await with_a_photo(worker)
        may_load = asyncio.Event()
        host.on_create = lambda _backend: may_load.wait()
        painted = len(worker.painter.painted)
        frame = show(engine)
        await settle()
        engine.receive(SimpleNamespace(type="reset"))
        may_load.set()
        await settle()
        assert (frame.closed, len(worker.painter.painted)) == (1, painted)

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["mask", "classes"])
def test_mask_asked_for_after_a_photo_is_that_photos(worker, kind):
    """Whoever has sent a photo and asks gets its mask, not the one before, and is not refused."""

    async def run():
        host = Host()
        engine = await started(worker, host, modelSelection=2)
        for request, level in enumerate((255, 51)):
            may_run = asyncio.Event()
            host.on_run = lambda _runtime, gate=may_run: gate.wait()
            show(engine, level, photo=True)
            ask(engine, kind, request)
            await settle()
            assert request not in host.replies
            may_run.set()
            await settle()
        if kind == "mask":
            assert host.replies[0].data == pytest.approx(np.ones(256 * 256))
            assert host.replies[1].data == pytest.approx(np.full(256 * 256, 0.2))
        else:
            assert [len(host.replies[request].names) for request in (0, 1)] == [6, 6]

    asyncio.run(run())


def test_mask_of_a_camera_is_the_newest_there_is(worker):
    """A live frame under way is not waited for."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        show(engine, 255, cut=True)
        await settle()
        may_run = asyncio.Event()
        host.on_run = lambda _runtime: may_run.wait()
        show(engine, 51)
        ask(engine, "mask", 1)
        await settle()
        assert host.replies[1].data == pytest.approx(np.ones(256 * 256))

    asyncio.run(run())


def test_reset_answers_who_waits_for_a_mask(worker):
    """The photo was taken back before it was segmented: there is no picture, and that is said."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        may_run = asyncio.Event()
        host.on_run = lambda _runtime: may_run.wait()
        show(engine, photo=True)
        ask(engine, "mask", 1)
        await settle()
        assert host.replies == {}
        engine.receive(SimpleNamespace(type="reset"))
        await settle()
        assert host.replies == {1: "There is no picture yet: nothing has been segmented."}

    asyncio.run(run())


def test_light_model_comes_for_another_one_when_multiclass_does_not(worker):
    """From landscape to `auto` on a photo: without multiclass the light model runs."""

    async def run():
        host = Host()
        host.on_load = worker.no_answer("multiclass")
        engine = await started(worker, host, modelSelection=1)
        show(engine, photo=True)
        await settle()
        set_options(engine, modelSelection=AUTO)
        await settle()
        told = host.told("model")[-1]
        assert (told["model"], told["modelAsked"]) == ("general", AUTO)
        assert told["modelReason"] == "multiclass could not be loaded: No answer."
        assert (host.told("error"), host.runs[-1]) == ([], "general")

    asyncio.run(run())


async def stream(worker, **options):
    """Return an engine whose composites go to a stream, on a machine that has time for a mask in six frames."""
    host = Host()
    engine = await started(worker, host, **options)
    engine.receive(SimpleNamespace(type="tap", on=True, form="frame", intervalMs=33))
    engine._pacer._affordable = lambda: 6
    for _ in range(3):
        show(engine)
        await settle()
    return engine, host


@pytest.mark.parametrize("form", ["frame", "alpha", "bitmap"])
def test_a_stream_gets_the_form_of_composite_that_it_asks_for(worker, form):
    """And none once it has ended."""

    async def run():
        host = Host()
        engine = await started(worker, host)
        for on in (True, False):
            engine.receive(SimpleNamespace(type="tap", on=on, form=form, intervalMs=33))
            show(engine)
            await settle()
        assert host.composites == [form]

    asyncio.run(run())


def test_masks_that_a_stream_could_not_reuse_are_not_counted(worker):
    """After a cut, and when the frame has another size, the model runs: the page and the pacer are told so."""

    async def run():
        engine, host = await stream(worker)
        assert (len(host.runs), engine._stats()["masksReused"]) == (2, 1)
        for how in ({"cut": True}, {"size": (48, 64)}):
            show(engine, **how)
            await settle()
        assert (len(host.runs), engine._stats()["masksReused"]) == (4, 1)
        assert engine._pacer._infer_ms.count == 3, "all but the first"
        show(engine, size=(48, 64))
        await settle()
        assert (len(host.runs), engine._stats()["masksReused"]) == (4, 2)

    asyncio.run(run())


@pytest.mark.parametrize(("effect", "told"), [("color", True), ("mask", False)])
def test_stream_tells_of_a_dropped_edge_where_there_would_be_one(worker, effect, told):
    """An effect without a better edge has lost none."""

    async def run():
        engine, _ = await stream(worker, effect=effect)
        engine._pacer.edge_dropped = True
        assert engine._stats()["edgeDropped"] == told

    asyncio.run(run())


def test_all_options_at_random_leave_nothing_stuck(worker):
    """Over 500 frames, with cuts, photos and resets among them; each frame is answered, and the last one is right."""
    chance = random.Random(5)  # noqa: S311 - a test
    choices = {
        "effect": lambda: chance.choice(list(EFFECTS)),
        "color": lambda: f"#{chance.randrange(1 << 24):06x}",
        "strength": chance.random,
        "modelSelection": lambda: chance.randrange(4),
        "edges": lambda: chance.choice(EDGES),
        "smoothing": lambda: 0.95 * chance.random(),
        "mirror": lambda: chance.random() < 0.5,
        "decontaminate": lambda: chance.random() < 0.5,
        "lightWrap": chance.random,
        "colourCast": lambda: 0.1 * chance.random(),
        "platformBlur": lambda: chance.choice(["keep", "off"]),
        "maskSource": lambda: chance.choice(["model", "auto"]),
        "framing": lambda: chance.choice(["off", "gentle"]),
    }
    assert set(choices) == {option.js_name for option in way_in("engine")}

    async def run():
        host = Host()
        engine = await started(worker, host)
        frames, lots = [], 0
        for _ in range(500):
            for name in chance.sample(list(choices), 2):
                lots += 1
                set_options(engine, **{name: choices[name]()})
            if chance.random() < 0.05:
                engine.receive(SimpleNamespace(type="reset"))
            size = chance.choice([(64, 48), (48, 64), (1, 1)])
            kind = {name: chance.random() < 0.1 for name in ("photo", "cut", "first")}
            frames.append(show(engine, chance.randrange(256), size=size, **kind))
            for _ in range(chance.randrange(40)):
                await asyncio.sleep(0)
        set_options(engine, effect="mask", modelSelection=1, edges="refined")
        frames.append(show(engine, 51, photo=True))
        await settle()
        ask(engine, "mask", 1)
        await settle()
        assert host.replies[1].data == pytest.approx(np.full(144 * 256, 0.2))
        assert [frame.closed for frame in frames] == [1] * 500 + [0]
        assert host.paints >= 250
        assert host.told("error") + host.told("notice") == []
        assert host.told("model")[-1]["model"] == "landscape"

    asyncio.run(run())


def test_a_camera_that_blurs_needs_no_model(worker):
    """Its frames are painted as they are and it is told once; a frame without its blur, or `off`, runs the model."""

    async def run():
        host = Host()
        engine = await started(worker, host, effect="blur")
        runs = []
        for blurred in (True, True, False, True, True):
            before = len(host.runs)
            show(engine, 51, blurred=blurred)
            await settle()
            runs.append(len(host.runs) - before)
        assert runs == [0, 0, 1, 1, 0]
        before = len(host.runs)
        set_options(engine, platformBlur="off")
        await settle()
        assert len(host.runs) == before + 1
        assert host.paints == 5
        assert [(one["code"], one["message"]) for one in host.told("notice")] == [("camera", SENTENCE)] * 2

    asyncio.run(run())
