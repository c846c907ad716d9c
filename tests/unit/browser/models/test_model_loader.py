"""Loading under CPython: which backend a model gets, and what comes of it when the engine is closed meanwhile."""

import asyncio

import pytest

from tests.unit.browser.engine.engine_kit import (
    AUTO,
    Host,
    JsError,
    set_options,
    settle,
    show,
    started,
    trusting,
    worker,
)

__all__ = ["worker"]


async def fail_on_gpu(backend):
    if backend == "webgpu":
        raise JsError("GPUOutOfMemoryError", "no room")


def make_loader(worker, host):
    """Return a loader, and the list of what it tells the page."""
    told: list[tuple[str, str]] = []
    parts = {"lock": asyncio.Lock(), "trust": trusting(), "on_change": lambda *notice: told.append(notice)}
    return worker.loader.ModelLoader(host, "auto", "canvas2d", **parts), told


def test_model_goes_to_the_next_backend_when_one_fails(worker):
    """The page is told; later models begin there."""

    async def run():
        host = Host(gpu=True)
        host.on_create = fail_on_gpu
        loader, told = make_loader(worker, host)
        runtime = await loader.load(worker.loader.ModelChoice(0, "raw"))
        assert (runtime.backend, loader.backend, host.created) == ("wasm", "wasm", ["webgpu", "wasm"])
        assert told == [("backend", "webgpu failed, so wasm goes on: GPUOutOfMemoryError: no room")]

    asyncio.run(run())


def test_optional_model_costs_no_backend(worker):
    """Nobody has asked for it: its failure is its caller's, and what runs goes on where it is."""

    async def run():
        host = Host(gpu=True)
        host.on_create = fail_on_gpu
        loader, told = make_loader(worker, host)
        with pytest.raises(JsError, match="no room"):
            await loader.load(worker.loader.ModelChoice(2, "raw"), is_optional=True)
        assert (loader.backend, host.created, told) == ("webgpu", ["webgpu"], [])

    asyncio.run(run())


@pytest.mark.parametrize("name", ["general", "multiclass"])
def test_engine_that_was_closed_during_a_download_opens_nothing(worker, name):
    """Others keep the worker: the first model's, or a trial's, GPU device would stay open for nobody."""

    async def run():
        host, has_come = Host(gpu=True), asyncio.Event()

        async def on_load(loading):
            if loading == name:
                await has_come.wait()

        host.on_load = on_load
        engine = worker.engine(host, modelSelection=AUTO)
        engine.start()
        await settle()
        show(engine)
        await settle()
        assert host.loads[-1] == name
        created = len(host.created)
        engine.close()
        await settle()
        has_come.set()
        await settle()
        assert (len(host.created), host.devices_dropped) == (created, 1)
        assert all(runtime.is_closed for runtime in host.runtimes)
        assert engine._tasks == set()

    asyncio.run(run())


def test_engine_that_is_closed_while_a_session_is_made_frees_it(worker):
    """It is there a moment too late; the device goes after it."""

    async def run():
        host, may_go_on = Host(gpu=True), asyncio.Event()
        engine = await started(worker, host, modelSelection=1)
        host.on_create = lambda _backend: may_go_on.wait()
        set_options(engine, modelSelection=0)
        await settle()
        engine.close()
        await settle()
        assert host.devices_dropped == 0
        may_go_on.set()
        await settle()
        assert host.devices_dropped == 1
        assert [runtime.is_closed for runtime in host.runtimes] == [True, True]
        assert engine._tasks == set()

    asyncio.run(run())


def test_a_change_of_painter_has_a_code_of_its_own(worker):
    """What moves painting is told by another code than what moves the model, whatever led to it."""
    host = Host(gpu=True)
    host.probe.isSoftware = False
    told: list[tuple[str, str]] = []
    parts = {"lock": asyncio.Lock(), "trust": trusting(), "on_change": lambda *notice: told.append(notice)}
    loader = worker.loader.ModelLoader(host, "webgpu", "webgpu", **parts)
    loader.need_canvas("an effect")
    loader.need_canvas(None)
    for _ in range(3):
        loader.recover("it fails", lost=False)
    assert told == [
        ("painter", "Canvas 2D paints from now on: an effect."),
        ("backend", "The GPU failed and is set up anew: it fails"),
        ("painter", "The GPU failed again, so Canvas 2D paints: it fails"),
        ("backend", "webgpu failed, so wasm goes on: it fails"),
    ]
