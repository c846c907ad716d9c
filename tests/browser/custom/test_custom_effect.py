"""A user's Python effect on the page, and the desktop functions beside the page's canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pyselfie import effects
from pyselfie.core.effects import folds_edge
from pyselfie.core.options import Options
from pyselfie.core.sampling import resize_half_pixel
from pyselfie.custom.source import load_effect
from tests.browser.harness import EngineDriver, png_base64
from tests.reference.compositor import composite, looked_up

if TYPE_CHECKING:
    from collections.abc import Callable


POP = """
import numpy as np

def pop(frame, mask, time):
    grey = frame.mean(axis=2, keepdims=True)
    return (frame * mask[..., None] + grey * (1 - mask[..., None])).astype(np.uint8)
"""
FAILS_IN_THE_DARK = """
def effect(frame, mask, time):
    if frame.max() == 0:
        raise ValueError
    return 255 - frame
"""
FUNCTIONS: dict[str, tuple[dict[str, Any], Callable[..., np.ndarray]]] = {
    "blur": ({"effect": "blur", "strength": 0.7}, lambda frame, mask: effects.blur(frame, mask, 0.7)),
    "replace_background": (
        {"effect": "color", "color": "#204060"},
        lambda frame, mask: effects.replace_background(frame, mask, "#204060"),
    ),
    "fill": ({"effect": "fill", "color": "#2060C0"}, lambda frame, mask: effects.fill(frame, mask, "#2060C0")),
    "cut_out": ({"effect": "transparent"}, effects.cut_out),
    "mask_overlay": ({"effect": "mask"}, effects.mask_overlay),
}


@pytest.fixture(scope="module")
def kept_settings() -> dict[str, str]:
    return {"painter": "canvas2d"}


@pytest.fixture(autouse=True)
def _shown(engine: EngineDriver, astronaut: np.ndarray) -> None:
    """Show the astronaut."""
    engine.start(effect="mask")
    engine.show(astronaut)


def use(engine: EngineDriver, source: str | None, name: str | None = "effect") -> None:
    engine.page.evaluate("([source, name]) => engine.setCustomEffect(source, name)", [source, name])


def seen(picture: np.ndarray) -> np.ndarray:
    """Return what can be seen of a picture: colours times alpha."""
    alpha = picture[..., 3:] / 255 if picture.shape[2] == 4 else 1.0
    return picture[..., :3] * alpha


def stretching(frame: np.ndarray, mask: np.ndarray, options: Options) -> Any:
    """Return how far an alpha that is stretched is from that of a stretched mask, in the colours of the composite."""
    if not folds_edge(options):
        return 0
    return np.abs(composite(frame, mask, options)[..., :3] - looked_up(frame, mask, options))


def test_functions_look_like_the_canvas(engine: EngineDriver, astronaut: np.ndarray) -> None:
    """With the engine's own mask each desktop function has the canvas's pixels, but for how edges are resampled.

    Blur's alpha is no straight line of the mask: the canvas stretches it, the function stretches the mask, and what
    that makes is no fault of either.
    """
    mask = engine.mask()
    for name, (options, function) in FUNCTIONS.items():
        engine.options(**options)
        difference = np.abs(seen(engine.snapshot()) - seen(function(astronaut, mask)))
        assert difference.mean() < 0.5, name
        assert np.percentile(difference, 99) <= 6, name
        assert (difference - stretching(astronaut, mask, Options().updated(options))).max() <= 24, name


def test_custom_effect_paints_until_it_is_taken_back(engine: EngineDriver, astronaut: np.ndarray) -> None:
    """The source that runs on the desktop paints the page's canvas; null goes back to the options' effect."""
    before = engine.snapshot()
    mask = resize_half_pixel(engine.mask(), 512, 512)
    use(engine, POP, "pop")
    expected = load_effect(POP, "pop", "pop.py")(astronaut, mask, 0.0)
    assert np.abs(engine.snapshot()[..., :3].astype(int) - expected).max() <= 1
    use(engine, None)
    np.testing.assert_array_equal(engine.snapshot(), before)


def test_custom_effect_that_fails_is_told_once(engine: EngineDriver, astronaut: np.ndarray) -> None:
    """One sentence with the line; the options' effect goes on with the next picture."""
    engine.page.expected_errors.append("CustomEffectError|ZeroDivisionError|Traceback")
    before, position = engine.snapshot(), engine.position()
    use(engine, "def effect(frame, mask, time):\n    return 1 / 0\n")
    error = engine.wait_for("error", after=position)
    assert "the effect effect.py:effect raised ZeroDivisionError: division by zero, line 2" in error["message"]
    engine.show(astronaut)
    np.testing.assert_array_equal(engine.snapshot(), before)
    position = engine.position()
    use(engine, "effect = 3")
    assert engine.wait_for("error", after=position)["message"] == "effect.py has no function effect."


def test_custom_effect_that_fails_does_not_bare_the_frame(engine: EngineDriver, astronaut: np.ndarray) -> None:
    """Over the effect `none` its failure leaves the last composite: the frame as it is was not what it stood for."""
    engine.page.expected_errors.append("CustomEffectError|ValueError|Traceback")
    engine.options(effect="none")
    use(engine, FAILS_IN_THE_DARK)
    negative, position = engine.snapshot(), engine.position()
    np.testing.assert_array_equal(negative[..., :3], 255 - astronaut)
    dark = np.zeros_like(astronaut)
    engine.page.evaluate("async (png) => engine.push(await bitmap(png), { still: true })", png_base64(dark))
    engine.wait_for("error", after=position)
    engine.show(dark)
    np.testing.assert_array_equal(engine.snapshot(), negative)
    assert len(engine.log("error")) == 1
