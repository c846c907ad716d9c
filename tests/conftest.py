"""What every kind of test shares: the photo that all of them segment."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from builder.samples import astronaut_png


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """Return scikit-image's astronaut, uint8 [512, 512, 3], RGB, read-only."""
    with Image.open(astronaut_png()) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    pixels.flags.writeable = False
    return pixels
