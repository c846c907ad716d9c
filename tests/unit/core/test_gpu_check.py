"""The verdict on a GPU: from which numbers it follows, what it is kept under, and what counts as none."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from builder.paths import ROOT
from pyselfie.core.gpu_check import MOST_BEGUN, Limits, Trust, Verdict, judge, key_of, known_mask, mask_error
from pyselfie.core.manifest import load_spec
from pyselfie.runtimes.native import NativeRuntime

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = ROOT / "pysrc" / "pyselfie" / "browser" / "models" / "check" / "sample.jpg"
FIT, UNFIT = Verdict("webgpu", "it is fast"), Verdict("wasm", "it is slow")
KEY = key_of("nvidia hopper", "webgpu", "0.1.0", "1.30.0")


def sample_mask(model: str) -> NDArray[np.float32]:
    """Return what a model makes of the sample here, blown up to a camera's size as the page does."""
    with Image.open(SAMPLE) as picture:
        frame = picture.resize((1280, 720), Image.Resampling.BILINEAR)
    spec = load_spec(model, "refined")
    runtime = NativeRuntime(spec, threads=1)
    pixels = np.asarray(frame.resize((spec.width, spec.height), Image.Resampling.BOX), np.float32) / 255
    return runtime.run_sync(np.ascontiguousarray(pixels[None]))


def test_known_mask_is_the_models() -> None:
    """What is stored in fifteenths is what the general model with refined edges makes of the sample."""
    mask = sample_mask("general")
    cells = mask.reshape(16, 16, 16, 16).mean(axis=(1, 3))
    expected = "\n".join("".join(f"{level:X}" for level in row) for row in np.rint(cells * 15).astype(int))
    assert np.abs(cells - known_mask()).max() < 1 / 30 + 0.01, f"it would be\n{expected}"
    assert mask_error(mask) < Limits().mask_error / 2


def test_sample_is_the_astronaut(astronaut: NDArray[np.uint8]) -> None:
    """It is the tests' own photo, cut to a camera's shape."""
    with Image.open(SAMPLE) as picture:
        found = np.asarray(picture, int)
    cut = Image.fromarray(astronaut[60:348]).resize((128, 72), Image.Resampling.LANCZOS)
    assert np.abs(found - np.asarray(cut, int)).mean() < 6


def test_wrong_masks_are_far_off() -> None:
    """An empty one, a full one, one that is upside down, another size, noise of a broken driver, not a number."""
    mask = sample_mask("general")
    wrong = [mask * 0, mask * 0 + 1, mask[::-1], np.roll(mask, 16, axis=1), 1 - mask]
    assert min(mask_error(one) for one in wrong) > 2 * Limits().mask_error
    assert mask_error(np.full((144, 256), np.nan, np.float32)) == math.inf


@pytest.mark.parametrize(
    ("error", "gpu_ms", "wasm_ms", "expected"),
    [
        (0.001, 5.04, 12.3, ("webgpu", "a frame takes 5.0 ms on it and 12.3 ms without it")),
        (0.02, 25.0, 25.0, ("webgpu", "a frame takes 25.0 ms on it and 25.0 ms without it")),
        (0.31, 5.0, 12.3, ("wasm", "its mask of a sample is wrong: 0.31 off, 0.02 is allowed")),
        (math.inf, 5.0, 12.3, ("wasm", "its mask of a sample is wrong: inf off, 0.02 is allowed")),
        (0.001, 25.1, 90.0, ("wasm", "a frame takes 25.1 ms on it, 25 ms are allowed")),
        (0.001, 12.0, 9.0, ("wasm", "a frame takes 12.0 ms on it and 9.0 ms without it")),
    ],
)
def test_verdict_follows_from_the_numbers(
    error: float, gpu_ms: float, wasm_ms: float, expected: tuple[str, str]
) -> None:
    """Right, 25 ms at most and not slower than wasm: WebGPU; the reason has the number that decided."""
    assert judge(error, gpu_ms, wasm_ms, Limits()) == expected


def test_verdict_is_kept_for_one_adapter_and_version() -> None:
    """Another adapter, painter, release or ONNX Runtime has to be checked anew."""
    trust = Trust()
    trust.learn(KEY, UNFIT)
    again = Trust(json.dumps({KEY: UNFIT.as_entry()}))
    assert trust.verdict(KEY) == again.verdict(KEY) == UNFIT
    others = [("intel", "webgpu", "0.1.0", "1.30.0"), ("nvidia hopper", "canvas2d", "0.1.0", "1.30.0")]
    others += [("nvidia hopper", "webgpu", "0.2.0", "1.30.0"), ("nvidia hopper", "webgpu", "0.1.0", "1.31.0")]
    assert [again.verdict(key_of(*other)) for other in others] == [None] * 4


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "no JSON",
        "[1]",
        "null",
        "[" * 100_000,
        json.dumps({KEY: {"backend": "webgpu", "reason": "no text"}}),
        json.dumps({KEY: "[]"}),
        json.dumps({KEY: '{"backend": "cuda", "reason": "unknown"}'}),
        json.dumps({KEY: '{"backend": "webgpu"}'}),
        json.dumps({KEY: '{"backend": ["webgpu"], "reason": ""}'}),
        json.dumps({KEY: '{"begun": "often"}'}),
    ],
)
def test_what_makes_no_sense_counts_as_no_verdict(kept: str) -> None:
    """Anybody can write into a page's storage."""
    trust = Trust(kept)
    assert trust.verdict(KEY) is None
    note = trust.begin(KEY)
    assert note is not None
    assert json.loads(note.entry) == {"begun": 1}


def test_check_that_never_ends_is_begun_three_times() -> None:
    """A browser that it takes down gets wasm from then on; a page that was left twice does not."""
    kept = ""
    for _ in range(MOST_BEGUN):
        trust = Trust(json.dumps({KEY: kept}))
        assert trust.verdict(KEY) is None
        note = trust.begin(KEY)
        assert note is not None
        kept = note.entry
    trust = Trust(json.dumps({KEY: kept}))
    assert trust.verdict(KEY) == ("wasm", "it was checked several times, and no check has come to an end")
    assert trust.begin(KEY) is None


def test_worker_that_dies_leaves_a_verdict() -> None:
    """What the page keeps then is one, not another attempt."""
    note = Trust().begin(KEY)
    assert note is not None
    found = Trust(json.dumps({KEY: note.if_it_dies})).verdict(KEY)
    assert found == ("wasm", "the engine stopped while it was checked")


def test_one_checks_and_all_are_told() -> None:
    """Whoever comes second waits; a check that was left may be begun again, and counts for nothing."""
    trust = Trust()
    told: list[Verdict] = []
    trust.when_known(KEY, told.append)
    trust.when_known("another", told.append)
    assert trust.begin(KEY) is not None
    assert trust.begin(KEY) is None
    assert trust.leave(KEY) == ""
    again = trust.begin(KEY)
    assert again is not None
    assert json.loads(again.entry) == {"begun": 1}
    trust.learn(KEY, FIT)
    trust.learn(KEY, FIT)
    assert told == [FIT]
    assert trust.begin(KEY) is None
