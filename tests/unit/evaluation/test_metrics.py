"""The measures of pictures and composites, and what bad arrays are told, on cases that can be worked out by hand."""

from __future__ import annotations

import doctest
import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from pyselfie import metrics
from pyselfie.metrics import clips
from pyselfie.metrics.planes import disc, grown, limited, shrunk, within
from tests.unit.evaluation.masks import constant, left_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def square() -> NDArray[np.float32]:
    """Return a person of 20x20 pixels in the middle of 60x60."""
    mask = np.zeros((60, 60), np.float32)
    mask[20:40, 20:40] = 1
    return mask


def test_examples_of_the_docstrings_are_right() -> None:
    """What they say comes out."""
    results = [doctest.testmod(module) for module in (metrics, clips)]
    assert sum(result.attempted for result in results) > 5
    assert sum(result.failed for result in results) == 0


def test_iou_counts_what_both_have() -> None:
    """3 columns of 5 are in both; nothing in either is agreement, nothing in one is none; 0.5 is nobody."""
    assert metrics.iou(left_part(4) - left_part(1), left_part(5) - left_part(0)) == 3 / 5
    assert metrics.iou(left_part(0), left_part(0)) == 1
    assert metrics.iou(left_part(0), left_part(1)) == 0
    assert metrics.iou(np.full((20, 20), 0.5), left_part(0)) == 1


@pytest.mark.parametrize(("width", "expected"), [(10, 1), (12, 1), (8, 1), (13, 0), (20, 0)])
def test_outline_may_be_two_pixels_off(width: int, expected: float) -> None:
    """Up to 2 px count as agreement, 3 do not; the picture's frame is no outline."""
    assert metrics.boundary_f(left_part(width), left_part(10)) == expected


def test_boundary_f_joins_precision_and_recall() -> None:
    """Of 24 pixels of the mask's outline 12 are near, of 20 of the truth's 12: F = 2 * 0.5 * 0.6 / 1.1."""
    mask = left_part(10)
    mask[10:, :15] = 1
    assert metrics.boundary_f(mask, left_part(10)) == pytest.approx(0.6 / 1.1)


def test_no_outline_anywhere_is_agreement() -> None:
    """Two empty masks agree, and so do two full ones; an empty one and an outline do not."""
    assert metrics.boundary_f(left_part(0), left_part(0)) == 1
    assert metrics.boundary_f(left_part(20), left_part(0)) == 1
    assert metrics.boundary_f(left_part(0), left_part(10)) == 0


def test_holes_count_where_the_person_surely_is() -> None:
    """3 px off the square's edge 14x14 remain: one pixel that is missing there counts, one at the edge does not."""
    mask = square()
    mask[21, 21] = 0
    assert metrics.holes(mask, square()) == 0
    mask[30, 30] = 0.5
    assert metrics.holes(mask, square()) == pytest.approx(0.5 / 14**2)


def test_leak_counts_where_surely_nobody_is() -> None:
    """The square and 3 px round it are 26x26 less 4 pixels at each corner: the rest is outside."""
    mask = square()
    mask[17:43, 25:35] = 1
    assert metrics.leak(mask, square()) == 0
    mask[0, :30] = 0.5
    assert metrics.leak(mask, square()) == pytest.approx(15 / (60**2 - (26**2 - 16)))


def test_sure_places_keep_their_share_of_large_pictures() -> None:
    """At 300 px 2 % are 6 px: a hole 5 px behind the edge does not count, one 6 px behind it does."""
    truth = left_part(150, (300, 300))
    mask = truth.copy()
    mask[:, 144:] = 0
    assert metrics.holes(mask, truth) == 0
    mask[:, 143] = 0
    assert metrics.holes(mask, truth) == pytest.approx(1 / 144)


def test_nothing_sure_is_no_fault() -> None:
    """Where a person fills the picture, or is nowhere, leak or holes is 0."""
    assert metrics.leak(left_part(0), left_part(20)) == 0
    assert metrics.holes(left_part(0), left_part(0)) == 0


def test_mad_is_the_mean_difference() -> None:
    """A quarter everywhere, against nobody, is a quarter; bytes and booleans are masks, too."""
    assert metrics.mad(np.full((20, 20), 0.25), left_part(0)) == 0.25
    assert metrics.mad(np.full((20, 20), 51, np.uint8), left_part(0)) == pytest.approx(0.2)
    assert metrics.mad(left_part(5) > 0.5, left_part(10)) == 0.25


def test_all_measures_of_a_picture_are_the_single_ones() -> None:
    """`score_picture` gives what the functions give one by one, in Python's own numbers."""
    mask = left_part(13) * np.float32(0.9)
    single = [getattr(metrics, name)(mask, left_part(10)) for name in metrics.PictureScore._fields]
    assert list(metrics.score_picture(mask, left_part(10))) == single
    assert {type(number) for number in single} == {float}


def test_large_truth_is_measured_at_640_pixels() -> None:
    """4 px off at 1280 px are 2 px at 640; at 640 px itself they are too many."""
    assert metrics.boundary_f(left_part(604, (40, 1280)), left_part(600, (40, 1280))) == 1
    assert metrics.boundary_f(left_part(304, (20, 640)), left_part(300, (20, 640))) == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (9000, 1), (2, 3)])
def test_odd_sizes_are_measured(shape: tuple[int, int]) -> None:
    """One pixel, and a line of many, are pictures, too."""
    full = np.full(shape, 255, np.uint8)
    assert metrics.score_picture(full, full) == pytest.approx((1, 1, 0, 0, 0), abs=1e-6)


def test_pixel_of_a_smaller_truth_is_the_mean_of_its_area() -> None:
    """From 960 to 640 pixels each one covers one and a half."""
    row = np.random.default_rng(1).random((1, 960)).astype(np.float32)
    triples = row.reshape(-1, 3)
    expected = np.stack([triples[:, 0] + triples[:, 1] / 2, triples[:, 1] / 2 + triples[:, 2]], axis=1) / 1.5
    np.testing.assert_allclose(limited(row), expected.reshape(1, -1), atol=1e-6)


def test_mask_of_another_size_is_drawn_bilinearly() -> None:
    """Two pixels drawn as four: 0, a quarter, three quarters, 1."""
    mask = np.array([[0, 1]], np.float32)
    assert metrics.mad(mask, np.array([[0, 0.25, 0.75, 1]], np.float32)) == 0


@pytest.mark.parametrize("radius", [1, 2, 3, 4, 7, 12])
def test_disc_is_opencvs(radius: int) -> None:
    """A shape grows and shrinks by `disc` as OpenCV dilates and erodes by its ellipse, at the picture's frame, too."""
    area = np.random.default_rng(radius).random((31, 45)) > 0.97
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    np.testing.assert_array_equal(grown(area, disc(radius)), cv2.dilate(area.astype(np.uint8), kernel) > 0)
    np.testing.assert_array_equal(shrunk(~area, disc(radius)), cv2.erode((~area).astype(np.uint8), kernel) > 0)


def test_distance_is_euclids() -> None:
    """Within 2 px lie 13 places: (1, 1) is nearer than 2, (2, 1) is not."""
    point = np.zeros((7, 7), np.bool_)
    point[3, 3] = True
    rows, columns = np.nonzero(grown(point, within(2)))
    assert len(rows) == 13
    assert max(np.hypot(rows - 3, columns - 3)) == 2


def composite_case() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]:
    """Return a composite that is off by 10 in one channel of 9 columns, its truth, and an edge of one column."""
    alpha = left_part(20, (20, 40))
    alpha[:, 20] = 0.5
    truth = np.full((20, 40, 3), 100, np.uint8)
    composite = truth.copy()
    composite[:, 16:25, 0] = 110
    return composite, truth, alpha


def test_edge_band_reaches_four_pixels() -> None:
    """An edge of one column has a band of nine; levels up to 0.02 and from 0.98 are no edge."""
    alpha = composite_case()[2]
    assert np.nonzero(metrics.edge_band(alpha)[10])[0].tolist() == list(range(16, 25))
    alpha[:, 20] = 0.98
    assert not metrics.edge_band(alpha).any()


def test_band_error_and_psnr_see_the_band_only() -> None:
    """10 in one channel of three: mean 10/3, mean square 100/3; outside of the band anything goes."""
    composite, truth, alpha = composite_case()
    composite[:, 30:] = 0
    assert metrics.band_error(composite, truth, alpha) == pytest.approx(10 / 3)
    assert metrics.band_psnr(composite, truth, alpha) == pytest.approx(10 * math.log10(255**2 / (100 / 3)))
    assert metrics.band_psnr(truth, truth, alpha) == math.inf
    assert metrics.band_error(composite, truth, np.zeros((20, 40))) == 0


def test_composite_is_rounded_as_it_is_seen() -> None:
    """Levels in 0..1 are rounded to bytes, the truth is not."""
    _, _, alpha = composite_case()
    truth = np.full((20, 40, 3), 100.25 / 255)
    assert metrics.band_error(np.full((20, 40, 3), 100.4 / 255), truth, alpha) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda: metrics.iou(np.zeros((2, 2), int), left_part(1)), TypeError, "the mask has to be a floating point"),
        (lambda: metrics.iou(left_part(1), [[1.0]]), TypeError, "the truth has to be a floating point"),
        (lambda: metrics.mad(left_part(1), np.zeros((2, 2, 3))), ValueError, r"the truth .* \(2, 2, 3\)"),
        (lambda: metrics.mad(np.full((2, 2), np.nan), left_part(1)), ValueError, "the mask has to be in 0..1, got"),
        (lambda: metrics.mad(left_part(1) * 255, left_part(1)), ValueError, "values from 0 to 255"),
        (lambda: metrics.dtssd(constant(0, 0), constant(0)), ValueError, "shorter"),
        (lambda: metrics.dtssd(constant(0, 0), [left_part(0), left_part(0, (20, 30))]), ValueError, "20x20 and 30x20"),
        (lambda: metrics.flicker(constant(0), constant(0)), TypeError, "the frame has to be uint8, RGB"),
        (lambda: metrics.edge_band(np.zeros(3)), ValueError, "the alpha has to have the shape"),
        (lambda: metrics.band_error(np.zeros((2, 2, 3), int), np.zeros((2, 2, 3)), np.zeros((2, 2))), TypeError,
         "the composite has to be an array of uint8, or of floating point in 0..1, got int64"),
        (lambda: metrics.band_error(np.full((2, 2, 3), np.nan), np.zeros((2, 2, 3)), np.zeros((2, 2))), ValueError,
         "the composite has to have numbers only, got NaN or infinity"),
        (lambda: metrics.band_error(np.zeros((2, 2, 3)), np.zeros((2, 3, 3)), np.zeros((2, 2))), ValueError,
         r"the truth has to have the shape \(2, 2, 3\), as alpha has, got \(2, 3, 3\)"),
    ],
)  # fmt: skip
def test_wrong_arrays_get_a_sentence(call: Callable[[], Any], kind: type[Exception], sentence: str) -> None:
    """It names what is wrong: the mask, the truth, the frame, the alpha or the composite."""
    with pytest.raises(kind, match=sentence):
        call()
