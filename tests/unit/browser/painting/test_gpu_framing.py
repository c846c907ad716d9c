"""Which part of a film or photo the GPU's pipeline shows, under CPython."""

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from pyselfie.browser.framed_view import FramedView
from pyselfie.core.framing import SEE_EVERY_S
from pyselfie.core.options import Options
from tests.unit.browser.engine.engine_kit import worker
from tests.unit.browser.painting.gpu_device_kit import Runtime, device, pipeline
from tests.unit.browser.painting.pipeline_parts import Frame

__all__ = ["device", "pipeline", "worker"]

GENTLE = Options(effect="none", framing="gentle")


@pytest.fixture
def framed(worker, pipeline, device, monkeypatch):
    """Return a pipeline that finds somebody at the left; what is told of it, and what happens while a mask is read."""
    asyncio.run(pipeline.use(Runtime(device)))
    times = iter(np.arange(1000) / 32)
    framed = SimpleNamespace(reads=0, scenes=[], meanwhile=lambda: None)
    pipeline.framing = FramedView(lambda: next(times))
    mask = np.zeros((64, 64), np.float32)
    mask[32:, 8:24] = 1

    async def read(_segmenter):
        framed.reads += 1
        framed.meanwhile()
        return mask

    monkeypatch.setattr(worker.module("webgpu.segmenter").GpuSegmenter, "read_mask", read)
    write = pipeline._gpu.write

    def note(buffer, values):
        if buffer is pipeline._painter._layers._scene:
            framed.scenes.append(values)
        write(buffer, values)

    pipeline._gpu.write = note
    return framed


def shown(pipeline, options=GENTLE, size=(64, 48)):
    frame = Frame()
    frame.width, frame.height = size
    return asyncio.run(pipeline.process(frame, lambda: options))


def test_framing_reads_the_mask_four_times_a_second(pipeline, framed):
    """In each photo, too; not at all where it's off."""
    for _ in range(96):
        assert shown(pipeline)
    assert framed.reads == 3 / SEE_EVERY_S
    pipeline.is_photo = True
    for _ in range(3):
        shown(pipeline)
    assert framed.reads == 3 / SEE_EVERY_S + 3
    assert shown(pipeline, Options(effect="blur"))
    assert framed.reads == 3 / SEE_EVERY_S + 3


def test_frames_of_another_aspect_are_looked_at_at_once(pipeline, framed):
    """A phone is turned. Another size alone says nothing, and after a cut nobody is known."""
    reads = []
    for size in ((64, 48), (64, 48), (128, 96), (48, 64), (48, 64)):
        assert shown(pipeline, size=size)
        reads.append(framed.reads)
    assert reads == [1, 1, 1, 2, 2]
    view = pipeline.framing.of(GENTLE)
    pipeline.cut()
    assert pipeline.lacks_mask(GENTLE)
    assert shown(pipeline, size=(48, 64))
    assert (framed.reads, pipeline.framing.of(GENTLE)) == (3, view)


def test_framing_tells_the_shaders_where_to_look(pipeline, framed):
    """Of the person's layers: the part's place, mirrored with it. The backdrop's stays."""
    for options in (GENTLE, Options(effect="none", framing="gentle", mirror=True), Options(effect="none")):
        shown(pipeline, options)
    view = pipeline.framing.of(GENTLE)
    assert view is None, "it is off by now"
    part, mirrored, whole = framed.scenes
    side, left, top = 64 * part[0], part[2], part[3]
    assert 1 / 1.6 - 1e-6 < side < 0.9
    assert (48 * part[1], left) == pytest.approx((side, 0))
    assert 0.1 < top <= 1 - side + 1e-6
    np.testing.assert_allclose(mirrored[:4], [-side / 64, side / 48, side, top], rtol=1e-5)
    np.testing.assert_allclose(whole[:4], [1 / 64, 1 / 48, 0, 0])
    for scene in framed.scenes:
        np.testing.assert_allclose(scene[4:8], [1 / 64, 1 / 48, 0, 0])


def test_a_mask_that_is_read_while_the_source_changes_frames_nobody_else(pipeline, framed):
    """The next source's first person is looked for anew."""
    framed.meanwhile = pipeline.reset
    assert not shown(pipeline)
    assert pipeline.framing.lacks_mask(GENTLE)
    framed.meanwhile = lambda: None
    assert shown(pipeline)
    assert framed.reads == 2
    assert pipeline.framing.of(GENTLE) is not None
