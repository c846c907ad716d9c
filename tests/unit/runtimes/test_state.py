"""A model that carries something from one frame to the next: the manifest and the model's file are all it takes."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie.core import manifest
from pyselfie.core.manifest import SettingSpec, StateSpec, TensorSpec, load_spec
from pyselfie.runtimes.native import NativeRuntime
from pyselfie.solution import SelfieSegmentation
from tests.unit.runtimes.tiny_state import ENTRY, FIRST_LEVEL, HEIGHT, STEP, WIDTH, tiny_entry, tiny_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the tiny model and no other."""
    model = tiny_model()
    (tmp_path / ENTRY["file"]).write_bytes(model)
    (tmp_path / "manifest.json").write_text(json.dumps({"models": [tiny_entry(model)]}))
    monkeypatch.setattr(manifest, "model_folder", lambda: tmp_path)


def test_state_is_read_from_the_manifest() -> None:
    """What goes in besides the picture and comes out again has names, a shape and a first value; so have settings."""
    spec = load_spec(0)
    assert spec.state == (
        StateSpec("level", "next_level", (1, 1, 1, 1), FIRST_LEVEL),
        StateSpec("before", "now", (1, HEIGHT, WIDTH, 1), 0),
        StateSpec("last_mask", "mask", (1, 1, HEIGHT, WIDTH), 0),
    )
    assert spec.settings == (SettingSpec("gain", (1,), 1),)
    assert spec.extras == (TensorSpec("now", (1, HEIGHT, WIDTH, 1)), TensorSpec("past", (1, 1, HEIGHT, WIDTH)))
    assert (spec.width, spec.height, spec.input_name, spec.output_name) == (WIDTH, HEIGHT, "image", "mask")


def mask_of(runtime: NativeRuntime, red: float) -> float:
    picture = np.zeros((1, HEIGHT, WIDTH, 3), np.float32)
    picture[..., 0] = red
    result = asyncio.run(runtime.run(picture))
    assert result.shape == (HEIGHT, WIDTH)
    return float(result.max())


def test_native_runtime_feeds_each_frame_what_the_last_one_left() -> None:
    """The first frame finds the first values, each one after it the outputs of the run before; `reset` begins again."""
    runtime = NativeRuntime(load_spec(0))
    masks = [FIRST_LEVEL, FIRST_LEVEL + STEP + 0.5, FIRST_LEVEL + 2 * STEP + 0.125]
    assert [mask_of(runtime, red) for red in (0.5, 0.125, 1)] == masks
    runtime.reset()
    assert [mask_of(runtime, red) for red in (0.5, 0.125)] == masks[:2]


def test_a_setting_holds_until_it_is_set_again() -> None:
    """A setting has its first value, then the one it was given; `reset` leaves it as it is."""
    runtime = NativeRuntime(load_spec(0))
    assert [mask_of(runtime, 0.5) for _ in range(2)][1] == FIRST_LEVEL + STEP + 0.5
    runtime.set("gain", 4)
    assert [mask_of(runtime, 0.5) for _ in range(2)] == [FIRST_LEVEL + 2 * STEP + 2, FIRST_LEVEL + 3 * STEP + 2]
    runtime.reset()
    assert [mask_of(runtime, 0.5) for _ in range(2)][1] == FIRST_LEVEL + STEP + 2


def test_extras_are_those_of_the_last_run() -> None:
    """Also an output that is carried on can be read; so can what is made of the last mask, which is carried too."""
    runtime = NativeRuntime(load_spec(0))
    masks = [mask_of(runtime, red) for red in (0.5, 0.125)]
    assert runtime.extra("now").shape == (1, HEIGHT, WIDTH, 1)
    assert (runtime.extra("now") == 0.125).all()
    assert (runtime.extra("past") == masks[0]).all()
    assert mask_of(runtime, 1) == FIRST_LEVEL + 2 * STEP + 0.125
    assert (runtime.extra("past") == masks[1]).all()


def test_reset_of_the_solution_begins_anew() -> None:
    """`SelfieSegmentation.reset` is for a new film: what the last one left is gone. After `close` it does nothing."""
    red = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    red[..., 0] = 255
    with SelfieSegmentation(model_selection=0) as segmenter:
        assert [segmenter.process(red).segmentation_mask.max() for _ in range(2)] == [
            FIRST_LEVEL,
            FIRST_LEVEL + STEP + 1,
        ]
        segmenter.reset()
        assert segmenter.process(red).segmentation_mask.max() == FIRST_LEVEL
    segmenter.reset()
