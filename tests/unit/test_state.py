"""A model that carries something from one frame to the next: the manifest and the model's file are all it takes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pyselfie.core import manifest
from pyselfie.core.manifest import StateSpec, load_spec, spec_from_manifest
from pyselfie.runtimes.native import NativeRuntime
from tests.unit.tiny_state import ENTRY, HEIGHT, STEP, WIDTH, tiny_entry, tiny_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NativeRuntime:
    model = tiny_model()
    (tmp_path / ENTRY["file"]).write_bytes(model)
    monkeypatch.setattr(manifest, "model_folder", lambda: tmp_path)
    return NativeRuntime(spec_from_manifest({"models": [tiny_entry(model)]}, 0))


def test_state_is_read_from_the_manifest() -> None:
    """What goes in besides the picture and comes out again has names and a shape; today's models have none."""
    spec = spec_from_manifest({"models": [tiny_entry(b"")]}, 0)
    assert spec.state == (
        StateSpec("level", "next_level", (1, 1, 1, 1)),
        StateSpec("before", "now", (1, HEIGHT, WIDTH, 1)),
    )
    assert (spec.width, spec.height, spec.input_name, spec.output_name) == (WIDTH, HEIGHT, "image", "mask")
    assert load_spec(0).state == ()


def test_native_runtime_feeds_each_frame_what_the_last_one_left(runtime: NativeRuntime) -> None:
    """The first frame finds zeros, each one after it the outputs of the run before; `reset` begins again."""

    def mask(red: float) -> float:
        picture = np.zeros((1, HEIGHT, WIDTH, 3), np.float32)
        picture[..., 0] = red
        result = asyncio.run(runtime.run(picture))
        assert result.shape == (HEIGHT, WIDTH)
        return float(result.max())

    assert [mask(red) for red in (0.5, 0.125, 1)] == [0, STEP + 0.5, 2 * STEP + 0.125]
    runtime.reset()
    assert [mask(red) for red in (0.5, 0.125)] == [0, STEP + 0.5]
