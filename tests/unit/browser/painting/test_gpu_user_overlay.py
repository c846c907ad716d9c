"""Users' overlays on the GPU's pipeline, under CPython: what is read back, when their code runs, what is painted."""

from __future__ import annotations

import asyncio
from unittest.mock import MagicMock

import numpy as np
import pytest

from pyselfie.core import timing
from pyselfie.core.options import Options
from pyselfie.custom.live import LiveEffect
from tests.unit.browser.engine.engine_kit import worker
from tests.unit.browser.painting.gpu_device_kit import Runtime, device, pipeline, second_run
from tests.unit.browser.painting.pipeline_parts import Frame

__all__ = ["device", "pipeline", "worker"]

NONE = Options(effect="none")
COUNTING = """
import numpy as np
def overlay(sample, mask, time, state{more}):
    state["n"] = state.get("n", 0) + 1
    {body}
    return np.dstack([sample, np.uint8(10 * mask)]) // np.uint8(1) + np.uint8(0 * state["n"])
"""


class Gpu:
    """What the GPU has to tell, and what the pipeline does with it."""

    def __init__(self, worker, pipeline, monkeypatch):
        self.reads: list[int] = []  # by the number of buffers
        self.painted: list[str] = []
        self.uploads: list[np.ndarray] = []
        self.told = 0
        self.may_tell = asyncio.Event()
        self.may_tell.set()
        self.pipeline = pipeline
        self.place = [0, 0, 1, 1, 0, 0, 1, 1]
        self.live = LiveEffect()
        module = worker.module("canvas.custom_effect")
        pipeline.custom_effect = module.CustomEffectCanvas(self.live, self._count)
        monkeypatch.setattr(worker.module("webgpu.segmenter"), "read_floats", self._read)
        monkeypatch.setattr(worker.module("webgpu.user_overlay"), "to_js", lambda value: value)
        monkeypatch.setattr(timing, "GAP_S", 1e9)
        pipeline._gpu.queue.writeTexture = lambda _target, pixels, *_: self.uploads.append(pixels.copy())
        pipeline._compositor.encode = lambda *given: self.painted.append(given[-1].effect)
        pipeline._compositor.encode_user = lambda *_: self.painted.append("user")

    def _count(self):
        self.told += 1

    def _read(self, _gpu, *buffers):
        self.reads.append(len(buffers))
        return self._floats(len(buffers))

    async def _floats(self, count):
        await self.may_tell.wait()
        side = self.pipeline._segmenter.model.size
        pixels = side.width * side.height
        x = np.arange(pixels, dtype=np.uint32) % side.width
        planes = np.zeros(6 * pixels, np.float32)
        mask = (x >= side.width // 2).astype(np.float32)
        return [np.array(self.place + [0] * 28, np.float32), x.view(np.float32), mask, planes][:count]

    def use(self, body="", more=""):
        assert self.live.load(COUNTING.format(body=body, more=more))

    def process(self, options=NONE, **how):
        return asyncio.run(self.pipeline.process(Frame(), lambda: options, **how))

    def pixels(self, at=-1):
        return self.uploads[at].reshape(256, 256, 4)


@pytest.fixture
def gpu(worker, pipeline, device, monkeypatch):
    """Return the eyes on a pipeline with a model and a user's effect, which has no text yet."""
    asyncio.run(pipeline.use(Runtime(device)))
    return Gpu(worker, pipeline, monkeypatch)


def test_an_overlay_costs_one_readback_a_frame(gpu):
    """Of sample and mask at once, also of a frame that has the mask before; and none before there is an effect."""
    assert gpu.process(Options(effect="fill"))
    gpu.live.load("def effect(frame, mask, time):\n    return frame\n")
    assert gpu.process()
    assert (gpu.reads, gpu.painted, gpu.uploads) == ([], ["fill", "none"], [])
    gpu.use()
    for fresh in (True, True, False):
        assert gpu.process(fresh_mask=fresh)
    assert (gpu.reads, gpu.painted[2:], gpu.told) == ([3, 3, 3], ["user"] * 3, 3)
    assert gpu.pixels()[0, [0, 255]].tolist() == [[0, 0, 0, 0], [255, 0, 0, 10]]


def test_an_overlay_is_not_made_again_to_be_looked_at(gpu):
    """Snapshots and traces show what is on the canvas; another mirror or another control is another overlay."""
    gpu.use()
    gpu.process()
    options = Options(effect="none", mirror=True)
    reader = MagicMock(count=0, read=lambda *_: np.zeros((48, 64, 4), np.uint8))
    gpu.pipeline._compositor.to_blob = lambda: "a picture"
    assert gpu.pipeline.snapshot(NONE) == "a picture"
    gpu.pipeline._segmenter.trace = lambda: asyncio.sleep(0)
    steps = asyncio.run(gpu.pipeline.trace(NONE, reader))
    np.testing.assert_array_equal(steps["overlay"].array, gpu.pixels())
    assert (gpu.told, len(gpu.uploads), gpu.painted) == (1, 1, ["user"] * 3)
    gpu.pipeline.repaint(options)
    assert (gpu.told, gpu.reads) == (2, [3])
    np.testing.assert_array_equal(gpu.pixels(0), gpu.pixels(1))


def test_a_mirrored_overlay_is_turned_back(gpu):
    """The function gets what the user sees; its overlay is mirrored with the frame."""
    gpu.use("sample[:, :128] = 7")
    gpu.process(Options(effect="none", mirror=True))
    assert (gpu.pixels()[0, 128:, :3] == 7).all()
    assert gpu.pixels()[0, 127, 0] == 127


def test_an_overlay_gets_the_whole_frame_where_the_model_was_shown_a_part(gpu):
    """The mask lies where that part is, and is nothing elsewhere."""
    gpu.place = [0, 0, 0.5, 1, 0, 0, 1, 1]
    gpu.use()
    gpu.process()
    found = gpu.pixels()[0, :, 3]
    assert (found[70:120] == 10).all()
    assert (found[:60] == 0).all()
    assert (found[130:] == 0).all()


def test_an_effect_that_comes_later_reads_the_frame_in_hand(gpu):
    """Until then it lacks what it is made from, and nothing else is painted, and no snapshot is taken."""
    gpu.process(Options(effect="fill"))
    gpu.use()
    assert gpu.pipeline.lacks_mask(NONE)
    gpu.pipeline.repaint(NONE)
    assert not gpu.pipeline.has_picture(NONE)
    assert asyncio.run(gpu.pipeline.refresh(lambda: NONE))
    assert (gpu.painted, gpu.pipeline.has_picture(NONE)) == (["fill", "user"], True)


def test_classes_are_read_for_those_who_ask(gpu, device):
    """In the same readback; an effect that asks for them later has to wait for its own."""
    asyncio.run(gpu.pipeline.use(Runtime(device, 2)))
    gpu.use()
    gpu.process()
    gpu.use("assert classes['hair'].shape == mask.shape", more=", classes")
    assert gpu.pipeline.lacks_mask(NONE)
    gpu.process()
    assert (gpu.reads, gpu.painted, gpu.live.error) == ([3, 4], ["user", "user"], None)


def test_a_fault_does_not_bare_the_frame(gpu):
    """Over `none` the canvas keeps its picture, of which there is no other copy; over an effect that one paints."""
    gpu.use("if state['n'] == 2: raise ValueError")
    told = MagicMock()
    gpu.pipeline.on_composite = told
    for _ in range(3):
        assert gpu.process()
    assert (gpu.painted, told.call_count, gpu.pipeline.has_picture(NONE)) == (["user"], 1, False)
    gpu.process(Options(effect="blur"))
    assert gpu.painted == ["user", "blur"]
    gpu.live.load("def effect(frame, mask, time):\n    return frame\n")
    gpu.process()
    assert gpu.painted == ["user", "blur"]
    gpu.use()
    gpu.process()
    assert (gpu.painted[-1], gpu.pipeline.has_picture(NONE)) == ("user", True)


def test_a_fault_on_a_new_pipeline_does_not_bare_the_frame(gpu):
    """Canvas 2D has shown an effect of full size, and an overlay after it that fails in the GPU's first frame."""
    gpu.live.load("def effect(frame, mask, time):\n    return frame\n")
    gpu.live.run(lambda _effect: "a picture")
    gpu.use("raise ValueError")
    gpu.live.run(lambda _effect: "a picture")
    assert gpu.process()
    assert (gpu.painted, gpu.pipeline.has_picture(NONE)) == ([], False)


def test_an_overlay_that_has_gone_leaves_nothing(gpu, device):
    """The options' effect paints, nothing is read; a model's end frees what was made for it."""
    gpu.use()
    gpu.process()
    gpu.pipeline.custom_effect = None
    gpu.pipeline.repaint(Options(effect="fill"))
    gpu.process(Options(effect="fill"))
    assert (gpu.painted, gpu.reads) == (["user", "fill", "fill"], [3])
    before = len(device.alive)
    asyncio.run(gpu.pipeline.use(Runtime(device)))
    assert len(device.alive) == before - 2


@pytest.mark.parametrize("way", ["cut", "reset"])
def test_state_and_overlay_are_a_films_own(gpu, way):
    """Another film begins with an empty state, and nothing of the one before is shown over it."""
    gpu.use("sample[...] = state['n']")
    for expected in (1, 2):
        gpu.process()
        assert gpu.pixels().max(axis=(0, 1))[0] == expected
    getattr(gpu.pipeline, way)()
    assert gpu.pipeline._user.pixels is None
    gpu.process()
    assert gpu.pixels().max(axis=(0, 1))[0] == 1


def test_an_overlay_of_a_frame_that_is_over_is_not_made(gpu, pipeline):
    """The source changes while its sample is read back."""

    async def run():
        runtime, processing = await second_run(pipeline, lambda: NONE)
        gpu.may_tell.clear()
        runtime.may_end.set()
        while len(gpu.reads) < 2:
            await asyncio.sleep(0)
        pipeline.reset()
        gpu.may_tell.set()
        assert not await processing
        assert (gpu.told, pipeline._user.lacks_sample) == (1, True)

    gpu.use()
    asyncio.run(run())
