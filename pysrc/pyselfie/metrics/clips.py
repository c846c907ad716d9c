"""Measures of successive masks: how much they flicker, and how much they lag."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pyselfie.core.pictures import LUMA, check_frame
from pyselfie.metrics.pictures import PictureScore, score_planes
from pyselfie.metrics.planes import drawn, limited, matched, plane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from pyselfie.metrics.planes import Plane

_LUMA = LUMA / np.float32(255)  # of bytes
_MOVED, _MOVED_LEAST, _CALM = 0.25, 30, 0.01
"""A change of the truth that is a movement, on how many pixels there has to be more than that; and one that is none."""
_STILL, _AROUND = 0.01, 2
"""A change of the luma that is none; it is averaged over so many pixels on each side."""


class ClipScore(NamedTuple):
    """What a `ClipMeter` finds; a number is None where there was nothing to find it from.

    Attributes
    ----------
    dtssd, moving_error, calm_change, flicker
        As the functions of these names; the smaller the better.
    pictures
        The means of the frames' own scores.
    """

    dtssd: float | None
    moving_error: float | None
    calm_change: float | None
    flicker: float | None
    pictures: PictureScore | None


class ClipMeter:
    """Measures a clip frame by frame and keeps no more than the last one.

    Examples
    --------
    >>> meter = ClipMeter()
    >>> for _ in range(2):
    ...     score = meter.add(np.ones((9, 9), np.float32), np.ones((9, 9), np.float32))
    >>> meter.score().dtssd
    0.0
    """

    def __init__(self) -> None:
        self._before: tuple[Plane, Plane] | None = None
        self._seen_before: tuple[Plane, Plane] | None = None
        self._changes: list[float] = []
        self._moving: list[float] = []
        self._calm: list[float] = []
        self._flicker: list[float] = []
        self._pictures: list[PictureScore] = []

    def add(self, mask: Any, truth: Any = None, frame: Any = None) -> PictureScore | None:
        """Take the next frame; return its own score.

        Parameters
        ----------
        mask, truth
            [h, w], floating point in 0..1, boolean, or uint8; without a truth only `flicker` is measured, and the next
            frame begins anew for the other measures of time.
        frame
            uint8 [H, W, 3], RGB: what `flicker` is measured from.
        """
        if frame is not None:
            self._add_seen(mask, frame)
        if truth is None:
            self._before = None  # the next one with a truth is no neighbour of the last one
            return None
        here = matched(mask, truth)
        if self._before is not None:
            self._compare(*self._before, *here)
        self._before = here
        self._pictures.append(score_planes(*here))
        return self._pictures[-1]

    def _add_seen(self, mask: Any, frame: NDArray[np.uint8]) -> None:
        luma = limited(check_frame(frame).astype(np.float32) @ _LUMA)
        here = drawn(plane(mask), luma.shape), luma
        if self._seen_before is not None:
            mask_before, luma_before = self._seen_before
            _same_size(luma_before, luma)
            still = np.abs(_box_mean(luma - luma_before)) < _STILL
            _note(self._flicker, np.abs(here[0] - mask_before)[still])
        self._seen_before = here

    def _compare(self, before: Plane, truth_before: Plane, mask: Plane, truth: Plane) -> None:
        _same_size(truth_before, truth)
        step, true_step = mask - before, truth - truth_before
        self._changes.append(float(np.sqrt(np.mean((step - true_step) ** 2))))
        moved = np.abs(true_step) > _MOVED
        if np.count_nonzero(moved) > _MOVED_LEAST:
            _note(self._moving, np.abs(mask - truth)[moved])
        _note(self._calm, np.abs(step)[np.abs(true_step) < _CALM])

    def score(self) -> ClipScore:
        """Return the means over the frames so far."""
        changes, moving, calm, flickering = map(_mean, (self._changes, self._moving, self._calm, self._flicker))
        pictures = PictureScore(*map(fmean, zip(*self._pictures, strict=True))) if self._pictures else None
        return ClipScore(changes, moving, calm, flickering, pictures)


def dtssd(masks: Iterable[Any], truths: Iterable[Any]) -> float:
    """Return how much the mask changes from frame to frame where the truth does not, and the other way round.

    The root mean square over the pixels of (m[t] - m[t-1]) - (T[t] - T[t-1]), averaged over the frames (Erofeev et al.,
    "Perceptually Motivated Benchmark for Video Matting", BMVC 2015). One frame has no change: 0.

    Parameters
    ----------
    masks, truths
        As many of each: [h, w], floating point in 0..1, boolean, or uint8.

    Raises
    ------
    ValueError
        When their numbers or the frames' sizes differ.
    """
    return _measured(masks, truths).dtssd or 0.0


def moving_error(masks: Iterable[Any], truths: Iterable[Any]) -> float:
    """Return the mean |mask - truth| where the truth has changed by more than 0.25 since the last frame.

    It grows when smoothing lags behind. Frames where no more than 30 pixels move don't count; with none left it is 0.

    Parameters
    ----------
    masks, truths
        As many of each: [h, w], floating point in 0..1, boolean, or uint8.

    Raises
    ------
    ValueError
        When their numbers or the frames' sizes differ.
    """
    return _measured(masks, truths).moving_error or 0.0


def calm_change(masks: Iterable[Any], truths: Iterable[Any]) -> float:
    """Return the mean |m[t] - m[t-1]| where the truth has changed by less than 0.01.

    Parameters
    ----------
    masks, truths
        As many of each: [h, w], floating point in 0..1, boolean, or uint8.

    Raises
    ------
    ValueError
        When their numbers or the frames' sizes differ.
    """
    return _measured(masks, truths).calm_change or 0.0


def flicker(masks: Iterable[Any], frames: Iterable[NDArray[np.uint8]]) -> float:
    """Return the mean |m[t] - m[t-1]| on still pixels; it needs no truth.

    Still is where the frame's luma (ITU-R BT.601), averaged over 5x5 pixels, has changed by less than 0.01.

    Parameters
    ----------
    masks
        [h, w], floating point in 0..1, boolean, or uint8.
    frames
        As many, uint8 [H, W, 3], RGB.

    Raises
    ------
    ValueError
        When their numbers or the frames' sizes differ.
    """
    meter = ClipMeter()
    for mask, frame in zip(masks, frames, strict=True):
        meter.add(mask, frame=frame)
    return meter.score().flicker or 0.0


def _measured(masks: Iterable[Any], truths: Iterable[Any]) -> ClipScore:
    meter = ClipMeter()
    for mask, truth in zip(masks, truths, strict=True):
        meter.add(mask, truth)
    return meter.score()


def _box_mean(values: Plane) -> Plane:
    """Return the mean of each pixel's neighbourhood; beyond the edges the picture is mirrored about its last row."""
    size = 2 * _AROUND + 1
    wide = np.pad(values, _AROUND, mode="reflect" if min(values.shape) > _AROUND else "edge")
    for axis, count in enumerate(values.shape):
        rows = wide.swapaxes(0, axis)
        total = rows[:count].copy()
        for shift in range(1, size):
            total += rows[shift : shift + count]
        wide = total.swapaxes(0, axis)
    return wide / np.float32(size**2)


def _same_size(before: Plane, now: Plane) -> None:
    if before.shape != now.shape:
        sizes = " and ".join(f"{each.shape[1]}x{each.shape[0]}" for each in (before, now))
        raise ValueError(f"the frames of a clip have to have one size, got {sizes}")


def _note(numbers: list[float], values: Plane) -> None:
    if values.size:
        numbers.append(float(values.mean()))


def _mean(numbers: list[float]) -> float | None:
    return fmean(numbers) if numbers else None
