"""The verdict on a GPU, under CPython: for whom it counts, when there is none, and what follows from it."""

from __future__ import annotations

import asyncio
import json
from unittest.mock import MagicMock

import pytest

from pyselfie.core.gpu_check import Trust, Verdict
from pyselfie.core.manifest import load_spec
from tests.unit.browser.engine.engine_kit import (
    AUTO,
    GPU_KEY,
    Host,
    JsError,
    set_options,
    settle,
    show,
    started,
    trusting,
    worker,
)
from tests.unit.browser.models.gpu_kit import FIT, changes, check, first_frame, gpu_host, hold_gpu, kept
from tests.unit.browser.painting.pipeline_parts import Frame, Sampler

__all__ = ["check", "worker"]

pytestmark = pytest.mark.usefixtures("check")


def test_engine_that_is_closed_during_the_check_says_nothing_of_the_gpu(worker):
    """What is kept is as before, and another engine of the worker checks at its next frame."""

    async def run():
        trust, host, other = Trust(), gpu_host(worker), gpu_host(worker)
        may_run = hold_gpu(host)
        engine = await first_frame(worker, host, trust=trust)
        await settle()
        second = await first_frame(worker, other, trust=trust)
        await settle()
        assert other.created == ["wasm"]
        engine.close()
        may_run.set()
        await settle()
        assert kept(host) == [{"begun": 1}, None]
        assert changes(host) == []
        show(second)
        await settle()
        assert kept(other) == [{"begun": 1}, {"backend": "webgpu", "reason": FIT}]
        assert changes(other)[0][0] == "webgpu"

    asyncio.run(run())


def test_one_check_counts_for_all_engines_of_a_worker(worker):
    """The others are told when it is over, or find it out at their first frame."""

    async def run():
        trust, hosts = Trust(), [gpu_host(worker) for _ in range(3)]
        may_run = hold_gpu(hosts[0])
        await first_frame(worker, hosts[0], trust=trust)
        await first_frame(worker, hosts[1], trust=trust)
        late = await started(worker, hosts[2], trust=trust)
        await settle()
        may_run.set()
        await settle()
        show(late)
        await settle()
        assert [changes(host)[0][0] for host in hosts] == ["webgpu"] * 3
        assert [len(kept(host)) for host in hosts] == [2, 0, 0]

    asyncio.run(run())


def test_other_model_than_the_checked_one_is_loaded_on_the_gpu(worker):
    """GPUs are checked with one model, whatever runs; that one is freed, and the wanted one made."""

    async def run():
        host = gpu_host(worker)
        await first_frame(worker, host, modelSelection=1)
        await settle()
        assert host.created == ["wasm", "webgpu", "wasm", "webgpu"]
        alive = [(runtime.backend, runtime.spec.name) for runtime in host.runtimes if not runtime.is_closed]
        assert alive == [("webgpu", "landscape")]
        assert changes(host)[0][0] == "webgpu"

    asyncio.run(run())


def test_photo_whose_model_changes_during_the_check_keeps_nothing_else(worker):
    """Multiclass has come for it meanwhile: that is what the GPU runs, alone."""

    async def run():
        host = gpu_host(worker)
        engine = await started(worker, host, trust=Trust(), modelSelection=AUTO)
        show(engine, photo=True)
        await settle()
        alive = [(runtime.backend, runtime.spec.name) for runtime in host.runtimes if not runtime.is_closed]
        assert alive == [("webgpu", "multiclass")]
        assert host.told("error") == []

    asyncio.run(run())


@pytest.mark.parametrize("held", ["on_load", "on_create"])
def test_model_that_is_on_its_way_when_the_gpu_takes_over_comes_to_run_there(worker, held):
    """No file that was made for wasm is loaded on WebGPU, and what was begun on wasm does not stay."""

    async def run():
        trust, checking, waiting = Trust(), gpu_host(worker), gpu_host(worker)
        may_run, may_come = hold_gpu(checking), asyncio.Event()
        await first_frame(worker, checking, trust=trust)
        await settle()
        engine = await first_frame(worker, waiting, trust=trust)
        await settle()
        setattr(waiting, held, lambda _what: may_come.wait())
        set_options(engine, modelSelection=1)
        await settle()
        may_run.set()
        await settle()
        may_come.set()
        await settle()
        alive = [(runtime.backend, runtime.spec) for runtime in waiting.runtimes if not runtime.is_closed]
        assert alive == [("webgpu", load_spec(1, "refined", "webgpu"))]
        assert all(runtime.backend in (runtime.spec.backends or [runtime.backend]) for runtime in waiting.runtimes)
        assert waiting.told("error") == []

    asyncio.run(run())


def test_models_that_cannot_be_had_say_nothing_of_the_gpu(worker):
    """Nothing is kept: the next start checks; until then it is wasm, and why."""

    async def run():
        host = gpu_host(worker)
        engine = await started(worker, host, trust=Trust())

        async def fail(_name):
            raise JsError("DownloadError", "no answer from the server")

        host.on_load = fail
        show(engine)
        await settle()
        assert kept(host) == [None]
        assert changes(host)[0][1].endswith("as it could not be checked: no answer from the server; 1 thread")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("trust", "backend"),
    [(trusting(), "webgpu"), (Trust(json.dumps({GPU_KEY: Verdict("wasm", "it is slow").as_entry()})), "wasm")],
    ids=["fit", "unfit"],
)
def test_kept_verdict_is_used_without_another_check(worker, trust, backend):
    """The first model is loaded on what it says, and nothing else is."""

    async def run():
        host = gpu_host(worker)
        engine = await started(worker, host, trust=trust)
        show(engine)
        await settle()
        assert (host.told("ready")[0]["backend"], host.created) == (backend, [backend])
        assert host.told("gpucheck") == changes(host) == []

    asyncio.run(run())


def test_gpu_that_takes_over_may_run_multiclass(worker):
    """`model="auto"` measures multiclass once there is a GPU that is trusted."""

    async def run():
        host = gpu_host(worker)
        engine = await first_frame(worker, host, modelSelection=AUTO)
        await settle()
        show(engine)
        await settle()
        worker.now += 30
        show(engine)
        await settle()
        assert host.told("model")[-1]["model"] == "multiclass"
        assert host.told("model")[-1]["backend"] == "webgpu"

    asyncio.run(run())


@pytest.mark.parametrize("backend", ["wasm", "webgpu"])
def test_backend_that_is_asked_for_is_taken_without_a_check(worker, backend):
    """Whatever was found out about the GPU before, or was not."""
    unfit = Trust(json.dumps({GPU_KEY: Verdict("wasm", "it is slow").as_entry()}))
    for trust in [Trust(), trusting(), unfit]:
        parts = {"lock": asyncio.Lock(), "trust": trust, "on_change": print}
        loader = worker.loader.ModelLoader(Host(gpu=True), backend, "canvas2d", **parts)
        assert (loader.backend, loader.awaits_verdict) == (backend, False)
        assert loader.reason.startswith("asked for")


def test_segmenters_of_a_page_check_the_gpu_after_their_first_mask(worker, monkeypatch):
    """The legacy API's service: the next picture's model runs where the verdict says."""

    async def run():
        module = worker.module("service.segmentation_service")
        monkeypatch.setattr(module, "finest_sampler", lambda _host, width, height: Sampler(width, height))
        for name in ("FrameBitmaps", "MaskBitmaps"):
            monkeypatch.setattr(module, name, MagicMock)
        host, client = gpu_host(worker), MagicMock()
        client.post = host.posted.append
        service = module.SegmentationService(host, requested="auto", lock=asyncio.Lock(), trust=Trust())
        service.join(client)

        async def make(frame, **_):
            return frame

        service._frames.make = make
        await service.segment(Frame(), 0, mirror=False)
        assert host.created == ["wasm"]
        await settle()
        assert kept(host) == [{"begun": 1}, {"backend": "webgpu", "reason": FIT}]
        assert service.backend == ("webgpu", f"hardware adapter a GPU: {FIT}")
        await service.segment(Frame(), 0, mirror=False)
        alive = [runtime.backend for runtime in host.runtimes if not runtime.is_closed]
        assert (host.created, alive) == (["wasm", "webgpu", "wasm", "webgpu"], ["webgpu"])
        await service.leave(client)
        assert all(runtime.is_closed for runtime in host.runtimes)

    asyncio.run(run())
