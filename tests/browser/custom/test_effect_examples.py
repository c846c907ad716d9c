"""The effects of examples/effects in the page, on both painters: the pixels that they have on the desktop."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from PIL import Image

from pyselfie.arrays.custom import CustomPainter
from pyselfie.custom.source import load_effect
from tests.browser.flags import WEBGPU_FLAGS
from tests.browser.gpu.gpu_watch import faults, watch_gpu
from tests.browser.guard import Guard
from tests.browser.harness import EngineDriver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from builder.serve import Server
    from tests.browser.guard import GuardedPage

    Picture = np.ndarray

EXAMPLES = Path(__file__).parents[3] / "examples" / "effects"
TEXTS = {path.stem: path.read_text() for path in sorted(EXAMPLES.glob("*.py"))}
OWN = {name: text for name, text in TEXTS.items() if "classes" not in text}  # those are `test_multiclass`'s
OVERLAYS = {name: text for name, text in OWN.items() if load_effect(text).kind == "overlay"}
TOLERANCE = 2  # of 255

READ = f"mapAsync {256 * 256 * (4 + 4) + 144}"
"""Sample, mask and look of a frame, at once."""
LOOK = "mapAsync 144"
"""Of each photo: whether somebody is small in it."""


@pytest.fixture(scope="module")
def photo(astronaut: Picture) -> Picture:
    """Return a small wide photo of odd size."""
    return np.asarray(Image.fromarray(astronaut[:400]).resize((321, 251), Image.Resampling.LANCZOS))


@pytest.fixture(scope="module")
def pages(
    browser_for: Callable[[tuple[str, ...]], Browser], origins: set[str], site: Server, photo: Picture
) -> Iterator[Callable[[str], EngineDriver]]:
    """Return a function that gives the engine of a painter, which shows the photo; each is started once."""
    engines: dict[str, EngineDriver] = {}
    guards: list[Guard] = []

    def page_of(painter: str) -> EngineDriver:
        if painter not in engines:
            on_gpu = painter == "webgpu"
            context = browser_for(WEBGPU_FLAGS if on_gpu else ()).new_context()
            guards.append(Guard(context, origins))
            page = cast("GuardedPage", context.new_page())
            driver = EngineDriver(
                watch_gpu(page) if on_gpu else page, site.url, "webgpu" if on_gpu else "wasm", painter
            )
            assert driver.start(effect="mask")["painter"] == painter
            driver.show(photo)
            engines[painter] = driver
        return engines[painter]

    yield page_of
    found = faults(engines["webgpu"]) if "webgpu" in engines else []
    told = [engine.log("notice", "error", "backendchange") for engine in engines.values()]
    for engine in engines.values():
        engine.page.context.close()
    assert found == [], Counter(found)
    assert not any(told), "the painter or the backend has changed, or an effect has failed"
    assert not any(guard.faults() for guard in guards)


def use(engine: EngineDriver, source: str | None) -> None:
    """Paint by an effect of one's own; None: by the options' effect."""
    engine.page.evaluate("(source) => engine.setCustomEffect(source)", source)


def shown(engine: EngineDriver, text: str) -> np.ndarray:
    """Return what the page shows with an effect that has just begun."""
    position = engine.position()
    use(engine, text)
    found = engine.snapshot()[..., :3].astype(int)
    told = engine.wait_for("effect", after=position)
    use(engine, None)
    own = load_effect(text)
    assert (told["kind"], told["error"]) == (own.kind, None)
    assert [control["name"] for control in told["controls"]] == [control.name for control in own.controls]
    return found


@pytest.mark.parametrize("name", OWN)
def test_example_on_canvas_2d(pages: Callable[[str], EngineDriver], photo: Picture, name: str) -> None:
    """It paints what it paints on the desktop, of either kind, and tells its controls."""
    engine = pages("canvas2d")
    expected = CustomPainter(load_effect(OWN[name]))(photo, engine.mask())
    assert np.abs(shown(engine, OWN[name]) - expected).max() <= TOLERANCE


@pytest.mark.parametrize("name", OVERLAYS)
def test_example_on_webgpu(pages: Callable[[str], EngineDriver], photo: Picture, name: str) -> None:
    """The same of an overlay, without another painter."""
    engine = pages("webgpu")
    expected = CustomPainter(load_effect(OWN[name]))(photo, engine.mask())
    assert np.abs(shown(engine, OWN[name]) - expected).max() <= TOLERANCE
