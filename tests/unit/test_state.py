"""A model that carries something from one frame to the next: the manifest and the model's file are all it takes."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie.core import manifest
from pyselfie.core.manifest import StateSpec, load_spec
from pyselfie.runtimes.native import NativeRuntime
from pyselfie.solution import SelfieSegmentation
from tests.unit.tiny_state import ENTRY, HEIGHT, STEP, WIDTH, tiny_entry, tiny_model

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
    """What goes in besides the picture and comes out again has names and a shape."""
    spec = load_spec(0)
    assert spec.state == (
        StateSpec("level", "next_level", (1, 1, 1, 1)),
        StateSpec("before", "now", (1, HEIGHT, WIDTH, 1)),
    )
    assert (spec.width, spec.height, spec.input_name, spec.output_name) == (WIDTH, HEIGHT, "image", "mask")


def test_native_runtime_feeds_each_frame_what_the_last_one_left() -> None:
    """The first frame finds zeros, each one after it the outputs of the run before; `reset` begins again."""
    runtime = NativeRuntime(load_spec(0))

    def mask(red: float) -> float:
        picture = np.zeros((1, HEIGHT, WIDTH, 3), np.float32)
        picture[..., 0] = red
        result = asyncio.run(runtime.run(picture))
        assert result.shape == (HEIGHT, WIDTH)
        return float(result.max())

    assert [mask(red) for red in (0.5, 0.125, 1)] == [0, STEP + 0.5, 2 * STEP + 0.125]
    runtime.reset()
    assert [mask(red) for red in (0.5, 0.125)] == [0, STEP + 0.5]


def test_reset_of_the_solution_begins_anew() -> None:
    """`SelfieSegmentation.reset` is for a new film: what the last one left is gone. After `close` it does nothing."""
    red = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    red[..., 0] = 255
    with SelfieSegmentation(model_selection=0) as segmenter:
        assert [segmenter.process(red).segmentation_mask.max() for _ in range(2)] == [0, STEP + 1]
        segmenter.reset()
        assert segmenter.process(red).segmentation_mask.max() == 0
    segmenter.reset()
