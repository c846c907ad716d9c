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
