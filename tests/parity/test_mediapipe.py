"""The desktop Solution API against masks that the real MediaPipe 0.10.21 made (see `make_goldens.py`)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from pyselfie import SelfieSegmentation
from pyselfie.arrays import sampling_cv2
from pyselfie.core import sampling
from tests.parity.goldens import Golden, golden_path, load_golden
from tests.parity.pictures import PICTURES, build, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from numpy.typing import NDArray

# Both ways of sampling equal MediaPipe's to the last bit; what is left is the order of float32 sums in the model.
MEAN_TOLERANCE = 2e-6
DIFFERENCES = Path(__file__).parents[2] / "test-results" / "parity"


@lru_cache(maxsize=1)
def picture_of(name: str) -> NDArray[np.uint8]:
    return build(name)


@lru_cache(maxsize=1)
def golden_of(name: str, model_selection: int) -> Golden:
    return load_golden(golden_path(name, model_selection))


@pytest.fixture(scope="module", params=[0, 1], ids=["general", "landscape"])
def segmenter(request: pytest.FixtureRequest) -> Iterator[SelfieSegmentation]:
    with SelfieSegmentation(model_selection=request.param) as made:
        yield made


@pytest.mark.parametrize("name", PICTURES)
def test_picture_is_the_one_the_golden_was_made_of(name: str) -> None:
    """A picture that is built differently is noticed as such, not as a difference between masks."""
    for model_selection in (0, 1):
        assert fingerprint(picture_of(name)) == golden_of(name, model_selection).picture_sha256


@pytest.mark.parametrize("module", [sampling_cv2, sampling], ids=["opencv", "numpy"])
@pytest.mark.parametrize("name", PICTURES)
def test_mask_is_that_of_mediapipe(
    segmenter: SelfieSegmentation, name: str, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At full picture size, the mean difference to MediaPipe's mask stays within the stated tolerance."""
    monkeypatch.setattr(segmenter, "_sampling", module)
    selection = segmenter._model.spec.model_selection
    golden = golden_of(name, selection)
    mask = segmenter.process(picture_of(name)).segmentation_mask
    assert mask.shape == golden.mask.shape
    difference = np.abs(mask - golden.mask)
    if difference.mean() > MEAN_TOLERANCE:
        pytest.fail(f"mean |d| is {difference.mean():.2e}, see {save_difference(difference, f'{name}-{selection}')}")


def save_difference(difference: NDArray[np.float64], name: str) -> Path:
    """Write where the masks differ as a picture, a difference of 1/1000 white, and return its path."""
    DIFFERENCES.mkdir(parents=True, exist_ok=True)
    path = DIFFERENCES / f"{name}.png"
    Image.fromarray(np.clip(difference * 255_000, 0, 255).astype(np.uint8)).save(path)
    return path
