"""The frame loop's parts under CPython, over time: resets, another model, another source; ownership and buffers."""

import asyncio

import numpy as np
import pytest

from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.runtimes.stub import StubRuntime
from tests.unit.browser.painting.pipeline_parts import MASK, Frame, mask_of, process, refresh


def test_reset_forgets_the_frame_and_clears_the_output(pipeline, painter):
    """After a source change nothing of the old one can be painted again."""
    frame = Frame()
    process(pipeline, frame)
    pipeline.reset()
    pipeline.repaint(MASK)
    assert not refresh(pipeline)
    assert (frame.closed, painter.cleared, len(painter.painted)) == (1, 1, 1)


def test_a_frame_reset_during_inference_is_not_painted(pipeline, painter):
    """The source changes while the model runs: the old frame's composite never appears."""

    class Resetting(StubRuntime):
        async def run(self, tensor, extras=None):
            pipeline.reset()
            return await super().run(tensor, extras)

    asyncio.run(pipeline.use(Resetting(load_spec(1))))
    assert not process(pipeline, Frame())
    assert painter.painted == []


def test_a_frame_reset_while_it_is_taken_leaves_no_mask(pipeline, painter, monkeypatch):
    """The source changes while its last frame is copied: the next frame gets a mask of its own, asked for or not."""
    process(pipeline, Frame(0))
    taken = pipeline._store.take

    async def take(frame):
        pipeline.reset()
        await taken(frame)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline._store, "take", take)
        assert not process(pipeline, Frame(0))
    assert mask_of(pipeline) is None
    assert len(painter.painted) == 1
    assert process(pipeline, Frame(255), fresh_mask=False)
    assert mask_of(pipeline) is not None


def test_changing_the_model_closes_the_old_one_and_keeps_the_frame(pipeline, painter):
    """The other model's size is used from the next run on; the frame in hand is shown with it."""
    process(pipeline, Frame(255))
    old = pipeline._segmenter._runtime
    asyncio.run(pipeline.use(StubRuntime(load_spec(0))))
    with pytest.raises(RuntimeError, match="closed"):
        asyncio.run(old.run(np.zeros((1, 144, 256, 3), np.float32)))
    pipeline.repaint(MASK)
    assert len(painter.painted) == 1, "the old mask does not fit the new model"
    assert refresh(pipeline)
    assert painter.painted[-1][2].shape == (256, 256, 4)


def test_buffers_are_made_once(pipeline):
    """No array of the model's size is allocated per frame."""
    process(pipeline, Frame())
    before = [id(pipeline._sample), id(pipeline._segmenter._tensor), id(pipeline._overlay)]
    for _ in range(3):
        process(pipeline, Frame())
    assert [id(pipeline._sample), id(pipeline._segmenter._tensor), id(pipeline._overlay)] == before


def test_frame_and_backdrop_are_handed_over_open(pipeline, painter):
    """Another pipeline gets them from one that ends; what is on the canvas stays."""
    frame, painter.backdrop = Frame(), Frame()
    process(pipeline, frame)
    backdrop = painter.backdrop
    assert pipeline.hand_over() == (frame, backdrop)
    pipeline.close()
    assert (frame.closed, backdrop.closed, painter.cleared) == (0, 0, 0)


def test_a_new_source_begins_without_what_the_last_one_left(pipeline):
    """What a model carries from frame to frame is forgotten at the first one and on reset, and not between frames."""
    runtime = pipeline._segmenter._runtime
    resets = []
    runtime.reset = lambda: resets.append(1)
    for _ in range(2):
        process(pipeline, Frame())
    assert resets == [1]
    pipeline.reset()
    assert resets == [1, 1]


def test_a_cut_ends_the_film_and_the_mask(pipeline, painter):
    """The picture stays, the model forgets, and the next frame gets its own mask, however short the time."""
    runtime = pipeline._segmenter._runtime
    resets = []
    process(pipeline, Frame(255))
    runtime.reset = lambda: resets.append(1)
    pipeline.cut()
    assert (resets, painter.cleared, pipeline.has_frame) == ([], 0, True)
    assert process(pipeline, Frame(51), fresh_mask=False)
    assert process(pipeline, Frame(51))
    assert resets == [1]
    assert painter.painted[-2][2][0, 0, 0] == 51


def test_the_model_never_sees_a_mirrored_picture(pipeline, painter):
    """Switching the mirror is for the painter: what goes into the model, and its state, stay as they are."""
    runtime = pipeline._segmenter._runtime
    seen, resets, run = [], [], runtime.run

    async def noting(tensor, extras):
        seen.append(tensor.copy())
        return await run(tensor, extras)

    runtime.run = noting
    process(pipeline, Frame(51))
    runtime.reset = lambda: resets.append(1)
    for mirror in (True, False):
        process(pipeline, Frame(51), Options(effect="mask", mirror=mirror))
    assert resets == []
    assert [mirror for *_, mirror in painter.painted] == [False, True, False]
    for tensor in seen[1:]:
        np.testing.assert_array_equal(tensor, seen[0])
