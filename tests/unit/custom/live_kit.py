"""An effect that is written while it runs, as its tests have it: small frames, and texts that paint one level."""

from __future__ import annotations

import numpy as np
import pytest

from pyselfie.custom.live import LiveEffect

FRAME, MASK = np.full((4, 5, 3), 9, np.uint8), np.ones((4, 5), np.float32)

GOOD = "def effect(frame, mask, time):\n    return frame // 255 + {}\n"


def shown(live: LiveEffect, time: float = 0.0) -> int | None:
    """Return the level that the next frame is painted with, None if nothing is."""
    picture = live.run(lambda effect: effect(FRAME, MASK, time))
    return None if picture is None else int(picture.max())


@pytest.fixture
def live() -> LiveEffect:
    """Return one whose effect paints 1."""
    live = LiveEffect()
    assert live.load(GOOD.format(1))
    assert shown(live) == 1
    return live
