"""An engine on a GPU that has to be checked, under CPython: `engine_kit` with what the check needs."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest

from pyselfie.core.gpu_check import Trust
from tests.unit.browser.engine.engine_kit import GPU_KEY, Host, show, started
from tests.unit.browser.painting.pipeline_parts import Frame

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


@pytest.fixture
def check(worker, monkeypatch):
    """Return the module that checks; its clock is the kit's, and the mask is right."""
    module = worker.module("models.check.gpu_check")
    monkeypatch.setattr(module, "Sample", Sample)
    monkeypatch.setattr(module, "mask_error", lambda _mask: 0.0)
    monkeypatch.setattr(
        worker.module("models.check.measured"), "time", SimpleNamespace(perf_counter=lambda: worker.now)
    )
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


async def until(test, pause=0.01):
    """Wait until the test is true, for some seconds at most; without a pause, to the very turn."""
    for _ in range(500):
        if test():
            return
        await asyncio.sleep(pause)
    raise AssertionError("it never came")


def hold_gpu(host):
    """Let the GPU's runs wait; return the event that ends that."""
    may_run, measure = asyncio.Event(), host.on_run

    async def on_run(runtime):
        if runtime.backend == "webgpu":
            await may_run.wait()
        await measure(runtime)

    host.on_run = on_run
    return may_run
