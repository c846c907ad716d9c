"""A GPU device that computes nothing and counts what is made on it, and the GPU's pipeline on it, under CPython."""

import asyncio
from unittest.mock import MagicMock

import pytest

from pyselfie.core.manifest import load_spec
from pyselfie.core.timing import StageClock
from tests.unit.browser.engine.engine_kit import JsError
from tests.unit.browser.painting.pipeline_parts import Frame


class Resource(MagicMock):
    """A buffer or a texture."""

    def __init__(self, device=None, **how):
        super().__init__(**how)
        if device is not None:
            device.alive.append(self)
            self.destroy.side_effect = lambda: device.alive.remove(self)

    def _get_child_mock(self, **how):
        return MagicMock(**how)


class Done:
    """What is over already; nobody need wait for it."""

    def __await__(self):
        yield from ()


class Device(MagicMock):
    """Lends resources; compiles what it is given unless a test says."""

    def __init__(self, **how):
        super().__init__(**how)
        self.alive = []
        self.compiled, self.fails_at = 0, 0
        self.queue.onSubmittedWorkDone = Done
        self.createBuffer = self.createTexture = lambda _settings: Resource(self)
        self.createComputePipelineAsync = self.createRenderPipelineAsync = self._compile

    def _get_child_mock(self, **how):
        return MagicMock(**how)

    async def _compile(self, _settings):
        self.compiled += 1
        if self.compiled == self.fails_at:
            raise JsError("GPUPipelineError", "no")
        return MagicMock()


class Runtime(MagicMock):
    """A model that counts its runs."""

    def __init__(self, device, number=0, edges="refined"):
        super().__init__()
        self.spec, self.device = load_spec(number, edges), device
        self.runs = self.glances = 0

    def _get_child_mock(self, **how):
        return MagicMock(**how)

    async def run(self):
        self.runs += 1

    async def glance(self):
        self.glances += 1


class Held(Runtime):
    """Holds its runs until a test lets them end."""

    def __init__(self, device):
        super().__init__(device)
        self.began, self.may_end = asyncio.Event(), asyncio.Event()

    async def run(self):
        await super().run()
        self.began.set()
        await self.may_end.wait()


async def second_run(pipeline, options):
    """Take a frame through the pipeline and another one to the middle of its run; return that run, and its task."""
    runtime = Held(pipeline._gpu.device)
    await pipeline.use(runtime)
    runtime.may_end.set()
    assert await pipeline.process(Frame(), options)
    runtime.began.clear()
    runtime.may_end.clear()
    processing = asyncio.ensure_future(pipeline.process(Frame(), options))
    await runtime.began.wait()
    return runtime, processing


@pytest.fixture
def device():
    return Device()


@pytest.fixture
def pipeline(worker, device):
    """Return a pipeline on the device, with no model yet."""
    create = worker.module("webgpu.pipeline").GpuPipeline.create
    return asyncio.run(create(MagicMock(), device, StageClock(), MagicMock()))
