"""Any arrays for the metrics and for what compares masks with their truth: numbers in their range, or one sentence."""

from __future__ import annotations

import json
import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyselfie import metrics
from pyselfie.evaluation.comparison import Comparison, Setting
from pyselfie.evaluation.error_view import paint_errors
from pyselfie.evaluation.levels import levels_of
from pyselfie.evaluation.names import bare, in_order, pair_names
from pyselfie.evaluation.results import Evaluation, Row
from pyselfie.metrics.planes import LIMIT
from tests.unit.fuzz.fuzz_kit import (
    ANY_FRAME,
    ANY_MASK,
    FRAMES,
    MASKS,
    REFUSED,
    SIZES,
    TEXTS,
    Unchanged,
    arrays,
    outcome,
)

BYTES = arrays(SIZES, ["u1"], st.just("unit"))
TRUTHS = st.one_of(MASKS, BYTES, ANY_MASK)
MEASURES = [metrics.iou, metrics.boundary_f, metrics.holes, metrics.leak, metrics.mad]
UNIT_SCORES = st.builds(metrics.PictureScore, *[st.floats(0, 1)] * 5)


@pytest.mark.parametrize("measure", MEASURES)
@given(mask=TRUTHS, truth=TRUTHS)
def test_any_mask_and_truth(measure, mask, truth):
    """Each measure of a picture is a plain number in 0..1."""
    kept = Unchanged(mask, truth)
    found = outcome(lambda: measure(mask, truth))
    assert found is REFUSED or (type(found) is float and 0 <= found <= 1)
    kept.check()


@given(MASKS, MASKS.filter(lambda truth: max(truth.shape) <= LIMIT))
def test_right_masks_have_a_score(mask, truth):
    """Of right masks of any two sizes, all measures are numbers in 0..1, and a mask is its own truth."""
    score = metrics.score_picture(mask, truth)
    assert all(0 <= number <= 1 for number in score)
    same = metrics.score_picture(truth, truth)
    assert (same.iou, same.boundary_f) == (1, 1)
    assert same.mad < 1e-6


@given(ANY_FRAME, ANY_FRAME, TRUTHS)
def test_any_composites(composite, truth, alpha):
    """The measures of composites are numbers of their range."""
    kept = Unchanged(composite, truth, alpha)
    error = outcome(lambda: metrics.band_error(composite, truth, alpha))
    assert error is REFUSED or 0 <= error <= 255
    psnr = outcome(lambda: metrics.band_psnr(composite, truth, alpha))
    assert psnr is REFUSED or psnr >= 0
    assert (psnr is REFUSED) == (error is REFUSED)
    kept.check()


STEPS = st.lists(st.tuples(TRUTHS, st.one_of(st.none(), TRUTHS), st.one_of(st.none(), ANY_FRAME)), max_size=4)


@given(STEPS)
def test_any_clip(steps):
    """A clip's meter takes each frame or refuses it, and its score stays one of numbers."""
    meter = metrics.ClipMeter()
    for mask, truth, frame in steps:
        kept = Unchanged(mask, truth, frame)
        outcome(partial(meter.add, mask, truth, frame))
        kept.check()
    for number in meter.score()[:4]:
        assert number is None or 0 <= number < math.inf


@given(st.lists(TRUTHS, max_size=3), st.lists(TRUTHS, max_size=3), st.lists(ANY_FRAME, max_size=3))
def test_any_lists_of_frames(masks, truths, frames):
    """The measures of clips are numbers, also of no frames; lists of two lengths are refused in a sentence."""
    for measure in (metrics.dtssd, metrics.moving_error, metrics.calm_change):
        found = outcome(partial(measure, masks, truths))
        assert found is REFUSED or 0 <= found < math.inf
    found = outcome(lambda: metrics.flicker(masks, frames))
    assert found is REFUSED or 0 <= found <= 1


@given(arrays(SIZES.map(lambda size: (*size, 4)), ["u1"], st.just("unit")), st.booleans())
def test_any_picture_as_levels(rgba, has_palette):
    """A decoded picture has levels, or labels."""
    levels = outcome(lambda: levels_of(rgba, "a.png", has_palette=has_palette))
    if levels is not REFUSED:
        assert levels.dtype == np.uint8
        assert levels.shape == rgba.shape[:2]


@given(FRAMES, st.integers(0, 255), st.integers(0, 255))
def test_errors_are_painted(frame, truth, mask):
    """A picture of errors has the picture's size."""
    frame = np.asarray(frame)
    levels = [np.full(frame.shape[:2], level, np.uint8) for level in (truth, mask)]
    painted = paint_errors(frame, levels[0], levels[1])
    assert painted.dtype == np.uint8
    assert painted.shape == frame.shape


NAMES = st.lists(st.one_of(TEXTS, st.text("ab1²٣./\\ ", max_size=8)), max_size=5)


@given(NAMES, NAMES)
def test_any_names_are_paired(pictures, truths):
    """Files of any names are paired, or told of; each at most once."""
    pairs, problems = pair_names(pictures, truths)
    assert len({pair.picture for pair in pairs}) == len(pairs) <= len(pictures)
    assert all(problems)
    assert len(sorted(pictures, key=in_order)) == len(pictures)
    assert all(isinstance(bare(name), str) for name in pictures)


@given(st.lists(st.tuples(TEXTS, UNIT_SCORES), max_size=4), st.booleans())
def test_any_scores_become_tables(rows, interrupted):
    """Scores become JSON, CSV and tables, whatever the pictures are called."""
    settings = {"masks": None, "model": "general", "edges": "raw", "smoothing": 0}
    found = Evaluation(settings, len(rows), [Row(*row) for row in rows], interrupted=interrupted)
    assert json.loads(found.as_json())["frames"] == len(rows)
    assert found.as_table()
    assert found.as_csv().startswith("name,iou")
    both = Comparison([Setting("general", "raw"), Setting("general", "refined")])
    for name, score in rows:
        both.add(name, [score, score])
    assert len(both.table("mad difference", descending=True)["rows"]) == len(rows)
