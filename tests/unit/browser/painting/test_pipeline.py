"""The frame loop's parts under CPython, with the stub runtime: what is painted, with which mask and options."""

import asyncio

import numpy as np
import pytest

from pyselfie.browser.canvas import pipeline as pipeline_module
from pyselfie.core.effects import EFFECTS, Draw, Effect
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.core.overlay import fill_overlay
from pyselfie.runtimes.stub import StubRuntime
from tests.unit.browser.painting.pipeline_parts import MASK, Frame, mask_of, process, refresh


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


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("effect", [name for name in EFFECTS if EFFECTS[name].overlay is not None])
def test_numbers_of_a_broken_driver_show_nobody(pipeline, painter, effect, bad):
    """The network's own mask is no number: all is hidden that the effect hides, and the next frame is sound."""

    class Broken(StubRuntime):
        async def run(self, tensor, extras=None):
            mask = await super().run(tensor, extras)
            return np.full_like(mask, bad) if tensor.max() > 0.5 else mask

    asyncio.run(pipeline.use(Broken(load_spec(1, "raw"))))
    for level in (255, 0, 51, 255, 51):
        assert process(pipeline, Frame(level), Options(effect=effect))
    broken, nobody, sound, _, again = (overlay for _, _, overlay, *_ in painter.painted)
    np.testing.assert_array_equal(broken[..., 3], nobody[..., 3])
    np.testing.assert_array_equal(again, sound)


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


def test_a_mask_of_another_size_is_not_reused(pipeline, painter):
    """A camera that is turned, or changes its size, under load: its frame gets a mask of its own, then that is used."""
    process(pipeline, Frame(255))
    turned = [Frame(51), Frame(102)]
    for frame in turned:
        frame.width, frame.height = 48, 64
        assert process(pipeline, frame, fresh_mask=False)
    assert [painted[2][0, 0, 0] for painted in painter.painted] == [255, 51, 51]


def test_classes_that_cannot_be_had_do_not_end_a_custom_effect(pipeline, painter):
    """They are gone after a reset: that picture fails, and the effect is called for the next one."""

    class Effect:
        def paint(self, painter, shot):
            painter.paint(shot.frame, shot.classes(), shot.sample, (), mirror=shot.mirror)
            return True

        def reset(self):
            pass

    asyncio.run(pipeline.use(StubRuntime(load_spec(2))))
    pipeline.custom_effect = Effect()
    assert process(pipeline, Frame(51))
    pipeline._segmenter._runtime.reset()
    with pytest.raises(RuntimeError):
        pipeline.repaint(MASK)
    assert process(pipeline, Frame(102))
    assert [painted[0].level for painted in painter.painted] == [51, 102]
    assert set(painter.painted[-1][1]) >= {"hair", "clothes"}


def test_the_options_overlay_is_made_only_where_it_is_painted(pipeline, painter, monkeypatch):
    """A user's effect does without it, until it fails: then the options' effect has the frame's own."""
    made = []

    class Effect:
        can = True

        def paint(self, *_):
            return self.can

    def fill(*parts):
        made.append(parts)
        fill_overlay(*parts)

    monkeypatch.setattr(pipeline_module, "fill_overlay", fill)
    pipeline.custom_effect = Effect()
    assert process(pipeline, Frame(51))
    pipeline.repaint(MASK)
    assert (made, painter.painted) == ([], [])
    Effect.can = False
    assert process(pipeline, Frame(102))
    assert (len(made), painter.painted[-1][2][0, 0, 0]) == (1, 102)


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
