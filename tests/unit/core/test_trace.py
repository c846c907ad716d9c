"""The trace: what is told of each step's array, its picture, histogram and file; and the engine that sends it."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest

from pyselfie.core import trace
from pyselfie.core.geometry import Rect
from pyselfie.core.trace import ModelArrays, Step, Steps, model_steps

MASK = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
INPUT = np.zeros((3, 4, 3), np.float32)
RGBA = np.arange(48, dtype=np.uint8).reshape(3, 4, 4)
WITH_ODD = np.array([[np.nan, 0.5], [np.inf, 0.25]], np.float32)
STAGES = {"capture": 1.0, "preprocess": 2.0, "infer": 3.0, "postprocess": 4.0, "paint": 5.0}


def steps(**changed: Any) -> Steps:
    """Return the steps of a refined frame; others by their names with underscores."""
    found = model_steps(ModelArrays(INPUT, MASK, MASK, MASK[:2, :2]))
    found |= {"frame": Step(RGBA[..., :3]), "overlay": Step(RGBA), "composite": Step(RGBA)}
    return found | {name.replace("_", "-"): step for name, step in changed.items()}  # type: ignore[return-value]


def told(**changed: Any) -> dict[str, dict[str, Any]]:
    """Return their report, by name."""
    report = trace.report(steps(**changed), STAGES)
    assert report == json.loads(json.dumps(report, allow_nan=False))
    return {step["name"]: step for step in report}


def test_report_says_shape_dtype_and_range() -> None:
    """Of floats and of bytes; those of a frame are its colours, without the alpha that it has not."""
    found = told()
    assert (found["raw-mask"]["shape"], found["raw-mask"]["dtype"]) == ([3, 4], "float32")
    assert (found["raw-mask"]["low"], found["raw-mask"]["high"], found["raw-mask"]["odd"]) == (0, 1, 0)
    assert (found["frame"]["shape"], found["frame"]["dtype"]) == ([3, 4, 3], "uint8")
    assert (found["frame"]["low"], found["frame"]["high"]) == (0, 46)
    assert found["composite"]["high"] == 47


def test_report_counts_what_is_no_number() -> None:
    """NaN and infinity are counted and are no part of the range; where nothing else is there, there is none."""
    found = told(raw_mask=Step(WITH_ODD))["raw-mask"]
    assert (found["low"], found["high"], found["odd"]) == (0.25, 0.5, 2)
    found = told(raw_mask=Step(np.full((2, 2), np.nan, np.float32)))["raw-mask"]
    assert (found["low"], found["high"], found["odd"]) == (None, None, 4)


def test_report_gives_each_stage_once() -> None:
    """One run gives three steps: the first has its milliseconds, the others say with which one they were timed."""
    found = told()
    times = {name: (step["ms"], step["timedWith"]) for name, step in found.items()}
    assert times == {
        "frame": (1.0, None),
        "model-input": (2.0, None),
        "raw-mask": (3.0, None),
        "smoothing-weight": (None, "raw-mask"),
        "refined-mask": (None, "raw-mask"),
        "overlay": (4.0, None),
        "composite": (5.0, None),
    }


def test_step_may_end_another_stage() -> None:
    """A user's overlay is made while painting: it has that time, and the composite shares it."""
    found = told(overlay=Step(RGBA, stage="paint"))
    assert (found["overlay"]["ms"], found["overlay"]["timedWith"]) == (5.0, None)
    assert (found["composite"]["ms"], found["composite"]["timedWith"]) == (None, "overlay")


def test_report_leaves_out_what_is_not_there() -> None:
    """A step without an array says why; those made from it name what is there instead."""
    raw = told(**{name.replace("-", "_"): step for name, step in model_steps(ModelArrays(INPUT, MASK)).items()})
    assert raw["refined-mask"]["shape"] is None
    assert "raw edges" in raw["refined-mask"]["note"]
    assert "raw edges" in raw["smoothing-weight"]["note"]
    assert raw["overlay"]["sources"] == ["raw-mask"]
    assert told()["refined-mask"]["sources"] == ["model-input", "raw-mask", "smoothing-weight"]
    assert told(overlay=Step(None, "none"))["composite"]["sources"] == ["frame", "refined-mask"]
    nothing = {name.replace("-", "_"): step for name, step in model_steps(None).items()}
    assert told(overlay=Step(None, "none"), **nothing)["composite"]["sources"] == ["frame"]
    assert told(**nothing)["raw-mask"] | {"note": ""} == {
        "name": "raw-mask",
        "label": "Raw mask",
        "sources": [],
        **dict.fromkeys(("ms", "timedWith", "shape", "dtype", "low", "high", "odd")),
        "note": "",
    }


def test_steps_of_a_close_up_say_so() -> None:
    """What the model saw is a part of the frame then; its mask is placed into the whole."""
    part = Rect(0.25, 0.1, 0.5, 0.6)
    found = model_steps(ModelArrays(INPUT, MASK, MASK, MASK, part))
    where = "Of a part of the frame: 50 % of its width from 25 %, 60 % of its height from 10 %."
    assert found["model-input"].note == found["raw-mask"].note == found["smoothing-weight"].note == where
    assert found["refined-mask"].note == ""


def test_mask_of_an_earlier_frame_says_so() -> None:
    """Where there was no time to run the model, its steps are older than the frame."""
    found = {step["name"]: step for step in trace.report(steps(), {"capture": 1.0, "paint": 2.0})}
    assert "earlier frame" in found["raw-mask"]["note"]
    assert found["frame"]["note"] == ""


@pytest.mark.parametrize("array", [MASK, RGBA, RGBA[..., :3], WITH_ODD], ids=["mask", "rgba", "view", "odd"])
def test_npy_is_the_array(array: np.ndarray) -> None:
    """What is downloaded is read by NumPy as the same array; its numbers end the file, in C order."""
    data = trace.as_npy(array)
    loaded = np.load(io.BytesIO(data))
    assert loaded.dtype == array.dtype
    np.testing.assert_array_equal(loaded, array)
    assert data.endswith(np.ascontiguousarray(array).tobytes())


def test_histogram_counts_each_number_once() -> None:
    """By channel, in 64 bins; NaN and infinity are in none."""
    found = trace.histogram(RGBA)
    assert (found["low"], found["high"]) == (0, 255)
    assert [sum(counts) for counts in found["counts"]] == [12] * 4
    assert found["counts"][0][:4] == [1, 1, 1, 1]
    [counts] = trace.histogram(WITH_ODD)["counts"]
    assert sum(counts) == 2
    assert (counts[16], counts[32]) == (1, 1)
    [counts] = trace.histogram(np.ones((2, 3), np.float32))["counts"]
    assert counts[-1] == 6


def test_histogram_goes_as_far_as_the_numbers() -> None:
    """Beyond 0..1 the bins cover what there is."""
    found = trace.histogram(np.array([[-1, 0, 3]], np.float32))
    assert (found["low"], found["high"]) == (-1, 3)
    assert (found["counts"][0][0], found["counts"][0][16], found["counts"][0][-1]) == (1, 1, 1)


def test_picture_shows_what_the_array_says() -> None:
    """Masks in grey, colours as they are, alpha as it is, what is no number in a colour that no mask has."""
    np.testing.assert_array_equal(trace.picture(RGBA), RGBA)
    np.testing.assert_array_equal(trace.picture(RGBA[..., :3])[..., :3], RGBA[..., :3])
    assert (trace.picture(RGBA[..., :3])[..., 3] == 255).all()
    np.testing.assert_array_equal(trace.picture(MASK)[..., 1], np.rint(MASK * 255))
    colours = np.stack([MASK, MASK / 2, MASK * 2], axis=2)
    np.testing.assert_array_equal(trace.picture(colours)[..., 2], np.rint(np.minimum(MASK * 2, 1) * 255))
    seen = trace.picture(WITH_ODD)[..., :3]
    assert seen[:, 0].tolist() == [list(trace.NO_NUMBER)] * 2
    assert seen[:, 1, 0].tolist() == [128, 64]


@pytest.mark.parametrize("shape", [(720, 1280, 4), (256, 256), (144, 256, 3), (90, 160), (1, 5), (1001, 333)])
def test_thumbnail_is_small_and_has_the_shape_of_the_picture(shape: tuple[int, ...]) -> None:
    """At most 160 pixels, at least half of that where there are enough, with the same aspect."""
    thumbnail = trace.thumbnail(np.zeros(shape, np.uint8 if shape[-1] == 4 else np.float32))
    height, width = thumbnail.shape[:2]
    assert min(max(shape[:2]), 80) <= max(height, width) <= 160
    assert abs(width / height - shape[1] / shape[0]) <= 0.05 * shape[1] / shape[0]


def test_thumbnail_is_an_average() -> None:
    """A chequered mask becomes grey, not black or white."""
    chequered = np.indices((320, 320)).sum(axis=0).astype(np.float32) % 2
    assert (abs(trace.thumbnail(chequered)[..., 0].astype(int) - 128) <= 1).all()
