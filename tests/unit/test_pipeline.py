"""The frame loop's parts under CPython, with the stub runtime: ownership, order and buffers."""

import asyncio
from typing import Any

import numpy as np
import pytest

from pyselfie.browser.canvas.pipeline import CanvasPipeline
from pyselfie.browser.mailbox import Mailbox
from pyselfie.core.effects import EFFECTS, Draw, Effect
from pyselfie.core.geometry import Size
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.core.tensor import fill_tensor
from pyselfie.core.timing import StageClock
from pyselfie.runtimes.stub import StubRuntime


class Frame:
    """A frame of one brightness that knows whether it was closed."""

    def __init__(self, level=0):
        self.level = level
        self.closed = 0
        self.width, self.height = 64, 48

    def close(self):
        self.closed += 1


class Store:
    """Keeps frames as they are."""

    def __init__(self):
        self.drawable, self.size = None, Size(0, 0)

    async def take(self, frame):
        self.clear()
        self.drawable, self.size = frame, Size(frame.width, frame.height)

    def hand_over(self):
        frame, self.drawable = self.drawable, None
        return frame

    def clear(self):
        if self.drawable:
            self.drawable.close()
        self.drawable = None


class Sampler:
    """Fills the sample with the frame's brightness."""

    def __init__(self, width, height):
        self.pixels = np.empty((height, width, 4), np.uint8)

    def read(self, frame):
        self.pixels[...] = frame.level

    def fill(self, tensor):
        fill_tensor(self.pixels, tensor)


class Painter:
    """Notes what it was asked to paint."""

    def __init__(self):
        self.painted, self.cleared, self.backdrop = [], 0, None

    def paint(self, frame, size, overlay, draws, *, mirror, scene=None):
        self.painted.append((frame, size, overlay.copy(), draws, mirror))
        self.scene = scene

    def hand_over_backdrop(self):
        backdrop, self.backdrop = self.backdrop, None
        return backdrop

    def clear(self):
        self.cleared += 1

    def close(self):
        self.painted.append("closed")


@pytest.fixture
def painter():
    return Painter()


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def make_sampler():
    return Sampler


@pytest.fixture
def pipeline(store, make_sampler, painter):
    pipeline = CanvasPipeline(store, make_sampler, painter, StageClock())
    asyncio.run(pipeline.use(StubRuntime(load_spec(1))))
    return pipeline


MASK = Options(effect="mask")


def process(pipeline, frame, options=MASK, **how):
    return asyncio.run(pipeline.process(frame, lambda: options, **how))


def refresh(pipeline, options=MASK):
    return asyncio.run(pipeline.refresh(lambda: options))


def mask_of(pipeline):
    return asyncio.run(pipeline.read_mask())


def test_a_frame_is_segmented_and_painted(pipeline, painter):
    """The stub's mask is the brightness: it arrives in the overlay, at the frame's size, and every stage is timed."""
    assert process(pipeline, Frame(51))
    frame, size, overlay, _, mirror = painter.painted[0]
    assert (frame.level, size, mirror) == (51, (64, 48), False)
    assert (overlay[..., :3] == 51).all()
    assert mask_of(pipeline) == pytest.approx(np.full((144, 256), 0.2), abs=1e-6)


def test_the_painter_gets_what_edges_are_made_from(pipeline, painter):
    """Sample and mask of the frame, and the options that say what is wanted."""
    options = Options(effect="picture", light_wrap=0.5)
    process(pipeline, Frame(51), options)
    assert [draw.layer for draw in painter.painted[0][3]] == ["frame", "edge", "overlay", "backdrop"]
    assert (painter.scene.sample[..., :3] == 51).all()
    assert painter.scene.mask == pytest.approx(np.full((144, 256), 0.2), abs=1e-6)
    assert (painter.scene.frame_size, painter.scene.options) == ((64, 48), options)


@pytest.mark.parametrize(("edges", "given"), [("raw", False), ("refined", True)])
def test_the_edges_colours_come_from_the_model_that_has_them(pipeline, painter, edges, given):
    """Also for the next frame, if that is painted with the mask before; else they are found in the sample."""

    class Edged(StubRuntime):
        def extra(self, name):
            return super().extra(name) + 0.4

    asyncio.run(pipeline.use(Edged(load_spec(1, edges))))
    for fresh in (True, False):
        process(pipeline, Frame(51), Options(effect="color"), fresh_mask=fresh)
        np.testing.assert_allclose(painter.scene.edge_color, np.full((3, 36, 64), 102 if given else 51), atol=0.01)
        assert (painter.scene.edge is not None) == given


def test_a_new_frame_ends_the_one_before(pipeline):
    """Each frame is closed exactly once, when its successor comes or at the end."""
    frames = [Frame(), Frame(), Frame()]
    for frame in frames:
        process(pipeline, frame)
    assert [frame.closed for frame in frames] == [1, 1, 0]
    pipeline.close()
    assert [frame.closed for frame in frames] == [1, 1, 1]


def test_other_options_repaint_without_a_new_mask(pipeline, painter):
    """A photo changes at once when the effect changes; before the first mask nothing is painted."""
    pipeline.repaint(MASK)
    assert painter.painted == []
    process(pipeline, Frame(255))
    pipeline.repaint(Options(effect="fill", color="#102030", mirror=True))
    _, _, overlay, _, mirror = painter.painted[-1]
    assert (overlay == (0x10, 0x20, 0x30, 255)).all()
    assert mirror


def test_a_frame_is_painted_with_the_newest_options(pipeline, painter):
    """The effect changes while the model runs: the frame comes out with the new one."""
    chosen = [MASK]

    class Choosing(StubRuntime):
        async def run(self, tensor, extras=None):
            chosen.append(Options(effect="fill", color="#102030"))
            return await super().run(tensor, extras)

    asyncio.run(pipeline.use(Choosing(load_spec(1))))
    assert asyncio.run(pipeline.process(Frame(255), lambda: chosen[-1]))
    assert (painter.painted[-1][2] == (0x10, 0x20, 0x30, 255)).all()


def test_a_new_frame_with_the_mask_before(pipeline, painter):
    """Where time is short the model does not run: the new frame is painted with the old mask, and times are noted."""
    assert process(pipeline, Frame(255))
    mask = mask_of(pipeline).copy()
    told = []
    pipeline.on_composite = lambda: told.append(len(painter.painted))
    assert process(pipeline, Frame(51), fresh_mask=False)
    frame, _, overlay, _, _ = painter.painted[-1]
    assert frame.level == 51
    assert (overlay[..., :3] == 255).all()
    np.testing.assert_array_equal(mask_of(pipeline), mask)
    assert told == [2], "after the painting"


def test_without_a_mask_before_a_frame_gets_its_own(pipeline):
    """Nothing is ever painted without a mask: the first frame is segmented, however short the time."""
    assert process(pipeline, Frame(51), fresh_mask=False)
    assert mask_of(pipeline) == pytest.approx(np.full((144, 256), 0.2), abs=1e-6)


@pytest.fixture
def bare(monkeypatch):
    """Have an effect that paints the frame alone, and a runtime that counts its runs."""
    effect = Effect(None, (Draw("copy", "frame"),))
    monkeypatch.setitem(EFFECTS, "bare", effect)

    class Counting(StubRuntime):
        runs = 0

        async def run(self, tensor, extras=None):
            self.runs += 1
            return await super().run(tensor, extras)

    return Counting(load_spec(1))


def test_an_effect_without_an_overlay_runs_no_model(pipeline, painter, bare):
    """The frame is painted as it is; the next effect segments the frame in hand, not with another frame's mask."""
    asyncio.run(pipeline.use(bare))
    process(pipeline, Frame(255))
    none = Options(effect="bare")
    assert process(pipeline, Frame(51), none)
    assert refresh(pipeline, none)
    pipeline.repaint(none)
    assert [draw.layer for draw in painter.painted[-1][3]] == ["frame"]
    assert (bare.runs, pipeline.has_picture(none), mask_of(pipeline)) == (1, True, None)
    painted = len(painter.painted)
    pipeline.repaint(MASK)
    assert (pipeline.lacks_mask(MASK), pipeline.has_picture(MASK), len(painter.painted)) == (True, False, painted)
    assert refresh(pipeline)
    assert (bare.runs, pipeline.lacks_mask(MASK), painter.painted[-1][0].level) == (2, False, 51)
    assert (painter.painted[-1][2][..., :3] == 51).all()


def test_a_frame_that_has_its_mask_is_not_segmented_again(pipeline, painter, bare):
    """Back and forth between effects on one frame, its mask stays; without time for a new mask there is no old one."""
    asyncio.run(pipeline.use(bare))
    process(pipeline, Frame(51))
    for effect in ("bare", "mask"):
        pipeline.repaint(Options(effect=effect))
    assert (bare.runs, pipeline.lacks_mask(MASK), len(painter.painted)) == (1, False, 3)
    process(pipeline, Frame(102), Options(effect="bare"), fresh_mask=False)
    assert process(pipeline, Frame(153), fresh_mask=False)
    assert (bare.runs, painter.painted[-1][2][0, 0, 0]) == (2, 153)


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


def test_mailbox_keeps_the_newest_frame_only():
    """Older frames are closed unread and counted; the newest is handed over open."""

    async def scenario():
        drops = []
        mailbox: Any = Mailbox(lambda: drops.append(1))
        frames = [Frame(), Frame(), Frame()]
        for frame in frames:
            mailbox.offer(frame)
        newest, _ = await anext(mailbox)
        return frames, newest, drops

    frames, newest, drops = asyncio.run(scenario())
    assert newest is frames[2]
    assert [frame.closed for frame in frames] == [1, 1, 0]
    assert len(drops) == 2


def test_mailbox_remembers_a_cut_whose_frame_was_dropped():
    """The first frame of another film may be replaced before it is read: then the next one is its first; once."""

    async def scenario():
        mailbox: Any = Mailbox(lambda: None)
        cuts = []
        for lot in ([False], [True, False], [False], [False, True], [True, None, False]):
            for is_cut in lot:
                if is_cut is None:
                    mailbox.clear()
                else:
                    mailbox.offer(Frame(), is_cut=is_cut)
            cuts.append((await anext(mailbox))[1])
        return cuts

    assert asyncio.run(scenario()) == [False, True, False, True, True]


def test_mailbox_wakes_its_reader_and_ends_its_loop():
    """A waiting reader gets the next frame; after close the loop ends and late frames are closed."""

    async def scenario():
        mailbox: Any = Mailbox(lambda: None)
        seen = []

        async def read():
            seen.extend([frame.level async for frame, _ in mailbox])

        reader = asyncio.ensure_future(read())
        for level in (1, 2):
            await asyncio.sleep(0)
            mailbox.offer(Frame(level))
            await asyncio.sleep(0)
        mailbox.offer(Frame(3))
        mailbox.clear()
        await asyncio.sleep(0)
        mailbox.close()
        await reader
        late = Frame()
        mailbox.offer(late)
        return seen, late

    seen, late = asyncio.run(scenario())
    assert seen == [1, 2]
    assert late.closed == 1
