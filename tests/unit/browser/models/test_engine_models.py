"""Which models an engine loads, measures and frees, under CPython."""

import asyncio
from itertools import pairwise

import pytest

from tests.unit.browser.engine.engine_kit import AUTO, Host, set_options, settle, show, started, use, worker

__all__ = ["worker"]


def alive(host, name="multiclass"):
    """Return the edges of the models of this name that take up memory."""
    return [runtime.spec.edges for runtime in host.runtimes if runtime.spec.name == name and not runtime.is_closed]


def hold_trial(host):
    """Let the run of a trial wait until the returned event is set."""
    may_run = asyncio.Event()

    async def on_run(runtime):
        if runtime.spec.name == "multiclass":
            await may_run.wait()

    host.on_run = on_run
    return may_run


async def measuring(worker):
    """Return an engine on a GPU whose trial of multiclass is under way, its host, and the event that ends the trial."""
    host = Host(gpu=True)
    engine = await started(worker, host, modelSelection=AUTO)
    may_run = hold_trial(host)
    show(engine)
    await settle()
    assert (host.runs[-1], alive(host)) == ("multiclass", ["refined"])
    return engine, host, may_run


def test_measured_model_runs_without_another_download(worker):
    """What was measured is what paints."""

    async def run():
        _, host, may_run = await measuring(worker)
        may_run.set()
        await settle()
        assert host.told("model")[-1]["model"] == "multiclass"
        assert (alive(host), host.loads.count("multiclass")) == (["refined"], 1)

    asyncio.run(run())


def test_model_is_taken_over_without_a_flash(worker):
    """While multiclass comes, is measured and is exchanged, each frame is painted, with a mask, on the same canvas."""

    async def run():
        host = Host(gpu=True)
        may_come = asyncio.Event()
        host.on_load = lambda _: may_come.wait()
        engine = worker.engine(host, modelSelection=AUTO)
        engine.start()
        may_come.set()
        await settle()
        may_come.clear()
        paints = []
        for number in range(30):
            if number == 10:
                may_come.set()
            show(engine, 51)
            await settle()
            paints.append(host.paints)
        assert host.told("model")[-1]["model"] == "multiclass"
        assert {"general", "multiclass"} == set(host.runs)
        assert all(after > before for before, after in pairwise(paints))
        overlays = [overlay for _, _, overlay, *_ in worker.painter.painted]
        assert all((overlay == overlays[0]).all() for overlay in overlays)
        assert worker.painter.cleared == 0
        assert host.told("backendchange") + host.told("notice") + host.told("error") == []

    asyncio.run(run())


def test_model_measured_on_a_device_that_was_lost_is_freed(worker):
    """The device fails during a trial whose runs do not: nothing of it is kept, nor learnt."""

    async def run():
        _, host, may_run = await measuring(worker)
        host.lose_device.call("it was taken out")
        await settle()
        may_run.set()
        await settle()
        assert host.told("backendchange")[-1]["backend"] == "wasm"
        assert alive(host) == []
        assert host.runs.count("multiclass") == 1
        assert (
            host.told("model")[-1]["modelReason"]
            == "multiclass could not be measured: The GPU failed or the painter changed meanwhile."
        )

    asyncio.run(run())


@pytest.mark.parametrize(
    ("source", "loads"),
    [
        (None, 1),
        ("def overlay(sample, mask, time):\n    return sample.repeat(2, 2)[..., :4]\n", 1),
        ("def effect(frame, mask, time):\n    return frame\n", 2),
    ],
    ids=["none", "overlay", "full size"],
)
def test_effect_that_begins_or_is_taken_away_says_nothing_against_a_model(worker, monkeypatch, source, loads):
    """Where the painter changes during the trial the model is measured anew; only one of full size changes it."""
    monkeypatch.setattr(worker.module("canvas.custom_effect").CustomEffectCanvas, "_put", lambda _: None)

    async def run():
        engine, host, may_run = await measuring(worker)
        use(engine, source)
        may_run.set()
        await settle()
        assert (host.told("model")[-1]["model"], alive(host)) == ("multiclass", ["refined"])
        assert host.loads.count("multiclass") == loads
        use(engine, None)
        await settle()
        assert host.told("model")[-1]["model"] == "multiclass"

    asyncio.run(run())


def test_model_measured_with_other_edges_is_freed(worker):
    """The user has changed them during the trial: its verdict counts, and the model with the new edges is loaded."""

    async def run():
        engine, host, may_run = await measuring(worker)
        set_options(engine, edges="raw")
        may_run.set()
        await settle()
        assert alive(host) == ["raw"]
        assert (host.told("model")[-1]["model"], host.told("model")[-1]["edges"]) == ("multiclass", "raw")

    asyncio.run(run())


def test_waiting_model_is_freed_when_other_edges_are_asked_for(worker):
    """What was measured waits until the model may change again; meanwhile the user wants other edges."""

    async def run():
        host = Host(gpu=True)
        engine = await started(worker, host, modelSelection=AUTO)
        show(engine, photo=True)
        await settle()
        assert host.told("model")[-1]["model"] == "multiclass"
        show(engine)
        await settle()
        assert host.told("model")[-1]["model"] == "general"
        assert alive(host) == ["refined"]
        set_options(engine, edges="raw")
        await settle()
        assert alive(host) == []

    asyncio.run(run())


def test_download_that_has_failed_is_tried_again_for_a_later_photo(worker):
    """Not for the next one at once."""

    async def run():
        host = Host()
        host.on_load = worker.no_answer("multiclass")
        engine = await started(worker, host, modelSelection=AUTO)
        for seconds, loads in [(0, 1), (20, 1), (20, 2)]:
            worker.now += seconds
            show(engine, photo=True)
            await settle()
            assert host.loads.count("multiclass") == loads
        assert host.told("model")[-1]["model"] == "general"
        assert host.told("error") == []

    asyncio.run(run())


def test_another_camera_or_video_is_measured_anew(worker):
    """Multiclass was too slow for the one before; a jump within a video changes nothing."""

    async def run():
        host = Host(gpu=True)
        engine = await started(worker, host, modelSelection=AUTO)
        runs_on = []
        for how in ({"first": True}, {}, {"cut": True}, {"first": True}):
            show(engine, **how)
            await settle()
            runs_on.append(engine._model.running.number)
            engine._auto._tiers.learn_overload()
            worker.now += 20
        assert runs_on == [2, 0, 0, 2]

    asyncio.run(run())
