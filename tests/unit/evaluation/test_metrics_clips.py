"""The measures of a clip, on cases that can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pyselfie import metrics
from tests.unit.evaluation.masks import constant, left_part


def test_dtssd_is_the_change_that_the_truth_has_not() -> None:
    """The mask changes by 0.3 and back while the truth stands still: 0.3; when both change alike: 0; one frame: 0."""
    assert metrics.dtssd(constant(0, 0.3, 0), constant(0, 0, 0)) == pytest.approx(0.3)
    assert metrics.dtssd(constant(0.1, 0.4), constant(0.5, 0.8)) == pytest.approx(0)
    assert metrics.dtssd(constant(0.1), constant(0.5)) == 0


def test_dtssd_squares_within_a_frame() -> None:
    """A quarter of the pixels changing by 1 is sqrt(1/4)."""
    assert metrics.dtssd([left_part(0), left_part(5)], [left_part(0)] * 2) == 0.5


def test_moving_error_looks_where_the_truth_moves() -> None:
    """40 pixels appear, of which the mask shows a quarter: 0.75; what is wrong elsewhere does not count."""
    masks = [left_part(0), np.where(left_part(2) > 0, np.float32(0.25), np.float32(0.9))]
    assert metrics.moving_error(masks, [left_part(0), left_part(2)]) == pytest.approx(0.75)


def test_few_moving_pixels_are_no_movement() -> None:
    """30 pixels that move do not count, 31 do."""
    before, after = left_part(0), left_part(0)
    after.flat[:30] = 1
    assert metrics.moving_error([before, before], [before, after]) == 0
    after.flat[30] = 1
    assert metrics.moving_error([before, before], [before, after]) == 1


def test_calm_change_looks_where_the_truth_stands_still() -> None:
    """Half the picture moves; in the other half the mask changes by 0.2."""
    assert metrics.calm_change([left_part(0), left_part(10) + 0.2 * left_part(20)[:, ::-1] * (left_part(10) == 0)],
                               [left_part(0), left_part(10)]) == pytest.approx(0.2)  # fmt: skip


def test_flicker_looks_at_still_pixels() -> None:
    """The left half of the frame lights up; only the right half's change of mask counts."""
    dark = np.zeros((20, 40, 3), np.uint8)
    lit = dark.copy()
    lit[:, :20] = 255
    change = left_part(15, (20, 40)) + np.float32(0.1) * (1 - left_part(22, (20, 40)))
    assert metrics.flicker([np.zeros((20, 40), np.float32), change], [dark, lit]) == pytest.approx(0.1)


def test_still_is_a_change_of_luma_below_one_percent() -> None:
    """Green by 4/255 is 0.92 % of luma: still; by 5/255 it is 1.15 %: not still, and nothing is left to measure."""
    masks = constant(0, 0.5)
    frame = np.full((8, 8, 3), 100, np.uint8)
    for step, expected in ((4, 0.5), (5, 0)):
        greener = frame + np.array([0, step, 0], np.uint8)
        assert metrics.flicker(masks, [frame, greener]) == expected


def test_meter_gives_what_the_functions_give() -> None:
    """Frame by frame it comes to the same; a frame's own score is returned at once, and averaged in the end."""
    random = np.random.default_rng(2)
    truths = [left_part(width) for width in (8, 10, 12)]
    masks = [np.abs(truth - random.random((20, 20)).astype(np.float32) / 4) for truth in truths]
    frames = [np.full((20, 20, 3), level, np.uint8) for level in (100, 101, 102)]
    meter = metrics.ClipMeter()
    scores = [meter.add(mask, truth, frame) for mask, truth, frame in zip(masks, truths, frames, strict=True)]
    clip = meter.score()
    assert clip.dtssd == metrics.dtssd(masks, truths)
    assert clip.moving_error == metrics.moving_error(masks, truths) > 0
    assert clip.calm_change == metrics.calm_change(masks, truths) > 0
    assert clip.flicker == metrics.flicker(masks, frames) > 0
    assert clip.pictures is not None
    assert scores == [metrics.score_picture(mask, truth) for mask, truth in zip(masks, truths, strict=True)]
    assert clip.pictures.mad == pytest.approx(np.mean([score.mad for score in scores if score]))


def test_meter_says_what_it_has_not_measured() -> None:
    """Without truth there is no error, without frames no flicker, after nothing nothing."""
    meter = metrics.ClipMeter()
    assert meter.score() == (None, None, None, None, None)
    for level in (0, 1):
        meter.add(constant(0.25)[0], frame=np.full((8, 8, 3), level, np.uint8))
    assert meter.score() == (None, None, None, 0, None)


def test_frame_without_truth_is_a_gap() -> None:
    """The frames on both sides of it are no neighbours: nothing is measured between them."""
    meter = metrics.ClipMeter()
    for level, truth in ((0.0, 0.0), (0.5, None), (1.0, 0.0), (0.9, 0.0)):
        meter.add(constant(level)[0], None if truth is None else constant(truth)[0])
    assert meter.score().dtssd == pytest.approx(0.1)
