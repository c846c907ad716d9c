"""An engine on a GPU that has to be checked first, under CPython: who paints when, and what the page is to keep."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest

from pyselfie.core.gpu_check import Limits, Trust, Verdict
from tests.unit.engine_kit import GPU_KEY, Host, JsError, settle, show, started, trusting, worker
from tests.unit.pipeline_parts import Frame

__all__ = ["worker"]

FIT = "a frame takes 4.0 ms on it and 9.0 ms without it"


class Sample:
    """Stands for the picture."""

    @classmethod
    async def open(cls):
        return cls()

    async def frame(self):
        return Frame()

    def close(self):
        pass


pytestmark = pytest.mark.usefixtures("check")


@pytest.fixture
def check(worker, monkeypatch):
    """Return the module that checks; its clock is the kit's, and the mask is right."""
    module = worker.module("check.gpu_check")
    monkeypatch.setattr(module, "Sample", Sample)
    monkeypatch.setattr(module, "mask_error", lambda _mask: 0.0)
    monkeypatch.setattr(worker.module("check.measured"), "time", SimpleNamespace(perf_counter=lambda: worker.now))
    return module


def gpu_host(worker, *, gpu_ms=4.0, wasm_ms=9.0):
    """Return a host with a GPU; models take so long on each backend."""
    host = Host(gpu=True)

    async def on_run(runtime):
        worker.now += {"webgpu": gpu_ms, "wasm": wasm_ms}[runtime.backend] / 1000

    host.on_run = on_run
    return host


async def first_frame(worker, host, **options):
    """Return an engine that has shown a frame, and what there is to tell of its GPU."""
    engine = await started(worker, host, **{"trust": Trust(), **options})
    assert host.told("ready")[0]["backend"] == "wasm"
    assert host.told("ready")[0]["reason"] == "hardware adapter a GPU is being checked; 1 thread"
    assert host.created == ["wasm"]
    assert host.told("gpucheck") == []
    show(engine)
    return engine


def changes(host):
    return [(message["backend"], message["reason"]) for message in host.told("backendchange")]


def kept(host):
    """Return the entries that the page was to keep."""
    assert {message["key"] for message in host.told("gpucheck")} <= {GPU_KEY}
    return [json.loads(message["entry"] or "null") for message in host.told("gpucheck")]


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


def test_slow_gpu_is_measured_no_longer_than_needed(worker, check):
    """Once the missing runs cannot make it fit, none is made."""

    async def run():
        host = gpu_host(worker, gpu_ms=400)
        await first_frame(worker, host)
        await settle()
        assert len(host.runs) - 1 < check.WARM_UPS + check.RUNS

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


def hold_gpu(host):
    """Let the GPU's runs wait; return the event that ends that."""
    may_run, measure = asyncio.Event(), host.on_run

    async def on_run(runtime):
        if runtime.backend == "webgpu":
            await may_run.wait()
        await measure(runtime)

    host.on_run = on_run
    return may_run


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
        while not host.told("backendchange"):
            await asyncio.sleep(0.01)
        reason = "it gave no answer for 0.02 s while it was checked"
        assert kept(host)[-1] == {"backend": "wasm", "reason": reason}
        show(engine)
        if lets_go:
            await settle()
            assert host.paints == 2
        else:
            await reported.wait()
            assert host.paints == 1
        assert reported.is_set() != lets_go

    asyncio.run(run())


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


def test_wait_for_another_models_run_is_no_hang(worker, check, monkeypatch):
    """The time of a step is the GPU's own: what holds ONNX Runtime meanwhile may take as long as it likes."""

    async def run():
        monkeypatch.setattr(check, "LIMITS", Limits(step_s=0.02))
        host = gpu_host(worker)
        engine = await first_frame(worker, host)
        while not host.told("gpucheck"):
            await asyncio.sleep(0)
        async with engine._lock:
            made = len(host.created)
            await asyncio.sleep(0.1)
            assert (len(host.created), len(kept(host))) == (made, 1)
        await settle()
        assert kept(host)[-1]["backend"] == "webgpu"

    asyncio.run(run())


@pytest.mark.parametrize(
    ("painter", "change"),
    [
        (
            "webgpu",
            ("wasm", "hardware adapter a GPU is not used, as an effect in Python paints on Canvas 2D; 1 thread"),
        ),
        ("canvas2d", ("webgpu", f"hardware adapter a GPU: {FIT}")),
    ],
)
def test_effect_in_python_stays_on_canvas_2d(worker, painter, change):
    """It came while the GPU was checked: the verdict is kept, and the engine stays if the painter would be WebGPU's."""

    async def run():
        host = gpu_host(worker)
        may_run = hold_gpu(host)
        engine = await first_frame(worker, host)
        await settle()
        engine._output.set_custom_effect(SimpleNamespace(has_failed=True))
        engine._loader.gpu_painter = painter
        may_run.set()
        await settle()
        assert changes(host) == [change]
        assert kept(host)[-1]["backend"] == "webgpu"

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
        engine = await first_frame(worker, host, modelSelection=3)
        await settle()
        show(engine)
        await settle()
        worker.now += 30
        show(engine)
        await settle()
        assert host.told("model")[-1]["model"] == "multiclass"
        assert host.told("model")[-1]["backend"] == "webgpu"

    asyncio.run(run())
