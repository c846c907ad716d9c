"""Any array for whatever takes pictures and masks: a result as documented, or one sentence; the array is unchanged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyselfie import effects
from pyselfie.arrays.painter import ArrayPainter
from pyselfie.core.options import EFFECT_NAMES, Options
from pyselfie.core.pictures import check_frame, check_mask
from pyselfie.notebook import Shown, encode_png, show
from pyselfie.segmenter import Segmenter
from pyselfie.solution import SelfieSegmentation
from tests.unit.fuzz.fuzz_kit import ANY_FRAME, ANY_MASK, ANYTHING, FRAMES, MASKS, REFUSED, Unchanged, outcome

UNIT = st.one_of(st.floats(0, 1), ANYTHING)


@pytest.fixture(scope="module")
def segmenters():
    """Return one of each kind: refined, smoothing as in a film, raw, and MediaPipe's."""
    made = [Segmenter("landscape"), Segmenter("landscape", smoothing=0.85), Segmenter("landscape", "raw")]
    old = SelfieSegmentation(1)
    yield [*(one.segment for one in made), lambda image: old.process(image).segmentation_mask]
    for one in [*made, old]:
        one.close()


def check_mask_of(mask, frame):
    """See that a mask is what the documents say."""
    assert mask.dtype == np.float32
    assert mask.shape == frame.shape[:2]
    assert mask.min() >= 0
    assert mask.max() <= 1
    assert mask.flags.writeable


def check_composite(result, frame, channels=3):
    """See that a composite is what the documents say, and not the frame's own memory."""
    assert type(result) is np.ndarray
    assert result.dtype == np.uint8
    assert result.shape == (*frame.shape[:2], channels)
    assert not np.shares_memory(result, frame)


@settings(max_examples=settings.get_profile(settings.get_current_profile_name()).max_examples // 2)
@given(frame=ANY_FRAME, which=st.integers(0, 3))
def test_any_picture_is_segmented(segmenters, frame, which):
    """A picture's mask is float32 in 0..1 of its size."""
    kept = Unchanged(frame)
    mask = outcome(lambda: segmenters[which](frame))
    if mask is not REFUSED:
        check_mask_of(mask, frame)
    kept.check()


@given(ANY_FRAME, ANY_MASK)
def test_checked_arrays(frame, mask):
    """What is checked is plain, C-contiguous and of one type."""
    kept = Unchanged(frame, mask)
    checked = outcome(lambda: check_frame(frame))
    if checked is not REFUSED:
        assert type(checked) is np.ndarray
        assert checked.flags.c_contiguous
        assert checked.dtype == np.uint8
    levels = outcome(lambda: check_mask(mask))
    if levels is not REFUSED:
        assert type(levels) is np.ndarray
        assert levels.flags.c_contiguous
        assert levels.dtype == np.float32
        assert 0 <= levels.min() <= levels.max() <= 1
    kept.check()


@given(ANY_FRAME, ANY_MASK, UNIT, st.booleans())
def test_any_arrays_blurred(frame, mask, strength, decontaminate):
    """A blurred composite has the frame's size."""
    kept = Unchanged(frame, mask)
    result = outcome(lambda: effects.blur(frame, mask, strength, decontaminate=decontaminate))
    if result is not REFUSED:
        check_composite(result, frame)
    kept.check()


@given(ANY_FRAME, ANY_MASK, st.one_of(ANY_FRAME, st.just("#102030")), st.floats(0, 1), st.floats(0, 0.1))
def test_any_arrays_over_a_background(frame, mask, background, light, cast):
    """A picture of any size, a colour, or nothing, behind the person."""
    kept = Unchanged(frame, mask, background)
    call = lambda: effects.replace_background(frame, mask, background, light_wrap=light, colour_cast=cast)  # noqa: E731
    result = outcome(call)
    if result is not REFUSED:
        check_composite(result, frame)
    kept.check()


@given(ANY_FRAME, ANY_MASK, st.one_of(st.just("#FF0000"), ANYTHING), st.booleans())
def test_any_arrays_filled_and_cut_out(frame, mask, color, decontaminate):
    """The effects without a background of their own."""
    kept = Unchanged(frame, mask)
    for result, channels in (
        (outcome(lambda: effects.fill(frame, mask, color)), 3),
        (outcome(lambda: effects.mask_overlay(frame, mask)), 3),
        (outcome(lambda: effects.cut_out(frame, mask, decontaminate=decontaminate)), 4),
    ):
        if result is not REFUSED:
            check_composite(result, frame, channels)
    kept.check()


@given(FRAMES, MASKS, st.sampled_from(EFFECT_NAMES), st.booleans(), st.floats(0, 1))
def test_every_effect_of_right_arrays(frame, mask, effect, mirror, strength):
    """Right arrays of any two sizes are always painted, by every record, mirrored or not."""
    kept = Unchanged(frame, mask)
    options = Options(effect=effect, mirror=mirror, strength=strength)
    result = ArrayPainter(options).paint(check_frame(frame), check_mask(mask))
    if options.effect != "none":  # which may hand the frame back
        check_composite(result, frame, 4 if effect == "transparent" else 3)
    kept.check()


@given(st.lists(st.one_of(FRAMES, ANY_FRAME, ANY_MASK), min_size=1, max_size=3))
def test_any_pictures_are_shown(pictures):
    """A notebook shows what is a picture: as PNG and as JPEG."""
    kept = Unchanged(*pictures)
    shown = outcome(lambda: show(*pictures))
    if shown is not REFUSED:
        assert encode_png(shown.picture).startswith(b"\x89PNG")
        if max(shown.picture.shape) < 30_000:
            assert all(shown._repr_mimebundle_().values())
    outcome(lambda: Shown(pictures[0]))
    kept.check()
