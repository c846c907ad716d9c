"""The source distribution's conftest: its tests need the package and its extras, not the builder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """Return the example's photo, uint8 [512, 512, 3], RGB, read-only."""
    with Image.open(Path(__file__).parents[1] / "examples" / "astronaut.jpg") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    pixels.flags.writeable = False
    return pixels


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what runs the multiclass model: it comes in a distribution of its own."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("model") == "multiclass":
            item.add_marker(pytest.mark.skip("the multiclass model is in pyselfie-multiclass"))
