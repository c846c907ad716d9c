"""Which part of a film or photo the Canvas 2D pipeline shows, under CPython."""

import asyncio

import numpy as np
import pytest

from pyselfie.browser.framed_view import FramedView
from pyselfie.core.manifest import load_spec
from pyselfie.core.options import Options
from pyselfie.runtimes.stub import StubRuntime
from tests.unit.browser.painting.pipeline_parts import Frame, process, refresh

GENTLE = Options(effect="none", framing="gentle")


class Standing(StubRuntime):
    """Finds somebody in the middle of the left half, or of the right one, or nobody; it counts its runs."""

    runs, side = 0, "left"

    async def run(self, tensor, extras=None):
        self.runs += 1
        mask = (await super().run(tensor, extras)) * 0
        if self.side:
            left = {"left": 32, "right": 160}[self.side]
            mask[60:, left : left + 64] = 1
        return mask


@pytest.fixture
def standing(pipeline):
    runtime = Standing(load_spec(1, "raw"))
    asyncio.run(pipeline.use(runtime))
    times = iter(np.arange(1000) / 30)
    pipeline.framing = FramedView(lambda: next(times))
    return runtime


def test_a_person_is_framed_in_the_first_frame_and_followed_slowly(pipeline, painter, standing):
    """Also by an effect that needs no mask else; mirrored as the picture is. After a cut it's there at once."""
    assert process(pipeline, Frame(), GENTLE)
    first = painter.view
    assert first.x + first.width / 2 < 0.4
    process(pipeline, Frame(), Options(effect="none", framing="gentle", mirror=True))
    assert painter.view.x == pytest.approx(1 - first.x - first.width)
    standing.side = "right"
    for _ in range(120):
        process(pipeline, Frame(), GENTLE)
    places = [view.x for view in painter.views[2:]]
    assert places[0] == first.x
    assert 0 < np.diff(places).max() < 0.02
    assert places[-1] > first.x + 0.2
    standing.side = "left"
    pipeline.cut()
    process(pipeline, Frame(), GENTLE)
    assert painter.view == first


def test_frames_of_another_aspect_are_framed_at_once(pipeline, painter, standing):
    """A phone is turned: nobody is where they were. Another size alone says nothing."""
    process(pipeline, Frame(), GENTLE)
    first = painter.view
    standing.side = "right"
    larger, turned = Frame(), Frame()
    larger.width, larger.height = 2 * larger.width, 2 * larger.height
    turned.width, turned.height = turned.height, turned.width
    process(pipeline, larger, GENTLE)
    assert painter.view == first
    process(pipeline, turned, GENTLE)
    assert painter.view.x > first.x + 0.2


def test_a_photo_is_framed_anew_by_each_mask(pipeline, painter, standing):
    """What was seen before, or by another model, has no influence."""
    pipeline.is_photo = True
    process(pipeline, Frame(), GENTLE)
    first = painter.view
    standing.side = "right"
    refresh(pipeline, GENTLE)
    assert painter.view.x > first.x + 0.2
    standing.side = ""
    refresh(pipeline, GENTLE)
    assert painter.view is None


def test_framing_that_is_turned_on_segments_the_frame_in_hand(pipeline, painter, standing):
    """Nothing is painted unframed meanwhile; turned off, all of the frame is shown, and no model runs."""
    process(pipeline, Frame(), Options(effect="none"))
    assert (standing.runs, painter.view, len(painter.painted)) == (0, None, 1)
    pipeline.repaint(GENTLE)
    assert (pipeline.lacks_mask(GENTLE), pipeline.has_picture(GENTLE), len(painter.painted)) == (True, False, 1)
    assert refresh(pipeline, GENTLE)
    assert (standing.runs, pipeline.has_picture(GENTLE)) == (1, True)
    assert painter.view is not None
    pipeline.repaint(Options(effect="none"))
    assert painter.view is None
    process(pipeline, Frame(), Options(effect="none"))
    assert (standing.runs, painter.view) == (1, None)
    assert pipeline.lacks_mask(GENTLE)


def test_a_bare_frame_is_not_shown_after_a_fault_because_it_is_framed(pipeline, painter, standing):
    """An effect of the user's that fails leaves nothing to paint where the options' effect hides nothing."""

    class Effect:
        def paint(self, *_):
            return False

    pipeline.custom_effect = Effect()
    process(pipeline, Frame(), GENTLE)
    assert (standing.runs, painter.painted) == (1, [])
