"""A GPU that has to be checked, under CPython: who paints when, and what the page is to keep."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from pyselfie.core.gpu_check import RUNS, WARM_UPS, Limits, Trust
from tests.unit.browser.engine.engine_kit import JsError, settle, show, started, worker
from tests.unit.browser.models.gpu_kit import FIT, changes, check, first_frame, gpu_host, hold_gpu, kept, until
from tests.unit.browser.painting.pipeline_parts import Store

__all__ = ["check", "worker"]

pytestmark = pytest.mark.usefixtures("check")


def test_gpu_that_is_right_and_fast_takes_over(worker):
    """The first frame is painted before anything is checked; the frame in hand is painted once more by the GPU."""

    async def run():
        host = gpu_host(worker)
        order = []

        async def on_create(backend):
            order.append((backend, host.paints))

        engine = await started(worker, host, trust=Trust())
        host.on_create = on_create
        show(engine)
        await settle()
        assert order == [("webgpu", 1), ("wasm", 1)], "what was checked is what takes over"
        assert changes(host) == [("webgpu", f"hardware adapter a GPU: {FIT}")]
        assert kept(host) == [{"begun": 1}, {"backend": "webgpu", "reason": FIT}]
        assert [message["ifItDies"] is None for message in host.told("gpucheck")] == [False, True]
        assert host.paints == 2
        alive = [runtime.backend for runtime in host.runtimes if not runtime.is_closed]
        assert alive == ["webgpu"]
        assert engine._stats()["reason"] == changes(host)[0][1]
        show(engine)
        await settle()
        assert (host.paints, engine._stats()["backend"]) == (3, "webgpu")
        assert host.told("notice") == host.told("error") == []
        assert [message["on"] for message in host.told("loading")][-1] is False
        engine.close()
        await settle()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("gpu_ms", "wasm_ms", "error", "reason"),
    [
        (30.0, 90.0, 0.0, "a frame takes 30.0 ms on it, 25 ms are allowed"),
        (12.0, 9.0, 0.0, "a frame takes 12.0 ms on it and 9.0 ms without it"),
        (4.0, 9.0, 0.3, "its mask of a sample is wrong: 0.30 off, 0.02 is allowed"),
    ],
    ids=["slow", "slower than wasm", "wrong"],
)
def test_gpu_that_is_not_fit_is_let_go(worker, check, monkeypatch, gpu_ms, wasm_ms, error, reason):
    """Wasm goes on as it was, with the reason; nothing is exchanged, and the device is given back."""

    async def run():
        monkeypatch.setattr(check, "mask_error", lambda _mask: error)
        host = gpu_host(worker, gpu_ms=gpu_ms, wasm_ms=wasm_ms)
        engine = await first_frame(worker, host)
        await settle()
        assert changes(host) == [("wasm", f"hardware adapter a GPU is not used, as {reason}; 1 thread")]
        assert kept(host)[-1] == {"backend": "wasm", "reason": reason}
        assert (host.paints, host.devices_dropped) == (1, 1)
        assert [runtime.backend for runtime in host.runtimes if not runtime.is_closed] == ["wasm"]
        show(engine)
        await settle()
        assert host.paints == 2
        assert host.created.count("webgpu") == 1
        assert host.told("notice") == host.told("error") == []

    asyncio.run(run())


def test_slow_gpu_is_measured_no_longer_than_needed(worker):
    """Once the missing runs cannot make it fit, none is made."""

    async def run():
        host = gpu_host(worker, gpu_ms=400)
        await first_frame(worker, host)
        await settle()
        assert WARM_UPS < len(host.runs) - 1 < WARM_UPS + RUNS

    asyncio.run(run())


def test_gpu_that_is_slow_by_every_way_in_is_let_go_early(worker, monkeypatch):
    """Trying the ways in takes no longer than frames of the time allowed would: then what they take counts."""
    monkeypatch.setattr(Store, "trials", 60)

    async def run():
        host = gpu_host(worker, gpu_ms=400)
        await first_frame(worker, host)
        await settle()
        assert len(host.runs) < 20
        assert kept(host)[-1]["backend"] == "wasm"

    asyncio.run(run())


def test_frames_that_warm_up_do_not_count(worker, monkeypatch):
    """Canvases try their ways in, as often as it takes, and shaders compile: that says nothing of later frames."""
    monkeypatch.setattr(Store, "trials", 8)

    async def run():
        host = gpu_host(worker)
        measure = host.on_run
        runs: Counter[object] = Counter()

        async def on_run(runtime):
            runs[runtime] += 1
            worker.now += 0.2 * (runs[runtime] < Store.trials + WARM_UPS)
            await measure(runtime)

        host.on_run = on_run
        await first_frame(worker, host)
        await settle()
        assert kept(host)[-1] == {"backend": "webgpu", "reason": FIT}

    asyncio.run(run())


def test_gpu_that_makes_no_session_is_let_go(worker):
    """Its error is the reason."""

    async def run():
        host = gpu_host(worker)

        async def on_create(backend):
            if backend == "webgpu":
                raise JsError("Error", "no shader for it")

        host.on_create = on_create
        await first_frame(worker, host)
        await settle()
        reason = "it failed while it was checked: no shader for it"
        assert kept(host)[-1] == {"backend": "wasm", "reason": reason}
        assert changes(host)[0][0] == "wasm"

    asyncio.run(run())


def test_device_that_is_lost_during_the_check_costs_the_running_backend_nothing(worker):
    """It is a verdict, and no fault of what paints."""

    async def run():
        host = gpu_host(worker)
        may_run = hold_gpu(host)
        engine = await first_frame(worker, host)
        await settle()
        host.lose_device.call("the driver was reset")
        await settle()
        assert (
            kept(host)[-1]["reason"] == "it failed while it was checked: the GPU device was lost: the driver was reset"
        )
        may_run.set()
        await settle()
        show(engine)
        await settle()
        assert (host.paints, host.told("notice"), host.told("error")) == (2, [], [])
        assert [runtime.backend for runtime in host.runtimes if not runtime.is_closed] == ["wasm"]

    asyncio.run(run())


@pytest.mark.parametrize("lets_go", [True, False], ids=["until the device is dropped", "for good"])
def test_gpu_that_hangs_is_given_up(worker, check, monkeypatch, lets_go):
    """Its device is dropped, which ends what waits for it; where that does not help, the page starts a new worker."""

    async def run():
        monkeypatch.setattr(check, "LIMITS", Limits(step_s=0.02))
        host = gpu_host(worker)
        may_run = hold_gpu(host)
        if lets_go:
            host.bridge.dropDevice = may_run.set
        reported = asyncio.Event()
        check.js.reportError = lambda _error: reported.set()
        engine = await first_frame(worker, host)
        await until(lambda: host.told("backendchange"))
        reason = "it gave no answer for 0.02 s while it was checked"
        assert kept(host)[-1] == {"backend": "wasm", "reason": reason}
        show(engine)
        if lets_go:
            await settle()
            assert host.paints == 2
        else:
            await until(reported.is_set)
            assert host.paints == 1
        assert reported.is_set() != lets_go

    asyncio.run(run())


def test_wait_for_another_models_run_is_no_hang(worker, check, monkeypatch):
    """The time of a step is the GPU's own: what holds ONNX Runtime meanwhile may take as long as it likes."""

    async def run():
        monkeypatch.setattr(check, "LIMITS", Limits(step_s=0.02))
        host = gpu_host(worker)
        engine = await first_frame(worker, host)
        await until(lambda: host.told("gpucheck"), pause=0)
        async with engine._lock:
            made = len(host.created)
            await asyncio.sleep(0.1)
            assert (len(host.created), len(kept(host))) == (made, 1)
        await settle()
        assert kept(host)[-1]["backend"] == "webgpu"

    asyncio.run(run())
