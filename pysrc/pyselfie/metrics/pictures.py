"""Measures of one mask against its truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.metrics.planes import disc, grown, matched, shrunk, within

if TYPE_CHECKING:
    from pyselfie.metrics.planes import Area, Plane

_PERSON = 0.5
_TOLERANCE = 2
_CROSS = (0, 1, 0)
_FAR, _FAR_LEAST = 0.02, 3
"""How far from the truth's edge the sure places lie: this share of the longer side, and at least so many pixels."""


class PictureScore(NamedTuple):
    """What `score_picture` finds; each number is in 0..1.

    Attributes
    ----------
    iou, boundary_f
        The larger the better.
    holes, leak, mad
        The smaller the better.
    """

    iou: float
    boundary_f: float
    holes: float
    leak: float
    mad: float


def score_picture(mask: Any, truth: Any) -> PictureScore:
    """Return all measures of one mask.

    Parameters
    ----------
    mask, truth
        [h, w], floating point in 0..1, boolean, or uint8; of any two sizes.

    Raises
    ------
    TypeError, ValueError
        When one is nothing like that.
    """
    return score_planes(*matched(mask, truth))


def score_planes(mask: Plane, truth: Plane) -> PictureScore:
    """Return all measures of two planes that `matched` has made."""
    inside, outside = _sure(truth)
    return PictureScore(
        _iou(mask > _PERSON, truth > _PERSON),
        _boundary_f(mask > _PERSON, truth > _PERSON),
        _mean(1 - mask[inside]),
        _mean(mask[outside]),
        _mean(np.abs(mask - truth)),
    )


def iou(mask: Any, truth: Any) -> float:
    """Return intersection over union (Jaccard 1901) of the places above 0.5; 1 when there is no person in either.

    Parameters
    ----------
    mask, truth
        [h, w], floating point in 0..1, boolean, or uint8; of any two sizes.
    """
    ours, theirs = matched(mask, truth)
    return _iou(ours > _PERSON, theirs > _PERSON)


def boundary_f(mask: Any, truth: Any) -> float:
    """Return how well the outlines agree, 0..1: F = 2 P R / (P + R).

    P is the share of the mask's outline that lies within 2 px (Euclid) of the truth's, R the share of the truth's
    within 2 px of the mask's (Martin, Fowlkes, Malik, PAMI 2004; Perazzi et al., DAVIS, CVPR 2016). The outline is what
    lies above 0.5 and has one of its four neighbours below; the picture's frame is no outline. Without any outline in
    both it is 1, in one of them 0.

    Parameters
    ----------
    mask, truth
        [h, w], floating point in 0..1, boolean, or uint8; of any two sizes.
    """
    ours, theirs = matched(mask, truth)
    return _boundary_f(ours > _PERSON, theirs > _PERSON)


def mad(mask: Any, truth: Any) -> float:
    """Return the mean absolute difference, 0..1 (Rhemann et al., CVPR 2009, "SAD" over the number of pixels).

    Parameters
    ----------
    mask, truth
        [h, w], floating point in 0..1, boolean, or uint8; of any two sizes.
    """
    ours, theirs = matched(mask, truth)
    return _mean(np.abs(ours - theirs))


def holes(mask: Any, truth: Any) -> float:
    """Return how much of the person is missing where it surely is: the mean of 1 - mask.

    Sure is what stays of the truth (above 0.5) when 2 % of its longer side, at least 3 px, are taken off all round.

    Parameters
    ----------
    mask, truth
        [h, w], floating point in 0..1, boolean, or uint8; of any two sizes.
    """
    ours, theirs = matched(mask, truth)
    return _mean(1 - ours[_sure(theirs)[0]])


def leak(mask: Any, truth: Any) -> float:
    """Return how much of the background comes through where there is surely nobody: the mean of the mask.

    Sure is what lies farther from the truth (above 0.5) than 2 % of its longer side, and than 3 px.

    Parameters
    ----------
    mask, truth
        [h, w], floating point in 0..1, boolean, or uint8; of any two sizes.
    """
    ours, theirs = matched(mask, truth)
    return _mean(ours[_sure(theirs)[1]])


def _iou(ours: Area, theirs: Area) -> float:
    union = np.count_nonzero(ours | theirs)
    return float(np.count_nonzero(ours & theirs) / union) if union else 1.0


def _boundary_f(ours: Area, theirs: Area) -> float:
    our_outline, their_outline = _outline(ours), _outline(theirs)
    if not our_outline.any() or not their_outline.any():
        return float(our_outline.any() == their_outline.any())
    precision = _mean(grown(their_outline, within(_TOLERANCE))[our_outline])
    recall = _mean(grown(our_outline, within(_TOLERANCE))[their_outline])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _outline(area: Area) -> Area:
    return area & ~shrunk(area, _CROSS)


def _sure(truth: Plane) -> tuple[Area, Area]:
    """Return where the person surely is, and where surely nobody is."""
    person = truth > _PERSON
    shape = disc(max(_FAR_LEAST, int(_FAR * max(truth.shape))))
    return shrunk(person, shape), ~grown(person, shape)


def _mean(values: Any) -> float:
    """Return the mean, 0 of nothing."""
    return float(values.mean()) if values.size else 0.0
