"""Options at random on the canvas, all models among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.browser.harness import EngineDriver
from tests.browser.random_options import SETTLED, show_at_random

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from builder.serving.serve import Server
    from tests.browser.guard import GuardedPage


@pytest.fixture(scope="module")
def kept_settings() -> dict[str, str]:
    return {"painter": "canvas2d"}


def test_options_at_random_leave_nothing_stuck(
    engine: EngineDriver, launch: Callable[..., GuardedPage], site: Server, astronaut: NDArray[np.uint8]
) -> None:
    """Over 500 frames of two sizes, with cuts and resets among them; afterwards a photo looks as in a new engine."""
    rng = np.random.default_rng(3)
    small = astronaut[::4, ::4]
    noisy = [np.clip(small + rng.normal(0, 3, small.shape), 0, 255).astype(np.uint8) for _ in range(3)]
    engine.start(effect="mask")
    show_at_random(engine, [*noisy, astronaut[:96:2, ::2]], count=500, seed=11)
    engine.show(astronaut)
    assert engine.log("error", "notice") == []
    fresh = EngineDriver(launch(), site.url, painter="canvas2d")
    fresh.start(**SETTLED)
    fresh.show(astronaut)
    assert np.abs(engine.snapshot().astype(int) - fresh.snapshot()).max() <= 2
