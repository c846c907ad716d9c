"""What a frame becomes on its way to the composite, step by step, for people who want to look at it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from pyselfie.core.rounding import to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pyselfie.core.geometry import Rect

StepName = Literal["frame", "model-input", "raw-mask", "refined-mask", "smoothing-weight", "overlay", "composite"]

THUMBNAIL = 160
"""Pixels of a thumbnail's longer side, at most."""

BINS = 64
NO_NUMBER = (255, 0, 255)
"""The colour of values that are no numbers, which no mask has."""


class StepKind(NamedTuple):
    """A step of the pipeline.

    Attributes
    ----------
    label
        For people.
    sources
        The steps that it is made from.
    stage
        The timed stage that ends with it.
    """

    label: str
    sources: tuple[StepName, ...]
    stage: str


STEPS: dict[StepName, StepKind] = {
    "frame": StepKind("Frame", (), "capture"),
    "model-input": StepKind("Model input", ("frame",), "preprocess"),
    "raw-mask": StepKind("Raw mask", ("model-input",), "infer"),
    "smoothing-weight": StepKind("Smoothing weight", ("model-input",), "infer"),
    "refined-mask": StepKind("Refined mask", ("model-input", "raw-mask", "smoothing-weight"), "infer"),
    "overlay": StepKind("Overlay", ("refined-mask",), "postprocess"),
    "composite": StepKind("Composite", ("frame", "overlay"), "paint"),
}
_INSTEAD: dict[StepName, StepName] = {"overlay": "refined-mask", "refined-mask": "raw-mask"}
"""What a step is made from where another one is not there."""


class Step(NamedTuple):
    """One step of one frame.

    Attributes
    ----------
    array
        uint8 [h, w, 3 or 4], or float32 [h, w] or [h, w, 3] with 0..1 from black to white; None: there is none.
    note
        Why there is none, or what else is to be known of it.
    stage
        The timed stage that ends with it; None: that of its kind.
    """

    array: NDArray[Any] | None
    note: str = ""
    stage: str | None = None


Steps = dict[StepName, Step]
_MODEL_STEPS: tuple[StepName, ...] = ("model-input", "raw-mask", "refined-mask", "smoothing-weight")

NO_MASK = "The effect does not need the person, so the model did not run."
_CAMERA = "The camera's own: it came with the frame, and the model did not run."
_EARLIER = "Of an earlier frame: there was no time for a new mask."
NO_OVERLAY = "What is painted has no overlay."
_RAW_EDGES = "With raw edges the model's mask is used as it is."
_NOT_KEPT = "A second look at the frame has given the mask, and what its network said is not kept."
_NO_SMOOTHING = "With raw edges nothing is smoothed."


class ModelArrays(NamedTuple):
    """What a model took and gave for one frame, copies.

    Attributes
    ----------
    picture
        float32 [h, w, 3] in 0..1.
    mask
        float32 [h, w] in 0..1, of the whole frame.
    raw
        float32 [h, w] in 0..1: what the network says; None: it is not kept.
    weight
        float32 [h/2, w/2] in 0..0.95: how much the mask before counts; None: edges are raw.
    part
        What the others but `mask` are of, in fractions of the frame's sides; None: all of it.
    """

    picture: NDArray[np.float32]
    mask: NDArray[np.float32]
    raw: NDArray[np.float32] | None = None
    weight: NDArray[np.float32] | None = None
    part: Rect | None = None


def model_steps(arrays: ModelArrays | None) -> Steps:
    """Return the steps from the model's input to its mask; None: the model did not run."""
    if arrays is None:
        return dict.fromkeys(_MODEL_STEPS, Step(None, NO_MASK))
    of = _part_note(arrays.part)
    steps: Steps = {"model-input": Step(arrays.picture, of)}
    if arrays.weight is None:
        refined, weight = Step(None, _RAW_EDGES), Step(None, _NO_SMOOTHING)
        return steps | {"raw-mask": Step(arrays.mask), "refined-mask": refined, "smoothing-weight": weight}
    raw = Step(None, _NOT_KEPT) if arrays.raw is None else Step(arrays.raw, of)
    return steps | {"raw-mask": raw, "refined-mask": Step(arrays.mask), "smoothing-weight": Step(arrays.weight, of)}


def camera_steps(mask: NDArray[np.float32]) -> Steps:
    """Return the same steps of a frame that has brought its mask, float32 [h, w] in 0..1; it is copied."""
    return dict.fromkeys(_MODEL_STEPS, Step(None, _CAMERA)) | {"raw-mask": Step(mask.copy(), _CAMERA, "preprocess")}


def _part_note(part: Rect | None) -> str:
    if part is None:
        return ""
    x, y, width, height = (round(100 * side) for side in part)
    return f"Of a part of the frame: {width} % of its width from {x} %, {height} % of its height from {y} %."


def report(steps: Steps, stages: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return what can be said of each step, ready for JSON.

    Parameters
    ----------
    steps
        Of one frame.
    stages
        Milliseconds of the stages that this frame had.

    Returns
    -------
    list of dict
        In the order of `STEPS`: ``name``, ``label``, ``note``; ``sources``, the steps that it is made from; ``ms``, or
        None with ``timedWith``, the step before it whose time is that of both; and, None where there is no array,
        ``shape``, ``dtype``, ``low``, ``high`` of its numbers, and how many values are no numbers: ``odd``.
    """
    found: list[dict[str, Any]] = []
    timed: dict[str, str] = {}
    for name, (label, sources, usual) in STEPS.items():
        array, note, own = steps[name]
        stage = own or usual
        if array is not None and stage == "infer" and stage not in stages:
            note = _EARLIER
        told: dict[str, Any] = {"name": name, "label": label, "note": note}
        told["sources"] = [there for source in sources if (there := _source(steps, source))]
        told["timedWith"] = timed.get(stage)
        told["ms"] = None if array is None or stage in timed else stages.get(stage)
        if array is not None:
            timed.setdefault(stage, name)
        found.append(told | _facts(array))
    return found


def _source(steps: Steps, name: StepName) -> StepName | None:
    """Return the step `name`, or what is there in its place."""
    there: StepName | None = name
    while there is not None and steps[there].array is None:
        there = _INSTEAD.get(there)
    return there


def _facts(array: NDArray[Any] | None) -> dict[str, Any]:
    if array is None:
        return dict.fromkeys(("shape", "dtype", "low", "high", "odd"))
    is_whole = array.dtype.kind != "f" and array.flags.c_contiguous  # then all channels at once are much quicker
    planes = [array] if is_whole else [_numbers(plane) for plane in channels(array)]
    there = [plane for plane in planes if plane.size > 0]
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "low": min((plane.min().item() for plane in there), default=None),
        "high": max((plane.max().item() for plane in there), default=None),
        "odd": array.size - sum(plane.size for plane in planes),
    }


def channels(array: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the planes [h, w] of an array: one of [h, w], else as many as its last axis is long."""
    return [array] if array.ndim == 2 else [array[..., channel] for channel in range(array.shape[2])]


def _numbers(plane: NDArray[Any]) -> NDArray[Any]:
    """Return the values that are finite numbers; the plane itself if all are."""
    if plane.dtype.kind != "f":
        return plane
    finite = np.isfinite(plane)
    return plane if finite.all() else plane[finite]


def picture(array: NDArray[Any]) -> NDArray[np.uint8]:
    """Return an array as people see it, uint8 [h, w, 4], straight RGBA.

    Floats are 0 black and 1 white, and so is what lies beyond; what is no number has the colour `NO_NUMBER`.
    """
    planes = channels(array)
    seen = np.empty((*array.shape[:2], 4), np.uint8)
    seen[..., 3] = 255
    for channel, plane in enumerate(planes if len(planes) > 1 else planes * 3):
        seen[..., channel] = plane if plane.dtype == np.uint8 else _levels(plane)
    if array.dtype.kind == "f":
        for plane in planes:
            seen[~np.isfinite(plane), :3] = NO_NUMBER
    return seen


def _levels(plane: NDArray[np.float32]) -> NDArray[np.uint8]:
    return to_bytes(np.clip(np.nan_to_num(plane), 0, 1) * np.float32(255))


def thumbnail(array: NDArray[Any], longest: int = THUMBNAIL) -> NDArray[np.uint8]:
    """Return a small `picture`, at most `longest` pixels on its longer side.

    Of large arrays not every pixel is looked at: a thumbnail has to be cheap.
    """
    side = max(array.shape[:2])
    if side <= longest:
        return picture(array)
    step = -(-side // (2 * longest))
    fine = picture(array[::step, ::step])
    if max(fine.shape[:2]) <= longest:
        return fine
    fine = np.pad(fine, ((0, fine.shape[0] % 2), (0, fine.shape[1] % 2), (0, 0)), mode="edge").astype(np.uint16)
    total = fine[::2, ::2] + fine[1::2, ::2] + fine[::2, 1::2] + fine[1::2, 1::2]
    return ((total + 2) // 4).astype(np.uint8)


def histogram(array: NDArray[Any]) -> dict[str, Any]:
    """Return how many values of each channel are in each of `BINS` bins from ``low`` to ``high``, ready for JSON.

    Bytes go from 0 to 255; floats from 0 to 1, or as far as they go where that is further. Only numbers are counted.
    """
    planes = [_numbers(plane).ravel() for plane in channels(array)]
    low, high = (0.0, 255.0) if array.dtype == np.uint8 else (0.0, 1.0)
    for plane in planes:
        if plane.size > 0:
            low, high = min(low, float(plane.min())), max(high, float(plane.max()))
    counts = [_counts(plane, low, high).tolist() for plane in planes]
    return {"low": low, "high": high, "counts": counts}


def _counts(plane: NDArray[Any], low: float, high: float) -> NDArray[np.intp]:
    if plane.dtype == np.uint8:
        return np.bincount(plane >> np.uint8(2), minlength=BINS)
    at = (plane.astype(np.float64) - low) * (BINS / (high - low))
    return np.bincount(np.minimum(at, BINS - 1).astype(np.intp), minlength=BINS)


def as_npy(array: NDArray[Any]) -> bytes:
    """Return the array as a ``.npy`` file, in C order."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(array))
    return file.getvalue()
