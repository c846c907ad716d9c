"""The GPU's pipeline under CPython, on a device that computes nothing and counts what is made on it."""

import asyncio
from types import SimpleNamespace
from unittest.mock import MagicMock

import numpy as np
import pytest

from pyselfie.core import timing
from pyselfie.core.close_up import GLANCE_EVERY
from pyselfie.core.options import Options
from tests.unit.browser.engine.engine_kit import JsError, settle, worker
from tests.unit.browser.painting.gpu_device_kit import Runtime, device, pipeline, second_run
from tests.unit.browser.painting.pipeline_parts import Frame

__all__ = ["device", "pipeline", "worker"]


def process(pipeline, width, *, fresh_mask):
    frame = Frame()
    frame.width = width
    return asyncio.run(pipeline.process(frame, lambda: Options(effect="blur"), fresh_mask=fresh_mask))


def test_shader_that_does_not_compile_leaves_nothing_behind(pipeline, device):
    """Whichever of a model's shaders fails: the model before goes on, and what was made for the other is freed."""
    first = Runtime(device)
    device.compiled = 0
    asyncio.run(pipeline.use(first))
    shaders, before = device.compiled, list(device.alive)
    assert shaders > 5
    for fails_at in range(1, shaders + 1):
        device.compiled, device.fails_at = 0, fails_at
        with pytest.raises(JsError):
            asyncio.run(pipeline.use(Runtime(device, 1)))
        assert device.alive == before, f"shader {fails_at}"
    assert process(pipeline, 64, fresh_mask=True)
    assert first.runs == 1


def test_mask_of_another_size_is_not_reused(pipeline, device):
    """A camera that is turned, or changes its size, under load: its frame gets a mask of its own, then that is used."""
    runtime = Runtime(device)
    asyncio.run(pipeline.use(runtime))
    runs = []
    for width in (64, 64, 32, 32):
        assert process(pipeline, width, fresh_mask=False)
        runs.append(runtime.runs)
    assert runs == [1, 1, 2, 2]


def test_reset_while_a_frame_is_scaled_leaves_no_mask(pipeline, device, worker, monkeypatch):
    """The source changes while a large photo of the old one is made smaller: it is not painted, the next one is."""
    runtime = Runtime(device)
    asyncio.run(pipeline.use(runtime))

    async def scale(*_):
        pipeline.reset()
        return SimpleNamespace(width=64, height=48, close=lambda: None)

    with monkeypatch.context() as patch:
        patch.setattr(worker.module("webgpu.picture"), "createImageBitmap", scale)
        assert not process(pipeline, 100_000, fresh_mask=True)
    assert (pipeline.has_frame, pipeline.has_mask, runtime.runs) == (False, False, 0)
    assert process(pipeline, 64, fresh_mask=False)
    assert runtime.runs == 1


def test_one_frame_in_twenty_gets_a_glance(pipeline, device, monkeypatch):
    """The second of a film, not the first, which is waited for; frames that reuse a mask, and raw edges, get none."""
    monkeypatch.setattr(timing, "GAP_S", 1e9)  # however slow the machine is, it is one film
    runtime = Runtime(device)
    asyncio.run(pipeline.use(runtime))
    for _ in range(GLANCE_EVERY):
        process(pipeline, 64, fresh_mask=True)
        process(pipeline, 64, fresh_mask=False)
    assert (runtime.runs, runtime.glances) == (GLANCE_EVERY, 1)
    process(pipeline, 64, fresh_mask=True)
    assert runtime.glances == 1
    process(pipeline, 64, fresh_mask=True)
    assert runtime.glances == 2
    for glances in (2, 3):
        process(pipeline, 32, fresh_mask=True)
        assert runtime.glances == glances
    raw = Runtime(device, edges="raw")
    asyncio.run(pipeline.use(raw))
    for _ in range(GLANCE_EVERY):
        process(pipeline, 64, fresh_mask=True)
    assert (raw.runs, raw.glances) == (GLANCE_EVERY, 0)


@pytest.fixture
def told(worker, monkeypatch):
    """Return what the GPU tells of each photo: how wide what else is looked at is, and what happens meanwhile."""
    told = SimpleNamespace(width=100.0, asked=0, meanwhile=lambda: None)

    async def read_floats(_gpu, _look):
        told.asked += 1
        told.meanwhile()
        return [np.array([0] * 26 + [told.width] + [0] * 9, np.float32)]

    monkeypatch.setattr(worker.module("webgpu.looks"), "read_floats", read_floats)
    return told


def test_a_photo_gets_its_glance_at_once(pipeline, device, told):
    """No frame follows it; so it is with another model, too. What is shown of it again has been looked at."""
    pipeline.is_photo = True
    for number in (0, 1):
        runtime = Runtime(device, number)
        asyncio.run(pipeline.use(runtime))
        for runs in (1, 2):
            if number == 0 and runs == 1:
                assert process(pipeline, 64, fresh_mask=True)
            else:
                assert asyncio.run(pipeline.refresh(lambda: Options(effect="blur")))
            assert (runtime.runs, runtime.glances) == (runs, 1)
    pipeline.cut()
    assert process(pipeline, 64, fresh_mask=True)
    assert (runtime.runs, runtime.glances, told.asked) == (3, 2, 3)


def test_a_photo_with_nobody_small_costs_one_run(pipeline, device, told):
    """Nor does one that has been taken back while the GPU was asked; raw edges are never asked about."""
    pipeline.is_photo = True
    runtime = Runtime(device)
    asyncio.run(pipeline.use(runtime))
    told.width = 0.0
    assert process(pipeline, 64, fresh_mask=True)
    told.width, told.meanwhile = 100.0, pipeline.reset
    pipeline.cut()
    assert not process(pipeline, 64, fresh_mask=True)
    assert (runtime.runs, runtime.glances, told.asked) == (2, 0, 2)
    raw = Runtime(device, edges="raw")
    asyncio.run(pipeline.use(raw))
    assert process(pipeline, 64, fresh_mask=True)
    assert (raw.runs, raw.glances, told.asked) == (1, 0, 2)


@pytest.mark.parametrize("asked", ["mask", "classes"])
@pytest.mark.parametrize("is_over", [False, True])
def test_what_is_asked_for_during_a_run_is_read_after_it(pipeline, device, worker, monkeypatch, asked, is_over):
    """The buffers hold some of one frame and some of the next, and of what part they are; after a reset, of none."""
    reads: list[tuple[int, int]] = []
    began = may_end = asyncio.Event()

    class Slow(Runtime):
        async def run(self):
            await super().run()
            began.set()
            await may_end.wait()

        async def glance(self):
            await super().glance()
            await asyncio.sleep(0)

    def read_floats(_gpu, buffer, _look):
        reads.append((runtime.runs, runtime.glances))
        return answer(buffer)

    async def answer(buffer):
        count = 256 * 256 * (6 if buffer is runtime.buffer("classes") else 1)
        return np.zeros(count, np.float32), np.array([0, 0, 1, 1, 0, 0, 1, 1], np.float32)

    async def run():
        nonlocal began, may_end
        read = pipeline.read_mask if asked == "mask" else pipeline.read_classes
        for frame in range(2):
            began, may_end = asyncio.Event(), asyncio.Event()
            processing = asyncio.ensure_future(pipeline.process(Frame(), lambda: Options(effect="blur")))
            await began.wait()
            reading = asyncio.ensure_future(read())
            await settle()
            assert reads == []
            if is_over and frame == 1:
                pipeline.reset()
            may_end.set()
            await processing
            found = await reading
            reads_now = reads.copy()
            reads.clear()
            if is_over and frame == 1:
                assert (found, reads_now) == (None, [])
            else:
                assert found is not None
                assert reads_now == [(frame + 1, frame)]

    monkeypatch.setattr(worker.module("webgpu.segmenter"), "read_floats", read_floats)
    monkeypatch.setattr(timing, "GAP_S", 1e9)
    runtime = Slow(device, 2)
    asyncio.run(pipeline.use(runtime))
    asyncio.run(run())


def test_nothing_is_painted_while_the_buffers_are_of_two_frames(pipeline, monkeypatch):
    """What is asked for during a run, such as another colour, is painted at its end; a snapshot waits for that."""
    monkeypatch.setattr(timing, "GAP_S", 1e9)
    painted: list[str] = []
    wanted = Options(effect="blur")

    async def run():
        nonlocal wanted
        runtime, processing = await second_run(pipeline, lambda: wanted)
        pipeline._compositor.encode = lambda *given: painted.append(given[-1].effect)
        wanted = Options(effect="mask")
        pipeline.repaint(wanted)
        picture = asyncio.ensure_future(pipeline.snapshot(wanted))
        await settle()
        assert (painted, picture.done()) == ([], False)
        runtime.may_end.set()
        await processing
        assert await picture == "a picture"
        assert painted == ["mask", "mask"]

    async def blob():
        return "a picture"

    pipeline._compositor.to_blob = blob
    asyncio.run(run())


def test_a_snapshot_of_what_is_gone_is_none(pipeline):
    """The source changes during the run that a snapshot waits for."""

    async def run():
        options = Options(effect="blur")
        runtime, processing = await second_run(pipeline, lambda: options)
        picture = asyncio.ensure_future(pipeline.snapshot(options))
        await asyncio.sleep(0)
        pipeline.reset()
        runtime.may_end.set()
        await processing
        assert await picture is None

    asyncio.run(run())


@pytest.mark.parametrize("is_over", [False, True])
def test_trace_of_a_frame_waits_for_its_run(pipeline, worker, monkeypatch, is_over):
    """Its arrays and pictures are all of one frame; of one that is over there is none."""
    reads: list[int] = []

    def read_floats(*_):
        reads.append(1)
        return answer()

    async def answer():
        return [np.ones(256 * 256 * 3, np.float32) for _ in range(5)]

    async def run():
        options = Options(effect="fill")
        runtime, processing = await second_run(pipeline, lambda: options)
        reader = MagicMock(count=0, read=lambda *_: np.zeros((48, 64, 4), np.uint8))
        tracing = asyncio.ensure_future(pipeline.trace(options, reader))
        await settle()
        assert reads == []
        if is_over:
            pipeline.reset()
        runtime.may_end.set()
        await processing
        assert (await tracing is None) == is_over
        assert reads == ([] if is_over else [1])

    monkeypatch.setattr(worker.module("webgpu.segmenter"), "read_floats", read_floats)
    asyncio.run(run())


def test_a_frame_that_is_over_gets_no_glance(pipeline, device, monkeypatch):
    """Another source while the model runs: the frame is closed already."""

    class Interrupted(Runtime):
        async def run(self):
            await super().run()
            if self.runs == 2:
                pipeline.reset()

    monkeypatch.setattr(timing, "GAP_S", 1e9)
    runtime = Interrupted(device)
    asyncio.run(pipeline.use(runtime))
    assert process(pipeline, 64, fresh_mask=True)
    assert not process(pipeline, 64, fresh_mask=True)
    assert (runtime.runs, runtime.glances) == (2, 0)


def test_the_cameras_mask_takes_the_models_place(pipeline, device, worker, monkeypatch):
    """It is written where the model's would be, and no model runs; what paints by it is made once, and freed."""
    monkeypatch.setattr(worker.module("webgpu.device"), "to_js", lambda value: value)
    runtime = Runtime(device)
    asyncio.run(pipeline.use(runtime))
    assert process(pipeline, 64, fresh_mask=True)
    written, plain = [], list(device.alive)
    device.queue.writeBuffer = lambda buffer, _at, values: written.append((buffer, values))
    asked = []

    def read(size):
        asked.append(size)
        return np.full((size.height, size.width), 0.25, np.float32)

    def show(mask):
        frame, compiled = Frame(), device.compiled
        options = Options(effect="blur")
        assert asyncio.run(pipeline.process(frame, lambda: options, fresh_mask=False, mask=mask))
        masks = [float(values[0]) for buffer, values in written if buffer is runtime.output]
        written.clear()
        return runtime.runs, pipeline.has_camera_mask, device.compiled > compiled, masks

    first = [show(mask) for mask in (read, read, None, lambda _size: None, read)]
    assert first == [
        (1, True, True, [0.25]),
        (1, True, False, [0.25]),
        (2, False, False, []),
        (2, False, False, []),
        (2, True, False, [0.25]),
    ]
    assert asked == [(256, 256)] * 3
    assert len(device.alive) > len(plain)
    asyncio.run(pipeline.use(Runtime(device)))
    assert len(device.alive) == len(plain)
    assert (pipeline.has_mask, pipeline.has_camera_mask) == (False, False)
